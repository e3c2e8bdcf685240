package search_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tahto/fhir"
	"tahto/fhir/search"
)

const base = "https://tahto.example/fhir"

func registry(t testing.TB) *search.Registry {
	t.Helper()
	r, err := search.NewRegistry(base)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func resource(t testing.TB, json string) *fhir.Resource {
	t.Helper()
	r, err := fhir.Parse([]byte(json))
	if err != nil {
		t.Fatalf("test resource: %v", err)
	}
	return r
}

func TestRegistryHasTheParametersOfTheIssue(t *testing.T) {
	want := map[string]string{
		"Consent": "_id _lastUpdated identifier patient status category date period actor scope data " +
			"source-reference organization consentor security-label purpose",
		"Provenance": "_id _lastUpdated target agent agent-role agent-type patient recorded when entity location",
	}
	r := registry(t)
	if got := r.Types(); !slices.Equal(got, []string{"Consent", "Provenance"}) {
		t.Fatalf("types: %v", got)
	}
	for _, name := range r.Types() {
		var got []string
		for _, p := range r.Parameters(name) {
			got = append(got, p.Name)
		}
		if diff := cmp.Diff(strings.Fields(want[name]), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if got := r.Parameters("Patient"); len(got) != 0 {
		t.Errorf("a type that is not kept has parameters: %v", got)
	}
}

func TestEveryParameterIsDescribed(t *testing.T) {
	r := registry(t)
	for _, name := range r.Types() {
		for _, p := range r.Parameters(name) {
			if p.Doc == "" || !strings.HasPrefix(p.URL, "http://hl7.org/fhir/SearchParameter/") {
				t.Errorf("%s %s lacks a text or a canonical", name, p.Name)
			}
			if !strings.Contains(p.Expression, name+".") {
				t.Errorf("%s %s: expression %q is of another type", name, p.Name, p.Expression)
			}
			if p.Sortable && p.Kind == search.KindReference {
				t.Errorf("%s %s: a reference has no order", name, p.Name)
			}
			if !slices.Contains(p.Modifiers(), "missing") {
				t.Errorf("%s %s does not take :missing", name, p.Name)
			}
		}
	}
}

func TestParametersAreACopy(t *testing.T) {
	r := registry(t)
	r.Parameters("Consent")[0].Name = "changed"
	if got := r.Parameters("Consent")[0].Name; got != "_id" {
		t.Errorf("the registry changed: %s", got)
	}
}

// Each parameter finds its own value, which stands nowhere else, in a resource
// that has them all.
func TestEveryParameterFindsItsValue(t *testing.T) {
	r := registry(t)
	found := map[string]map[string]string{
		"Consent": {
			"_id": "c1", "_lastUpdated": "2023-05-02", "identifier": "urn:x|id-1", "patient": "Patient/p1",
			"patient:identifier": "urn:oid:1.2.246.21|160350-900N", "status": "active", "category": "denial-health",
			"date": "2023-05-01", "period": "2023", "actor": "Organization/o1", "actor:identifier": "urn:oid:1.2.3",
			"scope": "patient-privacy", "data": "DocumentReference/d1/_history/3", "source-reference": "Contract/s1",
			"organization": "Organization/o2", "consentor": "Patient/p2", "security-label": "urn:s|R", "purpose": "ETREAT",
		},
		"Provenance": {
			"_id": "v1", "_lastUpdated": "2023-05-02", "target": "Consent/c1/_history/2", "agent": "Practitioner/a1",
			"agent-role": "urn:r|2", "agent-type": "author", "patient": "Patient/p1", "recorded": "2023-05-02",
			"when": "2023-04", "entity": "DocumentReference/e1", "location": "Location/l1",
			"agent:identifier": "urn:oid:1.2.246.10",
		},
	}
	for name, json := range map[string]string{"Consent": fullConsent, "Provenance": fullProvenance} {
		entries := r.Entries(resource(t, json))
		for _, p := range r.Parameters(name) {
			if found[name][p.Name] == "" {
				t.Errorf("no case for %s %s", name, p.Name)
			}
		}
		for param, value := range found[name] {
			if q := parse(t, name, param, value); !q.Match(entries) {
				t.Errorf("%s?%s=%s does not find the resource", name, param, value)
			}
			if q := parse(t, name, param, other(param)); q.Match(entries) {
				t.Errorf("%s?%s=%s finds the resource", name, param, other(param))
			}
		}
	}
}

// other is a value that the full resources do not have.
func other(param string) string {
	if slices.Contains([]string{"_lastUpdated", "date", "period", "recorded", "when"}, param) {
		return "1999"
	}
	return "nothing"
}

const fullConsent = `{
  "resourceType": "Consent", "id": "c1",
  "meta": {"versionId": "2", "lastUpdated": "2023-05-02T10:00:00.123Z"},
  "contained": [{"resourceType": "Patient", "id": "p"}],
  "identifier": [{"system": "urn:x", "value": "id-1"}],
  "status": "active",
  "scope": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy"}]},
  "category": [
    {"coding": [{"system": "https://tahto.example/fhir/CodeSystem/declaration", "code": "denial-health"}, {"system": "urn:y", "code": "y"}]},
    {"coding": [{"code": "bare"}]}
  ],
  "patient": {"reference": "Patient/p1", "identifier": {"system": "urn:oid:1.2.246.21", "value": "160350-900N"}},
  "dateTime": "2023-05-01",
  "performer": [{"reference": "Patient/p2"}],
  "organization": [{"reference": "https://tahto.example/fhir/Organization/o2"}],
  "sourceReference": {"reference": "Contract/s1"},
  "provision": {
    "type": "deny",
    "period": {"start": "2023-05-01", "end": "2023-06-30"},
    "actor": [
      {"role": {"text": "custodian"}, "reference": {"reference": "Organization/o1"}},
      {"role": {"text": "recipient"}, "reference": {"identifier": {"value": "urn:oid:1.2.3"}}}
    ],
    "securityLabel": [{"system": "urn:s", "code": "R"}],
    "purpose": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "ETREAT"}],
    "data": [{"meaning": "instance", "reference": {"reference": "DocumentReference/d1/_history/3"}}],
    "provision": [{"purpose": [{"code": "nested"}]}]
  }
}`

const fullProvenance = `{
  "resourceType": "Provenance", "id": "v1", "meta": {"lastUpdated": "2023-05-02T10:00:00.123Z"},
  "target": [{"reference": "Consent/c1/_history/2"}, {"reference": "Patient/p1"}],
  "occurredPeriod": {"start": "2023-04-01", "end": "2023-04-03"},
  "recorded": "2023-05-02T09:00:00+03:00",
  "location": {"reference": "Location/l1"},
  "agent": [
    {"type": {"coding": [{"code": "author"}]}, "role": [{"coding": [{"system": "urn:r", "code": "2"}]}], "who": {"reference": "Practitioner/a1"}},
    {"role": [{"coding": [{"system": "urn:r", "code": "7"}]}], "who": {"identifier": {"value": "urn:oid:1.2.246.10"}, "display": "A unit"}}
  ],
  "entity": [{"role": "source", "what": {"reference": "DocumentReference/e1"}}]
}`
