package xmlpatch_test

import (
	"strings"
	"testing"

	"tahto/fhir/patch/xmlpatch"
)

// BenchmarkHostileSelector: what the most that a selector may cost takes.
func BenchmarkHostileSelector(b *testing.B) {
	document := []byte("<a>" + strings.Repeat(`<b c="1"><d/></b>`, 2_000) + "</a>")
	patch := []byte(`<diff><remove sel="//*[//*[//*]]"/></diff>`)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := xmlpatch.Apply(document, patch, nil, new(int)); err == nil {
			b.Fatal("not refused")
		}
	}
}
