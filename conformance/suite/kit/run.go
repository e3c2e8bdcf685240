package kit

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"tahto/fhir"
)

// Options say against what the cases are run, and how.
type Options struct {
	Base   string // base URL of the server
	Bearer string // access token; "" for none
	Seed   uint64 // makes the persons and names of the run
	// Now is the clock, for how long things took.
	Now func() time.Time
	// Wait lets some 100 ms pass before what is not done yet is asked for again;
	// nil asks at once.
	Wait func(context.Context)
	// Transport sends; nil for the usual one.
	Transport http.RoundTripper
	// Told is given each result as it comes; it may be nil.
	Told func(Result)
}

// Run runs the cases one after the other. The error says why there is no
// report: the server can't be reached, or has no CapabilityStatement, without
// which it is not known what it claims.
func Run(ctx context.Context, sections []Section, o Options) (Report, error) {
	o.Base = strings.TrimRight(o.Base, "/")
	r := &run{Options: o, client: newClient(o.Transport, o.Base, o.Bearer)}
	report := Report{Base: o.Base, Started: o.Now()}
	statement, err := r.capabilities(ctx)
	if err != nil {
		return Report{}, err
	}
	if err := r.probe(ctx, sections); err != nil {
		return Report{}, err
	}
	software := statement.Root().Get("software")
	report.Software = strings.TrimSpace(software.Get("name").Text() + " " + software.Get("version").Text())
	for _, section := range sections {
		if done := r.section(ctx, section); len(done.Results) > 0 {
			report.Sections = append(report.Sections, done)
		}
	}
	report.Took = o.Now().Sub(report.Started)
	return report, ctx.Err()
}

// tries is how often what is not done yet is asked for again.
const tries = 300

// run is a run that goes on.
type run struct {
	Options
	client *client
	claims claims
}

func (r *run) capabilities(ctx context.Context) (*fhir.Resource, error) {
	e, err := r.client.send(ctx, prepared{method: http.MethodGet, url: address(r.client.base, "metadata"), header: http.Header{"Accept": {"application/fhir+json"}}})
	if err != nil {
		return nil, err
	}
	statement, err := fhir.Parse([]byte(e.Body))
	if err != nil || e.Status != http.StatusOK || statement.Type() != "CapabilityStatement" {
		return nil, fmt.Errorf("%s has status %d and no CapabilityStatement; is this the base of a FHIR server?", e.URL, e.Status)
	}
	r.claims = readClaims(statement)
	return statement, nil
}

func (r *run) section(ctx context.Context, s Section) SectionReport {
	done := SectionReport{Name: s.Name, Title: s.Title}
	for _, c := range s.Cases {
		if ctx.Err() != nil {
			break
		}
		started := r.Now()
		result := r.one(ctx, c)
		result.Section, result.Case, result.Took = s.Name, c, r.Now().Sub(started)
		if r.Told != nil {
			r.Told(result)
		}
		done.Results = append(done.Results, result)
	}
	return done
}

func (r *run) one(ctx context.Context, c Case) Result {
	if !r.claims.meant(c.For) {
		return Result{Outcome: NotMeant}
	}
	if missing := r.claims.missing(c.Needs); len(missing) > 0 {
		return Result{Outcome: NotClaimed, Why: missing}
	}
	v := own(r.Seed, c.number).and(variables{"base": r.Base})
	result := Result{Outcome: Passed}
	for i := range c.Steps {
		exchanges, faults := r.step(ctx, &c.Steps[i], v)
		result.Exchanges = append(result.Exchanges, exchanges...)
		if len(faults) == 0 {
			continue
		}
		// What follows rests on this step.
		result.Outcome = Failed
		for _, fault := range faults {
			result.Why = append(result.Why, fmt.Sprintf("step %d, %s: %s", i+1, c.Steps[i].Do, fault))
		}
		break
	}
	return result
}

// step sends what the step says, holds each answer to what is expected, and
// puts what it captures among the variables.
func (r *run) step(ctx context.Context, s *Step, v variables) ([]Exchange, []string) {
	expected, err := s.Expect.expectations(v)
	if err != nil {
		return nil, []string{err.Error()}
	}
	p, err := r.client.prepare(s, v)
	if err != nil {
		return nil, []string{err.Error()}
	}
	exchanges := r.sendAll(ctx, p, max(s.Parallel, 1))
	for try := 0; try < tries && slices.Contains(s.Again, exchanges[0].Status); try++ {
		if r.Wait != nil {
			r.Wait(ctx)
		}
		exchanges = r.sendAll(ctx, p, 1)
	}
	faults := s.Expect.miscounted(exchanges)
	for i := range exchanges {
		exchanges[i].judge(expected)
		faults = append(faults, exchanges[i].Faults()...)
	}
	if len(faults) > 0 {
		return exchanges, faults
	}
	for _, name := range slices.Sorted(maps.Keys(s.Capture)) {
		text, err := s.Capture[name].take(&exchanges[0])
		if err != nil {
			return exchanges, []string{fmt.Sprintf("nothing to take as %s: %v", name, err)}
		}
		v[name] = text
	}
	return exchanges, nil
}

// sendAll sends the same request n times at once. What could not be sent is a
// fault of its exchange.
func (r *run) sendAll(ctx context.Context, p prepared, n int) []Exchange {
	exchanges := make([]Exchange, n)
	var sent sync.WaitGroup
	for i := range exchanges {
		sent.Go(func() {
			var err error
			if exchanges[i], err = r.client.send(ctx, p); err != nil {
				exchanges[i].Unsent = err.Error()
			}
		})
	}
	sent.Wait()
	return exchanges
}

func (e *Exchange) judge(expected []expectation) {
	for _, one := range expected {
		check := Check{Text: one.text}
		if e.Unsent == "" {
			check.Fault = one.miss(e)
		}
		e.Checks = append(e.Checks, check)
	}
}

// miscounted says which status came another number of times than it should.
func (x *Expect) miscounted(exchanges []Exchange) []string {
	got := map[int]int{}
	for i := range exchanges {
		got[exchanges[i].Status]++
	}
	var faults []string
	for status, want := range x.Counts {
		if got[status] != want {
			faults = append(faults, fmt.Sprintf("status %d came %d times, want %d", status, got[status], want))
		}
	}
	return faults
}
