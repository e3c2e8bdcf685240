package profiles

import (
	"strings"
	"testing"

	"tahto/fhir/xml"
)

var _ xml.Definitions = (*Set)(nil)

// TestEveryElementHasALayout: whatever may stand in a resource can be written
// in XML, down to what the types of its elements are made of.
func TestEveryElementHasALayout(t *testing.T) {
	s := loaded(t)
	for name, entry := range s.types {
		of, err := entry.read()
		if err != nil {
			t.Fatal(err)
		}
		if s.Layout(name) == nil {
			t.Errorf("%s has no layout", name)
		}
		for i, e := range of.Elements[1:] {
			for _, field := range layoutFields(e, typeNames(e, of.Elements[i+2:])) {
				if s.Layout(field.Type) == nil && !(of.Kind == Primitive && field.Name == "value") {
					t.Errorf("%s: there is no layout %s", e.Path, field.Type)
				}
			}
		}
	}
	for _, name := range []string{"", "Nothing", "Consent.status", "Consent.nothing", "SimpleQuantity"} {
		if s.Layout(name) != nil {
			t.Errorf("%q has a layout", name)
		}
	}
}

// TestAttributesAreWhatR4SaysTheyAre: no element of a resource is one, and of
// all that is in types the id is and, of extensions, the url.
func TestAttributesAreWhatR4SaysTheyAre(t *testing.T) {
	for name, entry := range loaded(t).types {
		of, err := entry.read()
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range of.Elements[1:] {
			id := strings.HasSuffix(e.Path, ".id") && (of.Kind != Resource || strings.Count(e.Path, ".") > 1)
			want := id || e.Path == "Extension.url"
			if got := isAttribute(e); got != want {
				t.Errorf("%s: %s is an attribute: %v", name, e.Path, got)
			}
		}
	}
}
