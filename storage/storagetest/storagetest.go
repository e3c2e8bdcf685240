// Package storagetest is the engine contract as a suite of tests: every promise
// of package driver, by name, run on any engine.
//
//	func TestEngine(t *testing.T) {
//		storagetest.Run(t, storagetest.Harness{Open: open, Reopen: reopen})
//	}
//
// What a query means is not decided here either: results are compared with
// search.Query.Match and Compare over the same documents. Each test has an
// engine of its own.
package storagetest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tahto/fhir"
	"tahto/fhir/search"
	"tahto/storage/driver"
)

// Harness is how the suite gets engines.
type Harness struct {
	// Open gives a new, empty engine. The suite closes it.
	Open func(testing.TB) driver.Engine
	// Reopen ends the engine, as roughly as it can, and opens one on the same
	// data. nil if the engine keeps nothing; the durability tests are skipped.
	Reopen func(testing.TB, driver.Engine) driver.Engine
	// OneDocument says that the engine takes one document in an Update
	// (driver.ErrOneDocument): what tests only prepare is then written one by one.
	OneDocument bool
	// Except names the promises that the engine can't keep, as Group/Name, each
	// with the reason. They are not run; a name that there is none of fails.
	Except map[string]string
	// Only names the groups to run; nil for all.
	Only []string
}

// groups are the whole contract.
var groups = []struct {
	name  string
	tests []promise
}{
	{"Versions", versions},
	{"Conflicts", conflicts},
	{"Atomicity", atomicity},
	{"Snapshots", snapshots},
	{"Newest", newest},
	{"Find", find},
	{"Past", past},
	{"Links", links},
	{"Paging", paging},
	{"History", history},
	{"Durability", durability},
	{"Model", model},
}

// Run runs the contract, as far as the harness does not except any of it.
func Run(t *testing.T, h Harness) {
	t.Helper()
	unknown := maps.Clone(h.Except)
	for _, group := range groups {
		for _, p := range group.tests {
			delete(unknown, group.name+"/"+p.name)
		}
		if h.Only == nil || slices.Contains(h.Only, group.name) {
			t.Run(group.name, func(t *testing.T) { h.run(t, group.name, group.tests) })
		}
	}
	for name := range unknown {
		t.Errorf("the suite has no promise %q to except", name)
	}
}

func (h Harness) run(t *testing.T, group string, tests []promise) {
	for _, p := range tests {
		name := group + "/" + p.name
		if why, excepted := h.Except[name]; excepted {
			t.Logf("%s is not promised: %s", name, why)
			continue
		}
		t.Run(p.name, func(t *testing.T) { p.test(t, h) })
	}
}

// promise is one promise of the contract and its test.
type promise struct {
	name string
	test func(*testing.T, Harness)
}

// reporter is what testing.T and rapid.T have in common.
type reporter interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// fixture is an engine with what tests do to it. Its methods are fatal.
type fixture struct {
	reporter
	driver.Engine
	ctx         context.Context
	clock       time.Time
	oneDocument bool
}

func (h Harness) open(t testing.TB) *fixture {
	t.Helper()
	f := &fixture{reporter: t, Engine: h.Open(t), ctx: t.Context(), clock: time.UnixMilli(1_700_000_000_000).UTC(), oneDocument: h.OneDocument}
	t.Cleanup(func() {
		if err := f.Engine.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return f
}

// tick is the next millisecond.
func (f *fixture) tick() time.Time {
	f.clock = f.clock.Add(time.Millisecond)
	return f.clock
}

// append adds versions in one transaction, or one by one if the engine takes no
// more.
func (f *fixture) append(docs ...driver.Document) {
	f.Helper()
	if f.oneDocument && len(docs) > 1 {
		for _, d := range docs {
			f.append(d)
		}
		return
	}
	f.must(f.Update(f.ctx, func(w driver.Writer) error {
		for _, d := range docs {
			if err := w.Append(f.ctx, d); err != nil {
				return err
			}
		}
		return nil
	}))
}

func (f *fixture) must(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

// view runs a View that must not fail.
func (f *fixture) view(read func(driver.Reader)) {
	f.Helper()
	f.must(f.View(f.ctx, func(r driver.Reader) error { read(r); return nil }))
}

// document is a version with a body that tells which one it is.
func (f *fixture) document(id string, version uint64, entries ...search.Entry) driver.Document {
	method := "PUT"
	if version == 1 {
		method = "POST"
	}
	return driver.Document{
		Key: fhir.Key{Type: "Consent", ID: id}, Version: version, Updated: f.tick(), Method: method,
		Body: fmt.Appendf(nil, `{"resourceType":"Consent","id":%q,"v":%d}`, id, version), Entries: entries,
	}
}

func (f *fixture) deletion(id string, version uint64) driver.Document {
	return driver.Document{
		Key: fhir.Key{Type: "Consent", ID: id}, Version: version, Updated: f.tick(), Method: "DELETE", Deleted: true,
	}
}

// read is a document without what is not read back.
func read(d driver.Document) driver.Document {
	d.Entries = nil
	if len(d.Body) == 0 {
		d.Body = nil
	}
	return d
}

func (f *fixture) get(r driver.Reader, id string) driver.Document {
	f.Helper()
	d, err := r.Get(f.ctx, fhir.Key{Type: "Consent", ID: id})
	f.must(err)
	return read(d)
}

func partOf(heads bool) driver.Part {
	if heads {
		return driver.Heads
	}
	return driver.Whole
}

// found are the documents of a search.
func (f *fixture) found(r driver.Reader, q search.Query, heads bool) []driver.Document {
	f.Helper()
	var docs []driver.Document
	for d, err := range r.Find(f.ctx, q, partOf(heads)) {
		f.must(err)
		docs = append(docs, read(d))
	}
	return docs
}

// past are the versions of a history.
func (f *fixture) past(r driver.Reader, h driver.History) []driver.Document {
	f.Helper()
	var docs []driver.Document
	for d, err := range r.Versions(f.ctx, h) {
		f.must(err)
		docs = append(docs, read(d))
	}
	return docs
}

func (f *fixture) same(what, got, want any) {
	f.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		f.Fatalf("%.2000s (-want +got):\n%s", fmt.Sprintf("%+v", what), diff)
	}
}

// expected is what Find must give over these current documents.
func expected(q search.Query, docs []driver.Document) []driver.Document {
	place := func(d driver.Document) search.Position {
		return search.Position{Keys: q.SortKeys(d.Entries), ID: d.Key.ID}
	}
	var list []driver.Document
	for _, d := range docs {
		if d.Key.Type != q.Type || d.Deleted || !q.Match(d.Entries) {
			continue
		}
		if q.After == nil || q.Compare(place(d), *q.After) > 0 {
			list = append(list, d)
		}
	}
	slices.SortFunc(list, func(a, b driver.Document) int { return q.Compare(place(a), place(b)) })
	if q.Count > 0 && len(list) > q.Count {
		list = list[:q.Count]
	}
	var want []driver.Document
	for _, d := range list {
		want = append(want, read(d))
	}
	return want
}

func ids(docs []driver.Document) []string {
	var list []string
	for _, d := range docs {
		list = append(list, d.Key.ID)
	}
	return list
}
