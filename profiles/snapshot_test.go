package profiles

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// profile is a StructureDefinition on Consent with this differential.
func profile(elements ...string) map[string]string {
	return profileOn("Consent", "Consent", elements...)
}

func profileOn(of, base string, elements ...string) map[string]string {
	return map[string]string{"p": definition("p", of, coreBase+base, elements...)}
}

func definition(id, of, base string, elements ...string) string {
	return fmt.Sprintf(`{"resourceType":"StructureDefinition","id":%q,"url":"http://example.org/%s","name":%q,"kind":"resource","type":%q,"baseDefinition":%q,"derivation":"constraint","differential":{"element":[%s]}}`,
		id, id, id, of, base, strings.Join(elements, ","))
}

// built is what the snapshot of p has at an id and below, a line for each.
func built(t *testing.T, files map[string]string, id string) []string {
	t.Helper()
	made, err := loadedWith(t, files).structures["http://example.org/p"]()
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, e := range made.Elements {
		if !strings.HasPrefix(e.ID, id) {
			continue
		}
		line := fmt.Sprintf("%s %d..%d", e.ID, e.Min, e.Max)
		for _, one := range e.Types {
			line += " " + one.Code
		}
		if value := string(e.Fixed.JSON()) + string(e.Pattern.JSON()); value != "" {
			line += " = " + value
		}
		lines = append(lines, line)
	}
	return lines
}

const slicedProvisions = `{"id":"Consent.provision.provision","path":"Consent.provision.provision","slicing":{"discriminator":[{"type":"value","path":"type"}],"rules":"open"}}`

