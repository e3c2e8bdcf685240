package mongo_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tahto/fhir"
	"tahto/fhir/search"
	"tahto/storage/driver"
	"tahto/storage/mongo"
	"tahto/storage/mongo/mongotest"
)

const (
	transient = "TransientTransactionError"
	unknown   = "UnknownTransactionCommitResult"
	retryable = "RetryableWriteError"
	forEver   = 1 << 30
)

// stage is an engine on a MongoDB of its own, which can be made to fail.
type stage struct {
	*mongo.Engine
	server *mongotest.Server
	// documents is how many there were before the change.
	documents int
}

// began is the time of the first version.
var began = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// a is a version of the document that tests change; p is written beside it.
func a(version uint64) driver.Document {
	return driver.Document{
		Key: fhir.Key{Type: "Consent", ID: "a"}, Version: version, Updated: began.Add(time.Duration(version) * time.Second),
		Method: "PUT", Body: fmt.Appendf(nil, `{"a":%d}`, version),
		Entries: []search.Entry{{Param: "status", Value: "active"}},
	}
}

func p() driver.Document {
	d := a(1)
	d.Key, d.Method = fhir.Key{Type: "Provenance", ID: "p"}, "POST"
	return d
}

// newStage has the first version of a, and so many documents beside it.
func newStage(t testing.TB, kind mongotest.Options, patience time.Duration, more int) *stage {
	t.Helper()
	s := &stage{server: mongotest.Start(t, kind), documents: 1 + more}
	e, err := mongo.Open(t.Context(), s.server.URI(), mongo.Options{Standalone: kind.Standalone})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	err = e.Update(t.Context(), func(w driver.Writer) error {
		for i := range more {
			d := a(1)
			d.Key.ID, d.Entries = fmt.Sprint("b", i), nil
			if err := w.Append(t.Context(), d); err != nil {
				return err
			}
		}
		return w.Append(t.Context(), a(1))
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Engine = engine(t, s.server, mongo.Options{Patience: patience, Standalone: kind.Standalone})
	return s
}

// change reads in each way and writes two documents, in one transaction.
func (s *stage) change(ctx context.Context) error {
	return s.Update(ctx, func(w driver.Writer) error {
		if err := s.look(ctx, w); err != nil {
			return err
		}
		return errors.Join(w.Append(ctx, a(2)), w.Append(ctx, p()))
	})
}

// look reads in each way, and fails if anything that was read is wrong.
func (s *stage) look(ctx context.Context, r driver.Reader) error {
	d, err := r.Get(ctx, a(1).Key)
	if err != nil {
		return err
	}
	n, err := r.Count(ctx, search.Query{Type: "Consent"})
	if err != nil {
		return err
	}
	versions := 0
	for _, err := range r.Versions(ctx, driver.History{}) {
		if err != nil {
			return err
		}
		versions++
	}
	return errors.Join(wrong(d.Version, 1), wrong(n, s.documents), wrong(versions, s.documents))
}

// errWrong says that something was read that is not what is stored.
var errWrong = errors.New("read something wrong")

func wrong[T comparable](got, want T) error {
	if got != want {
		return fmt.Errorf("%w: %v, want %v", errWrong, got, want)
	}
	return nil
}

// ids are those of the stored documents, without what is guarded.
func (s *stage) ids() map[string]int {
	ids := map[string]int{}
	for _, doc := range s.server.Documents("tahto", "resource") {
		if id := doc.Lookup("_id").StringValue(); !strings.HasPrefix(id, "guard/") {
			ids[id]++
		}
	}
	return ids
}

// stored tells whether the change is there, by what the database holds and by the
// histories, which must agree, have no gaps and nothing twice.
func (s *stage) stored(t testing.TB, name string) (there bool) {
	t.Helper()
	s.server.Heal()
	ids := s.ids()
	got, err := s.history(driver.History{Type: "Consent", ID: "a"})
	for again := s.ids(); !maps.Equal(ids, again); again = s.ids() {
		// A commit that nobody waits for any more came in between.
		ids = again
		got, err = s.history(driver.History{Type: "Consent", ID: "a"})
	}
	there = ids["Provenance/p"] == 1
	want := map[string]int{"Consent/a": 1}
	if there {
		want = map[string]int{"Consent/a": 1, "Consent/a/_history/1": 1, "Provenance/p": 1}
	}
	for i := range s.documents - 1 {
		want[fmt.Sprint("Consent/b", i)] = 1
	}
	if !maps.Equal(ids, want) {
		t.Errorf("%s: the database holds %v, want %v", name, ids, want)
	}
	versions := []uint64{1}
	if there {
		versions = []uint64{2, 1}
	}
	if err != nil || !slices.Equal(got, versions) {
		t.Errorf("%s: the history is %v (%v), want %v", name, got, err, versions)
	}
	return there
}

// history are the numbers of the versions. It waits for a primary.
func (s *stage) history(h driver.History) (numbers []uint64, err error) {
	for deadline := time.Now().Add(8 * time.Second); ; {
		numbers = nil
		err = s.View(context.Background(), func(r driver.Reader) error {
			for d, err := range r.Versions(context.Background(), h) {
				if err != nil {
					return err
				}
				numbers = append(numbers, d.Version)
			}
			return nil
		})
		if !errors.Is(err, driver.ErrUnavailable) || time.Now().After(deadline) {
			return numbers, err
		}
	}
}

// truthful finds what an Update must not have returned, with what is stored.
func truthful(t testing.TB, name string, err error, there bool) {
	t.Helper()
	switch {
	case err == nil && !there:
		t.Errorf("%s: Update returned nil, and the change is lost", name)
	case err == nil:
	case errors.Is(err, driver.ErrInDoubt):
		if errors.Is(err, driver.ErrConflict) || errors.Is(err, driver.ErrTooLarge) {
			t.Errorf("%s: %v is in doubt and certain at once", name, err)
		}
	case !errors.Is(err, driver.ErrUnavailable) && !errors.Is(err, driver.ErrConflict) && !errors.Is(err, driver.ErrTooLarge):
		t.Errorf("%s: got %v, which is none of the contract's", name, err)
	case there:
		t.Errorf("%s: got %v, and the change is stored", name, err)
	}
}

// together runs the cases at the same time, since most of them only wait.
func together(cases []func()) {
	var running sync.WaitGroup
	free := make(chan struct{}, 16)
	for _, run := range cases {
		free <- struct{}{}
		running.Go(func() {
			defer func() { <-free }()
			run()
		})
	}
	running.Wait()
}

// sent tells whether the command was ever sent.
func (s *stage) sent(command string) bool {
	return slices.ContainsFunc(s.server.Commands(), func(c mongotest.Command) bool { return c.Name == command })
}
