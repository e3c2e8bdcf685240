package search_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tahto/fhir/search"
)

// What a chain or a reverse chain means, over a world of a few resources.
func TestLinksMeanWhatTheOtherResourceIs(t *testing.T) {
	r := registry(t)
	var world []search.Indexed
	for _, json := range []string{
		`{"resourceType":"Consent","id":"c1","status":"active","identifier":[{"system":"urn:x","value":"1"}],"patient":{"identifier":{"system":"urn:p","value":"a"}}}`,
		`{"resourceType":"Consent","id":"c2","status":"inactive","patient":{"identifier":{"system":"urn:p","value":"b"}},"sourceReference":{"reference":"Consent/c1"}}`,
		`{"resourceType":"Consent","id":"c3","status":"active","patient":{"reference":"Patient/1"},"provision":{"data":[{"reference":{"identifier":{"system":"urn:x","value":"1"}}},{"reference":{"reference":"Consent/c2"}}]}}`,
		`{"resourceType":"Consent","id":"c4","provision":{"data":[{"reference":{"reference":"Consent/c1"}}]}}`,
		`{"resourceType":"Provenance","id":"p1","target":[{"reference":"Consent/c1/_history/3"}],"agent":[{"role":[{"coding":[{"code":"2"}]}],"who":{"identifier":{"system":"urn:u","value":"unit"}}}]}`,
		`{"resourceType":"Provenance","id":"p2","target":[{"reference":"Consent/c2"},{"reference":"Consent/gone"}],"agent":[{"role":[{"coding":[{"code":"7"}]}]}]}`,
		`{"resourceType":"Provenance","id":"p3","target":[{"reference":"Provenance/p1"},{"reference":"Patient/1"}]}`,
		`{"resourceType":"Provenance","id":"p4","target":[{"reference":"https://elsewhere.example/Consent/c1"}]}`,
	} {
		body := resource(t, json)
		world = append(world, search.Indexed{Type: body.Type(), ID: body.ID(), Entries: r.Entries(body)})
	}
	for query, want := range map[string]string{
		"Consent?patient.identifier=urn:p|a":                                      "c1",
		"Consent?patient:Patient.identifier=urn:p|b":                              "c2",
		"Consent?data.identifier=urn:x|1":                                         "c3 c4", // in the reference, or in the resource
		"Consent?data:Consent.identifier=urn:x|1":                                 "c4",
		"Consent?source-reference.status=active":                                  "c2",
		"Consent?data.source-reference.status=active":                             "c3",
		"Consent?data.status:not=active":                                          "c3",
		"Consent?_has:Provenance:target:agent-role=2":                             "c1",
		"Consent?_has:Provenance:target:agent:identifier=urn:u|unit":              "c1",
		"Consent?_has:Provenance:target:agent.identifier=unit":                    "c1",
		"Consent?_has:Provenance:target:agent-role:missing=false":                 "c1 c2",
		"Consent?_has:Provenance:target:_id=p1,p2&status=inactive":                "c2",
		"Consent?_has:Provenance:target:_id=p1&_has:Provenance:target:_id=p2":     "",
		"Consent?_has:Consent:data:_has:Consent:data:_id=c9":                      "",
		"Consent?_has:Consent:source-reference:_has:Provenance:target:_id=p2":     "c1",
		"Provenance?target:Consent.status=active":                                 "p1", // whatever version it names
		"Provenance?target.status=inactive":                                       "p2",
		"Provenance?target.patient:identifier=urn:p|b":                            "p2",
		"Provenance?target.patient.identifier=urn:p|a":                            "p1",
		"Provenance?target.patient=Patient/1":                                     "", // p3's own target is no Provenance about a person
		"Provenance?target.target.status=active":                                  "p3",
		"Provenance?target._id=c1,p1":                                             "p1 p3",
		"Provenance?target._has:Provenance:target:patient=1":                      "p3 ",
		"Provenance?target.status=active,inactive":                                "p1 p2",
		"Provenance?target:Consent.identifier=urn:x|1":                            "p1",
		"Provenance?target:Consent._has:Consent:source-reference:status=inactive": "p1",
	} {
		resourceType, text, _ := strings.Cut(query, "?")
		values, err := url.ParseQuery(text)
		if err != nil {
			t.Fatal(err)
		}
		q, _, err := r.Parse(resourceType, values, search.ParseOptions{})
		if err != nil {
			t.Errorf("%s: %v", query, err)
			continue
		}
		var got []string
		for _, one := range world {
			if q.MatchIn(one, world) {
				got = append(got, one.ID)
			}
		}
		if !slices.Equal(got, strings.Fields(want)) {
			t.Errorf("%s finds %v, want %s", query, got, want)
		}
	}
}

func TestChainsAreReadAndWritten(t *testing.T) {
	r := registry(t)
	for written, want := range map[string]string{
		"Consent?patient.identifier=urn:p|a":                                  "patient:identifier=urn:p|a",
		"Consent?organization:Organization.identifier=a,b":                    "organization:identifier=a,b",
		"Consent?actor.identifier=a":                                          "actor:identifier=a",
		"Provenance?agent.identifier=a":                                       "agent:identifier=a",
		"Consent?data.identifier=b,a":                                         "data.identifier=a,b",
		"Provenance?target.status=|active":                                    "target:Consent.status=http://hl7.org/fhir/consent-state-codes|active",
		"Provenance?target.patient.identifier=a":                              "target.patient:identifier=a",
		"Provenance?target:Consent.patient:Patient.identifier=a":              "target:Consent.patient:identifier=a",
		"Consent?_has:Provenance:target:agent.identifier=a":                   "_has:Provenance:target:agent:identifier=a",
		"Consent?_has:Provenance:target:recorded=eq2023":                      "_has:Provenance:target:recorded=2023",
		"Consent?_has:Consent:data:provision-type-actor=|deny$Patient/1":      "_has:Consent:data:provision-type-actor=deny$Patient/1",
		"Consent?_has:Provenance:target:_id=b&_has:Provenance:target:_id=a,a": "_has:Provenance:target:_id=a&_has:Provenance:target:_id=b",
	} {
		resourceType, text, _ := strings.Cut(written, "?")
		values, _ := url.ParseQuery(text)
		q, _, err := r.Parse(resourceType, values, search.ParseOptions{})
		if err != nil {
			t.Errorf("%s: %v", written, err)
			continue
		}
		wanted, _ := url.ParseQuery(want)
		if diff := cmp.Diff(wanted, q.Values()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", written, diff)
		}
	}
}
