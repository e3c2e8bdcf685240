package storage_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"tahto/fhir/search"
	"tahto/storage"
	"tahto/storage/driver"
)

// old puts a resource into the engine as a program before search.IndexVersion
// did, found by what that knew.
func (f *fixture) old(id, json string) {
	f.Helper()
	body := f.parse(json, id).Stamp(id, 1, f.now)
	f.must(f.engine.Update(f.Context(), func(w driver.Writer) error {
		return w.Append(f.Context(), driver.Document{
			Key: body.Key(), Version: 1, Updated: f.now.Truncate(time.Millisecond), Method: "PUT", Body: body.JSON(),
			Entries: []search.Entry{{Param: "status", Value: "stale"}},
		})
	}))
}

// noted makes the engine one that was indexed by a version.
func (f *fixture) noted(version int) {
	f.Helper()
	f.must(f.engine.Update(f.Context(), func(w driver.Writer) error {
		d, err := w.Get(f.Context(), driver.Indexed)
		if err != nil {
			return err
		}
		d.Version++
		d.Body = fmt.Append(nil, version)
		return w.Append(f.Context(), d)
	}))
}

func TestWhatAnOlderProgramStoredIsIndexedAnew(t *testing.T) {
	f := open(t)
	f.noted(1)
	for i := range 250 {
		f.old(fmt.Sprintf("c%03d", i), `{"resourceType":"Consent","id":%q,"status":"active","meta":{"tag":[{"code":"mark"}]},"provision":{"type":"deny","class":[{"code":"x"}]}}`)
	}
	f.old("large", `{"resourceType":"Consent","id":%q,"status":"active","provision":{"type":"permit"},"language":"`+strings.Repeat("x", 9<<20)+`"}`)
	f.old("p", `{"resourceType":"Provenance","id":%q,"target":[{"reference":"Consent/c007"}]}`)
	f.same("before", *f.search(f.query("Consent", "provision-type-class=deny$x&_count=0")).Total, 0)
	for range 2 {
		f.Store = f.another()
		for query, want := range map[string]int{
			"provision-type-class=deny$x&_count=0": 250, "_tag=mark&_count=0": 250, "status=stale&_count=0": 0, "status=active&_count=0": 251,
			"provision-type=permit&_count=0": 1, "_has:Provenance:target:_id=p&_count=0": 1,
		} {
			f.same(query, *f.search(f.query("Consent", query)).Total, want)
		}
	}
	v := f.put(f.consent("new", "active"))
	f.same("the versions are as they were", v.Version, uint64(1))
	f.view(func(tx *storage.Tx) {
		page, err := tx.History(context.Background(), storage.HistoryQuery{Type: "Consent", ID: "c007"})
		f.must(err)
		f.same("versions", len(page.Versions), 1)
	})
}

func TestAnIndexOfALaterProgramIsRefused(t *testing.T) {
	f := open(t)
	f.noted(search.IndexVersion + 1)
	_, err := storage.New(f.Context(), f.engine, f.registry, storage.Options{Now: func() time.Time { return f.now }})
	if err == nil || !strings.Contains(err.Error(), "later version") {
		t.Errorf("got %v, want to be told which program to start", err)
	}
}

func TestAStartOnWhatIsIndexedWritesNothing(t *testing.T) {
	f := open(t)
	before, _ := f.State()
	f.another()
	if after, _ := f.State(); after != before {
		t.Error("the start wrote")
	}
}
