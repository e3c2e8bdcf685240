package search_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"testing"

	"tahto/fhir/search"
)

// If this fails, what resources are found by has changed: raise IndexVersion, so
// that what is stored is indexed anew, and write the new sum here.
func TestIndexVersionIsRaisedWithTheEntries(t *testing.T) {
	const version, want = 2, "4c195b082c6a0282"
	r := registry(t)
	sum := sha256.New()
	for _, json := range []string{fullConsent, fullProvenance} {
		for _, e := range r.Entries(resource(t, json)) {
			fmt.Fprintf(sum, "%q\n", []any{e.Param, e.System, e.Value, e.Version, e.Low, e.High})
		}
	}
	if got := hex.EncodeToString(sum.Sum(nil)[:8]); got != want || search.IndexVersion != version {
		t.Errorf("IndexVersion %d has the sum %s, want version %d and %s", search.IndexVersion, got, version, want)
	}
}
