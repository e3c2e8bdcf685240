package main

import (
	"strings"
	"testing"
	"time"

	"tahto/conformance/suite/kit"
)

// TestTheSuitePasses runs the black-box cases of conformance/suite against the
// program as it is started without flags, on every engine. A case that the
// program does not claim is one that nobody runs: it is a fault too.
func TestTheSuitePasses(t *testing.T) {
	sections, err := kit.Cases()
	if err != nil {
		t.Fatal(err)
	}
	for name, engine := range testEngines(t) {
		t.Run(name, func(t *testing.T) {
			if engine.oneByOne {
				t.Skip("the cases need transactions of several resources")
			}
			p := start(t, engine.args(t)...)
			report, err := kit.Run(t.Context(), sections, kit.Options{Base: p.base, Seed: 1, Now: time.Now})
			if err != nil {
				t.Fatal(err)
			}
			for _, section := range report.Sections {
				for _, result := range section.Results {
					t.Run(section.Name+"/"+result.Case.ID, func(t *testing.T) { holds(t, result) })
				}
			}
		})
	}
}

func holds(t *testing.T, r kit.Result) {
	why := strings.Join(r.Why, "\n")
	switch r.Outcome {
	case kit.Passed, kit.NotMeant:
	case kit.NotClaimed:
		t.Errorf("the server does not claim %s", why)
	default:
		t.Errorf("%s\n%s\n%s", r.Case.Title, r.Case.Spec, why)
	}
}
