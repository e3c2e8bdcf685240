package profiles

import (
	"errors"
	"maps"
	"strings"
	"testing"
)

func TestDefinitionsWithFaultsAreRefused(t *testing.T) {
	narrower := profile(`{"id":"Consent.category","path":"Consent.category","max":"2"}`)
	narrower["q"] = strings.ReplaceAll(definition("q", "Consent", "http://example.org/p",
		`{"id":"Consent.category","path":"Consent.category","max":"3"}`), coreBase+"http", "http")
	for _, c := range []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"an element that is not there", profile(`{"id":"Consent.stats","path":"Consent.stats"}`), "Consent.stats: there is no such element"},
		{"another root", profile(`{"id":"Patient","path":"Patient"}`), "Patient: the root is Consent"},
		{"a child of a primitive", profile(`{"id":"Consent.status.coding","path":"Consent.status.coding"}`), "there is no such element"},
		{"a child of a choice", profile(`{"id":"Consent.source[x].reference","path":"Consent.source[x].reference"}`), "it has 2 types"},
		{"id and path differ", profile(`{"id":"Consent.status","path":"Consent.scope"}`), "the path is Consent.scope"},
		{"a higher max", profile(`{"id":"Consent.status","path":"Consent.status","max":"*"}`), "max is above 1"},
		{"a higher max than that of a profile", narrower, "max is above 2"},
		{"a lower min", profile(`{"id":"Consent.status","path":"Consent.status","min":0}`), "min 0 is below 1"},
		{"min above max", profile(`{"id":"Consent.status","path":"Consent.status","min":2}`), "min 2 is above max 1"},
		{"min that is no number", profile(`{"id":"Consent.status","path":"Consent.status","min":"one"}`), "min is no number"},
		{"another type", profile(`{"id":"Consent.status","path":"Consent.status","type":[{"code":"string"}]}`), "does not allow the type string"},
		{"another target", profile(`{"id":"Consent.patient","path":"Consent.patient","type":[{"code":"Reference","targetProfile":["` + coreBase + `Group"]}]}`),
			"does not allow references to"},
		{"a weaker binding", profile(`{"id":"Consent.status","path":"Consent.status","binding":{"strength":"preferred"}}`), "weaker"},
		{"a strength that nobody knows", profile(`{"id":"Consent.status","path":"Consent.status","binding":{"strength":"hard"}}`), "no known strength"},
		{"a value of another type", profile(`{"id":"Consent.status","path":"Consent.status","fixedString":"active"}`), "fixedString is not of the element's type"},
		{"a slice of what is not sliced", profile(`{"id":"Consent.category:a","path":"Consent.category","sliceName":"a"}`), "not sliced"},
		{"a slice under another name", profile(`{"id":"Consent.extension:a","path":"Consent.extension","sliceName":"b"}`), `the sliceName is "b", want "a"`},
		{"an unknown extension that is entered", profile(
			`{"id":"Consent.extension:a","path":"Consent.extension","sliceName":"a","type":[{"code":"Extension","profile":["http://example.org/e"]}]}`,
			`{"id":"Consent.extension:a.value[x]","path":"Consent.extension.value[x]"}`), "http://example.org/e is not here"},
		{"a type without a name", profile(`{"id":"Consent.source[x]","path":"Consent.source[x]","type":[{}],"fixedString":"a"}`), "does not allow the type"},
		{"an empty snapshot", map[string]string{"p": `{"resourceType":"StructureDefinition","id":"p","url":"http://example.org/p","snapshot":{}}`}, "no elements"},
		{"an unknown base", profileOn("Consent", "Nothing"), "the base " + coreBase + "Nothing is not here"},
		{"the base of another type", profileOn("Consent", "Patient"), "that of the base is Patient"},
		{"a slice that says no value", profile(
			`{"id":"Consent.category","path":"Consent.category","slicing":{"discriminator":[{"type":"pattern","path":"$this"}],"rules":"open"}}`,
			`{"id":"Consent.category:a","path":"Consent.category","sliceName":"a"}`), "Consent.category:a can't be told by the pattern of $this"},
		{"a slice that may have the element or not", profile(
			`{"id":"Consent.policy","path":"Consent.policy","slicing":{"discriminator":[{"type":"exists","path":"uri"}],"rules":"open"}}`,
			`{"id":"Consent.policy:a","path":"Consent.policy","sliceName":"a"}`), "Consent.policy:a can't be told by the exists of uri"},
		{"a constraint on an element that is not there", profile(`{"id":"Consent.provision","path":"Consent.provision","constraint":[{"key":"x-1","severity":"error","human":"h","expression":"actr.exists()"}]}`),
			"constraint x-1"},
		{"a constraint that does not compile", profile(`{"id":"Consent","path":"Consent","constraint":[{"key":"x-1","severity":"error","human":"h","expression":"status ="}]}`),
			"constraint x-1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := loadedWith(t, c.files)
			var faults []error
			for name := range c.files {
				faults = append(faults, s.checkStructure("http://example.org/"+name, map[checked]bool{})...)
			}
			err := errors.Join(faults...)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func TestADefinitionWithAFaultIsNotFound(t *testing.T) {
	s := loadedWith(t, profile(`{"id":"Consent.stats","path":"Consent.stats"}`))
	if _, found := s.Structure("http://example.org/p"); found {
		t.Error("it is found")
	}
	if got := s.Profiles("Consent"); len(got) != 0 {
		t.Errorf("got %v", got)
	}
}

func TestFilesWithFaultsAreRefused(t *testing.T) {
	circle := profileOn("Consent", "Consent")
	circle["p"] = strings.ReplaceAll(circle["p"], coreBase+"Consent", "http://example.org/p")
	again := maps.Clone(profile())
	again["again"] = strings.Replace(again["p"], `"id":"p"`, `"id":"again"`, 1)
	for _, c := range []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"no JSON", map[string]string{"a": "{"}, "fi/a.json"},
		{"no id", map[string]string{"a": `{"resourceType":"ValueSet","url":"a"}`}, "no id"},
		{"the same id twice", map[string]string{"a": `{"resourceType":"NamingSystem","id":"a"}`, "b": `{"resourceType":"NamingSystem","id":"a"}`}, "NamingSystem/a is there twice"},
		{"a canonical twice", again, "another definition has it"},
		{"the canonical of HL7", map[string]string{"a": `{"resourceType":"ValueSet","id":"a","url":"` + hl7Sets + `consent-state-codes"}`}, "another definition has it"},
		{"no canonical", map[string]string{"a": `{"resourceType":"CodeSystem","id":"a"}`}, "url is missing"},
		{"definitions in a circle", circle, "in a circle"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := load(withFiles(t, c.files)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}
