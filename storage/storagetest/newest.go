package storagetest

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"tahto/fhir"
	"tahto/storage/driver"
)

var newest = []promise{
	{"NewestIsWhatAViewWouldGet", testNewest},
	{"NewestNeverGoesBack", testNewestUnderWrites},
}

// newest is the newest version by the engine's shorter way, or by a View.
func (f *fixture) newest(id string) (d driver.Document, err error) {
	key := fhir.Key{Type: "Consent", ID: id}
	if single, shorter := f.Engine.(driver.Single); shorter {
		return single.Newest(f.ctx, key)
	}
	err = f.View(f.ctx, func(r driver.Reader) (err error) {
		d, err = r.Get(f.ctx, key)
		return err
	})
	return d, err
}

func testNewest(t *testing.T, h Harness) {
	f := h.open(t)
	if _, err := f.newest("a"); !errors.Is(err, driver.ErrNotFound) {
		t.Errorf("what never was: %v", err)
	}
	agree := func(what string) {
		t.Helper()
		for range 2 { // the second time an engine may have it at hand
			got, err := f.newest("a")
			f.must(err)
			f.view(func(r driver.Reader) { f.same(what, got, f.get(r, "a")) })
		}
	}
	f.append(f.document("a", 1))
	agree("the first version")
	f.append(f.document("a", 2))
	agree("a later version")
	if err := f.Update(f.ctx, func(w driver.Writer) error {
		return errors.Join(w.Append(f.ctx, f.document("a", 3)), errors.New("undone"))
	}); err == nil {
		t.Error("the transaction was not undone")
	}
	agree("after a transaction that was undone")
	f.append(f.deletion("a", 3))
	agree("a deletion")
	f.append(f.document("a", 4))
	agree("what is back again")
}

// testNewestUnderWrites reads while others write: what was acknowledged is seen,
// and what was seen stays.
func testNewestUnderWrites(t *testing.T, h Harness) {
	f := h.open(t)
	const documents, rounds = 4, 60
	var acknowledged [documents]atomic.Uint64
	for i := range documents {
		f.append(f.document(fmt.Sprint("d", i), 1))
		acknowledged[i].Store(1)
	}
	stop := make(chan struct{})
	var readers sync.WaitGroup
	for reader := range 4 {
		readers.Go(func() { f.watch(t, reader, stop, acknowledged[:]) })
	}
	for round := range uint64(rounds) {
		i := round % documents
		f.append(f.document(fmt.Sprint("d", i), round/documents+2))
		acknowledged[i].Store(round/documents + 2)
	}
	close(stop)
	readers.Wait()
}

func (f *fixture) watch(t *testing.T, reader int, stop chan struct{}, acknowledged []atomic.Uint64) {
	seen := make([]uint64, len(acknowledged))
	for n := reader; ; n++ {
		select {
		case <-stop:
			return
		default:
		}
		i := n % len(acknowledged)
		least := max(acknowledged[i].Load(), seen[i])
		d, err := f.newest(fmt.Sprint("d", i))
		if err != nil {
			t.Error(err)
			return
		}
		if d.Version < least {
			t.Errorf("version %d is given after %d was known", d.Version, least)
			return
		}
		seen[i] = d.Version
	}
}
