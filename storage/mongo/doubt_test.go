package mongo_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	official "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"tahto/fhir"
	"tahto/fhir/search"
	"tahto/storage/driver"
	"tahto/storage/mongo/mongotest"
)

// create is a conditional create: unless there is one, it writes one.
func (s *stage) create(ctx context.Context, id string) (created bool, err error) {
	err = s.Update(ctx, func(w driver.Writer) error {
		created = false
		if err := w.Guard(ctx, "Provenance?the same"); err != nil {
			return err
		}
		switch n, err := w.Count(ctx, search.Query{Type: "Provenance"}); {
		case err != nil:
			return err
		case n > 0:
			return nil
		}
		d := p()
		d.Key.ID = id
		created = true
		return w.Append(ctx, d)
	})
	return created, err
}

// TestConditionalCreateSentAgainDoesNotDouble, whatever became of the commit of
// the first.
func TestConditionalCreateSentAgainDoesNotDouble(t *testing.T) {
	t.Parallel()
	for _, kind := range []mongotest.Options{{}, {Sharded: true}} {
		for name, f := range map[string]mongotest.Fault{
			"never came":            {Command: commit, Times: forEver, Drop: mongotest.DropBefore},
			"was executed":          {Command: commit, Times: forEver, Drop: mongotest.DropAfter},
			"was executed, said 64": {Command: commit, Times: forEver, Code: 64, Executed: true},
		} {
			name = fmt.Sprintf("%+v: a commit that %s", kind, name)
			s := newStage(t, kind, 800*time.Millisecond, 0)
			s.server.Inject(f)
			if _, err := s.create(t.Context(), "first"); !errors.Is(err, driver.ErrInDoubt) {
				t.Errorf("%s: got %v, want ErrInDoubt", name, err)
			}
			s.server.Heal()
			s.server.StepDown(time.Millisecond) // a real one ends an open transaction after a minute
			var err error
			for range 5 { // until the primary is found again
				if _, err = s.create(t.Context(), "second"); err == nil {
					break
				}
			}
			numbers, _ := s.history(driver.History{Type: "Provenance"})
			if err != nil || len(numbers) != 1 {
				t.Errorf("%s: got %v; there are %d of them, want one", name, err, len(numbers))
			}
		}
	}
}

func TestConditionalCreatesAtOnceUnderFaultsCreateOne(t *testing.T) {
	t.Parallel()
	s := newStage(t, mongotest.Options{}, 10*time.Second, 0)
	for _, f := range []mongotest.Fault{
		{Command: commit, Drop: mongotest.DropAfter, After: 1},
		{Command: commit, Code: 64, Labels: []string{unknown}, Executed: true},
		{Command: "update", Times: 3, Code: 112, Labels: []string{transient}},
	} {
		s.server.Inject(f)
	}
	var cases []func()
	for i := range 8 {
		cases = append(cases, func() {
			if _, err := s.create(t.Context(), fmt.Sprint("p", i)); err != nil && !errors.Is(err, driver.ErrConflict) {
				t.Error(err)
			}
		})
	}
	together(cases)
	if numbers, err := s.history(driver.History{Type: "Provenance"}); err != nil || len(numbers) != 1 {
		t.Errorf("got %v; there are %d of them, want one", err, len(numbers))
	}
}

// TestCloseEndsAfterWhatRuns: the contract.
func TestCloseEndsAfterWhatRuns(t *testing.T) {
	t.Parallel()
	s := newStage(t, mongotest.Options{}, 2*time.Second, 0)
	running, closed, updated := make(chan bool), make(chan error, 1), make(chan error, 1)
	go func() {
		updated <- s.Update(t.Context(), func(w driver.Writer) error {
			close(running)
			time.Sleep(300 * time.Millisecond)
			return errors.Join(w.Append(t.Context(), a(2)), w.Append(t.Context(), p()))
		})
	}()
	<-running
	go func() { closed <- s.Close() }()
	if err := <-updated; err != nil {
		t.Errorf("Update: got %v, want it to end before Close does", err)
	}
	if err := <-closed; err != nil {
		t.Errorf("Close: %v", err)
	}
	if n := len(s.server.Documents("tahto", "resource")); n != 3 {
		t.Errorf("%d documents, want 3", n)
	}
}

