package fhirpath_test

import (
	"strings"
	"testing"
	"time"

	"tahto/fhir/fhirpath"
)

// patient has what the tests ask for: an extension of a primitive, a choice
// element, repeats, and a contained resource that is pointed at.
const patient = `{"resourceType":"Patient","id":"p","_birthDate":{"extension":[{"url":"urn:why","valueCode":"unknown"}]},
"contained":[{"resourceType":"Organization","id":"o","name":"Clinic"}],"managingOrganization":{"reference":"#o"},
"active":true,"deceasedBoolean":false,"name":[{"family":"Alfa","given":["Aino","Beata"]},{"family":"Beta","given":["Cecilia"]}],
"multipleBirthInteger":2}`

// bundle has two resources that refer to each other, by fullUrl and relatively.
const bundle = `{"resourceType":"Bundle","type":"collection","entry":[
{"fullUrl":"http://s.example/fhir/Patient/1","resource":{"resourceType":"Patient","id":"1","link":[{"other":{"reference":"Patient/2"},"type":"seealso"}]}},
{"fullUrl":"http://s.example/fhir/Patient/2","resource":{"resourceType":"Patient","id":"2","managingOrganization":{"reference":"urn:uuid:6a1c8a50-36c5-4f0d-9f0b-000000000001"}}},
{"fullUrl":"urn:uuid:6a1c8a50-36c5-4f0d-9f0b-000000000001","resource":{"resourceType":"Organization","name":"Third"}}]}`

// result is what an expression gives, its items joined by commas; "error" for
// one at evaluation, "refused" for one at compilation.
func result(t *testing.T, model fhirpath.Model, source, on string) string {
	t.Helper()
	e, err := fhirpath.Compile(source, model)
	if err != nil {
		return "refused"
	}
	in := fhirpath.Input{Now: time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC)}
	if on != "" {
		in.Focus = fhirpath.ResourceNode(parsed(t, on))
	}
	got, err := e.Evaluate(in)
	if err != nil {
		return "error"
	}
	return strings.Join(got.Strings(), ",")
}

// TestExpressionsMeanWhatTheSpecificationSays goes by the sections of
// http://hl7.org/fhirpath/N1/; HL7's suite has the breadth.
func TestExpressionsMeanWhatTheSpecificationSays(t *testing.T) {
	model := loaded(t)
	for name, cases := range map[string][][2]string{
		"three-valued logic": {
			{"true and {}", ""}, {"false and {}", "false"}, {"{} and {}", ""}, {"true or {}", "true"}, {"false or {}", ""},
			{"true xor {}", ""}, {"true xor true", "false"}, {"{} implies true", "true"}, {"{} implies false", ""},
			{"false implies {}", "true"}, {"true implies {}", ""}, {"{}.not()", ""}, {"true and 'x'", "true"},
		},
		"what is empty stays empty":   {{"{} = 1", ""}, {"1 + {}", ""}, {"{} & 'a'", "a"}, {"{}.exists()", "false"}, {"{}.empty()", "true"}, {"{} ~ {}", "true"}, {"{}.all($this > 1)", "true"}},
		"one item where one is asked": {{"(1 | 2) + 1", "error"}, {"(1 | 2).single()", "error"}, {"{}.single()", ""}, {"('a' | 'b').length()", "error"}},
		"equality and equivalence": {
			{"1 = 1.0", "true"}, {"'a' = 'A'", "false"}, {"'a' ~ 'A'", "true"}, {"(1 | 2) = (2 | 1)", "false"}, {"(1 | 2) ~ (2 | 1)", "true"},
			{`'a\tb' ~ 'A b'`, "true"}, {"1.01 ~ 1.0", "true"}, {"(1 | 2) = 1", "false"},
		},
		"dates of different precision can't always be compared": {
			{"@2024 = @2024-01", ""}, {"@2024 < @2024-01", ""}, {"@2023 < @2024-01", "true"}, {"@2024-01-01 ~ @2024-01", "false"},
			{"@2024-02-29T10:00:00+02:00 = @2024-02-29T08:00:00Z", "true"}, {"@2024-02-29T10:00 > @2024-02-29", ""},
		},
		"dates are calculated by the calendar": {
			{"@2024-01-31 + 1 month", "2024-02-29"}, {"@2024-02-29 + 1 year", "2025-02-28"}, {"@2024-03-01 - 1 day", "2024-02-29"}, {"@2024 + 12 months", "2025"},
		},
		"precedence and association": {{"1 + 2 * 3", "7"}, {"(1 + 2) * 3", "9"}, {"-1 + 2", "1"}, {"10 - 3 - 2", "5"}, {"true or false and false", "true"}, {"1 | 2 = 2", "false"}, {"7 div 2", "3"}, {"7 mod 2", "1"}, {"1 / 0", ""}},
		"texts": {
			{"'abc'.substring(1)", "bc"}, {"'abc'.substring(5)", ""}, {"'abc'.indexOf('c')", "2"}, {"'a,b'.split(',').count()", "2"}, {`'a\'b\u00e4'`, "a'bä"},
			{"'abc'.matches('^a.c$')", "true"}, {"'abc'.replace('b', '')", "ac"}, {"'abc'.replaceMatches('[ac]', 'x')", "xbx"}, {"'äb'.upper()", "ÄB"}, {"'ab'.toChars()", "a,b"},
		},
		"conversions": {
			{"'1'.toInteger()", "1"}, {"'1.5'.toInteger()", ""}, {"'true'.toBoolean()", "true"}, {"'x'.convertsToDecimal()", "false"}, {"1.toString()", "1"},
			{"'2024-02-30'.convertsToDate()", "false"}, {"iif(false, 1, 2)", "2"}, {"iif(true, 1, 1 / 'x')", "1"},
		},
		"collections": {
			{"(1 | 1 | 2).count()", "2"}, {"(1 | 2 | 3).skip(1).take(1)", "2"}, {"(1 | 2).union(2 | 3).count()", "3"}, {"(1 | 2).intersect(2 | 3)", "2"},
			{"(1 | 2).exclude(2)", "1"}, {"1 in (1 | 2)", "true"}, {"(1 | 2) contains 3", "false"}, {"(1 | 2 | 3).where($this > 1).count()", "2"},
			{"(3 | 4).select($index)", "0,1"}, {"(1 | 2).tail()", "2"}, {"(1 | 2)[0]", "1"}, {"(1 | 2)[5]", ""}, {"(1 | 2).aggregate($this + $total, 0)", "3"},
			{"1.combine(1).isDistinct()", "false"}, {"(1 | 2).subsetOf(1 | 2 | 3)", "true"}, {"(true | false).allTrue()", "false"}, {"(true | false).anyTrue()", "true"},
		},
		"comments, quoted names and other forms": {{"1 /* two */ + 1 // three", "2"}, {"Patient.`name`.count()", "0"}, {"%ucum", "http://unitsofmeasure.org"}, {"today()", "2024-02-29"}, {"1 +", "refused"}, {"nonsense()", "refused"}, {"%nobody", "error"}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, c := range cases {
				if got := result(t, model, c[0], ""); got != c[1] {
					t.Errorf("%s is %q, want %q", c[0], got, c[1])
				}
			}
		})
	}
}

