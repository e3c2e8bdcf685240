package storagetest

import (
	"errors"
	"fmt"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tahto/fhir"
	"tahto/fhir/search"
	"tahto/storage"
	"tahto/storage/driver"
)

var conflicts = []promise{
	{"RacingAppendsMakeOneVersionEach", testAppendRace},
	{"RacingAppendsOfOneVersionLetOneThrough", testSameVersionRace},
	{"RacingConditionalCreatesLeaveOne", testConditionalCreateRace},
	{"GuardedLooksDontMissEachOther", testGuardRace},
	{"AGuardAfterTheLastWriteCounts", testLateGuards},
}

const racers = 64

// race runs f in many goroutines that begin together.
func race(f func(i int)) {
	var ready, done sync.WaitGroup
	start := make(chan struct{})
	for i := range racers {
		ready.Add(1)
		done.Go(func() {
			ready.Done()
			<-start
			f(i)
		})
	}
	ready.Wait()
	close(start)
	done.Wait()
}

func testAppendRace(t *testing.T, h Harness) {
	f := h.open(t)
	first := f.document("a", 1)
	f.append(first)
	var acknowledged atomic.Int64
	race(func(int) {
		err := f.Update(f.ctx, func(w driver.Writer) error {
			newest, err := w.Get(f.ctx, first.Key)
			if err != nil {
				return err
			}
			next := first
			next.Version = newest.Version + 1
			return w.Append(f.ctx, next)
		})
		switch {
		case err == nil:
			acknowledged.Add(1)
		case !errors.Is(err, driver.ErrConflict):
			t.Errorf("Update: %v", err)
		}
	})
	f.view(func(r driver.Reader) {
		f.same("newest version", f.get(r, "a").Version, uint64(acknowledged.Load()+1))
		f.same("versions", int64(len(f.past(r, driver.History{}))), acknowledged.Load()+1)
	})
}

func testSameVersionRace(t *testing.T, h Harness) {
	f := h.open(t)
	d := f.document("a", 1)
	var through atomic.Int64
	race(func(int) {
		if err := f.Update(f.ctx, func(w driver.Writer) error { return w.Append(f.ctx, d) }); err == nil {
			through.Add(1)
		} else if !errors.Is(err, driver.ErrConflict) {
			t.Errorf("Update: %v", err)
		}
	})
	f.same("appended", through.Load(), int64(1))
}

func testConditionalCreateRace(t *testing.T, h Harness) {
	f := h.open(t)
	registry, err := search.NewRegistry()
	f.must(err)
	store, err := storage.New(f.ctx, f.Engine, registry, storage.Options{Now: func() time.Time { return f.clock }})
	f.must(err)
	condition, _, err := registry.Parse("Consent", url.Values{"identifier": {"urn:example|only-one"}}, search.ParseOptions{})
	f.must(err)
	resource, err := fhir.Parse([]byte(`{"resourceType":"Consent","status":"active","identifier":[{"system":"urn:example","value":"only-one"}]}`))
	f.must(err)
	var created atomic.Int64
	race(func(i int) {
		made := false
		err := store.Update(f.ctx, func(tx *storage.Tx) (err error) {
			_, made, err = tx.Create(f.ctx, resource, fmt.Sprintf("c%d", i), storage.If{NoneLike: &condition})
			return err
		})
		if err != nil && !errors.Is(err, driver.ErrConflict) {
			t.Errorf("Create: %v", err)
		}
		if err == nil && made {
			created.Add(1)
		}
	})
	f.same("created", created.Load(), int64(1))
	f.view(func(r driver.Reader) { f.same("consents", len(f.found(r, search.Query{Type: "Consent"}, true)), 1) })
}

func testGuardRace(t *testing.T, h Harness) {
	f := h.open(t)
	at := f.tick()
	race(func(i int) {
		err := f.Update(f.ctx, func(w driver.Writer) error {
			if err := w.Guard(f.ctx, "the same"); err != nil {
				return err
			}
			n, err := w.Count(f.ctx, search.Query{Type: "Consent"})
			if err != nil || n > 0 {
				return err
			}
			return w.Append(f.ctx, driver.Document{
				Key: fhir.Key{Type: "Consent", ID: fmt.Sprintf("g%d", i)}, Version: 1, Updated: at, Method: "POST", Body: []byte("{}"),
			})
		})
		if err != nil && !errors.Is(err, driver.ErrConflict) {
			t.Errorf("Update: %v", err)
		}
	})
	f.view(func(r driver.Reader) { f.same("consents", len(f.found(r, search.Query{Type: "Consent"}, true)), 1) })
}

// testLateGuards lets two transactions each write first, and then look under the
// other's guard: one of them must see the other.
func testLateGuards(t *testing.T, h Harness) {
	f := h.open(t)
	for round := range 20 {
		var missed atomic.Int64
		var both sync.WaitGroup
		for side := range 2 {
			both.Go(func() {
				saw, err := lookAfterWriting(f, round, side)
				if err != nil && !errors.Is(err, driver.ErrConflict) {
					t.Errorf("Update: %v", err)
				}
				if err == nil && !saw {
					missed.Add(1)
				}
			})
		}
		both.Wait()
		if missed.Load() == 2 {
			t.Fatalf("round %d: two transactions did not see each other", round)
		}
	}
}

// lookAfterWriting writes one side's document under its guard, looks, so that it
// is sent, and looks for the other side's under the other guard.
func lookAfterWriting(f *fixture, round, side int) (saw bool, err error) {
	id := func(side int) string { return fmt.Sprintf("late-%d-%d", round, side) }
	find := func(w driver.Writer, side int) (int, error) {
		if err := w.Guard(f.ctx, id(side)); err != nil {
			return 0, err
		}
		return w.Count(f.ctx, search.Query{Type: "Consent", Clauses: []search.Clause{token("late", "s", id(side))}})
	}
	err = f.Update(f.ctx, func(w driver.Writer) error {
		if _, err := find(w, side); err != nil {
			return err
		}
		err := w.Append(f.ctx, driver.Document{
			Key: fhir.Key{Type: "Consent", ID: id(side)}, Version: 1, Updated: f.clock, Method: "POST", Body: []byte("{}"),
			Entries: []search.Entry{{Param: "late", System: "s", Value: id(side)}},
		})
		if err != nil {
			return err
		}
		if _, err := w.Count(f.ctx, search.Query{Type: "Consent"}); err != nil {
			return err
		}
		n, err := find(w, 1-side)
		saw = n > 0
		return err
	})
	return saw, err
}
