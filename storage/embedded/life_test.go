package embedded_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"tahto/fhir"
	"tahto/fhir/search"
	"tahto/storage/driver"
	"tahto/storage/embedded"
)

func open(t testing.TB, folder string) *embedded.Engine {
	t.Helper()
	e, err := embedded.Open(t.Context(), folder, embedded.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

func document(id string) driver.Document {
	return driver.Document{
		Key: fhir.Key{Type: "Consent", ID: id}, Version: 1, Updated: time.UnixMilli(1_700_000_000_000), Method: "POST",
		Body: []byte(strings.Repeat("x", 3000)), Entries: []search.Entry{{Param: "status", System: "s", Value: id}},
	}
}

func appendOne(e *embedded.Engine, id string) error {
	ctx := context.Background()
	return e.Update(ctx, func(w driver.Writer) error { return w.Append(ctx, document(id)) })
}

func count(t *testing.T, e *embedded.Engine) int {
	t.Helper()
	n := 0
	err := e.View(t.Context(), func(r driver.Reader) (err error) {
		n, err = r.Count(t.Context(), search.Query{Type: "Consent"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAFolderHasOneEngine(t *testing.T) {
	folder := t.TempDir()
	first := open(t, folder)
	if _, err := embedded.Open(t.Context(), folder, embedded.Options{}); !errors.Is(err, embedded.ErrLocked) {
		t.Fatalf("a second engine: got %v, want ErrLocked", err)
	}
	if err := appendOne(first, "a"); err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if got := count(t, open(t, folder)); got != 1 {
		t.Errorf("after the first was closed: got %d documents, want 1", got)
	}
}

func TestAFileOfALaterVersionIsRefused(t *testing.T) {
	for name, change := range map[string]string{
		"schema version 3":   "PRAGMA user_version = 3",
		"not a file of this": "PRAGMA application_id = 1",
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			open(t, folder).Close()
			alter(t, folder, change)
			_, err := embedded.Open(t.Context(), folder, embedded.Options{})
			if err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("got %v, want an error about %q", err, name)
			}
			// The refusal has let go of the folder and changed nothing.
			alter(t, folder, "PRAGMA user_version = 2; PRAGMA application_id = 0x54616874")
			open(t, folder)
		})
	}
}

func TestAFileOfTheFirstVersionIsTakenOver(t *testing.T) {
	folder := t.TempDir()
	first := open(t, folder)
	if err := appendOne(first, "a"); err != nil {
		t.Fatal(err)
	}
	first.Close()
	alter(t, folder, "PRAGMA user_version = 1")
	for range 2 {
		e := open(t, folder)
		if got := count(t, e); got != 1 {
			t.Errorf("got %d documents, want 1", got)
		}
		e.Close()
	}
}

func alter(t *testing.T, folder, script string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(folder, "tahto.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(script); err != nil {
		t.Fatal(err)
	}
}

func TestTheFilesAreTheOwnersAlone(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "data")
	e := open(t, folder)
	if err := appendOne(e, "a"); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		info, err := file.Info()
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", file.Name(), info.Mode())
		}
	}
}

func TestSixteenWritersCommit(t *testing.T) {
	folder := t.TempDir()
	e := open(t, folder)
	const writers, each = 16, 40
	var group sync.WaitGroup
	for i := range writers {
		group.Go(func() {
			for n := range each {
				if err := appendOne(e, fmt.Sprintf("w%d-%d", i, n)); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	if got := count(t, open(t, folder)); got != writers*each {
		t.Errorf("got %d documents, want %d", got, writers*each)
	}
}

func TestAWriterThatEndsItsGoroutineHoldsNobodyUp(t *testing.T) {
	e := open(t, "")
	var ended sync.WaitGroup
	ended.Go(func() {
		e.Update(context.Background(), func(w driver.Writer) error {
			if err := w.Append(context.Background(), document("a")); err != nil {
				t.Error(err)
			}
			runtime.Goexit()
			return nil
		})
	})
	ended.Wait()
	if err := appendOne(e, "b"); err != nil {
		t.Fatal(err)
	}
	if got := count(t, e); got != 1 {
		t.Errorf("got %d documents, want 1", got)
	}
}

func TestAWriterWhoseTimeIsUpWhileWaitingIsSkipped(t *testing.T) {
	e := open(t, "")
	ctx, cancel := context.WithCancel(t.Context())
	err := e.Update(t.Context(), func(w driver.Writer) error {
		waiting := make(chan error)
		go func() {
			waiting <- e.Update(ctx, func(w driver.Writer) error { return w.Append(ctx, document("late")) })
		}()
		cancel()
		if err := <-waiting; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want Canceled", err)
		}
		return w.Append(t.Context(), document("a"))
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := count(t, e); got != 1 {
		t.Errorf("got %d documents, want 1", got)
	}
}

func TestASequenceOutlivesNeitherItsContextNorItsTransaction(t *testing.T) {
	e := open(t, "")
	for _, id := range []string{"a", "b", "c"} {
		if err := appendOne(e, id); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	var reader driver.Reader
	err := e.View(t.Context(), func(r driver.Reader) error {
		reader = r
		for _, err := range r.Find(ctx, search.Query{Type: "Consent"}, driver.Heads) {
			if err != nil {
				return err
			}
			cancel()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want Canceled", err)
	}
	if _, err := reader.Get(t.Context(), fhir.Key{Type: "Consent", ID: "a"}); err == nil {
		t.Error("a reader answered after its View")
	}
}

func TestEnginesInMemoryArePrivateAndLeaveNothing(t *testing.T) {
	one, other := open(t, ""), open(t, "")
	if err := appendOne(one, "a"); err != nil {
		t.Fatal(err)
	}
	if got := count(t, other); got != 0 {
		t.Errorf("the other engine has %d documents", got)
	}
	if _, err := os.Stat(embedded.Scratch(one)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("its folder still has a name: %v", err)
	}
}

// TestWordsAreThereAgainAfterARestart has systems and parameters that hold the
// mark that words are written with.
func TestWordsAreThereAgainAfterARestart(t *testing.T) {
	folder := t.TempDir()
	before := open(t, folder)
	systems := []string{"", "s", "?", "http://host/?a=b", "ends?", "?begins"}
	for i, system := range systems {
		d := document(fmt.Sprint("d", i))
		d.Entries = []search.Entry{{Param: "status", System: system, Value: "v"}, {Param: "a?b", System: system, Value: "w"}}
		if err := before.Update(t.Context(), func(w driver.Writer) error { return w.Append(t.Context(), d) }); err != nil {
			t.Fatal(err)
		}
	}
	if err := before.Close(); err != nil {
		t.Fatal(err)
	}
	after := open(t, folder)
	if same, n := embedded.SameWords(before, after); !same || n < len(systems) {
		t.Errorf("%d words, not those that were there before", n)
	}
	for _, system := range systems {
		q := search.Query{Type: "Consent", Clauses: []search.Clause{{
			Param: "a?b", Op: search.Token, Values: []search.Value{{System: system, Value: "w"}},
		}}}
		err := after.View(t.Context(), func(r driver.Reader) error {
			n, err := r.Count(t.Context(), q)
			if err == nil && n != 1 {
				t.Errorf("system %q: %d documents, want 1", system, n)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestAFolderMayHaveAnyName(t *testing.T) {
	for _, name := range []string{"50%", "%41", "a?mode=memory", "a#b", "tyhjä tila", "file:a"} {
		folder := filepath.Join(t.TempDir(), name)
		e := open(t, folder)
		if err := appendOne(e, "a"); err != nil {
			t.Errorf("%q: %v", name, err)
		}
		if info, err := os.Stat(filepath.Join(folder, "tahto.db-wal")); err != nil || info.Size() == 0 {
			t.Errorf("%q: the file is elsewhere: %v", name, err)
		}
	}
}
