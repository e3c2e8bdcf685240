package interaction_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tahto/server/audit"
	"tahto/server/interaction"
	"tahto/storage"
)

// gate is a recorder that keeps each record until it is let through.
type gate struct{ entered, pass chan struct{} }

func (g gate) Record(context.Context, audit.Entry) error {
	g.entered <- struct{}{}
	<-g.pass
	return nil
}

// gated is a server that stops before each record of a change.
func gated(t *testing.T, change ...func(*interaction.Options)) (*server, gate) {
	t.Helper()
	g := gate{make(chan struct{}, 100), make(chan struct{}, 100)}
	s := open(t, append(change, func(o *interaction.Options) { o.Audit = g })...)
	t.Cleanup(func() {
		close(g.pass)
		s.Close()
	})
	return s, g
}

func async(r *interaction.Request) { r.Prefer = "respond-async" }

// later sends a Bundle and gives the address of its status.
func (s *server) later(json string) string {
	s.t.Helper()
	got := s.want(202, s.ask("POST ", body(s.t, json), async))
	path, ours := strings.CutPrefix(got.ContentLocation, base+"/")
	if !ours || !strings.HasPrefix(path, "_async/") || len(path) < 40 {
		s.t.Fatalf("the status is at %q", got.ContentLocation)
	}
	return path
}

// result waits for the work to end.
func (s *server) result(path string) interaction.Response {
	s.t.Helper()
	for {
		if got := s.ask("GET " + path); got.Status != 202 {
			return s.want(200, got)
		}
	}
}

// forbid cancels without waiting for the end.
func (s *server) forbid(path string) {
	s.t.Helper()
	gone, hangUp := context.WithCancel(s.t.Context())
	hangUp()
	s.Do(gone, interaction.Request{Method: "DELETE", Path: path})
}

func TestWorkIsToldWhereToAskForIt(t *testing.T) {
	s, g := gated(t)
	path := s.later(transaction(entry("", health("a"), "PUT Consent/a")))
	<-g.entered
	running := s.want(202, s.ask("GET "+path))
	if running.Progress != "the transaction is running" || running.RetryAfter != 1 || at(running.Resource, "resourceType") != "OperationOutcome" {
		t.Errorf("progress %q, retry after %d: %s", running.Progress, running.RetryAfter, text(running.Resource))
	}
	g.pass <- struct{}{}
	done := s.result(path)
	for place, want := range map[string]string{
		"type": "batch-response", "entry.0.response.status": "200 OK", "entry.0.resource.type": "transaction-response",
		"entry.0.resource.entry.0.response.status": "201 Created", "entry.1": "",
	} {
		if got := at(done.Resource, place); got != want {
			t.Errorf("%s is %q, want %q", place, got, want)
		}
	}
	if hour := done.Expires.Sub(s.clock.now()); hour < 59*time.Minute || hour > time.Hour {
		t.Errorf("it expires in %v", hour)
	}
	if again := s.want(200, s.ask("GET "+path)); text(again.Resource) != text(done.Resource) {
		t.Error("asked again it is another")
	}
	if other := s.later(transaction(entry("", health("b"), "PUT Consent/b"))); other == path {
		t.Error("two works have one address")
	}
	deleted := s.want(202, s.ask("DELETE "+path))
	if !strings.Contains(text(deleted.Resource), "done already") {
		t.Errorf("the deletion says %s", text(deleted.Resource))
	}
	s.want(404, s.ask("GET "+path))
	s.want(404, s.ask("DELETE "+path))
}

