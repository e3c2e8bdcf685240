package mongo_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"testing"
	"time"

	"tahto/fhir/search"
	"tahto/storage/driver"
	"tahto/storage/mongo/mongotest"
)

// TestPatienceIsTheEnd of conflicts that do not end, and of a database that does
// not answer the commit, or the abort.
func TestPatienceIsTheEnd(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]mongotest.Fault{
		"conflicts":           {Command: "update", Times: forEver, Code: 112, Labels: []string{transient}},
		"duplicate keys":      {Command: "update", Times: forEver, Code: 11000, WriteError: true},
		"conflicting commits": {Command: commit, Times: forEver, Code: 251, Labels: []string{transient}},
		"unknown commits":     {Command: commit, Times: forEver, Code: 64, Labels: []string{unknown}},
		"a silent commit":     {Command: commit, Times: forEver, Delay: 20 * time.Second},
		"a silent abort":      {Command: abort, Times: forEver, Delay: 20 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, mongotest.Options{}, time.Second, 0)
			s.server.Inject(f)
			began := time.Now()
			err := s.changeOrGiveUp(t, f.Command == abort)
			if took := time.Since(began); took > 3*time.Second {
				t.Errorf("took %v with a patience of a second", took)
			}
			if f.Command == abort {
				if err != errOwn {
					t.Errorf("got %v, want f's own error", err)
				}
				return
			}
			there := s.stored(t, name)
			if err == nil {
				t.Error("nothing was reported")
			}
			truthful(t, name, err, there)
		})
	}
}

// TestRunsOfUpdateHaveOneEffect though f is run again after each conflict.
func TestRunsOfUpdateHaveOneEffect(t *testing.T) {
	t.Parallel()
	s := newStage(t, mongotest.Options{}, 5*time.Second, 0)
	for _, command := range []string{"find", "update", commit} {
		s.server.Inject(mongotest.Fault{Command: command, Times: 2, Code: 112, Labels: []string{transient}})
	}
	runs := 0
	err := s.Update(t.Context(), func(w driver.Writer) error {
		runs++
		if err := s.look(t.Context(), w); err != nil {
			return err
		}
		return errors.Join(w.Append(t.Context(), a(2)), w.Append(t.Context(), p()))
	})
	if err != nil || !s.stored(t, "after conflicts") {
		t.Errorf("got %v, want it stored", err)
	}
	if runs != 7 {
		t.Errorf("f ran %d times, want 7", runs)
	}
}

// TestSwallowedErrorIsNoCommit: what was not read is not to be decided on.
func TestSwallowedErrorIsNoCommit(t *testing.T) {
	t.Parallel()
	for _, kind := range []mongotest.Options{{}, {Sharded: true}, {Standalone: true}} {
		for _, command := range []string{"find", "aggregate"} {
			name := fmt.Sprintf("%+v %s", kind, command)
			s := newStage(t, kind, time.Second, 0)
			s.server.Inject(mongotest.Fault{Command: command, Times: forEver, Code: 14031})
			err := s.Update(t.Context(), func(w driver.Writer) error {
				_, _ = w.Get(t.Context(), p().Key)
				_, _ = w.Count(t.Context(), search.Query{Type: "Consent"})
				return w.Append(t.Context(), p())
			})
			if !errors.Is(err, driver.ErrUnavailable) || errors.Is(err, driver.ErrInDoubt) {
				t.Errorf("%s: got %v, want ErrUnavailable", name, err)
			}
			if s.stored(t, name) {
				t.Errorf("%s: it is stored", name)
			}
		}
	}
}

func TestContextThatEndsDuringTheFunctionUndoesIt(t *testing.T) {
	t.Parallel()
	s := newStage(t, mongotest.Options{}, 2*time.Second, 0)
	ctx, cancel := context.WithCancel(t.Context())
	err := s.Update(ctx, func(w driver.Writer) error {
		if err := errors.Join(w.Append(ctx, a(2)), w.Append(ctx, p())); err != nil {
			return err
		}
		cancel()
		_, err := w.Count(ctx, search.Query{Type: "Consent"})
		return err
	})
	if !errors.Is(err, context.Canceled) || s.stored(t, "cancelled") {
		t.Errorf("got %v, want the context's error and nothing stored", err)
	}
	s.isFree(t)
}

