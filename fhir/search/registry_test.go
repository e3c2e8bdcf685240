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
		"Consent": "_id _lastUpdated _tag _security _profile _source identifier patient status category date period actor scope data " +
			"source-reference organization consentor security-label purpose " +
			"provision-type provision-class provision-code provision-actor-identifier provision-type-class provision-type-code " +
			"provision-type-actor provision-type-actor-identifier provision-type-period",
		"Provenance": "_id _lastUpdated _tag _security _profile _source target agent agent-role agent-type patient recorded when entity location",
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
			if of := "http://hl7.org/fhir/SearchParameter/"; p.Doc == "" || !strings.HasPrefix(p.URL, of) && p.URL != fhir.Base+"/SearchParameter/"+name+"-"+p.Name {
				t.Errorf("%s %s lacks a text or a canonical", name, p.Name)
			}
			if !strings.Contains(p.Expression, name+".") {
				t.Errorf("%s %s: expression %q is of another type", name, p.Name, p.Expression)
			}
			if unordered := p.Kind == search.KindReference || p.Kind == search.KindComposite; p.Sortable() == unordered {
				t.Errorf("%s %s: only references and composites have no order", name, p.Name)
			}
			if slices.Contains(p.Modifiers(), "missing") == (p.Kind == search.KindComposite) {
				t.Errorf("%s %s: all but composites take :missing", name, p.Name)
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
			"_tag": "urn:t|mark", "_security": "urn:t|secret", "_profile": "urn:profile", "_source": "urn:source",
			"provision-type": "http://hl7.org/fhir/consent-provision-type|permit", "provision-class": "urn:c|nested", "provision-code": "urn:c|root",
			"provision-actor-identifier": "urn:oid:1.2.3", "provision-type-class": "permit$urn:c|nested", "provision-type-code": "deny$urn:c|root",
			"provision-type-actor": "deny$Organization/o1", "provision-type-actor-identifier": "deny$urn:oid:1.2.3",
			"provision-type-period": "deny$2023",
		},
		"Provenance": {
			"_id": "v1", "_lastUpdated": "2023-05-02", "target": "Consent/c1/_history/2", "agent": "Practitioner/a1",
			"agent-role": "urn:r|2", "agent-type": "author", "patient": "Patient/p1", "recorded": "2023-05-02",
			"when": "2023-04", "entity": "DocumentReference/e1", "location": "Location/l1",
			"agent:identifier": "urn:oid:1.2.246.10", "agent.identifier": "urn:oid:1.2.246.10",
			"_tag": "mark", "_security": "secret", "_profile": "urn:profile", "_source": "urn:source",
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
	if param == "provision-type-period" {
		return "permit$2023"
	}
	if strings.HasPrefix(param, "provision-type-") {
		return "permit$nothing"
	}
	return "nothing"
}

const fullConsent = `{
  "resourceType": "Consent", "id": "c1",
  "meta": {"versionId": "2", "lastUpdated": "2023-05-02T10:00:00.123Z", "tag": [{"system": "urn:t", "code": "mark"}],
    "security": [{"system": "urn:t", "code": "secret"}], "profile": ["urn:profile"], "source": "urn:source"},
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
    "code": [{"coding": [{"system": "urn:c", "code": "root"}]}],
    "provision": [{"type": "permit", "class": [{"system": "urn:c", "code": "nested"}], "purpose": [{"code": "nested"}]}]
  }
}`

const fullProvenance = `{
  "resourceType": "Provenance", "id": "v1", "meta": {"lastUpdated": "2023-05-02T10:00:00.123Z", "tag": [{"code": "mark"}],
    "security": [{"code": "secret"}], "profile": ["urn:profile"], "source": "urn:source"},
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
