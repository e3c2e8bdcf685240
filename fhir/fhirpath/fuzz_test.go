package fhirpath_test

import (
	"errors"
	"testing"
	"time"

	"tahto/fhir"
	"tahto/fhir/fhirpath"
)

var seeds = []string{
	ele1, ext1, dom2, dom3, ppc1, ppc2, per1, ref1,
	"Patient.name.where(use = 'official').given.first()", "@2024-02-29T10:00:00.123+02:00 + 3 months", "4.5 'mg' = 0.0045 'g'",
	"(1 | 2).aggregate($this + $total, 0)", "iif(a.exists(), b, c)", `'\u00e4\'' & "x"`, "-5.abs() div 2", "`a b`.c[0] is System.String",
	"Bundle.entry.resource.descendants().ofType(Reference).resolve()", "1 /* open", "$this.repeat(children())", "10.power(400)",
}

// FuzzCompile: no text makes the compiler panic, what it refuses has a place in
// the text, and what it takes is evaluated without a panic.
func FuzzCompile(f *testing.F) {
	model := loaded(f)
	for _, seed := range seeds {
		f.Add(seed)
	}
	focus := fhirpath.ResourceNode(parsed(f, patient))
	f.Fuzz(func(t *testing.T, source string) {
		e, err := fhirpath.Compile(source, model)
		if fault, ours := errors.AsType[*fhirpath.Error](err); err != nil && (!ours || fault.Position < 0 || fault.Position > len(source)) {
			t.Fatalf("refused with %v", err)
		}
		if err != nil {
			return
		}
		if e.String() != source {
			t.Fatalf("%q became %q", source, e.String())
		}
		_ = e.Check("Patient")
		_, _ = e.Evaluate(fhirpath.Input{Focus: focus, Now: time.Unix(0, 0)})
	})
}

// FuzzEvaluate: no resource makes an invariant of R4 panic.
func FuzzEvaluate(f *testing.F) {
	model := loaded(f)
	var all []*fhirpath.Expression
	for _, seed := range seeds {
		if e, err := fhirpath.Compile(seed, model); err == nil {
			all = append(all, e)
		}
	}
	for _, seed := range []string{consent, patient, bundle, `{"resourceType":"Consent","provision":{"period":{"start":"2024-13"},"_type":{"extension":[]}}}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := fhir.Parse(text)
		if err != nil {
			return
		}
		for _, e := range all {
			_, _ = e.Holds(fhirpath.Input{Focus: fhirpath.ResourceNode(r), Now: time.Unix(0, 0)})
		}
	})
}
