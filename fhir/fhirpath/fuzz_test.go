package fhirpath_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"tahto/fhir"
	"tahto/fhir/fhirpath"
)

// seeds are invariants of R4 and forms of the specification.
var seeds = []string{
	ele1, ext1, dom2, dom3, ppc1, ppc2, per1, ref1,
	"Patient.name.where(use = 'official').given.first()", "@2024-02-29T10:00:00.123+02:00 + 3 months", "4.5 'mg' = 0.0045 'g'",
	"(1 | 2).aggregate($this + $total, 0)", "iif(a.exists(), b, c)", `'\u00e4\'' & "x"`, "-5.abs() div 2", "`a b`.c[0] is System.String",
	"Bundle.entry.resource.descendants().ofType(Reference).resolve()", "1 /* open", "$this.repeat(children())", "10.power(400)",
	`'11/30/1972'.replaceMatches('\\b(?<month>\\d{1,2})/(?<day>\\d{1,2})', '${day}-${month}')`, "name.given.select($this & ' ' & $index.toString()).join(',')",
	"@T10:30 + 45 minutes > @T11", "today() - 18 years >= birthDate", "(1.587 + 2 'cm').toString() in %names", "'5.5 \\'mg\\''.toQuantity('g') ~ 0.0055 'g'",
	"name.select(given | family).distinct().sort($this).tail()", "%`vs-administrative-gender` & %'ext-x' & %ucum", "1 + 2 * -3 mod 4 is Integer and true xor {} implies false",
	"contained.type().name", "'YWJj'.decode('base64').encode('hex').toChars().last()", "@2024-02.lowBoundary(8) !~ 1.50.highBoundary()", "birthDate.extension('urn:why').value as code",
	"text.`div`.htmlChecks() or conformsTo('http://hl7.org/fhir/StructureDefinition/Patient')", "name.given.memberOf('urn:vs')", "'abc'.substring(1, 1).indexOf('b') !~ 0",
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

// FuzzEvaluate: no expression on any resource makes an evaluation panic or go on
// beyond its bounds, and a second one gives the same.
func FuzzEvaluate(f *testing.F) {
	model := loaded(f)
	for _, resource := range []string{consent, patient, bundle, patched, observation, `{"resourceType":"Consent","provision":{"period":{"start":"2024-13"},"_type":{"extension":[]}}}`} {
		for _, source := range seeds {
			f.Add(source, []byte(resource))
		}
	}
	f.Fuzz(func(t *testing.T, source string, text []byte) {
		e, err := fhirpath.Compile(source, model)
		if err != nil {
			return
		}
		r, err := fhir.Parse(text)
		if err != nil {
			return
		}
		in := fhirpath.Input{Focus: fhirpath.ResourceNode(r), Now: time.Unix(0, 0).UTC(), Terminology: terms{}}
		first, err := e.Evaluate(in)
		again, err2 := e.Evaluate(in)
		if (err == nil) != (err2 == nil) || !slices.Equal(first.Strings(), again.Strings()) {
			t.Fatalf("gives %d items and %v, and then %d and %v", first.Len(), err, again.Len(), err2)
		}
		_, _ = e.Holds(in)
	})
}
