package embedded_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"tahto/fhir"
	"tahto/storage/driver"
	"tahto/storage/embedded"
)

// TestHistoriesAreReadByIndex: a page of what is old or new must not cost
// sorting all there is. Only versions of one millisecond are sorted.
func TestHistoriesAreReadByIndex(t *testing.T) {
	e, err := embedded.Open(t.Context(), "", embedded.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if err := e.Update(t.Context(), func(w driver.Writer) error {
		return w.Append(t.Context(), driver.Document{
			Key: fhir.Key{Type: "Consent", ID: "a"}, Version: 1, Updated: time.UnixMilli(1), Method: "POST", Body: []byte("{}"),
		})
	}); err != nil {
		t.Fatal(err)
	}
	place := &driver.Mark{Updated: time.UnixMilli(5), Key: fhir.Key{Type: "Consent", ID: "a"}, Version: 1}
	for _, oldest := range []bool{false, true} {
		for of, index := range map[string]string{"": "version_updated", "Consent": "version_kind"} {
			for _, after := range []*driver.Mark{nil, place} {
				h := driver.History{Type: of, OldestFirst: oldest, After: after, Limit: 10}
				steps, err := embedded.HistoryPlan(e, h)
				if err != nil {
					t.Fatal(err)
				}
				if !strings.Contains(steps[0], index) || slices.Contains(steps, "USE TEMP B-TREE FOR ORDER BY") {
					t.Errorf("%+v is read by %q; want index %s, and no sort of everything", h, steps, index)
				}
			}
		}
	}
}
