package xml_test

import (
	"os"
	"testing"

	"tahto/fhir"
	"tahto/fhir/xml"
)

// consent is HL7's basic example, 1 kB of XML.
func consent(b *testing.B) *fhir.Resource {
	b.Helper()
	text, err := os.ReadFile("../testdata/hl7/Consent-consent-example-basic.json")
	if err != nil {
		b.Fatal(err)
	}
	return parse(b, string(text))
}

func BenchmarkDecodeConsent(b *testing.B) {
	text, d := []byte(encode(b, consent(b), false)), definitions(b)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := xml.Decode(text, d); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncodeConsent(b *testing.B) {
	r, d := consent(b), definitions(b)
	b.SetBytes(int64(len(encode(b, r, false))))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := xml.Encode(r, d, false); err != nil {
			b.Fatal(err)
		}
	}
}
