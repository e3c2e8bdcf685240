package transfer_test

import (
	"bytes"
	"context"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tahto/fhir"
	"tahto/storage/driver"
	"tahto/storage/lockfile"
	"tahto/storage/transfer"
)

// shared is an engine that others write to: between any two looks at it they
// commit some versions, of times that they took as long ago as they may.
type shared struct {
	driver.Engine
	t      *testing.T
	random *rand.Rand
	now    time.Time
	pace   int // seconds from one version to the next, at most
	next   map[fhir.Key]uint64
	latest map[fhir.Key]time.Time
}

// newShared has a history of half an hour; from then on others write so often
// that what comes late comes before the end of the file.
func newShared(t *testing.T, seed uint64) *shared {
	s := &shared{
		Engine: memory(t), t: t, random: rand.New(rand.NewPCG(seed, 2)), now: time.UnixMilli(1_700_000_000_000).UTC(), pace: 20,
		next: map[fhir.Key]uint64{}, latest: map[fhir.Key]time.Time{},
	}
	for range 150 {
		s.commit()
	}
	s.pace = 3
	return s
}

func (s *shared) View(ctx context.Context, f func(driver.Reader) error) error {
	for range s.random.IntN(4) {
		s.commit()
	}
	return s.Engine.View(ctx, f)
}

// commit adds one version. Its time is that of its transaction's beginning, but
// never before that of the version before it.
func (s *shared) commit() {
	s.now = s.now.Add(time.Duration(s.random.IntN(s.pace)) * time.Second)
	began := s.now.Add(-time.Duration(s.random.IntN(100)) * time.Second)
	key := fhir.Key{Type: "Consent", ID: string(rune('a' + s.random.IntN(20)))}
	if before := s.latest[key]; began.Before(before) {
		began = before
	}
	s.next[key]++
	s.latest[key] = began
	fill(s.t, s.Engine, declaration(key, s.next[key], began, s.random))
}

// TestOthersMayWriteMeanwhile exports while others write, stops and goes on
// now and then, and imports what came of it: no version may be missing before
// another, nor any that was there in the beginning.
func TestOthersMayWriteMeanwhile(t *testing.T) {
	for seed := range uint64(8) {
		s := newShared(t, seed)
		old, _ := state(t, s.Engine)
		name := t.TempDir() + "/backup"
		ctx, cancel := context.WithCancel(t.Context())
		_, err := transfer.Export(ctx, s, name, transfer.ExportOptions{Page: 7, Progress: func(c transfer.Counts) {
			if c.Versions > 40 {
				cancel()
			}
		}})
		if err == nil {
			t.Fatal("the export was not stopped")
		}
		for range 2 {
			if _, err := transfer.Export(t.Context(), s, name, transfer.ExportOptions{Page: 7}); err != nil {
				t.Fatal(err)
			}
			// As if it had been killed just before the file got its name.
			if err := os.Rename(name, name+".partial"); err != nil {
				t.Fatal(err)
			}
			for range 10 {
				s.commit()
			}
		}
		if _, err := transfer.Export(t.Context(), s, name, transfer.ExportOptions{Page: 7}); err != nil {
			t.Fatal(err)
		}
		into := memory(t)
		if _, err := imports(t, into, read(t, name)); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		got, _ := state(t, into)
		there := map[string]bool{}
		for _, d := range got {
			there[d.Key.Version(d.Version)] = true
		}
		for _, d := range old {
			if !there[d.Key.Version(d.Version)] {
				t.Errorf("seed %d: %s was there in the beginning and is missing", seed, d.Key.Version(d.Version))
			}
		}
	}
}

// loose is an engine whose Views are not of one state, as those of a MongoDB are
// that is no replica set: others write from one version to the next.
type loose struct{ *shared }

type looseReader struct {
	driver.Reader
	from *shared
}

func (l loose) View(ctx context.Context, f func(driver.Reader) error) error {
	return l.Engine.View(ctx, func(r driver.Reader) error { return f(looseReader{r, l.shared}) })
}

func (r looseReader) GetVersion(ctx context.Context, key fhir.Key, version uint64) (d driver.Document, err error) {
	err = r.from.Engine.View(ctx, func(now driver.Reader) error {
		d, err = now.GetVersion(ctx, key, version)
		return err
	})
	return d, err
}

