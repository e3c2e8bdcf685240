package patch_test

import (
	"os"
	"testing"

	"tahto/fhir"
	"tahto/fhir/patch"
)

// The three benchmarks do the same on HL7's basic Consent: the status and the
// end of a period become other ones.

func published(b *testing.B) *fhir.Resource {
	b.Helper()
	text, err := os.ReadFile("../testdata/hl7/Consent-consent-example-basic.json")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	return parsed(b, string(text))
}

func BenchmarkJSON(b *testing.B) {
	r := published(b)
	change := []byte(`[{"op":"replace","path":"/status","value":"inactive"},{"op":"replace","path":"/provision/period/end","value":"2027-01-01"}]`)
	for b.Loop() {
		if _, err := patch.JSON(r, change); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFHIRPath(b *testing.B) {
	r, set := published(b), loaded(b)
	change := parsed(b, parameters(replace("Consent.status", `"valueCode":"inactive"`), replace("Consent.provision.period.end", `"valueDateTime":"2027-01-01"`)))
	for b.Loop() {
		if _, err := patch.FHIRPath(r, change, set); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkXML(b *testing.B) {
	r, set := published(b), loaded(b)
	change := []byte(diff(`<replace sel="f:Consent/f:status/@value">inactive</replace><replace sel="f:Consent/f:provision/f:period/f:end/@value">2027-01-01</replace>`))
	for b.Loop() {
		if _, err := patch.XML(r, change, set); err != nil {
			b.Fatal(err)
		}
	}
}
