package validate_test

import (
	"path/filepath"
	"testing"

	"tahto/fhir"
	"tahto/profiles"
	"tahto/profiles/validate"
)

var sink int

// BenchmarkPair is what the write path costs for one Consent and its Provenance.
func BenchmarkPair(b *testing.B) {
	v := validator(b)
	r, err := fhir.Parse(readBase(b, "bundle"))
	if err != nil {
		b.Fatal(err)
	}
	run(b, v, r)
}

// BenchmarkBundle validates two pairs.
func BenchmarkBundle(b *testing.B) {
	run(b, validator(b), parse(b, filepath.Join("..", "..", "conformance", "examples", "consent-bundle.json")))
}

// BenchmarkProfile validates a Consent that claims the profile of its kind.
func BenchmarkProfile(b *testing.B) {
	r, err := fhir.Parse(readBase(b, "consent"))
	if err != nil {
		b.Fatal(err)
	}
	v := validator(b)
	b.ReportAllocs()
	for b.Loop() {
		sink += len(v.Validate(r, validate.Options{Now: clock, Profiles: []string{fhir.Base + "/StructureDefinition/denial-health"}}))
	}
}

func run(b *testing.B, v *validate.Validator, r *fhir.Resource) {
	b.ReportAllocs()
	for b.Loop() {
		sink += len(v.Validate(r, validate.Options{Now: clock}))
	}
}

// BenchmarkStart is what a program pays once, profiles.Load included.
func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		set, err := profiles.Load()
		if err != nil {
			b.Fatal(err)
		}
		if _, err := validate.New(set); err != nil {
			b.Fatal(err)
		}
	}
}
