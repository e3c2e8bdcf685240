package validate_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/profiles/validate"
)

// exception is what is wrong with one of HL7's own examples, and why that is so.
type exception struct {
	Why    string
	Expect []finding
}

func TestExamplesOfHL7AreValid(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("testdata", "hl7", "exceptions", "exceptions.json"))
	if err != nil {
		t.Fatal(err)
	}
	wrong := map[string]exception{}
	if err := json.Unmarshal(data, &wrong); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join("testdata", "hl7", "*.json"))
	if err != nil || len(files) < 20 {
		t.Fatalf("found %d examples (%v)", len(files), err)
	}
	for _, file := range files {
		name := filepath.Base(file)
		t.Run(name, func(t *testing.T) {
			issues := errorsOf(validator(t).Validate(parse(t, file), validate.Options{Now: clock}))
			if diff := cmp.Diff(lines(wrong[name].Expect), lines(findings(issues))); diff != "" {
				t.Errorf("errors (-want +got):\n%s\n%s", diff, texts(issues))
			}
		})
		delete(wrong, name)
	}
	for name := range wrong {
		t.Errorf("there is an exception for %s, which is not there", name)
	}
}

func TestOurExamplesAreValid(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "conformance", "examples", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("found %d examples (%v)", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			if issues := errorsOf(validator(t).Validate(parse(t, file), validate.Options{Now: clock})); len(issues) > 0 {
				t.Errorf("it has errors:\n%s", texts(issues))
			}
		})
	}
}

func TestBasesAreValidWithoutAWord(t *testing.T) {
	for _, name := range []string{"consent", "provenance", "bundle", "parameters", "outcome"} {
		r, err := fhir.Parse(readBase(t, name))
		if err != nil {
			t.Fatal(err)
		}
		if issues := validator(t).Validate(r, validate.Options{Now: clock}); len(issues) > 0 {
			t.Errorf("%s has findings:\n%s", name, texts(issues))
		}
	}
}

func parse(t testing.TB, file string) *fhir.Resource {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	r, err := fhir.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func errorsOf(issues []issue.Issue) []issue.Issue {
	var all []issue.Issue
	for _, i := range issues {
		if i.Severity == issue.SeverityError {
			all = append(all, i)
		}
	}
	return all
}
