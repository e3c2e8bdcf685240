package interaction_test

import (
	"net/url"
	"testing"

	"tahto/fhir"
	"tahto/server/interaction"
)

// FuzzDo holds every request to the promise that a client's fault is never
// called the server's.
func FuzzDo(f *testing.F) {
	f.Add("POST", "", "", []byte(example(f, "consent-bundle.json")))
	f.Add("POST", "", "", []byte(example(f, "withdrawal-bundle.json")))
	f.Add("POST", "Consent/$evaluate", "", []byte(example(f, "evaluate.json")))
	f.Add("POST", "Consent/$evaluate", "", []byte(example(f, "profile.json")))
	f.Add("PUT", "Consent/a", "_format=json", []byte(health("a")))
	f.Add("POST", "Provenance", "", []byte(provenance("Consent/a/_history/1")))
	f.Add("POST", "", "", []byte(batch(entry("", "", "GET Consent?_cursor=a&_sort=-date"), entry("", "", "GET _history?_since=2024"))))
	f.Add("GET", "Consent", "patient:identifier=a|b&date=ge2024&_include=Consent:source-reference", []byte(nil))
	f.Add("GET", "Consent", "_has:Provenance:target:agent.identifier=a&data.identifier=b&provision-type-period=deny$ge2024&_include:iterate=Consent:data", []byte(nil))
	f.Add("GET", "Provenance", "target.patient:identifier=a&target:Consent.status=active&_sort=-_tag,when&_revinclude:iterate=Provenance:target", []byte(nil))
	f.Add("GET", "Consent/_history", "_at=2024-05&_since=2024-01-01T00:00:00Z&_count=1", []byte(nil))
	f.Add("GET", "Consent/a/_history/1", "", []byte(nil))
	f.Add("DELETE", "Consent/a", "", []byte(nil))
	f.Add("GET", "_history", "_elements=Consent.status,id,source[x]", []byte(nil))
	f.Add("PUT", "Consent/a", "_summary=true", []byte(health("a")))
	s := open(f, keepForeign)
	s.records.discard = true
	f.Fuzz(func(t *testing.T, method, path, query string, data []byte) {
		values, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		r := interaction.Request{Method: method, Path: path, Query: values}
		if len(data) > 0 {
			if r.Body, err = fhir.Parse(data); err != nil {
				return
			}
		}
		got := s.Do(t.Context(), r)
		if got.Status >= 500 && got.Status != 501 || got.Err != nil {
			t.Fatalf("%d: %v %s", got.Status, got.Err, text(got.Resource))
		}
		if got.Resource != nil {
			if _, err := fhir.Parse(got.Resource.JSON()); err != nil {
				t.Fatalf("the answer can't be read: %v\n%s", err, text(got.Resource))
			}
		}
	})
}
