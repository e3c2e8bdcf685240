package xml_test

import (
	"bytes"
	"testing"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/fhir/xml"
)

// FuzzDecode: whatever comes is refused as the client's fault or read, and what
// was read is FHIR's JSON and comes back the same from what is written of it.
func FuzzDecode(f *testing.F) {
	for _, r := range examples(f) {
		if text := encode(f, r, false); len(text) < 4096 {
			f.Add([]byte(text))
		}
	}
	f.Add([]byte(of("Consent", `<text><status value="generated"/><h:div xmlns:h="http://www.w3.org/1999/xhtml">&#13;<![CDATA[<]]><?x?></h:div></text>`)))
	d := definitions(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := xml.Decode(data, d)
		if err != nil {
			if kind := issue.KindOf(err); kind != issue.Invalid && kind != issue.TooLarge {
				t.Fatal(err)
			}
			return
		}
		if err := r.CheckForm(); err != nil {
			t.Fatalf("%v: %s", err, r.JSON())
		}
		comesBack(t, r, d)
	})
}

// FuzzEncode: whatever tree there is, it is refused or comes back, with another
// order of members.
func FuzzEncode(f *testing.F) {
	for _, r := range examples(f) {
		if len(r.JSON()) < 4096 {
			f.Add(r.JSON())
		}
	}
	d := definitions(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := fhir.Parse(data)
		if err != nil {
			return
		}
		text, err := xml.Encode(r, d, true)
		if err != nil {
			if issue.KindOf(err) != issue.Invalid {
				t.Fatal(err)
			}
			return
		}
		back, err := xml.Decode(text, d)
		if err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		comesBack(t, back, d)
	})
}

func comesBack(t *testing.T, r *fhir.Resource, d xml.Definitions) {
	t.Helper()
	text, err := xml.Encode(r, d, false)
	if err != nil {
		t.Fatalf("%v: %s", err, r.JSON())
	}
	back, err := xml.Decode(text, d)
	if err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	if !bytes.Equal(r.JSON(), back.JSON()) {
		t.Fatalf("%s\nbecame\n%s", r.JSON(), back.JSON())
	}
}