// TestContextThatEndsDuringTheCommitChangesNothing, be it answered late or lost.
func TestContextThatEndsDuringTheCommitChangesNothing(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]mongotest.Fault{
		"a late commit":   {Command: commit, Delay: 300 * time.Millisecond},
		"a lost commit":   {Command: commit, Delay: 300 * time.Millisecond, Drop: mongotest.DropAfter},
		"a late write":    {Command: "update", Delay: 300 * time.Millisecond},
		"a lost decision": {Command: commit, Delay: 300 * time.Millisecond, Code: 64, Labels: []string{unknown}},
	} {
		s := newStage(t, mongotest.Options{}, 3*time.Second, 0)
		s.server.Inject(f)
		ctx, cancel := context.WithTimeout(t.Context(), 150*time.Millisecond)
		defer cancel()
		err := s.Update(ctx, func(w driver.Writer) error {
			return errors.Join(w.Append(ctx, a(2)), w.Append(ctx, p()))
		})
		if err != nil || !s.stored(t, name) {
			t.Errorf("%s: got %v, want it stored", name, err)
		}
	}
}

func TestContextThatEndedBeginsNothing(t *testing.T) {
	t.Parallel()
	s := newStage(t, mongotest.Options{}, time.Second, 0)
	s.server.Forget()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	never := func() error { t.Error("f was run"); return nil }
	for name, err := range map[string]error{
		"Update": s.Update(ctx, func(driver.Writer) error { return never() }),
		"View":   s.View(ctx, func(driver.Reader) error { return never() }),
	} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v, want the context's error", name, err)
		}
	}
	if n := len(s.server.Commands()); n != 0 {
		t.Errorf("%d commands were sent", n)
	}
}

// TestPanicLeavesNothingOpen on the server, though something was written.
func TestPanicLeavesNothingOpen(t *testing.T) {
	t.Parallel()
	s := newStage(t, mongotest.Options{}, 2*time.Second, 0)
	err := s.Update(t.Context(), func(w driver.Writer) error {
		if err := errors.Join(w.Append(t.Context(), a(2)), w.Append(t.Context(), p())); err != nil {
			return err
		}
		if _, err := w.Count(t.Context(), search.Query{Type: "Consent"}); err != nil {
			return err
		}
		panic("on purpose")
	})
	if err == nil || s.stored(t, "panic") {
		t.Errorf("got %v, want an error and nothing stored", err)
	}
	s.isFree(t)
}

// isFree changes the document, which an open transaction would keep from that.
func (s *stage) isFree(t *testing.T) {
	t.Helper()
	s.server.Forget()
	if err := s.change(t.Context()); err != nil {
		t.Errorf("the document is not free: %v", err)
	}
	for _, c := range s.server.Commands() {
		if c.Name == abort {
			t.Error("the document was not free at once")
		}
	}
}

// TestFailuresLeaveNoSessionsAndGoroutines is not parallel, since it counts.
func TestFailuresLeaveNoSessionsAndGoroutines(t *testing.T) {
	s := newStage(t, mongotest.Options{}, time.Second, 0)
	fail := func(i int) error {
		command := []string{"find", "update", commit, "aggregate"}[i%4]
		s.server.Inject(mongotest.Fault{Command: command, Code: 14031})
		return s.change(t.Context())
	}
	for i := range 4 { // connections come to be
		_ = fail(i)
	}
	s.server.Forget()
	before := runtime.NumGoroutine()
	const rounds = 300
	for i := range rounds {
		if err := fail(i); !errors.Is(err, driver.ErrUnavailable) {
			t.Fatalf("round %d: got %v", i, err)
		}
	}
	if after := runtime.NumGoroutine(); after > before+10 {
		t.Errorf("%d goroutines, %d after %d failures", before, after, rounds)
	}
	sessions, began, ended := map[string]bool{}, 0, 0
	for _, c := range s.server.Commands() {
		sessions[c.Raw.Lookup("lsid").String()] = true
		if start, _ := c.Raw.Lookup("startTransaction").BooleanOK(); start {
			began++
		}
		if c.Name == abort || c.Name == commit {
			ended++
		}
	}
	if len(sessions) > 3 || began != rounds || ended < began {
		t.Errorf("%d sessions, %d transactions begun and %d ended", len(sessions), began, ended)
	}
}
