package subset_test

import (
	"testing"

	"tahto/fhir"
	"tahto/fhir/subset"
)

// FuzzOf cuts whatever a resource may look like that was stored without being
// held to R4: what comes out can be read, is marked, and holds nothing of its own.
func FuzzOf(f *testing.F) {
	f.Add([]byte(consentJSON))
	f.Add([]byte(provenanceJSON))
	f.Add([]byte(capabilityJSON))
	f.Add([]byte(`{"id":null,"resourceType":"Consent","meta":[{"tag":1}],"contained":{"id":"a"},"_status":[null],"provision":[[{"type":"#a"}]],"category":[]}`))
	set := definitions(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		whole, err := fhir.Parse(data)
		if err != nil || set.Outline(whole.Type()) == nil || whole.Type() == "OperationOutcome" {
			return
		}
		for part := subset.Summary; part <= subset.Elements; part++ {
			got, err := fhir.Parse(subset.Of(set, whole, part, []string{"contained", "text"}).JSON())
			if err != nil || !subset.Is(got) {
				t.Fatalf("part %d: %v", part, err)
			}
			for name, value := range got.Root().Members() {
				if name != "meta" && !within(value, member(whole.Root(), name)) {
					t.Fatalf("part %d: %s is not as in the whole: %s", part, name, got.JSON())
				}
			}
		}
	})
}
