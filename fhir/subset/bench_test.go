package subset_test

import (
	"os"
	"testing"

	"tahto/fhir"
	"tahto/fhir/subset"
)

var sink int

// BenchmarkOf takes parts of one declaration, parsed and written included, as an
// answer needs it.
func BenchmarkOf(b *testing.B) {
	data, err := os.ReadFile("../../profiles/validate/testdata/bases/consent.json")
	if err != nil {
		b.Fatal(err)
	}
	stored := parse(b, string(data)).JSON()
	set := definitions(b)
	for _, c := range []struct {
		name string
		part subset.Part
	}{{"Whole", subset.Whole}, {"Summary", subset.Summary}, {"Text", subset.Text}, {"Data", subset.Data}, {"Elements", subset.Elements}} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				sink += len(subset.Of(set, fhir.Stored(stored), c.part, []string{"provision"}).JSON())
			}
		})
	}
}