func TestSnapshots(t *testing.T) {
	withExtension := profile(`{"id":"Consent.extension:e","path":"Consent.extension","sliceName":"e","max":"1","type":[{"code":"Extension","profile":["http://example.org/e"]}]}`,
		`{"id":"Consent.extension:e.value[x]","path":"Consent.extension.value[x]","min":1}`)
	withExtension["e"] = definition("e", "Extension", coreBase+"Extension",
		`{"id":"Extension.url","path":"Extension.url","fixedUri":"http://example.org/e"}`,
		`{"id":"Extension.value[x]","path":"Extension.value[x]","type":[{"code":"boolean"}]}`)
	for _, c := range []struct {
		name  string
		files map[string]string
		id    string
		want  []string
	}{
		{"what is not said is the base's", profile(), "Consent.status", []string{"Consent.status 1..1 code"}},
		{"fixed", profile(`{"id":"Consent.status","path":"Consent.status","fixedCode":"active"}`),
			"Consent.status", []string{`Consent.status 1..1 code = "active"`}},
		{"pattern and cardinality", profile(`{"id":"Consent.category","path":"Consent.category","max":"1","patternCodeableConcept":{"text":"x"}}`),
			"Consent.category", []string{`Consent.category 1..1 CodeableConcept = {"text":"x"}`}},
		{"children of a data type", profile(`{"id":"Consent.scope.coding.system","path":"Consent.scope.coding.system","min":1}`),
			"Consent.scope.coding.s", []string{"Consent.scope.coding.system 1..1 uri"}},
		{"a type of a choice", profile(`{"id":"Consent.source[x]","path":"Consent.source[x]","type":[{"code":"Attachment"}]}`),
			"Consent.source", []string{"Consent.source[x] 0..1 Attachment"}},
		{"a type of a choice by its name", profile(`{"id":"Consent.sourceReference","path":"Consent.sourceReference","min":1}`),
			"Consent.source", []string{"Consent.source[x] 0..1 Reference", "Consent.source[x]:sourceReference 1..1 Reference"}},
		{"slices of a choice that is said to be sliced", profile(
			`{"id":"Consent.source[x]","path":"Consent.source[x]","slicing":{"discriminator":[{"type":"type","path":"$this"}],"rules":"open"}}`,
			`{"id":"Consent.source[x]:sourceReference","path":"Consent.source[x]","sliceName":"sourceReference","max":"0"}`),
			"Consent.source", []string{"Consent.source[x] 0..1 Attachment Reference", "Consent.source[x]:sourceReference 0..0 Reference"}},
		{"slices by pattern", profile(
			`{"id":"Consent.category","path":"Consent.category","slicing":{"discriminator":[{"type":"pattern","path":"$this"}],"rules":"closed"},"min":2}`,
			`{"id":"Consent.category:a","path":"Consent.category","sliceName":"a","min":1,"max":"1","patternCodeableConcept":{"text":"a"}}`,
			`{"id":"Consent.category:b","path":"Consent.category","sliceName":"b","patternCodeableConcept":{"text":"b"}}`),
			"Consent.category", []string{"Consent.category 2..-1 CodeableConcept",
				`Consent.category:a 1..1 CodeableConcept = {"text":"a"}`, `Consent.category:b 0..-1 CodeableConcept = {"text":"b"}`}},
		{"slices by whether an element is there", profile(
			`{"id":"Consent.policy","path":"Consent.policy","slicing":{"discriminator":[{"type":"exists","path":"uri"}],"rules":"open"}}`,
			`{"id":"Consent.policy:with","path":"Consent.policy","sliceName":"with"}`,
			`{"id":"Consent.policy:with.uri","path":"Consent.policy.uri","min":1}`),
			"Consent.policy:with.u", []string{"Consent.policy:with.uri 1..1 uri"}},
		{"a slice of a content reference", profile(slicedProvisions,
			`{"id":"Consent.provision.provision:p","path":"Consent.provision.provision","sliceName":"p","max":"1"}`,
			`{"id":"Consent.provision.provision:p.type","path":"Consent.provision.provision.type","min":1,"fixedCode":"permit"}`),
			"Consent.provision.provision:p.type", []string{`Consent.provision.provision:p.type 1..1 code = "permit"`}},
		{"slices in a slice", profile(slicedProvisions,
			`{"id":"Consent.provision.provision:p","path":"Consent.provision.provision","sliceName":"p"}`,
			`{"id":"Consent.provision.provision:p.actor","path":"Consent.provision.provision.actor","slicing":{"discriminator":[{"type":"value","path":"role.text"}],"rules":"open"}}`,
			`{"id":"Consent.provision.provision:p.actor:a","path":"Consent.provision.provision.actor","sliceName":"a","min":1}`,
			`{"id":"Consent.provision.provision:p.actor:a.role.text","path":"Consent.provision.provision.actor.role.text","fixedString":"a"}`),
			"Consent.provision.provision:p.actor:a.role.t", []string{`Consent.provision.provision:p.actor:a.role.text 0..1 string = "a"`}},
		{"slices of a slice", profile(
			`{"id":"Consent.category","path":"Consent.category","slicing":{"discriminator":[{"type":"pattern","path":"$this"}],"rules":"open"}}`,
			`{"id":"Consent.category:a","path":"Consent.category","sliceName":"a","slicing":{"discriminator":[{"type":"value","path":"text"}],"rules":"open"}}`,
			`{"id":"Consent.category:a/b","path":"Consent.category","sliceName":"a/b","max":"1"}`,
			`{"id":"Consent.category:a/b.text","path":"Consent.category.text","fixedString":"b"}`,
			`{"id":"Consent.category:c","path":"Consent.category","sliceName":"c","max":"0"}`),
			"Consent.category", []string{"Consent.category 1..-1 CodeableConcept", "Consent.category:a 0..-1 CodeableConcept",
				"Consent.category:a/b 0..1 CodeableConcept", "Consent.category:a/b.id 0..1 string", "Consent.category:a/b.extension 0..-1 Extension",
				"Consent.category:a/b.coding 0..-1 Coding", `Consent.category:a/b.text 0..1 string = "b"`, "Consent.category:c 0..0 CodeableConcept"}},
		{"an extension by its profile", withExtension, "Consent.extension",
			[]string{"Consent.extension 0..-1 Extension", "Consent.extension:e 0..1 Extension", "Consent.extension:e.id 0..1 string",
				"Consent.extension:e.extension 0..-1 Extension", `Consent.extension:e.url 1..1 uri = "http://example.org/e"`, "Consent.extension:e.value[x] 1..1 boolean"}},
		{"a resource in a Bundle", profileOn("Bundle", "Bundle",
			`{"id":"Bundle.entry.resource","path":"Bundle.entry.resource","type":[{"code":"Consent"}]}`,
			`{"id":"Bundle.entry.resource.status","path":"Bundle.entry.resource.status","fixedCode":"active"}`),
			"Bundle.entry.resource.status", []string{`Bundle.entry.resource.status 1..1 code = "active"`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, built(t, c.files, c.id)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestConstraintsAddUpAndBindingsAreReplaced(t *testing.T) {
	s := loadedWith(t, profile(
		`{"id":"Consent","path":"Consent","constraint":[{"key":"x-1","severity":"warning","human":"h","expression":"true"},{"key":"ppc-1","severity":"error","human":"h","expression":"policy.exists()"}]}`,
		`{"id":"Consent.scope","path":"Consent.scope","binding":{"strength":"required","valueSet":"http://example.org/v"},"mustSupport":true}`))
	made, found := s.Structure("http://example.org/p")
	if !found {
		t.Fatal("not built")
	}
	root := made.Elements[0]
	var keys []string
	for _, c := range root.Constraints {
		keys = append(keys, c.Key)
	}
	if got, want := strings.Join(keys, " "), "dom-2 dom-3 dom-4 dom-5 dom-6 ppc-1 ppc-2 ppc-3 ppc-4 ppc-5 x-1"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if c := root.Constraints[len(root.Constraints)-1]; !c.Warning || c.Source != made.URL {
		t.Errorf("got %+v", c)
	}
	scope := made.Elements[slices.IndexFunc(made.Elements, func(e Element) bool { return e.ID == "Consent.scope" })]
	if *scope.Binding != (Binding{Strength: Required, ValueSet: "http://example.org/v"}) || !scope.MustSupport || !scope.Modifier {
		t.Errorf("got %+v %+v", scope, scope.Binding)
	}
	base, _ := s.Type("Consent")
	if len(base.Elements[0].Constraints) != 10 || base.Elements[0].Constraints[5].Expression == "policy.exists()" {
		t.Error("the base was changed")
	}
}
