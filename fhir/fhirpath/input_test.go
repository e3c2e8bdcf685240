package fhirpath_test

import (
	"strings"
	"testing"
	"time"

	"tahto/fhir/fhirpath"
)

// evaluated is what an expression gives on an input; "error" for an error.
func evaluated(t *testing.T, source string, in fhirpath.Input) string {
	t.Helper()
	e, err := fhirpath.Compile(source, loaded(t))
	if err != nil {
		t.Fatal(err)
	}
	got, err := e.Evaluate(in)
	if err != nil {
		return "error"
	}
	return strings.Join(got.Strings(), ",")
}

// sharedID is in three entries with the same type and id on different servers.
const sharedID = `{"resourceType":"Bundle","type":"collection","entry":[
{"fullUrl":"http://a.example/Patient/1","resource":{"resourceType":"Patient","id":"1","gender":"male"}},
{"fullUrl":"http://b.example/Patient/1","resource":{"resourceType":"Patient","id":"1","gender":"female"}},
{"fullUrl":"http://b.example/Consent/2","resource":{"resourceType":"Consent","id":"2","patient":{"reference":"Patient/1"}}},
{"fullUrl":"urn:uuid:00000000-0000-4000-8000-000000000001","resource":{"resourceType":"Organization","name":"Clinic"}}]}`

// resolver finds one reference.
type resolver struct {
	reference string
	node      fhirpath.Node
}

func (r resolver) Resolve(reference string) (fhirpath.Node, bool) {
	return r.node, reference == r.reference
}

func TestResolveLooksWhereFHIRSays(t *testing.T) {
	whole := fhirpath.ResourceNode(parsed(t, sharedID))
	entry := whole.Element().Get("entry").At(2).Get("resource")
	elsewhere := fhirpath.ResourceNode(parsed(t, `{"resourceType":"Organization","name":"Elsewhere"}`))
	in := fhirpath.Input{Focus: fhirpath.NewNode(entry, "Resource"), Root: whole, Resolver: resolver{"Organization/9", elsewhere}}
	for source, want := range map[string]string{
		"patient.resolve().gender":                                         "female",
		"Consent.patient.reference.resolve().gender":                       "female",
		"'http://a.example/Patient/1'.resolve().gender":                    "male",
		"'urn:uuid:00000000-0000-4000-8000-000000000001'.resolve().name":   "Clinic",
		"'urn:uuid:00000000-0000-4000-8000-000000000002'.resolve()":        "",
		"'http://c.example/Patient/1'.resolve()":                           "",
		"'Patient/2'.resolve()":                                            "",
		"'Organization/9'.resolve().name":                                  "Elsewhere",
		"('Organization/9' | 'Patient/7' | 'Patient/1').resolve().count()": "2",
		"{}.resolve()":                 "",
		"1.resolve()":                  "",
		"patient.resolve() is Patient": "true",
	} {
		if got := evaluated(t, source, in); got != want {
			t.Errorf("%s is %q, want %q", source, got, want)
		}
	}
}

func TestResolveOfContained(t *testing.T) {
	expect(t, patient, cases{
		"by the local id":          {{"managingOrganization.resolve().name", "Clinic"}, {"'#o'.resolve().name", "Clinic"}, {"managingOrganization.resolve() is Organization", "true"}},
		"what is not there":        {{"'#x'.resolve()", ""}, {"'o'.resolve()", ""}},
		"the container is # alone": {{"'#'.resolve().id", "p"}},
	})
}

func TestEnvironmentVariables(t *testing.T) {
	root := fhirpath.ResourceNode(parsed(t, patient))
	contained := fhirpath.NewNode(root.Element().Get("contained").At(0), "Resource")
	name := fhirpath.NewNode(contained.Element().Get("name"), "string")
	in := fhirpath.Input{Focus: name, Resource: contained, Root: root, Variables: map[string]fhirpath.Collection{
		"limit": {fhirpath.IntegerValue(3)}, "names": {fhirpath.StringValue("a"), fhirpath.StringValue("b")}, "who": {fhirpath.NodeValue(root)}, "none": nil, "a b": {fhirpath.BooleanValue(true)},
	}}
	for source, want := range map[string]string{
		"$this": "Clinic", "%context": "Clinic", "%resource.id": "o", "%rootResource.id": "p", "%limit + 1": "4", "%names": "a,b", "%who.gender.exists() or %who.active": "true",
		"%none": "", "%`a b`": "true", "%'a b'": "true", "%other": "error", "(1 | 2).select(%context)": "Clinic,Clinic", "%resource.name = $this": "true",
	} {
		if got := evaluated(t, source, in); got != want {
			t.Errorf("%s is %q, want %q", source, got, want)
		}
	}
	alone := fhirpath.Input{Focus: root}
	if got := evaluated(t, "%resource = $this and %rootResource = $this", alone); got != "true" {
		t.Errorf("the resource and its root are not the focus if they are not told: %s", got)
	}
}