// aloneTroubles are what can go wrong with the one write of a standalone server.
var aloneTroubles = map[string]mongotest.Fault{
	"dropped before":             {Drop: mongotest.DropBefore},
	"dropped after":              {Drop: mongotest.DropAfter},
	"a full disk":                {Code: 14031},
	"a full disk at a statement": {Code: 14031, WriteError: true},
	"a shutdown":                 {Code: 91},
	"a shutdown meanwhile":       {Code: 11600, Executed: true},
	"the end of its time":        {Code: 50, Executed: true},
	"a slow answer":              {Delay: slow},
}

func TestStandaloneServerSaysWhatIsStored(t *testing.T) {
	t.Parallel()
	var cases []func()
	for name, f := range aloneTroubles {
		for _, times := range []int{1, forEver} {
			cases = append(cases, func() { aloneUnder(t, fmt.Sprintf("%s, %d times", name, times), f, times) })
		}
	}
	together(cases)
}

func aloneUnder(t *testing.T, name string, f mongotest.Fault, times int) {
	s := newStage(t, mongotest.Options{Standalone: true}, 700*time.Millisecond, 0)
	f.Command, f.Times = "update", times
	s.server.Inject(f)
	err := s.Update(t.Context(), func(w driver.Writer) error { return w.Append(t.Context(), a(2)) })
	time.Sleep(f.Delay)
	s.server.Heal()
	versions, readErr := s.history(driver.History{Type: "Consent", ID: "a"})
	there := slices.Equal(versions, []uint64{2, 1})
	if readErr != nil || !there && !slices.Equal(versions, []uint64{1}) {
		t.Errorf("%s: the history is %v (%v)", name, versions, readErr)
	}
	truthful(t, name, err, there)
}

// TestLeftoverCopyIsNoVersion leaves the copy of a version whose replacement
// never came, as a crash between the two does.
func TestLeftoverCopyIsNoVersion(t *testing.T) {
	t.Parallel()
	s := newStage(t, mongotest.Options{Standalone: true}, 2*time.Second, 0)
	client, err := official.Connect(options.Client().ApplyURI(s.server.URI()))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Disconnect(context.Background())
	records := client.Database("tahto").Collection("resource")
	copyOf := func(version int) {
		t.Helper()
		var doc bson.M
		if err := records.FindOne(t.Context(), bson.D{{Key: "_id", Value: "Consent/a"}}).Decode(&doc); err != nil {
			t.Fatal(err)
		}
		doc["_id"] = fmt.Sprint("Consent/a/_history/", version)
		for _, field := range []string{"c", "k", "s", "x"} {
			delete(doc, field)
		}
		if _, err := records.InsertOne(t.Context(), doc); err != nil {
			t.Fatal(err)
		}
	}
	for version := 1; version <= 3; version++ {
		copyOf(version)
		var want []uint64
		for v := version; v > 0; v-- {
			want = append(want, uint64(v))
		}
		s.historiesAre(t, want)
		err := s.Update(t.Context(), func(w driver.Writer) error { return w.Append(t.Context(), a(uint64(version+1))) })
		if err != nil {
			t.Fatalf("the update after it: %v", err)
		}
		s.historiesAre(t, append([]uint64{uint64(version + 1)}, want...))
	}
}

// historiesAre looks at the histories in both orders, with any limit, in pages.
func (s *stage) historiesAre(t *testing.T, newestFirst []uint64) {
	t.Helper()
	for limit := range len(newestFirst) + 2 {
		for _, h := range []driver.History{{}, {Type: "Consent"}, {Type: "Consent", ID: "a"}} {
			for _, h.OldestFirst = range []bool{false, true} {
				h.Limit = limit
				want := slices.Clone(newestFirst)
				if h.OldestFirst {
					slices.Reverse(want)
				}
				s.pagesAre(t, h, want)
			}
		}
	}
}

func (s *stage) pagesAre(t *testing.T, h driver.History, want []uint64) {
	t.Helper()
	var all []uint64
	for {
		page, err := s.history(h)
		if err != nil {
			t.Fatal(err)
		}
		if rest := len(want) - len(all); h.Limit > 0 && len(page) != min(h.Limit, rest) {
			t.Errorf("%+v: a page of %d of %d", h, len(page), rest)
		}
		all = append(all, page...)
		if h.Limit == 0 || len(page) == 0 {
			break
		}
		last := page[len(page)-1]
		h.After = &driver.Mark{Updated: a(last).Updated, Key: fhir.Key{Type: "Consent", ID: "a"}, Version: last}
	}
	if !slices.Equal(all, want) {
		t.Errorf("%+v: got %v, want %v", h, all, want)
	}
}
