package fhirpath_test

import (
	"testing"

	"tahto/fhir"
	"tahto/fhir/fhirpath"
)

// consent is a declaration with all that a typical one has, and one contained
// resource.
const consent = `{"resourceType":"Consent","id":"c1","meta":{"versionId":"1","profile":["https://tahto.example/fhir/StructureDefinition/consent-health"]},
"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">Consent</div>"},
"contained":[{"resourceType":"Organization","id":"o","name":"Clinic"}],
"status":"active","scope":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope","code":"patient-privacy"}]},
"category":[{"coding":[{"system":"http://loinc.org","code":"59284-0"}]}],
"patient":{"identifier":{"system":"urn:oid:1.2.246.21","value":"010190-911H"}},"dateTime":"2024-02-29T12:00:00+02:00",
"organization":[{"reference":"#o"}],"policy":[{"uri":"https://www.finlex.fi/fi/laki/ajantasa/2021/20210784"}],
"provision":{"type":"permit","period":{"start":"2024-02-29"},"actor":[{"role":{"coding":[{"code":"IRCP"}]},"reference":{"display":"x"}}],
"provision":[{"type":"deny","purpose":[{"code":"HTEST"}]}]}}`

// ele1 and its fellows are what R4 asks of every element, of every resource and
// of a Consent.
const (
	ele1 = "hasValue() or (children().count() > id.count())"
	ext1 = "extension.exists() != value.exists()"
	dom2 = "contained.contained.empty()"
	dom3 = "contained.where((('#'+id in (%resource.descendants().reference | %resource.descendants().as(canonical) | " +
		"%resource.descendants().as(uri) | %resource.descendants().as(url))) or descendants().where(reference = '#').exists() or " +
		"descendants().where(as(canonical) = '#').exists() or descendants().where(as(canonical) = '#').exists()).not()).trace('unmatched', id).empty()"
	dom5 = "contained.meta.security.empty()"
	ppc1 = "Consent.policy.exists() or Consent.policyRule.exists()"
	ppc2 = "patient.exists() or scope.coding.where(system='http://terminology.hl7.org/CodeSystem/consentscope' and code='patient-privacy').exists().not()"
	per1 = "start.hasValue().not() or end.hasValue().not() or (start <= end)"
	ref1 = "reference.startsWith('#').not() or (reference.substring(1).trace('url') in %rootResource.contained.id.trace('ids'))"
)

func parsed(t testing.TB, text string) *fhir.Resource {
	t.Helper()
	r, err := fhir.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func BenchmarkInvariant(b *testing.B) {
	model := loaded(b)
	r := parsed(b, consent)
	whole := fhirpath.ResourceNode(r)
	bare := fhirpath.ResourceNode(parsed(b, `{"resourceType":"Consent","status":"active","scope":{"text":"x"},"category":[{"text":"x"}]}`))
	at := func(path, typ string) fhirpath.Node {
		e := r.Root()
		for _, name := range []string{path} {
			e = e.Get(name).At(0)
		}
		return fhirpath.NewNode(e, typ)
	}
	for _, c := range []struct {
		name, source string
		focus        fhirpath.Node
	}{
		{"ele-1 of a primitive", ele1, at("status", "code")},
		{"ele-1 of a complex element", ele1, at("scope", "CodeableConcept")},
		{"ele-1 of a resource", ele1, whole},
		{"ext-1", ext1, fhirpath.NewNode(parsed(b, `{"resourceType":"Extension","url":"x","valueCode":"y"}`).Root(), "Extension")},
		{"dom-2", dom2, whole},
		{"dom-3 without contained", dom3, bare},
		{"dom-3 with one contained", dom3, whole},
		{"dom-5", dom5, whole},
		{"ppc-1", ppc1, whole},
		{"ppc-2", ppc2, whole},
		{"per-1", per1, at("provision", "Consent.provision")},
		{"ref-1", ref1, at("organization", "Reference")},
	} {
		b.Run(c.name, func(b *testing.B) {
			e, err := fhirpath.Compile(c.source, model)
			if err != nil {
				b.Fatal(err)
			}
			in := fhirpath.Input{Focus: c.focus, Resource: whole, Root: whole}
			if c.focus == bare {
				in.Resource, in.Root = bare, bare
			}
			b.ReportAllocs()
			for b.Loop() {
				if holds, err := e.Holds(in); err != nil || !holds {
					b.Fatalf("holds = %v, %v", holds, err)
				}
			}
		})
	}
}

func BenchmarkCompile(b *testing.B) {
	model := loaded(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := fhirpath.Compile(dom3, model); err != nil {
			b.Fatal(err)
		}
	}
}
