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
