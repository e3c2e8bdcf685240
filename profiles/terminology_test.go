package profiles

import "testing"

const (
	hl7Sets  = "http://hl7.org/fhir/ValueSet/"
	v3       = "http://terminology.hl7.org/CodeSystem/v3-"
	v3Sets   = "http://terminology.hl7.org/ValueSet/v3-"
	provType = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
)

// question is a code asked for in a value set.
type question struct {
	name, set, system, code string
	member, known           bool
}

func (q question) ask(t *testing.T, s *Set) {
	t.Helper()
	t.Run(q.name, func(t *testing.T) {
		member, known := s.Contains(q.set, q.system, q.code)
		if member != q.member || known != q.known {
			t.Errorf("member %v, known %v; want %v, %v", member, known, q.member, q.known)
		}
		if again, known := s.MemberOf(q.set, q.system, q.code); again != member || known != q.known {
			t.Error("MemberOf says something else")
		}
	})
}

func TestCodesAreInTheValueSetsOfR4(t *testing.T) {
	s := loaded(t)
	for _, q := range []question{
		{"a code alone", hl7Sets + "consent-state-codes", "", "active", true, true},
		{"with a version", hl7Sets + "consent-state-codes|4.0.1", "http://hl7.org/fhir/consent-state-codes", "inactive", true, true},
		{"a code that is not there", hl7Sets + "consent-state-codes", "", "withdrawn", false, true},
		{"the code of another system", hl7Sets + "consent-state-codes", "http://example.org", "active", false, true},
		{"letters differ in case", hl7Sets + "consent-state-codes", "", "Active", false, true},
		{"provision types", hl7Sets + "consent-provision-type", "", "permit", true, true},
		{"not a provision type", hl7Sets + "consent-provision-type", "", "allow", false, true},
		{"a nested code", hl7Sets + "issue-type", "", "too-long", true, true},
		{"below a code", v3Sets + "PurposeOfUse", v3 + "ActReason", "ETREAT", true, true},
		{"the code itself", v3Sets + "PurposeOfUse", v3 + "ActReason", "PurposeOfUse", true, true},
		{"beside the code", v3Sets + "PurposeOfUse", v3 + "ActReason", "PAT", false, true},
		{"two systems in one set", hl7Sets + "provenance-agent-type", provType, "author", true, true},
		{"a set of sets", hl7Sets + "security-labels", v3 + "Confidentiality", "R", true, true},
		{"what is listed of a system that is not here", hl7Sets + "consent-category", "http://loinc.org", "59284-0", true, true},
		{"what is not listed of it", hl7Sets + "consent-category", "http://loinc.org", "1-8", false, true},
		{"resource types", hl7Sets + "resource-types", "", "Consent", true, true},
		{"media types", hl7Sets + "mimetypes", "", "application/pdf", true, true},
		{"media types with parameters", hl7Sets + "mimetypes", "", "text/plain; charset=utf-8", true, true},
		{"no media type", hl7Sets + "mimetypes", "", "pdf", false, true},
		{"languages", hl7Sets + "all-languages", "", "sv-FI", true, true},
		{"no language", hl7Sets + "all-languages", "", "in Finnish", false, true},
		{"perhaps a currency", hl7Sets + "currencies", "", "EUR", false, false},
		{"no currency", hl7Sets + "currencies", "", "euro", false, true},
		{"units are not here", hl7Sets + "ucum-units", "http://unitsofmeasure.org", "mg", false, false},
		{"a set that is not here", hl7Sets + "nothing", "", "active", false, false},
	} {
		q.ask(t, s)
	}
}

