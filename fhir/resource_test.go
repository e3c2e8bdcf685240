package fhir_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"tahto/fhir"
	"tahto/fhir/issue"
)

var noon = time.Date(2025, 6, 15, 12, 0, 0, 7_000_000, time.FixedZone("", 3*3600))

func TestStampPutsIdAndMetaWhereTheyBelong(t *testing.T) {
	tests := map[string]struct{ in, want string }{
		"new resource": {
			`{"resourceType":"Consent","status":"active"}`,
			`{"resourceType":"Consent","id":"1","meta":{"versionId":"2","lastUpdated":"2025-06-15T09:00:00.007Z"},"status":"active"}`,
		},
		"the client's own meta stays but for what is the server's": {
			`{"meta":{"profile":["p"],"versionId":"99"},"status":"active","id":"x","resourceType":"Consent"}`,
			`{"meta":{"profile":["p"],"lastUpdated":"2025-06-15T09:00:00.007Z","versionId":"2"},"status":"active","id":"1","resourceType":"Consent"}`,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := mustParse(t, tt.in)
			if got := string(r.Stamp("1", 2, noon).JSON()); got != tt.want {
				t.Errorf("Stamp =\n%s, want\n%s", got, tt.want)
			}
			if got := string(r.JSON()); got != tt.in {
				t.Errorf("the original changed to %s", got)
			}
		})
	}
}

func TestWithTagAddsATagOnce(t *testing.T) {
	r := mustParse(t, `{"resourceType":"Consent","id":"1","status":"active"}`).WithTag("s", "c").WithTag("s", "c").WithTag("s", "d")
	want := `{"resourceType":"Consent","id":"1","meta":{"tag":[{"system":"s","code":"c"},{"system":"s","code":"d"}]},"status":"active"}`
	if got := string(r.JSON()); got != want {
		t.Errorf("WithTag =\n%s, want\n%s", got, want)
	}
}

func TestWithTagKeepsTheTypeInFront(t *testing.T) {
	r := mustParse(t, `{"resourceType":"Consent","status":"active"}`).WithTag("s", "c").Stamp("1", 1, noon)
	want := `{"resourceType":"Consent","id":"1","meta":{"versionId":"1","lastUpdated":"2025-06-15T09:00:00.007Z","tag":[{"system":"s","code":"c"}]},"status":"active"}`
	if got := string(r.JSON()); got != want {
		t.Errorf("JSON =\n%s, want\n%s", got, want)
	}
}

func TestMapReferencesReachesEveryReferenceAndNothingElse(t *testing.T) {
	in := `{"resourceType":"Provenance","target":[{"reference":"urn:uuid:1"},{"reference":"Consent/9"}],` +
		`"contained":[{"resourceType":"Patient","managingOrganization":{"reference":"urn:uuid:1"}}],` +
		`"policy":["urn:uuid:1"],"agent":[{"who":{"identifier":{"value":"urn:uuid:1"}}}]}`
	want := strings.ReplaceAll(in, `"reference":"urn:uuid:1"`, `"reference":"Consent/1"`)
	r := mustParse(t, in)
	got := r.MapReferences(func(reference string) string {
		if reference == "urn:uuid:1" {
			return "Consent/1"
		}
		return reference
	})
	if string(got.JSON()) != want {
		t.Errorf("MapReferences =\n%s, want\n%s", got.JSON(), want)
	}
	if string(r.JSON()) != in {
		t.Errorf("the original changed to %s", r.JSON())
	}
	if same := r.MapReferences(func(reference string) string { return reference }); same != r {
		t.Error("a mapping that changes nothing made a new resource")
	}
}

func TestMapLinksReachesUrisAndNarrativeOnly(t *testing.T) {
	in := `{"resourceType":"Provenance","text":{"status":"generated","div":"<div><a href=\"urn:uuid:1\">x</a> urn:uuid:1 <img src='urn:uuid:1'/></div>"},` +
		`"extension":[{"url":"u","valueUri":"urn:uuid:1"}],"policy":["urn:uuid:1"],"target":[{"reference":"urn:uuid:1","identifier":{"system":"urn:uuid:1","value":"urn:uuid:1"}}]}`
	want := `{"resourceType":"Provenance","text":{"status":"generated","div":"<div><a href=\"Consent/1\">x</a> urn:uuid:1 <img src='Consent/1'/></div>"},` +
		`"extension":[{"url":"u","valueUri":"Consent/1"}],"policy":["Consent/1"],"target":[{"reference":"urn:uuid:1","identifier":{"system":"Consent/1","value":"urn:uuid:1"}}]}`
	got := mustParse(t, in).MapLinks(func(urn string) string { return strings.Replace(urn, "urn:uuid:1", "Consent/1", 1) })
	if string(got.JSON()) != want {
		t.Errorf("MapLinks =\n%s, want\n%s", got.JSON(), want)
	}
}