func TestTheClockIsThatOfTheInput(t *testing.T) {
	in := fhirpath.Input{Now: time.Date(2024, 2, 29, 23, 30, 15, 0, time.FixedZone("", 2*60*60))}
	for source, want := range map[string]string{
		"today()": "2024-02-29", "now() = @2024-02-29T21:30:15Z": "true", "timeOfDay() = @T23:30:15": "true", "now() = now()": "true",
		"today() + 1 day": "2024-03-01", "now() is DateTime": "true", "today() is Date": "true", "timeOfDay() is Time": "true",
	} {
		if got := evaluated(t, source, in); got != want {
			t.Errorf("%s is %q, want %q", source, got, want)
		}
		if strings.Contains(source, "()") && evaluated(t, source, fhirpath.Input{}) != "error" {
			t.Errorf("%s is known without a clock", source)
		}
	}
}

// terms knows one value set with one code.
type terms struct{}

func (terms) MemberOf(valueSet, system, code string) (member, known bool) {
	return code == "in" && (system == "urn:s" || system == ""), valueSet == "urn:vs"
}

func TestMemberOfAsksTheTerminology(t *testing.T) {
	in := fhirpath.Input{Terminology: terms{}, Focus: fhirpath.ResourceNode(parsed(t, `{"resourceType":"Observation","status":"in",
"code":{"coding":[{"system":"urn:other","code":"in"},{"system":"urn:s","code":"in"}]},"method":{"coding":[{"system":"urn:s","code":"out"}]}}`))}
	for source, want := range map[string]string{
		"Observation.status.memberOf('urn:vs')": "true", "'in'.memberOf('urn:vs')": "true", "'out'.memberOf('urn:vs')": "false", "Observation.code.memberOf('urn:vs')": "true",
		"Observation.code.coding[0].memberOf('urn:vs')": "false", "Observation.code.coding[1].memberOf('urn:vs')": "true", "Observation.method.memberOf('urn:vs')": "false",
		"Observation.status.memberOf('urn:unknown')": "", "Observation.code.memberOf('urn:vs|1.0')": "true", "{}.memberOf('urn:vs')": "", "'in'.memberOf({})": "",
		"Observation.code.coding.memberOf('urn:vs')": "error",
	} {
		if got := evaluated(t, source, in); got != want {
			t.Errorf("%s is %q, want %q", source, got, want)
		}
	}
	if got := evaluated(t, "'in'.memberOf('urn:vs')", fhirpath.Input{}); got != "" {
		t.Errorf("without a terminology memberOf() is %q, want nothing", got)
	}
}

// TestHolds: an invariant holds if it gives true, not if it gives nothing.
func TestHolds(t *testing.T) {
	for source, want := range map[string]string{
		"true": "holds", "false": "fails", "{}": "fails", "{} or {}": "fails", "'x'": "holds", "Patient.name": "holds", "Patient.photo": "fails", "Patient.deceased": "fails", "Patient.active": "holds",
		"true | false": "error", "(1 | 2).length()": "error",
	} {
		e, err := fhirpath.Compile(source, loaded(t))
		if err != nil {
			t.Fatal(err)
		}
		holds, err := e.Holds(fhirpath.Input{Focus: fhirpath.ResourceNode(parsed(t, patient))})
		got := map[bool]string{true: "holds", false: "fails"}[holds]
		if err != nil {
			got = "error"
		}
		if got != want {
			t.Errorf("%s %s (%v), want %s", source, got, err, want)
		}
	}
}

// TestCheckFindsWhatCanNeverBe before anything is evaluated.
func TestCheckFindsWhatCanNeverBe(t *testing.T) {
	for source, faulty := range map[string]bool{
		"Patient.name.given": false, "Patient.nmae": true, "Patient.deceasedBoolean": true, "Patient.deceased": false, "Patient.name.where(famly = 'x')": true,
		"Patient.birthDate.length()": false, "Patient.name.length()": true, "Patient.name.as(HumanName)": true, "Patient.contained.anything": false, "Patient.gender.extension('u').value": false,
	} {
		e, err := fhirpath.Compile(source, loaded(t))
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Check("Patient"); (err != nil) != faulty {
			t.Errorf("Check of %s gives %v", source, err)
		}
	}
}
