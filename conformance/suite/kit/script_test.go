package kit

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/profiles"
	"tahto/profiles/validate"
)

var noon = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

func scripts(t *testing.T) ([]ScriptFile, []Unsaid) {
	t.Helper()
	files, unsaid, err := Scripts(cases(t), ScriptOptions{Base: "http://127.0.0.1/fhir/", Seed: 7, Date: noon})
	if err != nil {
		t.Fatal(err)
	}
	return files, unsaid
}

// faults are the errors that R4's own definitions find in a resource.
func faults(t *testing.T, v *validate.Validator, data []byte) []string {
	t.Helper()
	resource, err := fhir.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, one := range v.Validate(resource, validate.Options{Now: noon}) {
		if one.Severity == issue.SeverityError || one.Severity == issue.SeverityFatal {
			found = append(found, one.Expression+": "+one.Text)
		}
	}
	return found
}

func validator(t *testing.T) *validate.Validator {
	t.Helper()
	set, err := profiles.Load()
	if err != nil {
		t.Fatal(err)
	}
	v, err := validate.New(set)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestScriptsAreFHIR holds each TestScript to R4's definition of it, with its
// invariants tst-1 to tst-14.
func TestScriptsAreFHIR(t *testing.T) {
	v := validator(t)
	files, unsaid := scripts(t)
	written := 0
	for _, file := range files {
		if strings.Contains(file.Name, "/fixtures/") {
			continue
		}
		written++
		for _, fault := range faults(t, v, file.Data) {
			t.Errorf("%s: %s", file.Name, fault)
		}
	}
	t.Logf("%d scripts, %d cases that none can say", written, len(unsaid))
	if all := Count(cases(t)); written+len(unsaid) != all || written < all*3/4 {
		t.Errorf("%d scripts and %d cases that none can say, of %d", written, len(unsaid), all)
	}
}

// TestScriptNeedsWhatTheCaseNeeds: a server that claims what a script says it
// must is one that the case is run against.
func TestScriptNeedsWhatTheCaseNeeds(t *testing.T) {
	for _, section := range cases(t) {
		for _, c := range section.Cases {
			data, err := indented(requirements(c, noon))
			if err != nil {
				t.Fatal(err)
			}
			statement, err := fhir.Parse(data)
			if err != nil {
				t.Fatal(err)
			}
			if missing := readClaims(statement).missing(c.claimed()); len(missing) > 0 {
				t.Errorf("%s: the script does not ask for %v", c.ID, missing)
			}
		}
	}
}

// TestTestReportsAreFHIR holds the reports of a run with every outcome to R4's
// definition.
func TestTestReportsAreFHIR(t *testing.T) {
	server := wrong(t, always)
	report, err := Run(t.Context(), Only(cases(t), "read"), Options{Base: server.URL + "/fhir", Now: clock()})
	if err != nil {
		t.Fatal(err)
	}
	report.Sections = append(report.Sections, runOne(t, server.URL+"/fhir", Case{ID: "good", Title: "Good", Steps: []Step{{Do: "GET x", Expect: Expect{Status: statuses{200}}}}}).Sections...)
	for _, outcome := range []Outcome{Passed, Failed, NotClaimed} {
		if report.Count(outcome) == 0 {
			t.Errorf("no case is %s", outcome)
		}
	}
	var written bytes.Buffer
	if err := report.WriteTestReports(&written); err != nil {
		t.Fatal(err)
	}
	for _, fault := range faults(t, validator(t), written.Bytes()) {
		t.Error(fault)
	}
}
