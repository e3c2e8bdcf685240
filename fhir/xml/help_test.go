package xml_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/fhir/xml"
	"tahto/profiles"
)

var set = sync.OnceValues(profiles.Load)

func definitions(t testing.TB) xml.Definitions {
	t.Helper()
	s, err := set()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func parse(t testing.TB, json string) *fhir.Resource {
	t.Helper()
	r, err := fhir.Parse([]byte(json))
	if err != nil {
		t.Fatalf("%s: %v", json, err)
	}
	return r
}

func decode(t testing.TB, text string) *fhir.Resource {
	t.Helper()
	r, err := xml.Decode([]byte(text), definitions(t))
	if err != nil {
		t.Fatalf("Decode: %v of\n%s", err, text)
	}
	return r
}

func encode(t testing.TB, r *fhir.Resource, pretty bool) string {
	t.Helper()
	text, err := xml.Encode(r, definitions(t), pretty)
	if err != nil {
		t.Fatalf("Encode: %v of\n%s", err, r.JSON())
	}
	return string(text)
}

// declaration is what every document that is written begins with.
const declaration = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"

// of puts content into the root element of a resource.
func of(resourceType, content string) string {
	return "<" + resourceType + ` xmlns="http://hl7.org/fhir">` + content + "</" + resourceType + ">"
}

// refused sees that an error is the client's, at an element, and says this.
func refused(t *testing.T, err error, expression, says string) {
	t.Helper()
	e, ok := errors.AsType[*issue.Error](err)
	if !ok || e.Kind != issue.Invalid || len(e.Issues) != 1 {
		t.Fatalf("the error is %v, want one issue of kind Invalid", err)
	}
	if strings.Contains(err.Error(), "Meikäläinen") {
		t.Errorf("the error repeats what was sent: %v", err)
	}
	if got := e.Issues[0]; got.Expression != expression || !strings.Contains(got.Text, says) {
		t.Errorf("the issue is %q at %q, want %q at %q", got.Text, got.Expression, says, expression)
	}
}

// partial are definitions in which the type of an element is missing.
type partial struct{}

func (partial) Layout(name string) *xml.Layout {
	if name != "Consent" {
		return nil
	}
	return xml.NewLayout(xml.Resource, false, []xml.Field{{Name: "status", Element: "status", Type: "code"}})
}
