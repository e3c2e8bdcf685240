package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tahto/conformance/suite/kit"
)

// TestTheSuitePasses runs the black-box cases of conformance/suite against the
// program on every engine, with the organisations of the cases. A case that the
// program does not claim is one that nobody runs: it is a fault too.
func TestTheSuitePasses(t *testing.T) {
	for name, engine := range testEngines(t) {
		if engine.oneByOne {
			t.Logf("%s is left out: the cases need transactions of several resources", name)
			continue
		}
		t.Run(name, func(t *testing.T) {
			for _, r := range suite(t, append(engine.args(t), "-directory", caseDirectory)...) {
				t.Run(r.Section+"/"+r.Case.ID, func(t *testing.T) {
					holds(t, r)
					if r.Outcome == kit.NotClaimed {
						t.Errorf("the server does not claim %s", strings.Join(r.Why, ", "))
					}
				})
			}
		})
	}
}

// TestTheSuitePassesInArchiveIntake: with archive intake the program does not
// claim what only strict intake does, and does all that it claims.
func TestTheSuitePassesInArchiveIntake(t *testing.T) {
	unclaimed := 0
	for _, r := range suite(t, "-intake", "archive", "-foreign-consents", "keep") {
		t.Run(r.Section+"/"+r.Case.ID, func(t *testing.T) { holds(t, r) })
		if r.Outcome == kit.NotClaimed {
			unclaimed++
		}
	}
	if unclaimed == 0 {
		t.Error("archive intake claims all that strict intake does")
	}
}

// TestTheSuitePassesWithOtherOrganisations: what rests on organisations that the
// program does not know is not tried, and the rest holds.
func TestTheSuitePassesWithOtherOrganisations(t *testing.T) {
	directory := filepath.Join(t.TempDir(), "directory.json")
	const other = `{"organisations": [{"key": "x", "identifier": "urn:oid:1.2.246.10.99000999.19.1", "name": "Other county", "ownership": "public", "kind": "provider"}]}`
	if err := os.WriteFile(directory, []byte(other), 0o600); err != nil {
		t.Fatal(err)
	}
	unknown := 0
	for _, r := range suite(t, "-directory", directory) {
		t.Run(r.Section+"/"+r.Case.ID, func(t *testing.T) { holds(t, r) })
		if strings.Contains(strings.Join(r.Why, " "), "system.organizations=") {
			unknown++
		}
	}
	if unknown == 0 {
		t.Error("the organisations are known")
	}
}

// suite starts the program and gives what came of each case.
func suite(t *testing.T, args ...string) []kit.Result {
	t.Helper()
	sections, err := kit.Cases()
	if err != nil {
		t.Fatal(err)
	}
	p := start(t, args...)
	report, err := kit.Run(t.Context(), sections, kit.Options{Base: p.base, Seed: 1, Now: time.Now, Wait: moment})
	if err != nil {
		t.Fatal(err)
	}
	var all []kit.Result
	for _, section := range report.Sections {
		all = append(all, section.Results...)
	}
	return all
}

// moment is as short as a test may wait for what goes on in the background.
func moment(context.Context) { time.Sleep(5 * time.Millisecond) }

func holds(t *testing.T, r kit.Result) {
	if r.Outcome == kit.Failed {
		t.Errorf("%s\n%s\n%s", r.Case.Title, r.Case.Spec, strings.Join(r.Why, "\n"))
	}
}
