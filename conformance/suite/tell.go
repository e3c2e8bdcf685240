package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"tahto/conformance/suite/kit"
)

// list names the cases, one a line, with what they need.
func list(w io.Writer, sections []kit.Section) error {
	for _, s := range sections {
		for _, c := range s.Cases {
			_, err := fmt.Fprintf(w, "%s/%s\t%s\t%s\n", s.Name, c.ID, c.Title, strings.Join(c.Needs, " "))
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// progress tells how far the run is.
type progress struct {
	out       io.Writer
	done, all int
}

// tell writes a line about a case that is done, and why it failed or was not
// run.
func (p *progress) tell(r kit.Result) {
	p.done++
	fmt.Fprintf(p.out, "%4d/%d  %-17s  %s/%s", p.done, p.all, r.Outcome, r.Section, r.Case.ID)
	if r.Outcome == kit.NotClaimed {
		fmt.Fprintf(p.out, ": %s", strings.Join(r.Why, ", "))
	}
	fmt.Fprintln(p.out)
	if r.Outcome != kit.Failed {
		return
	}
	for _, why := range r.Why {
		fmt.Fprintf(p.out, "%11s%s\n", "", why)
	}
	fmt.Fprintf(p.out, "%11s%s\n", "", r.Case.Spec)
}

func summarize(w io.Writer, report kit.Report, seed uint64) {
	fmt.Fprintf(w, "\n%-14s %7s %7s %12s %18s\n", "", kit.Passed, kit.Failed, kit.NotClaimed, kit.NotMeant)
	line := func(name string, count func(kit.Outcome) int) {
		fmt.Fprintf(w, "%-14s %7d %7d %12d %18d\n", name,
			count(kit.Passed), count(kit.Failed), count(kit.NotClaimed), count(kit.NotMeant))
	}
	for _, s := range report.Sections {
		line(s.Name, s.Count)
	}
	line("all", report.Count)
	if unclaimed := report.Unclaimed(); len(unclaimed) > 0 {
		fmt.Fprint(w, "\nNot run, since the CapabilityStatement does not claim what they need:\n")
		for _, one := range unclaimed {
			fmt.Fprintf(w, "%5d for %s\n", one.Cases, one.Claim)
		}
	}
	failures(w, report)
	fmt.Fprintf(w, "\n%s at %s, %v, -seed %d\n", cmp.Or(report.Software, "Software without a name"), report.Base, report.Took.Round(time.Millisecond), seed)
}

// failures names what failed again, since it may be far above.
func failures(w io.Writer, report kit.Report) {
	if report.Count(kit.Failed) == 0 {
		return
	}
	fmt.Fprint(w, "\nFailed (-only ID runs one again, -report FILE shows what was sent and what came):\n")
	for _, s := range report.Sections {
		for _, r := range s.Results {
			if r.Outcome == kit.Failed {
				fmt.Fprintf(w, "  %s/%s\n", r.Section, r.Case.ID)
			}
		}
	}
}

// scripts writes the TestScripts, if asked to, and tells which cases are none.
func (s *settings) scripts(w io.Writer, sections []kit.Section) error {
	if s.testScript == "" {
		return nil
	}
	files, unsaid, err := kit.Scripts(sections, kit.ScriptOptions{Base: cmp.Or(s.base, "http://127.0.0.1:8080/fhir"), Seed: s.seed, Date: time.Now()})
	if err != nil {
		return err
	}
	for _, file := range files {
		name := filepath.Join(s.testScript, filepath.FromSlash(file.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(name, file.Data, 0o644); err != nil {
			return err
		}
	}
	fmt.Fprintf(w, "%d TestScripts are in %s. Not written, since no TestScript can say it:\n", kit.Count(sections)-len(unsaid), s.testScript)
	for _, one := range unsaid {
		fmt.Fprintf(w, "  %s/%s: %s\n", one.Section, one.Case, strings.Join(one.What, "; "))
	}
	return nil
}

// write makes a file of a report; none if it has no name.
func write(name string, report func(io.Writer) error) (err error) {
	if name == "" {
		return nil
	}
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return report(file)
}
