package storagetest

import (
	"fmt"
	"sync"
	"testing"

	"tahto/fhir"
	"tahto/fhir/search"
	"tahto/storage/driver"
)

var snapshots = []promise{
	{"AViewSeesOneStateWhileOthersWrite", testOneState},
	{"AViewNeverSeesHalfATransaction", testNoHalves},
	{"WhatUpdateReturnedForIsSeen", testReadYourWrites},
	{"AStateOfOneNameIsOneState", testStateNames},
}

func testOneState(t *testing.T, h Harness) {
	f := h.open(t)
	f.append(f.document("a", 1), f.document("b", 1))
	all := search.Query{Type: "Consent"}
	f.view(func(r driver.Reader) {
		before := f.found(r, all, false)
		f.append(f.document("a", 2), f.deletion("b", 2), f.document("c", 1, search.Entry{Param: "p", System: "new", Value: "v"}))
		f.same("find", f.found(r, all, false), before)
		f.same("get", f.get(r, "b"), before[1])
		f.same("history", len(f.past(r, driver.History{})), 2)
		n, err := r.Count(f.ctx, search.Query{Type: "Consent", Clauses: []search.Clause{token("p", "new", "v")}})
		f.must(err)
		f.same("count of what came later", n, 0)
	})
	f.view(func(r driver.Reader) { f.same("next View", ids(f.found(r, all, true)), []string{"a", "c"}) })
}

// testNoHalves writes pairs that always agree, and looks for a pair that doesn't.
func testNoHalves(t *testing.T, h Harness) {
	f := h.open(t)
	f.append(f.document("a", 1), f.document("b", 1))
	const rounds = 60
	stop := make(chan struct{})
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if err := f.View(f.ctx, func(r driver.Reader) error { return samePair(f, r) }); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for i := range uint64(rounds) {
		f.append(f.document("a", i+2), f.document("b", i+2))
	}
	close(stop)
	readers.Wait()
}

func samePair(f *fixture, r driver.Reader) error {
	a, err := r.Get(f.ctx, fhir.Key{Type: "Consent", ID: "a"})
	if err != nil {
		return err
	}
	b, err := r.Get(f.ctx, fhir.Key{Type: "Consent", ID: "b"})
	if err != nil {
		return err
	}
	if a.Version != b.Version {
		return fmt.Errorf("a has version %d, b has %d, in one View", a.Version, b.Version)
	}
	return nil
}

func testReadYourWrites(t *testing.T, h Harness) {
	f := h.open(t)
	at := f.tick()
	race(func(i int) {
		system := fmt.Sprintf("system-%d", i)
		key := fhir.Key{Type: "Consent", ID: fmt.Sprintf("r%d", i)}
		err := f.Update(f.ctx, func(w driver.Writer) error {
			return w.Append(f.ctx, driver.Document{
				Key: key, Version: 1, Updated: at, Method: "PUT", Body: []byte("{}"),
				Entries: []search.Entry{{Param: "p", System: system, Value: "v"}},
			})
		})
		if err != nil {
			t.Error(err)
			return
		}
		err = f.View(f.ctx, func(r driver.Reader) error {
			n, err := r.Count(f.ctx, search.Query{Type: "Consent", Clauses: []search.Clause{token("p", system, "v")}})
			if err == nil && n != 1 {
				err = fmt.Errorf("an acknowledged document was found %d times", n)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// testStateNames looks twice under one name of the state while others write,
// and must see the same.
func testStateNames(t *testing.T, h Harness) {
	f := h.open(t)
	f.append(f.document("a", 1))
	before, known := f.State()
	f.append(f.document("a", 2))
	if after, still := f.State(); known && still && before == after {
		t.Fatalf("a write did not change the state's name, %d", after)
	}
	version := func() (v uint64) {
		f.must(f.View(f.ctx, func(r driver.Reader) error {
			d, err := r.Get(f.ctx, fhir.Key{Type: "Consent", ID: "a"})
			v = d.Version
			return err
		}))
		return v
	}
	stop := make(chan struct{})
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			seen, under := uint64(0), uint64(0)
			for {
				select {
				case <-stop:
					return
				default:
				}
				name, known := f.State()
				if now := version(); known {
					if again, sure := f.State(); sure && again == name && seen != 0 && under == name && seen != now {
						t.Errorf("version %d and version %d under one name", seen, now)
						return
					}
					seen, under = now, name
				}
			}
		})
	}
	for i := range uint64(100) {
		f.append(f.document("a", i+3))
	}
	close(stop)
	readers.Wait()
}
