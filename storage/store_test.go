package storage_test

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/fhir/search"
	"tahto/storage"
	"tahto/storage/driver"
	"tahto/storage/embedded" // a real engine: the store has no meaning without one
)

// fixture is a store on an engine in memory, with a clock that tests turn.
type fixture struct {
	*testing.T
	*storage.Store
	engine   driver.Engine
	registry *search.Registry
	now      time.Time
}

func open(t *testing.T) *fixture {
	t.Helper()
	engine, err := embedded.Open(t.Context(), "", embedded.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { engine.Close() })
	f := &fixture{T: t, engine: engine, now: time.Date(2026, 3, 1, 12, 0, 0, 123456789, time.UTC)}
	if f.registry, err = search.NewRegistry(); err != nil {
		t.Fatal(err)
	}
	f.Store = f.another()
	return f
}

// another is another Store on the same engine.
func (f *fixture) another() *storage.Store {
	f.Helper()
	s, err := storage.New(f.Context(), f.engine, f.registry, storage.Options{Now: func() time.Time { return f.now }})
	f.must(err)
	return s
}

func (f *fixture) must(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

func (f *fixture) same(what string, got, want any) {
	f.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		f.Fatalf("%s (-want +got):\n%s", what, diff)
	}
}

// fails checks the kind of an error, and that its text gives nothing away.
func (f *fixture) fails(what string, err error, want issue.Kind) {
	f.Helper()
	if err == nil || issue.KindOf(err) != want {
		f.Fatalf("%s: got %v, want %v", what, err, want)
	}
	if strings.Contains(err.Error(), secret) {
		f.Fatalf("%s: the error tells an identity code: %v", what, err)
	}
}

// secret is an identity code of the test range.
const secret = "160350-900N"

func (f *fixture) update(run func(*storage.Tx)) {
	f.Helper()
	f.must(f.Update(f.Context(), func(tx *storage.Tx) error { run(tx); return nil }))
	f.now = f.now.Add(time.Second)
}

func (f *fixture) view(run func(*storage.Tx)) {
	f.Helper()
	f.must(f.View(f.Context(), func(tx *storage.Tx) error { run(tx); return nil }))
}

func (f *fixture) parse(format string, args ...any) *fhir.Resource {
	f.Helper()
	resource, err := fhir.Parse(fmt.Appendf(nil, format, args...))
	f.must(err)
	return resource
}

func (f *fixture) consent(id, status string) *fhir.Resource {
	f.Helper()
	return f.parse(`{"resourceType":"Consent","id":%q,"status":%q,"identifier":[{"system":"urn:example","value":%q}],"patient":{"identifier":{"system":"urn:oid:1.2.246.21","value":%q}}}`,
		id, status, id, secret)
}

// put keeps a resource in a transaction of its own.
func (f *fixture) put(resource *fhir.Resource) storage.Version {
	f.Helper()
	var v storage.Version
	f.update(func(tx *storage.Tx) {
		var err error
		v, _, err = tx.Put(f.Context(), resource, storage.If{})
		f.must(err)
	})
	return v
}

func (f *fixture) delete(key fhir.Key) {
	f.Helper()
	f.update(func(tx *storage.Tx) {
		_, _, err := tx.Delete(f.Context(), key, storage.If{})
		f.must(err)
	})
}

// query understands a search.
func (f *fixture) query(resourceType, text string) search.Query {
	f.Helper()
	values, err := url.ParseQuery(text)
	f.must(err)
	q, _, err := f.registry.Parse(resourceType, values, search.ParseOptions{})
	f.must(err)
	return q
}

func key(id string) fhir.Key { return fhir.Key{Type: "Consent", ID: id} }

func TestReadTellsAbsentFromDeleted(t *testing.T) {
	f := open(t)
	stored := f.put(f.consent("a", "active"))
	f.put(f.consent("gone", "active"))
	f.delete(key("gone"))
	f.view(func(tx *storage.Tx) {
		got, err := tx.Read(f.Context(), key("a"))
		f.must(err)
		f.same("resource", string(got.Resource.JSON()), string(stored.Resource.JSON()))
		_, err = tx.Read(f.Context(), key(secret))
		f.fails("absent", err, issue.NotFound)
		_, err = tx.Read(f.Context(), key("gone"))
		f.fails("deleted", err, issue.Gone)
	})
}

func TestReadVersion(t *testing.T) {
	f := open(t)
	f.put(f.consent("a", "draft"))
	f.put(f.consent("a", "active"))
	f.delete(key("a"))
	f.view(func(tx *storage.Tx) {
		for text, want := range map[string]string{"1": "draft", "2": "active"} {
			v, err := tx.ReadVersion(f.Context(), key("a"), text)
			f.must(err)
			f.same("status", v.Resource.Root().Get("status").Text(), want)
			loaded, err := tx.Load(f.Context(), v.Head())
			f.must(err)
			f.same("loaded", string(loaded.Resource.JSON()), string(v.Resource.JSON()))
		}
		_, err := tx.ReadVersion(f.Context(), key("a"), "3")
		f.fails("a deletion", err, issue.Gone)
		for _, text := range []string{"4", "0", "01", "+1", "-1", "x", "", "1.0", " 1", "99999999999999999999999"} {
			_, err := tx.ReadVersion(f.Context(), key("a"), text)
			f.fails("version "+text, err, issue.NotFound)
		}
	})
}

