package profiles

import (
	"io/fs"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
)

// loaded is the set that comes with the program.
func loaded(t testing.TB) *Set {
	t.Helper()
	s, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// withFiles are R4's definitions and, in place of ours, these files.
func withFiles(t testing.TB, files map[string]string) fs.FS {
	t.Helper()
	all := fstest.MapFS{}
	core, err := fs.Glob(embedded, "r4/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range core {
		data, err := fs.ReadFile(embedded, name)
		if err != nil {
			t.Fatal(err)
		}
		all[name] = &fstest.MapFile{Data: data}
	}
	for name, text := range files {
		all["fi/"+name+".json"] = &fstest.MapFile{Data: []byte(text)}
	}
	return all
}

// loadedWith is a set with these files of ours.
func loadedWith(t testing.TB, files map[string]string) *Set {
	t.Helper()
	s, err := load(withFiles(t, files))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestEveryTypeOfR4IsThere(t *testing.T) {
	s := loaded(t)
	counts := map[Kind]int{}
	for name := range s.types {
		of, found := s.Type(name)
		if !found {
			t.Fatalf("%s can't be read", name)
		}
		counts[of.Kind]++
		if of.Name != name || of.Type != name || of.Constraint || of.Elements[0].Path != name {
			t.Errorf("%s is %s, type %s, root %s", name, of.Name, of.Type, of.Elements[0].Path)
		}
		for _, e := range of.Elements[1:] {
			if len(e.Types) == 0 && e.Content == "" {
				t.Errorf("%s has neither a type nor a content reference", e.Path)
			}
			for _, known := range e.Types {
				if s.types[known.Code] == nil {
					t.Errorf("%s has the type %s, which is not there", e.Path, known.Code)
				}
			}
		}
	}
	// R4 has 148 resources with the abstract two, 20 primitives with xhtml.
	if counts[Resource] != 148 || counts[Primitive] != 20 || counts[Complex] != 41 {
		t.Errorf("got %v", counts)
	}
}

func TestStructureIsFoundByCanonical(t *testing.T) {
	s := loaded(t)
	for _, c := range []struct {
		canonical string
		want      string
	}{
		{coreBase + "Consent", "Consent"},
		{coreBase + "Consent|4.0.1", "Consent"},
		{coreBase + "Consent|5.0.0", ""},
		{coreBase + "SimpleQuantity", "SimpleQuantity"},
		{coreBase + "patient-birthPlace", "birthPlace"},
		{coreBase + "Nothing", ""},
		{"", ""},
	} {
		found, ok := s.Structure(c.canonical)
		if ok != (c.want != "") || ok && found.Name != c.want {
			t.Errorf("%s: found %v %v, want %s", c.canonical, ok, found, c.want)
		}
	}
	if _, found := s.Type("SimpleQuantity"); found {
		t.Error("SimpleQuantity narrows a type and is none")
	}
}

func TestElementsSayWhatR4Says(t *testing.T) {
	s := loaded(t)
	consent, _ := s.Type("Consent")
	at := func(path string) Element {
		i := slices.IndexFunc(consent.Elements, func(e Element) bool { return e.Path == path })
		if i < 0 {
			t.Fatalf("%s is not there", path)
		}
		return consent.Elements[i]
	}
	status := at("Consent.status")
	if status.Min != 1 || status.Max != 1 || !status.Modifier || !status.Summary || status.Binding.Strength != Required ||
		status.Binding.ValueSet != "http://hl7.org/fhir/ValueSet/consent-state-codes|4.0.1" {
		t.Errorf("Consent.status is %+v %+v", status, status.Binding)
	}
	if category := at("Consent.category"); category.Max != Unbounded || category.Base != (Base{"Consent.category", 1, Unbounded}) {
		t.Errorf("Consent.category is %+v", category)
	}
	if language := at("Consent.language"); language.Binding.Limit != "http://hl7.org/fhir/ValueSet/all-languages" || language.Base.Path != "Resource.language" {
		t.Errorf("Consent.language is %+v %+v", language, language.Binding)
	}
	if nested := at("Consent.provision.provision"); nested.Content != "Consent.provision" {
		t.Errorf("Consent.provision.provision refers to %q", nested.Content)
	}
	if id := at("Consent.id"); id.Types[0].Code != "id" {
		t.Errorf("Consent.id is %v", id.Types)
	}
	if patient := at("Consent.patient"); !slices.Equal(patient.Types[0].Targets, []string{coreBase + "Patient"}) {
		t.Errorf("Consent.patient points at %v", patient.Types)
	}
	var keys []string
	for _, c := range at("Consent").Constraints {
		keys = append(keys, c.Key)
		if strings.Contains(c.Expression, "something") || c.Source == "" || c.Warning != (c.Key == "dom-6") {
			t.Errorf("%+v", c)
		}
	}
	if want := "dom-2 dom-3 dom-4 dom-5 dom-6 ppc-1 ppc-2 ppc-3 ppc-4 ppc-5"; strings.Join(keys, " ") != want {
		t.Errorf("Consent has %v, want %s", keys, want)
	}
}

func TestProfilesAreOursInOrder(t *testing.T) {
	s := loaded(t)
	all := s.Profiles("Consent")
	if len(all) == 0 {
		t.Fatal("there are none on Consent")
	}
	if !slices.IsSortedFunc(all, func(a, b *Structure) int { return strings.Compare(a.URL, b.URL) }) {
		t.Error("they are not in order")
	}
	for _, p := range all {
		if p.Type != "Consent" || !p.Constraint || p.Kind != Resource || p.Definition == nil {
			t.Errorf("%s is a %s", p.URL, p.Type)
		}
	}
	if got := s.Profiles("Extension"); len(got) != 0 {
		t.Errorf("%d extensions are taken for profiles", len(got))
	}
}

func TestManyMayAskAtOnce(t *testing.T) {
	s := loaded(t)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for url := range s.structures {
				if _, found := s.Structure(url); !found {
					t.Errorf("%s can't be read", url)
				}
			}
			for url := range s.valueSets {
				s.Contains(url, "", "active")
			}
			s.Served()
			s.Child("Consent.provision", "actor")
		})
	}
	all.Wait()
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := Load(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCheck reads every definition and compiles every constraint.
func BenchmarkCheck(b *testing.B) {
	for b.Loop() {
		if err := loaded(b).Check(); err != nil {
			b.Fatal(err)
		}
	}
}
