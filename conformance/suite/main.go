// Suite holds a FHIR R4 server to what the specification and the rules of
// Finnish declarations ask of it, over HTTP, with cases that are data (package
// kit):
//
//	go run ./conformance/suite -base http://127.0.0.1:8080/fhir
//
// It writes to the server: Consents and Provenances of made-up persons, with
// identity codes that no real person has. Point it at no server with real data.
//
// It ends with 0 if no case failed, with 1 if one did, and with 2 if the cases
// could not be run.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"time"

	"tahto/conformance/suite/kit"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	failed, err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	case failed:
		os.Exit(1)
	}
}

// settings are the flags.
type settings struct {
	base, bearer, junit, report, testReport, only string
	seed                                          uint64
}

func (s *settings) read(args []string, stderr io.Writer) error {
	flags := flag.NewFlagSet("suite", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&s.base, "base", "", "base `URL` of the server, such as http://127.0.0.1:8080/fhir")
	flags.StringVar(&s.bearer, "bearer", "", "access `token`; it goes to the server alone, and reports leave it out of what was sent")
	flags.StringVar(&s.junit, "junit", "", "write a JUnit XML report to this `file`")
	flags.StringVar(&s.report, "report", "", "write an HTML report to this `file`")
	flags.StringVar(&s.testReport, "testreport", "", "write a Bundle of FHIR TestReports to this `file`")
	flags.StringVar(&s.only, "only", "", "run only the cases whose section or id contains this `text`")
	flags.Uint64Var(&s.seed, "seed", uint64(time.Now().UnixNano()), "`number` that the made-up persons follow from; the time by default")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if !strings.HasPrefix(s.base, "http://") && !strings.HasPrefix(s.base, "https://") {
		return errors.New("name the server: -base http://127.0.0.1:8080/fhir")
	}
	return nil
}

// run does all that the program does. The error says why there is no result.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) (failed bool, err error) {
	var s settings
	if err := s.read(args, stderr); err != nil {
		return false, err
	}
	sections, err := kit.Cases()
	if err != nil {
		return false, err
	}
	report, err := kit.Run(ctx, sections, kit.Options{
		Base: s.base, Bearer: s.bearer, Only: s.only, Seed: s.seed, Now: time.Now,
		Told: func(r kit.Result) { tell(stdout, r) },
	})
	if err != nil {
		return false, err
	}
	if len(report.Sections) == 0 {
		return false, fmt.Errorf("no case has %q in its section or id", s.only)
	}
	summarize(stdout, report, s.seed)
	return report.Count(kit.Failed) > 0, errors.Join(
		write(s.junit, report.WriteJUnit), write(s.report, report.WriteHTML), write(s.testReport, report.WriteTestReports))
}

// tell writes a line about a case that is done, and why it failed.
func tell(w io.Writer, r kit.Result) {
	fmt.Fprintf(w, "%-18s %s/%s\n", r.Outcome, r.Section, r.Case.ID)
	if r.Outcome != kit.Failed {
		return
	}
	for _, why := range r.Why {
		fmt.Fprintf(w, "%-18s %s\n", "", why)
	}
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
	fmt.Fprintf(w, "%s at %s, %v, -seed %d\n", report.Software, report.Base, report.Took.Round(time.Millisecond), seed)
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
