package xmlpatch_test

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"tahto/fhir/issue"
	"tahto/fhir/patch/xmlpatch"
)

// fhir are the prefixes that HL7's cases use without a declaration.
var fhir = map[string]string{"": "http://hl7.org/fhir", "f": "http://hl7.org/fhir"}

// canonical is what a document says, one line for each node, so that it can be
// compared with another whatever its prefixes and the order of its attributes.
// Text of white space alone is left out if loose.
func canonical(t testing.TB, document string, loose bool) string {
	t.Helper()
	var lines, text strings.Builder
	d := xml.NewDecoder(strings.NewReader(document))
	for {
		token, err := d.Token()
		if err == io.EOF {
			return lines.String()
		}
		if err != nil {
			t.Fatalf("%v in %s", err, document)
		}
		if n, is := token.(xml.CharData); is {
			text.Write(n)
			continue
		}
		if said := text.String(); said != "" && !(loose && strings.TrimSpace(said) == "") {
			lines.WriteString("text " + said + "\n")
		}
		text.Reset()
		switch n := token.(type) {
		case xml.StartElement:
			lines.WriteString("<{" + n.Name.Space + "}" + n.Name.Local + " " + attributes(n.Attr) + "\n")
		case xml.EndElement:
			lines.WriteString(">\n")
		case xml.Comment:
			lines.WriteString("comment " + string(n) + "\n")
		case xml.ProcInst:
			lines.WriteString("instruction " + n.Target + " " + string(n.Inst) + "\n")
		}
	}
}

func attributes(all []xml.Attr) string {
	var found []string
	for _, a := range all {
		if a.Name.Local != "xmlns" {
			found = append(found, "{"+a.Name.Space+"}"+a.Name.Local+"="+a.Value)
		}
	}
	return strings.Join(found, " ")
}

func apply(t testing.TB, document, patch string, prefixes map[string]string) string {
	t.Helper()
	got, err := xmlpatch.Apply([]byte(document), []byte(patch), prefixes, new(int))
	if err != nil {
		t.Fatal(err)
	}
	return string(got)
}

// refused sees that a patch is refused in words that end in a condition of
// RFC 5261, or hold what is in its place.
func refused(t *testing.T, document, patch string, prefixes map[string]string, kind issue.Kind, expression, condition string) {
	t.Helper()
	got, err := xmlpatch.Apply([]byte(document), []byte(patch), prefixes, new(int))
	e, ours := errors.AsType[*issue.Error](err)
	if !ours {
		t.Fatalf("err = %v with %s, want an issue.Error of %s", err, got, condition)
	}
	if got != nil {
		t.Error("a document comes with the error")
	}
	if first := e.Issues[0]; e.Kind != kind || first.Expression != expression || !strings.Contains(first.Text, condition) {
		t.Errorf("got %v at %q: %s\nwant %v at %q with %s", e.Kind, first.Expression, first.Text, kind, expression, condition)
	}
}
