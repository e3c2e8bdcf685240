package profiles

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tahto/fhir"
)

func TestEveryDefinitionIsSound(t *testing.T) {
	if err := loaded(t).Check(); err != nil {
		t.Error(err)
	}
}

func TestWhatIsServedIsInOrderAndValidInForm(t *testing.T) {
	all := loaded(t).Served()
	if len(all) == 0 {
		t.Fatal("nothing is served")
	}
	if !slices.IsSortedFunc(all, func(a, b *fhir.Resource) int { return strings.Compare(a.Key().String(), b.Key().String()) }) {
		t.Error("not in the order of type and id")
	}
	for _, r := range all {
		if _, err := fhir.Parse(r.JSON()); err != nil {
			t.Errorf("%s: %v", r.Key(), err)
		}
		if err := r.CheckForm(); err != nil {
			t.Errorf("%s: %v", r.Key(), err)
		}
	}
}

// TestServedSnapshotsSayWhatTheSetKnows reads every snapshot back.
func TestServedSnapshotsSayWhatTheSetKnows(t *testing.T) {
	s := loaded(t)
	for _, r := range s.Served() {
		if r.Type() != "StructureDefinition" {
			continue
		}
		made, found := s.Structure(r.Root().Get("url").Text())
		if !found {
			t.Errorf("%s can't be read", r.Key())
			continue
		}
		if !r.Root().Get("differential").Exists() {
			t.Errorf("%s has no differential", r.Key())
		}
		read := Structure{URL: made.URL}
		if err := s.readSnapshot(&read, r.Root().Get("snapshot")); err != nil {
			t.Errorf("%s: %v", r.Key(), err)
		}
		if diff := cmp.Diff(allFacts(made.Elements), allFacts(read.Elements)); diff != "" {
			t.Errorf("%s:\n%s", r.Key(), diff)
		}
		for i, e := range made.Elements {
			if other := read.Elements[i]; e.ID != other.ID || e.Slice != other.Slice || e.Base != other.Base || !slices.Equal(e.Constraints, other.Constraints) {
				t.Errorf("%s: %s is read back as %+v", r.Key(), e.ID, other)
			}
		}
		for e := range r.Root().Get("snapshot").Each("element") {
			for _, name := range []string{"id", "path", "definition", "min", "max", "base"} {
				if !e.Get(name).Exists() {
					t.Errorf("%s: %s has no %s", r.Key(), e.Get("id").Text(), name)
				}
			}
		}
	}
}

func TestASnapshotElementIsWrittenAsFHIRHasIt(t *testing.T) {
	s := loadedWith(t, profile(
		`{"id":"Consent.language","path":"Consent.language","mustSupport":true}`,
		`{"id":"Consent.category","path":"Consent.category","slicing":{"discriminator":[{"type":"pattern","path":"$this"}],"rules":"closed","ordered":true}}`,
		`{"id":"Consent.category:a","path":"Consent.category","sliceName":"a","definition":"The first.","patternCodeableConcept":{"text":"a"}}`))
	served := s.Served()[0]
	got := map[string]string{}
	for e := range served.Root().Get("snapshot").Each("element") {
		got[e.Get("id").Text()] = string(e.JSON())
	}
	for id, parts := range map[string][]string{
		"Consent.id": {`"type":[{"extension":[{"url":"` + typeExtension + `","valueUrl":"id"}],"code":"http://hl7.org/fhirpath/System.String"}]`,
			`"base":{"path":"Resource.id","min":0,"max":"1"}`},
		"Consent.language": {`"mustSupport":true`, `"binding":{"extension":[{"url":"` + limitExtension + `","valueCanonical":"` + hl7Sets +
			`all-languages"}],"strength":"preferred","valueSet":"` + hl7Sets + `languages"}`},
		"Consent.category":            {`"slicing":{"discriminator":[{"type":"pattern","path":"$this"}],"ordered":true,"rules":"closed"}`, `"min":1,"max":"*"`},
		"Consent.category:a":          {`"sliceName":"a"`, `"definition":"The first."`, `"patternCodeableConcept":{"text":"a"}`, `"min":0`},
		"Consent.status":              {`"isModifier":true,"isModifierReason":`, `"constraint":[{"key":"ele-1","severity":"error",`},
		"Consent.provision.provision": {`"contentReference":"#Consent.provision"`},
	} {
		for _, part := range parts {
			if !strings.Contains(got[id], part) {
				t.Errorf("%s: want %s in\n%s", id, part, got[id])
			}
		}
	}
	if body := string(served.JSON()); strings.Index(body, `"snapshot"`) > strings.Index(body, `"differential"`) {
		t.Error("the snapshot comes after the differential")
	}
}

// TestWhatOursReferToIsHere: what we say ourselves must be here; what Kanta says
// need not be known.
func TestWhatOursReferToIsHere(t *testing.T) {
	const own = "https://tahto.example/fhir/"
	s := loaded(t)
	held := map[string]bool{}
	for _, r := range s.authored {
		held[r.Root().Get("url").Text()] = true
	}
	for _, r := range s.authored {
		made, found := s.Structure(r.Root().Get("url").Text())
		if r.Type() != "StructureDefinition" || !found {
			continue
		}
		for _, e := range made.Elements {
			for _, canonical := range referred(e) {
				url, _, _ := strings.Cut(canonical, "|")
				if strings.HasPrefix(url, own) && !held[url] {
					t.Errorf("%s: %s refers to %s, which is not here", made.URL, e.ID, url)
				}
			}
		}
	}
}

func referred(e Element) []string {
	var all []string
	if e.Binding != nil {
		all = append(all, e.Binding.ValueSet)
	}
	for _, one := range e.Types {
		all = append(all, slices.Concat(one.Profiles, one.Targets)...)
	}
	return all
}
