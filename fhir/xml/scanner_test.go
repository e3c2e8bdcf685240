package xml_test

import (
	stdxml "encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"tahto/fhir/issue"
	"tahto/fhir/xml"
)

// TestScannerGivesWhatIsWritten: prefixes, declarations, comments and white
// space, and the text of each element as it stands in the document.
func TestScannerGivesWhatIsWritten(t *testing.T) {
	const document = "\uFEFF<?xml version='1.0'?>\n<p:a xmlns:p = 'urn:p' b=\"c\nd&#10;\"><!--e--> <f/><![CDATA[<]]></p:a>"
	s := xml.NewScanner([]byte(document))
	var tokens, elements []string
	var starts []int
	for {
		token, err := s.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch n := token.(type) {
		case stdxml.StartElement:
			starts = append(starts, s.Start())
			said := n.Name.Space + ":" + n.Name.Local
			for _, a := range n.Attr {
				said += " " + a.Name.Space + ":" + a.Name.Local + "=" + a.Value
			}
			tokens = append(tokens, said)
		case stdxml.EndElement:
			last := len(starts) - 1
			elements = append(elements, string(s.Written(starts[last])))
			starts = starts[:last]
		case stdxml.Comment:
			tokens = append(tokens, "comment "+string(n))
		case stdxml.CharData:
			tokens = append(tokens, "text "+string(n))
		}
	}
	if got, want := strings.Join(tokens, "|"), "text \n|p:a xmlns:p=urn:p :b=c d\n|comment e|text  |:f|text <"; got != want {
		t.Errorf("tokens %q, want %q", got, want)
	}
	_, whole, _ := strings.Cut(document, "?>\n")
	if got, want := strings.Join(elements, "|"), "<f/>|"+whole; got != want {
		t.Errorf("elements %q, want %q", got, want)
	}
}

func TestScannerRefusesWhatDecodeDoes(t *testing.T) {
	for _, c := range []struct {
		name, document, says string
		cause                error
	}{
		{"a DOCTYPE", "<!DOCTYPE a><a/>", "DOCTYPE", nil},
		{"an entity", "<a>&nbsp;</a>", "entity", xml.ErrEntity},
		{"another encoding", `<?xml version="1.0" encoding="UTF-16"?><a/>`, "another encoding", xml.ErrEncoding},
		{"bytes that are no UTF-8", "<a>\xff</a>", "UTF-8", xml.ErrEncoding},
		{"a control character", "<a>\x01</a>", "control character", nil},
		{"an attribute twice", `<a b="1" b="2"/>`, "twice", nil},
		{"no XML", "<a", "too early", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := xml.NewScanner([]byte(c.document))
			var err error
			for err == nil {
				_, err = s.Next()
			}
			if issue.KindOf(err) != issue.Invalid || !strings.Contains(err.Error(), c.says) {
				t.Errorf("err = %v, want it to say %q", err, c.says)
			}
			if c.cause != nil && !errors.Is(err, c.cause) {
				t.Errorf("err = %v, want it to wrap %v", err, c.cause)
			}
			if c.cause == nil && (errors.Is(err, xml.ErrEntity) || errors.Is(err, xml.ErrEncoding)) {
				t.Errorf("err = %v wraps a cause that it does not have", err)
			}
		})
	}
}