func TestHead(t *testing.T) {
	f := open(t)
	stored := f.put(f.consent("a", "active"))
	f.view(func(tx *storage.Tx) {
		h, there, err := tx.Head(f.Context(), key("a"))
		f.must(err)
		f.same("head", h, stored.Head())
		f.same("there", there, true)
		_, there, err = tx.Head(f.Context(), key("b"))
		f.must(err)
		f.same("absent", there, false)
	})
	f.delete(key("a"))
	f.view(func(tx *storage.Tx) {
		h, there, err := tx.Head(f.Context(), key("a"))
		f.must(err)
		f.same("deleted", []any{h.Deleted, h.Version, there}, []any{true, uint64(2), true})
	})
}

func TestWhatTheServerStamps(t *testing.T) {
	f := open(t)
	v := f.put(f.parse(`{"resourceType":"Consent","id":"a","meta":{"versionId":"77","lastUpdated":"1999-01-01T00:00:00Z","source":"#x"},"status":"active"}`))
	want := `{"resourceType":"Consent","id":"a","meta":{"versionId":"1","lastUpdated":"2026-03-01T12:00:00.123Z","source":"#x"},"status":"active"}`
	f.same("resource", string(v.Resource.JSON()), want)
	f.same("names", []string{v.ETag(), v.Reference(), v.Method}, []string{`W/"1"`, "Consent/a/_history/1", "PUT"})
	f.view(func(tx *storage.Tx) {
		got, err := tx.Search(f.Context(), f.query("Consent", "_id=a&_lastUpdated=2026-03-01"))
		f.must(err)
		f.same("found by what was stamped", len(got.Matches), 1)
	})
}

func TestTimeNeverGoesBack(t *testing.T) {
	f := open(t)
	first := f.put(f.consent("a", "active"))
	f.now = f.now.Add(-time.Hour)
	second := f.put(f.consent("a", "inactive"))
	f.same("with the clock set back", second.Updated, first.Updated)
	f.Store = f.another()
	third := f.put(f.consent("a", "active"))
	f.same("after a restart", third.Updated, first.Updated)
	f.update(func(tx *storage.Tx) {
		before := tx.Now()
		f.now = f.now.Add(24 * time.Hour)
		f.same("within a transaction", tx.Now(), before)
		f.same("whole milliseconds", before.Truncate(time.Millisecond), before)
	})
}

// TestVersionsFollowEachOtherThoughClocksDiffer: two servers on one engine, the
// clock of the first ahead.
func TestVersionsFollowEachOtherThoughClocksDiffer(t *testing.T) {
	f := open(t)
	behind := f.another()
	f.now = f.now.Add(time.Hour)
	first := f.put(f.consent("a", "active"))
	f.now = f.now.Add(-time.Hour)
	f.Store = behind
	f.update(func(tx *storage.Tx) {
		tx.Now()
		second, _, err := tx.Put(f.Context(), f.consent("a", "inactive"), storage.If{})
		f.must(err)
		f.same("the second version's time", second.Updated, first.Updated)
	})
	third := f.put(f.consent("b", "active"))
	if !third.Updated.Before(first.Updated) {
		f.Errorf("another resource is written at %v, want this server's own time", third.Updated)
	}
}

func TestAFailingUpdateKeepsNothing(t *testing.T) {
	f := open(t)
	err := f.Update(f.Context(), func(tx *storage.Tx) error {
		if _, _, err := tx.Put(f.Context(), f.consent("a", "active"), storage.If{}); err != nil {
			return err
		}
		_, _, err := tx.Put(f.Context(), f.consent("b", "active"), storage.If{Match: []string{"7"}})
		return err
	})
	f.fails("update", err, issue.PreconditionFailed)
	f.view(func(tx *storage.Tx) {
		_, err := tx.Read(f.Context(), key("a"))
		f.fails("read", err, issue.NotFound)
	})
}

func TestAViewCannotWrite(t *testing.T) {
	f := open(t)
	f.view(func(tx *storage.Tx) {
		_, _, err := tx.Put(f.Context(), f.consent("a", "active"), storage.If{})
		f.fails("put", err, issue.Internal)
	})
}

func TestAClosedStoreIsUnavailable(t *testing.T) {
	f := open(t)
	f.must(f.Ready(f.Context()))
	f.must(f.Close())
	f.fails("ready", f.Ready(f.Context()), issue.Unavailable)
	f.fails("view", f.View(f.Context(), func(*storage.Tx) error { return nil }), issue.Unavailable)
	f.fails("update", f.Update(f.Context(), func(*storage.Tx) error { return nil }), issue.Unavailable)
}

func TestErrorsOfTheFunctionComeBack(t *testing.T) {
	f := open(t)
	mine := errors.New("mine")
	if err := f.Update(f.Context(), func(*storage.Tx) error { return mine }); !errors.Is(err, mine) {
		t.Errorf("got %v", err)
	}
	for cause, want := range map[error]issue.Kind{
		driver.ErrConflict: issue.Conflict, driver.ErrNotFound: issue.NotFound, driver.ErrUnavailable: issue.Unavailable,
	} {
		err := f.View(f.Context(), func(*storage.Tx) error { return fmt.Errorf("x: %w", cause) })
		f.fails("driver error", err, want)
		if !errors.Is(err, cause) {
			t.Errorf("%v has lost its cause", err)
		}
	}
}
