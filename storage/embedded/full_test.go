package embedded_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"tahto/storage/driver"
	"tahto/storage/embedded"
)

// TestAFullDisk fills the file to a bound: what was acknowledged stays, what
// wasn't leaves nothing, and when there is room again the engine goes on.
func TestAFullDisk(t *testing.T) {
	e := open(t, t.TempDir())
	if err := appendOne(e, "first"); err != nil {
		t.Fatal(err)
	}
	pages, err := embedded.Pages(e)
	if err != nil {
		t.Fatal(err)
	}
	if err := embedded.LimitPages(e, pages+20); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	acknowledged, refused := 1, 0
	var group sync.WaitGroup
	for i := range 16 {
		group.Go(func() {
			for n := range 20 {
				err := appendOne(e, fmt.Sprintf("w%d-%d", i, n))
				mu.Lock()
				if err == nil {
					acknowledged++
				} else if refused++; !errors.Is(err, driver.ErrUnavailable) {
					t.Errorf("got %v, want ErrUnavailable", err)
				}
				mu.Unlock()
			}
		})
	}
	group.Wait()
	if refused == 0 {
		t.Fatal("the file never was full")
	}
	if got := count(t, e); got != acknowledged {
		t.Errorf("got %d documents, but %d were acknowledged", got, acknowledged)
	}
	if err := embedded.LimitPages(e, 1_000_000); err != nil {
		t.Fatal(err)
	}
	if err := appendOne(e, "after"); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

// TestAnErrorLookedOverCommitsNothing has a function that ignores a full disk:
// half of what it wanted is not what it returned nil for.
func TestAnErrorLookedOverCommitsNothing(t *testing.T) {
	e := open(t, t.TempDir())
	if err := appendOne(e, "first"); err != nil {
		t.Fatal(err)
	}
	pages, err := embedded.Pages(e)
	if err != nil {
		t.Fatal(err)
	}
	if err := embedded.LimitPages(e, pages+20); err != nil {
		t.Fatal(err)
	}
	err = e.Update(t.Context(), func(w driver.Writer) error {
		for i := range 200 {
			_ = w.Append(t.Context(), document(fmt.Sprint(i)))
		}
		return nil
	})
	if !errors.Is(err, driver.ErrUnavailable) {
		t.Errorf("got %v, want ErrUnavailable", err)
	}
	if got := count(t, e); got != 1 {
		t.Errorf("got %d documents, want the first alone", got)
	}
}