func TestReferencePathTellsThePlace(t *testing.T) {
	r := mustParse(t, `{"resourceType":"Provenance","target":[{"reference":"a"},{"reference":"b"}],"agent":[{"who":{"reference":"c"}}]}`)
	for reference, want := range map[string]string{"b": "Provenance.target[1].reference", "c": "Provenance.agent[0].who.reference", "d": "Provenance"} {
		if got := r.ReferencePath(reference); got != want {
			t.Errorf("ReferencePath(%q) = %q, want %q", reference, got, want)
		}
	}
}

func TestSetReferencesChangesWhatIsNamed(t *testing.T) {
	in := `{"resourceType":"Provenance","\"odd":1,"target":[{"reference":"Consent/1","display":"x"},{"reference":"Consent/1"},"y"]}`
	r := mustParse(t, in)
	want := strings.Replace(in, `"Consent/1","display"`, `"Consent/1/_history/2","display"`, 1)
	if got := string(r.SetReferences("target", []string{"Consent/1/_history/2", "", "z", "z"}).JSON()); got != want {
		t.Errorf("SetReferences =\n%s, want\n%s", got, want)
	}
	for _, same := range []*fhir.Resource{r.SetReferences("target", nil), r.SetReferences("agent", []string{"x"}), r} {
		if string(same.JSON()) != in {
			t.Errorf("a reference that is not there was set: %s", same.JSON())
		}
	}
}

func TestElementPairsPrimitivesWithTheirExtensions(t *testing.T) {
	r := mustParse(t, `{"resourceType":"Patient","given":["A",null,"C"],"_given":[null,{"id":"b"}],"_gender":{"extension":[{"url":"u","valueCode":"x"}]}}`)
	given := r.Root().Get("given")
	if got := given.Len(); got != 3 {
		t.Fatalf("Len = %d, want 3", got)
	}
	if second := given.At(1); second.Kind() != fhir.Null || !second.Exists() {
		t.Errorf("At(1) = %v, want a null that exists by its id", second.Kind())
	}
	gender := r.Root().Get("gender")
	if gender.Kind() != fhir.Absent || !gender.Exists() {
		t.Error("an element of which only extensions are given must exist without a value")
	}
	if got := gender.Extension("u").Get("valueCode").Text(); got != "x" {
		t.Errorf("extension of a primitive = %q, want x", got)
	}
}

func TestAbsentElementsAnswerWithoutChecks(t *testing.T) {
	absent := mustParse(t, `{"resourceType":"Consent"}`).Root().Get("provision").Get("period").At(3).Get("start")
	if absent.Exists() || absent.Text() != "" || absent.Len() != 0 || absent.Resource() != nil {
		t.Errorf("absent element = %+v, want nothing of it", absent)
	}
}

func TestStoredResourceIsReadWhenAsked(t *testing.T) {
	r := fhir.Stored([]byte(`{"resourceType":"Consent","id":"7"}`))
	if got, want := r.Key(), (fhir.Key{Type: "Consent", ID: "7"}); got != want {
		t.Errorf("Key = %v, want %v", got, want)
	}
}

func TestOperationOutcomeTellsReasonPlaceAndText(t *testing.T) {
	got := fhir.OperationOutcome([]issue.Issue{{
		Severity: issue.SeverityError, Code: issue.CodeBusinessRule, Reason: "scope-required",
		Expression: "Consent.provision", Text: "Say \"all\" or name the data.",
	}})
	want := `{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"business-rule","details":{"coding":[` +
		`{"system":"https://tahto.example/fhir/CodeSystem/issue-reason","code":"scope-required"}],"text":"Say \"all\" or name the data."},` +
		`"diagnostics":"Say \"all\" or name the data.","expression":["Consent.provision"]}]}`
	if string(got.JSON()) != want {
		t.Errorf("OperationOutcome =\n%s, want\n%s", got.JSON(), want)
	}
}

func TestWriterMakesWhatParses(t *testing.T) {
	w := fhir.NewWriter("Parameters")
	w.Array("parameter")
	w.Object("")
	w.String("name", "å\"\n")
	w.Bool("valueBoolean", true)
	w.Optional("empty", "")
	w.Raw("n", []byte("1.10"))
	w.End()
	w.EndArray()
	w.Coding("c", "", "x")
	want := `{"resourceType":"Parameters","parameter":[{"name":"å\"\n","valueBoolean":true,"n":1.10}],"c":{"code":"x"}}`
	got := w.Resource()
	if string(got.JSON()) != want {
		t.Errorf("Writer =\n%s, want\n%s", got.JSON(), want)
	}
	mustParse(t, string(got.JSON()))
}

// compact is data without insignificant space.
func compact(tb testing.TB, data []byte) string {
	tb.Helper()
	var out bytes.Buffer
	if err := json.Compact(&out, data); err != nil {
		tb.Fatal(err)
	}
	return out.String()
}