func TestFailureOfWorkIsItsResult(t *testing.T) {
	var told atomic.Int64
	s := open(t, strictly, func(o *interaction.Options) {
		o.Fault = func(requestID string, cause error) {
			if told.Add(1); requestID != "req-1" || cause == nil {
				t.Errorf("%s failed for %v", requestID, cause)
			}
		}
	})
	failed := s.result(s.later(transaction(entry("", health("a"), "PUT Consent/a")))).Resource
	if got := at(failed, "entry.0.response.status") + " " + at(failed, "entry.0.response.outcome.issue.0.expression.0"); !strings.HasPrefix(got, "422 Unprocessable Entity Bundle.entry[0]") {
		t.Errorf("got %s: %s", got, text(failed))
	}
	s.want(422, s.ask("POST ", body(t, `{"resourceType":"Bundle","type":"document"}`), async))
	if told.Load() != 0 {
		t.Error("the client's fault is told as ours")
	}
	must(t, s.store.Close())
	down := s.result(s.later(transaction(entry("", "", "GET Consent/a"))))
	if got := at(down.Resource, "entry.0.response.status"); got != "503 Service Unavailable" || told.Load() != 1 {
		t.Errorf("got %s, told %d times", got, told.Load())
	}
	each := s.result(s.later(batch(entry("", "", "GET Consent/a"))))
	if got := at(each.Resource, "entry.0.response.status") + ", " + at(each.Resource, "entry.0.resource.entry.0.response.status"); got != "200 OK, 503 Service Unavailable" || told.Load() != 2 {
		t.Errorf("got %s, told %d times", got, told.Load())
	}
}

func TestBatchIsCancelledBetweenEntries(t *testing.T) {
	s, g := gated(t)
	var entries []string
	for i := range 5 {
		entries = append(entries, entry("", health(fmt.Sprint("c", i)), fmt.Sprint("PUT Consent/c", i)))
	}
	path := s.later(batch(entries...))
	<-g.entered
	g.pass <- struct{}{}
	<-g.entered
	if got := s.ask("GET " + path).Progress; got != "1 of 5 entries are done" {
		t.Errorf("progress %q", got)
	}
	s.forbid(path)
	g.pass <- struct{}{}
	if got := text(s.want(202, s.ask("DELETE "+path)).Resource); !strings.Contains(got, "2 of 5") && !strings.Contains(got, "done already") {
		t.Errorf("the deletion says %s", got)
	}
	s.want(404, s.ask("GET "+path))
	s.want(200, s.ask("GET Consent/c1"))
	s.want(404, s.ask("GET Consent/c2"))
}

func TestTransactionIsCancelledWhole(t *testing.T) {
	s := open(t)
	t.Cleanup(s.Service.Close)
	held, release := make(chan struct{}), make(chan struct{})
	go func() {
		_ = s.store.Update(t.Context(), func(*storage.Tx) error { close(held); <-release; return nil })
	}()
	<-held // the writer
	path := s.later(transaction(entry("", health("a"), "PUT Consent/a")))
	for s.ask("GET "+path).Progress != "the transaction is running" {
	}
	cancelled := s.want(202, s.ask("DELETE "+path))
	close(release)
	if got := text(cancelled.Resource); !strings.Contains(got, "Cancelled") {
		t.Errorf("the deletion says %s", got)
	}
	s.want(404, s.ask("GET Consent/a"))
	s.want(404, s.ask("GET "+path))
}

func TestWorkThatWaitsIsBounded(t *testing.T) {
	s, g := gated(t)
	var paths []string
	for i := range 10 {
		paths = append(paths, s.later(transaction(entry("", health(fmt.Sprint("c", i)), fmt.Sprint("PUT Consent/c", i)))))
	}
	<-g.entered
	<-g.entered // two run
	full := s.ask("POST ", body(t, transaction(entry("", health("x"), "PUT Consent/x"))), async)
	if got := fault(full); got != "429 throttled " {
		t.Errorf("got %s", got)
	}
	waiting := 0
	for _, path := range paths {
		if s.ask("GET "+path).Progress == "waiting for others to end" {
			waiting++
			if got := text(s.want(202, s.ask("DELETE "+path)).Resource); !strings.Contains(got, "nothing was done") {
				t.Errorf("the deletion says %s", got)
			}
		}
	}
	if waiting != 8 || len(g.entered) > 0 {
		t.Errorf("%d wait, want 8", waiting)
	}
	s.later(batch(entry("", "", "GET metadata")))
}