// TestExpressionsReadResourcesAsR4Does: https://hl7.org/fhir/R4/fhirpath.html.
func TestExpressionsReadResourcesAsR4Does(t *testing.T) {
	model := loaded(t)
	for _, c := range []struct{ source, on, want string }{
		{"Patient.name.given", patient, "Aino,Beata,Cecilia"},
		{"Observation.id", patient, ""},
		{"Patient.deceased", patient, "false"},
		{"Patient.deceasedBoolean", patient, ""},
		{"Patient.deceased is boolean", patient, "true"},
		{"Patient.multipleBirth.ofType(integer)", patient, "2"},
		{"Patient.multipleBirth.ofType(boolean)", patient, ""},
		{"Patient.birthDate.hasValue()", patient, "false"},
		{"Patient.birthDate.exists()", patient, "true"},
		{"Patient.birthDate.extension('urn:why').value", patient, "unknown"},
		{"Patient.birthDate.extension.url", patient, "urn:why"},
		{"Patient.active.hasValue()", patient, "true"},
		{"Patient.active.getValue()", patient, "true"},
		{"Patient.managingOrganization.resolve().name", patient, "Clinic"},
		{"Patient.contained.where(id = 'o').name", patient, "Clinic"},
		{"Patient.name.where(family = 'Beta').select(%resource.id)", patient, "p"},
		{"Patient.name.first().given.count() > %context.contained.count()", patient, "true"},
		{"Patient.descendants().count() > Patient.children().count()", patient, "true"},
		{"Patient is DomainResource", patient, "true"},
		{"Patient is Practitioner", patient, "false"},
		{"Patient.name.repeat(given).count()", patient, "3"},
		{"Bundle.entry.resource.ofType(Patient).link.other.resolve().id", bundle, "2"},
		{"Bundle.entry.resource.ofType(Patient).managingOrganization.resolve().name", bundle, "Third"},
		{"Bundle.entry.resource.ofType(Patient).managingOrganization.resolve() is Organization", bundle, "true"},
		{"Bundle.entry.resource.link.other.reference.resolve().exists()", bundle, "true"},
	} {
		if got := result(t, model, c.source, c.on); got != c.want {
			t.Errorf("%s is %q, want %q", c.source, got, c.want)
		}
	}
}
