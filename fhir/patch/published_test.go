package patch_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"tahto/fhir"
	"tahto/fhir/patch"
	"tahto/fhir/xml"
)

// TestEveryElementOfPublishedResourcesCanBeTakenAway, one after the other, until nothing but what a patch may not touch is
// left, and in the form of FHIR all the while; and each is equal to itself.
func TestEveryElementOfPublishedResourcesCanBeTakenAway(t *testing.T) {
	files, err := filepath.Glob("../testdata/hl7/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d examples, %v", len(files), err)
	}
	one := parsed(t, parameters(remove("(children().exclude(id | meta).descendants() | children().exclude(id | meta)).where(children().empty()).first()")))
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			r := parsed(t, string(data))
			whole := fmt.Appendf(nil, `[{"op":"test","path":"","value":%s}]`, data)
			if same, err := patch.JSON(r, whole); err != nil || string(same.JSON()) != string(r.JSON()) {
				t.Errorf("a test of the whole by itself: %v", err)
			}
			key := r.Key()
			for taken := 0; ; taken++ {
				next, err := patch.FHIRPath(r, one, loaded(t))
				if err != nil {
					t.Fatalf("after %d: %v", taken, err)
				}
				if len(next.JSON()) == len(r.JSON()) {
					break
				}
				if r, err = fhir.Parse(next.JSON()); err != nil {
					t.Fatalf("after %d: %v", taken, err)
				}
				if err := r.CheckForm(); err != nil {
					t.Fatalf("after %d: %v", taken, err)
				}
			}
			if want := fmt.Sprintf(`{"resourceType":%q,"id":%q}`, key.Type, key.ID); string(r.JSON()) != want {
				t.Errorf("%s is left, want %s", r.JSON(), want)
			}
		})
	}
}

// TestPublishedResourcesReplacedByThemselves: an XML Patch that replaces the root
// by what it is, in other words, changes nothing, narratives and all.
func TestPublishedResourcesReplacedByThemselves(t *testing.T) {
	files, err := filepath.Glob("../testdata/hl7/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d examples, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			r := parsed(t, string(data))
			text, err := xml.Encode(r, loaded(t), true)
			if err != nil {
				t.Fatal(err)
			}
			_, body, _ := bytes.Cut(text, []byte("?>\n"))
			got, err := patch.XML(r, fmt.Appendf(nil, `<diff><replace sel="/*">%s</replace></diff>`, body), loaded(t))
			if err != nil {
				t.Fatal(err)
			}
			whole := fmt.Appendf(nil, `[{"op":"test","path":"","value":%s}]`, data)
			if _, err := patch.JSON(got, whole); err != nil {
				t.Errorf("%v: %s", err, got.JSON())
			}
		})
	}
}