func TestResultsAreKeptOnlySoLong(t *testing.T) {
	s := open(t)
	path := s.later(batch(entry("", "", "GET Consent/none")))
	s.result(path)
	s.clock.at.Add((59 * time.Minute).Milliseconds())
	s.want(200, s.ask("GET "+path))
	s.clock.at.Add(time.Minute.Milliseconds())
	s.want(404, s.ask("GET "+path))
}

func TestResultsHoldOnlySoMuch(t *testing.T) {
	s := open(t)
	s.want(201, s.ask("PUT Consent/big", body(t, bulky("big", 4*mega))))
	var reads []string
	for range 5 {
		reads = append(reads, entry("", "", "GET Consent/big"))
	}
	kept := 0
	for range 30 {
		got := s.ask("POST ", body(t, batch(reads...)), async)
		if got.Status == 429 {
			break
		}
		kept++
		s.result(strings.TrimPrefix(s.want(202, got).ContentLocation, base+"/"))
	}
	if kept < 8 || kept > 16 {
		t.Errorf("%d results of some 16 MiB are kept, want no more than 256 MiB", kept)
	}
}

func TestOnlyBundlesAreWorkedOnAlone(t *testing.T) {
	s := open(t)
	s.want(201, s.ask("POST Consent", body(t, health("")), async))
	s.want(200, s.ask("POST Consent/_search", async, func(r *interaction.Request) { r.Form = map[string][]string{"status": {"active"}} }))
	path := s.later(batch(entry("", "", "GET metadata")))
	got := s.want(200, s.post(batch(entry("", "", "GET "+path), entry("", "", "DELETE "+path)))).Resource
	if answered(got, 0) != "422 not-supported" || !strings.HasPrefix(answered(got, 1), "4") {
		t.Errorf("in a Bundle: %s, %s", answered(got, 0), answered(got, 1))
	}
	s.result(path)
	s.want(405, s.ask("PUT "+path))
	s.want(404, s.ask("GET _async"))
	s.want(404, s.ask("GET "+path+"x"))
	s.want(400, s.ask("GET "+path+"?x=1"))
}

func TestStoppingCancelsWhatIsWorkedOn(t *testing.T) {
	s, g := gated(t)
	entries := strings.Repeat(entry("", health("a"), "PUT Consent/a")+",", 2) + entry("", health("b"), "PUT Consent/b")
	running := s.later(batch(entries))
	<-g.entered
	s.forbid(running)
	g.pass <- struct{}{}
	s.Close()
	s.want(503, s.ask("POST ", body(t, batch(entries)), async))
	s.want(404, s.ask("GET Consent/b"))
}

// faulty breaks down when it is told to, instead of keeping a record.
type faulty struct{ reached, proceed chan struct{} }

func (f faulty) Record(context.Context, audit.Entry) error {
	close(f.reached)
	<-f.proceed
	panic("a fault of ours")
}

func TestFaultOfCancelledWorkIsTold(t *testing.T) {
	f, told := faulty{make(chan struct{}), make(chan struct{})}, make(chan error, 1)
	s := open(t, func(o *interaction.Options) {
		o.Audit, o.Fault = f, func(_ string, cause error) { told <- cause }
	})
	t.Cleanup(s.Service.Close)
	path := s.later(transaction(entry("", health("a"), "PUT Consent/a")))
	<-f.reached
	s.forbid(path)
	close(f.proceed)
	s.result(path)
	select {
	case cause := <-told:
		if !strings.Contains(cause.Error(), "panic") {
			t.Errorf("the fault is told as %v", cause)
		}
	default:
		t.Error("nobody is told of the fault, since the work was cancelled")
	}
}
