package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"tahto/fhir"
	"tahto/mapping/decision"
	"tahto/profiles"
)

// codes are the codes of a code system that is served, each with the languages
// it has words in.
func codes(t *testing.T, id string) map[string][]string {
	t.Helper()
	set, err := profiles.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range set.Served() {
		if r.Key() == (fhir.Key{Type: "CodeSystem", ID: id}) {
			all := map[string][]string{}
			addConcepts(all, r.Root(), r.Root().Get("language").Text())
			return all
		}
	}
	t.Fatalf("CodeSystem/%s is not served", id)
	return nil
}

func addConcepts(all map[string][]string, in fhir.Element, language string) {
	for concept := range in.Each("concept") {
		languages := []string{}
		if concept.Get("display").Text() != "" {
			languages = append(languages, language)
		}
		for designation := range concept.Each("designation") {
			languages = append(languages, designation.Get("language").Text())
		}
		all[concept.Get("code").Text()] = languages
		addConcepts(all, concept, language)
	}
}

func TestEveryCodeThatIsServedHasWordsInThreeLanguages(t *testing.T) {
	set, err := profiles.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range set.Served() {
		if r.Type() != "CodeSystem" {
			continue
		}
		for code, languages := range codes(t, r.Key().ID) {
			for _, needed := range []string{"fi", "sv", "en"} {
				if !slices.Contains(languages, needed) {
					t.Errorf("%s: %s has no words in %s", r.Key(), code, needed)
				}
			}
		}
	}
}

func TestEveryReasonAndObligationOfADecisionIsServed(t *testing.T) {
	reasons, obligations := codes(t, "reason"), codes(t, "obligation")
	for _, reason := range decision.Reasons() {
		if reasons[reason.String()] == nil {
			t.Errorf("CodeSystem/reason does not have %s", reason)
		}
	}
	for one := range decision.AllObligations().All() {
		if obligations[one.String()] == nil {
			t.Errorf("CodeSystem/obligation does not have %s", one)
		}
	}
}

// reasonGiven finds the reason codes that the code gives an issue.
var reasonGiven = regexp.MustCompile(`(?:Because\(|[rR]eason: +|\bcode: +|Code: +)"([a-z0-9]+(?:-[a-z0-9]+)+)"`)

func TestEveryReasonOfARefusalIsServed(t *testing.T) {
	known := codes(t, "issue-reason")
	found := 0
	for _, folder := range []string{"mapping", "mapping/intake", "profiles/validate", "server/interaction", "storage", "fhir", "fhir/bundle", "fhir/search"} {
		files, err := filepath.Glob(filepath.Join("..", folder, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, match := range reasonGiven.FindAllStringSubmatch(string(text), -1) {
				found++
				if known[match[1]] == nil {
					t.Errorf("%s: CodeSystem/issue-reason does not have %s", file, match[1])
				}
			}
		}
	}
	if found < 50 {
		t.Errorf("%d reasons found in the code, which can't be all", found)
	}
}

func TestEveryReasonOfAnIntakeCaseIsServed(t *testing.T) {
	text, err := os.ReadFile("../mapping/testdata/intake.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Cases []struct {
			Steps []struct {
				Expect struct {
					Issues []struct{ Reason string }
					Notes  []string
				}
			}
		}
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	known := codes(t, "issue-reason")
	for _, c := range file.Cases {
		for _, step := range c.Steps {
			expected := step.Expect.Notes
			for _, one := range step.Expect.Issues {
				expected = append(expected, one.Reason)
			}
			for _, code := range expected {
				if code != "" && known[code] == nil {
					t.Errorf("CodeSystem/issue-reason does not have %s", code)
				}
			}
		}
	}
}
