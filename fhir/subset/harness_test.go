package subset_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"tahto/fhir"
	"tahto/fhir/subset"
	"tahto/profiles"
	"tahto/profiles/validate"
)

// r4 are the definitions, loaded once.
var r4 = sync.OnceValues(profiles.Load)

var validators = sync.OnceValues(func() (*validate.Validator, error) {
	set, err := r4()
	if err != nil {
		return nil, err
	}
	return validate.New(set)
})

func definitions(t testing.TB) *profiles.Set {
	t.Helper()
	set, err := r4()
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func parse(t testing.TB, text string) *fhir.Resource {
	t.Helper()
	r, err := fhir.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// of is a subset as text.
func of(t testing.TB, text string, part subset.Part, named ...string) string {
	t.Helper()
	return string(subset.Of(definitions(t), parse(t, text), part, named).JSON())
}

// examples are resources of every sort that the server gives: HL7's, and its own
// definitions.
func examples(t testing.TB) map[string]*fhir.Resource {
	t.Helper()
	files, err := filepath.Glob("../../profiles/validate/testdata/hl7/*.json")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d examples, %v", len(files), err)
	}
	bases, err := filepath.Glob("../../profiles/validate/testdata/bases/*.json")
	if err != nil || len(bases) < 5 {
		t.Fatalf("%d bases, %v", len(bases), err)
	}
	all := map[string]*fhir.Resource{}
	for _, file := range append(files, bases...) {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if r := parse(t, string(data)); !strings.HasPrefix(r.Type(), "Bundle") && r.Type() != "OperationOutcome" {
			all[filepath.Base(file)] = r
		}
	}
	for _, r := range definitions(t).Served() {
		all[r.Key().String()] = r
	}
	return all
}
