// Suite holds a FHIR R4 server to what the specification and the rules of
// Finnish declarations ask of it, over HTTP, with cases that are data (package
// kit):
//
//	go run ./conformance/suite -base http://127.0.0.1:8080/fhir
//
// It writes to the server: Consents and Provenances of made-up persons, with
// identity codes that no real person has. Point it at no server with real data.
// A case that needs what the CapabilityStatement does not claim is not run, and
// told as not claimed.
//
// With -list it only names the cases. With -testscript it writes them as FHIR
// TestScripts for other engines, and runs them itself only if -base is given.
//
// It ends with 0 if no case failed, with 1 if one did, and with 2 if the cases
// could not be run or a file could not be written.
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
	base, bearer, junit, report, testReport, testScript, only string
	seed                                                      uint64
	list                                                      bool
}

func (s *settings) read(args []string, stderr io.Writer) error {
	flags := flag.NewFlagSet("suite", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&s.base, "base", "", "base `URL` of the server, such as http://127.0.0.1:8080/fhir")
	flags.StringVar(&s.bearer, "bearer", "", "access `token`; it goes to the server alone, and reports leave it out of what was sent")
	flags.StringVar(&s.junit, "junit", "", "write a JUnit XML report to this `file`")
	flags.StringVar(&s.report, "report", "", "write an HTML report to this `file`")
	flags.StringVar(&s.testReport, "testreport", "", "write a Bundle of FHIR TestReports to this `file`")
	flags.StringVar(&s.testScript, "testscript", "", "write the cases as FHIR TestScripts into this `folder`; without -base nothing is run")
	flags.BoolVar(&s.list, "list", false, "name the cases, and run none")
	flags.StringVar(&s.only, "only", "", "take only the cases whose section or id contains this `text`")
	flags.Uint64Var(&s.seed, "seed", uint64(time.Now().UnixNano()), "`number` that the made-up persons follow from; the time by default")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if s.base == "" && (s.list || s.testScript != "") {
		return nil
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
	sections = kit.Only(sections, s.only)
	switch {
	case len(sections) == 0:
		return false, fmt.Errorf("no case has %q in its section or id; -list names them", s.only)
	case s.list:
		return false, list(stdout, sections)
	}
	if err := s.scripts(stdout, sections); err != nil || s.base == "" {
		return false, err
	}
	told := progress{out: stdout, all: kit.Count(sections)}
	report, err := kit.Run(ctx, sections, kit.Options{
		Base: s.base, Bearer: s.bearer, Seed: s.seed, Now: time.Now, Wait: wait, Told: told.tell,
	})
	if err != nil {
		return false, err
	}
	summarize(stdout, report, s.seed)
	return report.Count(kit.Failed) > 0, errors.Join(
		write(s.junit, report.WriteJUnit), write(s.report, report.WriteHTML), write(s.testReport, report.WriteTestReports))
}

func wait(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-time.After(100 * time.Millisecond):
	}
}
