package profiles

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"tahto/fhir/fhirpath"
)

var (
	_ fhirpath.Model       = (*Set)(nil)
	_ fhirpath.Terminology = (*Set)(nil)
)

func TestChildrenOfTypes(t *testing.T) {
	s := loaded(t)
	type element = fhirpath.ElementType
	for _, c := range []struct {
		name, parent, child string
		want                *element
	}{
		{"of a resource", "Consent", "status", &element{Types: []string{"code"}}},
		{"inherited", "Consent", "meta", &element{Types: []string{"Meta"}}},
		{"that repeats", "Consent", "category", &element{Types: []string{"CodeableConcept"}, List: true}},
		{"that is a choice", "Consent", "source", &element{Types: []string{"Attachment", "Reference"}, Choice: true}},
		{"by the name of one type of a choice", "Consent", "sourceReference", nil},
		{"that is a backbone element", "Consent", "provision", &element{Types: []string{"Consent.provision"}}},
		{"of a backbone element", "Consent.provision.actor", "reference", &element{Types: []string{"Reference"}}},
		{"that shares a definition", "Consent.provision", "provision", &element{Types: []string{"Consent.provision"}, List: true}},
		{"of what shares a definition, by its own path", "Consent.provision.provision", "type", nil},
		{"of a backbone element in a data type", "Timing", "repeat", &element{Types: []string{"Timing.repeat"}}},
		{"of a data type", "Coding", "system", &element{Types: []string{"uri"}}},
		{"of a primitive", "code", "extension", &element{Types: []string{"Extension"}, List: true}},
		{"that is any resource", "Bundle.entry", "resource", &element{Types: []string{"Resource"}}},
		{"that is not there", "Consent", "stats", nil},
		{"of what is not there", "Nothing", "id", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := s.Child(c.parent, c.child)
			if c.want == nil {
				c.want = &element{}
			}
			if ok != (len(c.want.Types) > 0) {
				t.Fatalf("ok = %v", ok)
			}
			if diff := cmp.Diff(*c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWhatTypesAre(t *testing.T) {
	s := loaded(t)
	for _, c := range []struct {
		name, super string
		kind        fhirpath.TypeKind
	}{
		{"Consent", "DomainResource", fhirpath.Resource},
		{"DomainResource", "Resource", fhirpath.Resource},
		{"Resource", "", fhirpath.Resource},
		{"Bundle", "Resource", fhirpath.Resource},
		{"Age", "Quantity", fhirpath.Complex},
		{"Timing", "BackboneElement", fhirpath.Complex},
		{"Element", "", fhirpath.Complex},
		{"Consent.provision", "BackboneElement", fhirpath.Complex},
		{"Timing.repeat", "Element", fhirpath.Complex},
		{"code", "string", fhirpath.Primitive},
		{"positiveInt", "integer", fhirpath.Primitive},
		{"xhtml", "Element", fhirpath.Primitive},
		{"Consent.status", "", 0},
		{"SimpleQuantity", "", 0},
		{"MetadataResource", "", 0},
		{"", "", 0},
	} {
		if super, kind := s.Super(c.name), s.Kind(c.name); super != c.super || kind != c.kind {
			t.Errorf("%q: super %q, kind %d; want %q, %d", c.name, super, kind, c.super, c.kind)
		}
	}
}