func (r looseReader) Versions(ctx context.Context, h driver.History) iter.Seq2[driver.Document, error] {
	return func(yield func(driver.Document, error) bool) {
		one := h
		one.Limit = 1
		for n := 0; h.Limit == 0 || n < h.Limit; n++ {
			r.from.commit()
			var page []driver.Document
			err := r.from.Engine.View(ctx, func(now driver.Reader) error {
				for d, err := range now.Versions(ctx, one) {
					if err != nil {
						return err
					}
					page = append(page, d)
				}
				return nil
			})
			if err != nil || len(page) == 0 || !yield(page[0], nil) {
				return
			}
			one.After = &driver.Mark{Updated: page[0].Updated, Key: page[0].Key, Version: page[0].Version}
		}
	}
}

// TestAFileWithAGapIsNeverFinished exports from an engine that gives no state as
// a whole: the file is good or there is none, and running it again helps.
func TestAFileWithAGapIsNeverFinished(t *testing.T) {
	refused := 0
	for seed := range uint64(8) {
		s := newShared(t, seed)
		s.pace = 1 // all within the last minutes
		name := t.TempDir() + "/backup"
		_, err := transfer.Export(t.Context(), loose{s}, name, transfer.ExportOptions{Page: 7})
		if err != nil {
			if refused++; !strings.Contains(err.Error(), "run it again") {
				t.Fatal(err)
			}
			if _, err := transfer.Export(t.Context(), s, name, transfer.ExportOptions{Page: 7}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := imports(t, memory(t), read(t, name)); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
	if refused == 0 {
		t.Error("nothing came in between: nothing was tested")
	}
}

// single is an engine that takes one document in a transaction.
type single struct {
	driver.Engine
	updates int
}

type singleWriter struct {
	driver.Writer
	appended int
}

func (s *single) Update(ctx context.Context, f func(driver.Writer) error) error {
	s.updates++
	return s.Engine.Update(ctx, func(w driver.Writer) error { return f(&singleWriter{Writer: w}) })
}

func (w *singleWriter) Append(ctx context.Context, d driver.Document) error {
	if w.appended++; w.appended > 1 {
		return driver.ErrOneDocument
	}
	return w.Writer.Append(ctx, d)
}

func TestAnEngineMayTakeOneDocumentAtATime(t *testing.T) {
	from := filled(t, 6, 50)
	_, content := export(t, from, transfer.ExportOptions{})
	into := &single{Engine: memory(t)}
	if _, err := imports(t, into, content); err != nil {
		t.Fatal(err)
	}
	if into.updates != 54 {
		t.Errorf("%d transactions, want one that failed, 50, two that mark what is unfinished, and one that notes the index", into.updates)
	}
	sameState(t, into, from)
	if _, again := export(t, into, transfer.ExportOptions{}); !bytes.Equal(again, content) {
		t.Error("it exports another file")
	}
}

// TestAnUnfinishedImportIsMarked, since what is there may lack a denial that
// comes later in the file.
func TestAnUnfinishedImportIsMarked(t *testing.T) {
	_, content := export(t, filled(t, 6, 50), transfer.ExportOptions{})
	half := content[:bytes.LastIndexByte(content[:len(content)/2], '\n')+1]
	into := memory(t)
	marked := func() bool {
		marked := false
		err := into.View(t.Context(), func(r driver.Reader) error {
			d, err := r.Get(t.Context(), driver.Unfinished)
			marked = err == nil && !d.Deleted
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return marked
	}
	for name, c := range map[string][]byte{"half of a file": half, "no export": []byte("{}\n")} {
		if _, err := imports(t, into, c); err == nil {
			t.Errorf("%s is imported", name)
		}
	}
	if !marked() {
		t.Error("an import that ended early is not marked")
	}
	for range 2 {
		if _, err := imports(t, into, content); err != nil {
			t.Fatal(err)
		}
		if marked() {
			t.Error("a finished import is marked")
		}
	}
}

func TestTwoExportsDontWriteOneFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "export.ndjson")
	other, err := lockfile.Open(name + ".partial")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := transfer.Export(t.Context(), filled(t, 2, 4), name, transfer.ExportOptions{}); err == nil || !strings.Contains(err.Error(), "another export") {
		t.Errorf("got %v", err)
	}
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := transfer.Export(t.Context(), filled(t, 2, 4), name, transfer.ExportOptions{}); err != nil {
		t.Error(err)
	}
}