// colours are a code system and value sets over it, of every make.
var colours = map[string]string{
	"colours": `{"resourceType":"CodeSystem","id":"colours","url":"c","content":"complete","property":[{"code":"warm","type":"boolean"}],"concept":[
		{"code":"red","display":"Red","property":[{"code":"warm","valueBoolean":true}],
			"designation":[{"language":"fi","value":"Punainen"},{"language":"sv-FI","value":"Röd"}],
			"concept":[{"code":"pink","display":"Pink"}]},
		{"code":"blue","property":[{"code":"warm","valueBoolean":false}]},
		{"code":"violet","property":[{"code":"parent","valueCode":"blue"},{"code":"parent","valueCode":"red"}]}]}`,
	"more": `{"resourceType":"CodeSystem","id":"more","url":"m","content":"supplement","supplements":"c|1",
		"concept":[{"code":"pink","designation":[{"language":"fi","value":"Vaaleanpunainen"}]}]}`,
	"part":    `{"resourceType":"CodeSystem","id":"part","url":"p","content":"fragment","concept":[{"code":"one"}]}`,
	"all":     `{"resourceType":"ValueSet","id":"all","url":"all","compose":{"include":[{"system":"c"}],"exclude":[{"system":"c","concept":[{"code":"pink"}]}]}}`,
	"reds":    `{"resourceType":"ValueSet","id":"reds","url":"reds","compose":{"include":[{"system":"c","filter":[{"property":"concept","op":"is-a","value":"red"}]}]}}`,
	"below":   `{"resourceType":"ValueSet","id":"below","url":"below","compose":{"include":[{"system":"c","filter":[{"property":"concept","op":"descendent-of","value":"red"}]}]}}`,
	"warm":    `{"resourceType":"ValueSet","id":"warm","url":"warm","compose":{"include":[{"system":"c","filter":[{"property":"warm","op":"=","value":"true"}]}]}}`,
	"both":    `{"resourceType":"ValueSet","id":"both","url":"both","compose":{"include":[{"system":"c","filter":[{"property":"concept","op":"is-a","value":"red"},{"property":"concept","op":"is-a","value":"blue"}]}]}}`,
	"shared":  `{"resourceType":"ValueSet","id":"shared","url":"shared","compose":{"include":[{"valueSet":["reds","all"]}]}}`,
	"strange": `{"resourceType":"ValueSet","id":"strange","url":"strange","compose":{"include":[{"system":"c","filter":[{"property":"concept","op":"regex","value":"r.*"}]},{"system":"d","concept":[{"code":"x","display":"X","designation":[{"language":"fi","value":"Äksä"}]}]}]}}`,
	"parts":   `{"resourceType":"ValueSet","id":"parts","url":"parts","compose":{"include":[{"system":"p"}]}}`,
	"circle":  `{"resourceType":"ValueSet","id":"circle","url":"circle","compose":{"include":[{"valueSet":["circle"]},{"system":"c","concept":[{"code":"red"}]}]}}`,
}

func TestValueSetsAreComposed(t *testing.T) {
	s := loadedWith(t, colours)
	for _, q := range []question{
		{"all of a system", "all", "c", "violet", true, true},
		{"but one", "all", "c", "pink", false, true},
		{"a code and below", "reds", "c", "red", true, true},
		{"nested below", "reds", "c", "pink", true, true},
		{"below by a property", "reds", "", "violet", true, true},
		{"not below", "reds", "c", "blue", false, true},
		{"below only", "below", "c", "red", false, true},
		{"really below", "below", "c", "pink", true, true},
		{"a property", "warm", "c", "red", true, true},
		{"another value of it", "warm", "c", "blue", false, true},
		{"two filters", "both", "c", "violet", true, true},
		{"one of two filters", "both", "c", "pink", false, true},
		{"in two sets", "shared", "c", "red", true, true},
		{"in one of two sets", "shared", "c", "pink", false, true},
		{"a filter nobody knows", "strange", "c", "red", false, false},
		{"beside it what is listed", "strange", "d", "x", true, true},
		{"a part of a system", "parts", "p", "one", true, true},
		{"perhaps in the rest", "parts", "p", "two", false, false},
		{"a set in a circle", "circle", "c", "blue", false, false},
		{"found beside the circle", "circle", "c", "red", true, true},
	} {
		q.ask(t, s)
	}
}

func TestCodesHaveNames(t *testing.T) {
	s := loadedWith(t, colours)
	for _, c := range []struct{ name, system, code, language, want string }{
		{"in a language", "c", "red", "fi", "Punainen"},
		{"in a language of a country", "c", "red", "fi-FI", "Punainen"},
		{"of a country in a language", "c", "red", "sv", "Röd"},
		{"in no language", "c", "red", "", "Red"},
		{"in a language that it has no name in", "c", "red", "de", "Red"},
		{"from a supplement", "c", "pink", "fi", "Vaaleanpunainen"},
		{"from a value set", "d", "x", "fi", "Äksä"},
		{"from a value set, in no language", "d", "x", "", "X"},
		{"without a display", "c", "blue", "fi", ""},
		{"of HL7", "http://hl7.org/fhir/consent-state-codes", "active", "fi", "Active"},
		{"of nobody", "e", "x", "fi", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := s.Display(c.system, c.code, c.language); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
