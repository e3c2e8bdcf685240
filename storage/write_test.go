package storage_test

import (
	"fmt"
	"strings"
	"testing"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/fhir/search"
	"tahto/storage"
)

func TestCreate(t *testing.T) {
	f := open(t)
	f.update(func(tx *storage.Tx) {
		v, created, err := tx.Create(f.Context(), f.consent("ignored", "active"), "a", storage.If{})
		f.must(err)
		f.same("created", []any{created, v.Key, v.Version, v.Method, v.Resource.ID()}, []any{true, key("a"), uint64(1), "POST", "a"})
		_, _, err = tx.Create(f.Context(), f.consent("", "active"), "a", storage.If{})
		f.fails("id in use", err, issue.Conflict)
	})
	f.delete(key("a"))
	f.update(func(tx *storage.Tx) {
		_, _, err := tx.Create(f.Context(), f.consent("", "active"), "a", storage.If{})
		f.fails("id of a deleted one", err, issue.Conflict)
	})
}

func TestConditionalCreate(t *testing.T) {
	f := open(t)
	condition := f.query("Consent", "identifier=urn:example|x&_sort=-date&_count=1")
	create := func(id, value string) (v storage.Version, created bool, err error) {
		err = f.Update(f.Context(), func(tx *storage.Tx) (err error) {
			v, created, err = tx.Create(f.Context(), f.consent(value, "active"), id, storage.If{NoneLike: &condition})
			return err
		})
		return v, created, err
	}
	v, created, err := create("a", "x")
	f.must(err)
	f.same("none like it", []any{v.Key.ID, created}, []any{"a", true})
	v, created, err = create("b", "x")
	f.must(err)
	f.same("one like it", []any{v.Key.ID, created, v.Resource.ID()}, []any{"a", false, "a"})
	f.update(func(tx *storage.Tx) {
		_, _, err := tx.Create(f.Context(), f.consent("x", "active"), "c", storage.If{})
		f.must(err)
	})
	_, _, err = create("d", "x")
	f.fails("two like it", err, issue.MultipleMatches)
	f.delete(key("a"))
	f.delete(key("c"))
	_, created, err = create("e", "x")
	f.must(err)
	f.same("the ones like it are deleted", created, true)
}

func TestPut(t *testing.T) {
	f := open(t)
	for _, step := range []struct {
		name    string
		do      func(tx *storage.Tx) (storage.Version, bool, error)
		version uint64
		created bool
	}{
		{"update as create", f.putter("a", storage.If{}), 1, true},
		{"update", f.putter("a", storage.If{}), 2, false},
		{"update without a change", f.putter("a", storage.If{}), 3, false},
		{"delete", func(tx *storage.Tx) (storage.Version, bool, error) {
			return tx.Delete(f.Context(), key("a"), storage.If{})
		}, 4, true},
		{"back after a deletion", f.putter("a", storage.If{}), 5, true},
	} {
		f.update(func(tx *storage.Tx) {
			v, created, err := step.do(tx)
			f.must(err)
			f.same(step.name, []any{v.Version, created}, []any{step.version, step.created})
		})
	}
	f.update(func(tx *storage.Tx) {
		_, _, err := tx.Put(f.Context(), f.parse(`{"resourceType":"Consent"}`), storage.If{})
		f.fails("without an id", err, issue.Invalid)
	})
}

func (f *fixture) putter(id string, cond storage.If) func(*storage.Tx) (storage.Version, bool, error) {
	return func(tx *storage.Tx) (storage.Version, bool, error) {
		return tx.Put(f.Context(), f.consent(id, "active"), cond)
	}
}

func TestDeleteIsIdempotent(t *testing.T) {
	f := open(t)
	f.put(f.consent("a", "active"))
	f.update(func(tx *storage.Tx) {
		v, existed, err := tx.Delete(f.Context(), key("a"), storage.If{})
		f.must(err)
		f.same("first", []any{v.Version, v.Deleted, v.Method, existed, v.Resource == nil}, []any{uint64(2), true, "DELETE", true, true})
		again, existed, err := tx.Delete(f.Context(), key("a"), storage.If{})
		f.must(err)
		f.same("again", []any{again.Version, again.Updated, existed}, []any{uint64(2), v.Updated, false})
		never, existed, err := tx.Delete(f.Context(), key("never"), storage.If{})
		f.must(err)
		f.same("never there", []any{never.Version, never.Deleted, existed}, []any{uint64(0), false, false})
	})
	f.view(func(tx *storage.Tx) {
		page, err := tx.History(f.Context(), storage.HistoryQuery{Type: "Consent"})
		f.must(err)
		f.same("versions", len(page.Versions), 2)
	})
}

func TestPreconditions(t *testing.T) {
	for _, test := range []struct {
		name string
		on   string // absent, current (at version 2) or deleted (at version 3)
		cond storage.If
		ok   bool
	}{
		{"none, absent", "absent", storage.If{}, true},
		{"none, deleted", "deleted", storage.If{}, true},
		{"If-Match the current version", "current", storage.If{Match: []string{"2"}}, true},
		{"If-Match one of several", "current", storage.If{Match: []string{"1", "2"}}, true},
		{"If-Match any", "current", storage.If{Match: []string{"*"}}, true},
		{"If-Match an old version", "current", storage.If{Match: []string{"1"}}, false},
		{"If-Match a later version", "current", storage.If{Match: []string{"3"}}, false},
		{"If-Match a version written otherwise", "current", storage.If{Match: []string{"02"}}, false},
		{"If-Match nothing at all", "current", storage.If{Match: []string{}}, false},
		{"If-Match on what is absent", "absent", storage.If{Match: []string{"0"}}, false},
		{"If-Match any on what is absent", "absent", storage.If{Match: []string{"*"}}, false},
		{"If-Match the deletion", "deleted", storage.If{Match: []string{"3"}}, false},
		{"If-Match any on what is deleted", "deleted", storage.If{Match: []string{"*"}}, false},
		{"If-None-Match any", "current", storage.If{NoneMatch: []string{"*"}}, false},
		{"If-None-Match the current version", "current", storage.If{NoneMatch: []string{"2"}}, false},
		{"If-None-Match another version", "current", storage.If{NoneMatch: []string{"1"}}, true},
		{"If-None-Match any on what is absent", "absent", storage.If{NoneMatch: []string{"*"}}, true},
		{"If-None-Match any on what is deleted", "deleted", storage.If{NoneMatch: []string{"*"}}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, verb := range []string{"Put", "Delete"} {
				f := open(t)
				f.bring(test.on)
				err := f.Update(f.Context(), func(tx *storage.Tx) (err error) {
					if verb == "Put" {
						_, _, err = tx.Put(f.Context(), f.consent("a", "active"), test.cond)
					} else {
						_, _, err = tx.Delete(f.Context(), key("a"), test.cond)
					}
					return err
				})
				if test.ok {
					f.must(err)
				} else {
					f.fails(verb, err, issue.PreconditionFailed)
				}
			}
		})
	}
}

// bring makes the resource a what the test wants.
func (f *fixture) bring(state string) {
	f.Helper()
	if state == "absent" {
		return
	}
	f.put(f.consent("a", "draft"))
	f.put(f.consent("a", "active"))
	if state == "deleted" {
		f.delete(key("a"))
	}
}

func TestETags(t *testing.T) {
	f := open(t)
	for header, want := range map[string][]string{
		"": nil, `W/"1"`: {"1"}, `"2"`: {"2"}, "*": {"*"}, `W/"1", "2" ,W/"a-b"`: {"1", "2", "a-b"}, `""`: {""},
	} {
		got, err := storage.ETags(header)
		f.must(err)
		f.same(header, got, want)
	}
	for _, header := range []string{"1", `W/1`, `w/"1"`, `"1`, `1"`, `"`, `"1" "2"`, ",", `"1",`, `W/"1""`} {
		_, err := storage.ETags(header)
		f.fails(header, err, issue.Invalid)
	}
}

func TestPrivateTypesAreOutOfReach(t *testing.T) {
	f := open(t)
	private := fhir.Key{Type: "_Server", ID: "page-key"}
	f.update(func(tx *storage.Tx) {
		_, err := tx.Read(f.Context(), private)
		f.fails("read", err, issue.NotFound)
		_, err = tx.ReadVersion(f.Context(), private, "1")
		f.fails("vread", err, issue.NotFound)
		_, err = tx.Load(f.Context(), storage.Head{Key: private, Version: 1})
		f.fails("load", err, issue.NotFound)
		_, there, err := tx.Head(f.Context(), private)
		f.must(err)
		f.same("head", there, false)
		_, err = tx.History(f.Context(), storage.HistoryQuery{Type: private.Type, ID: private.ID})
		f.fails("history", err, issue.NotFound)
		_, err = tx.History(f.Context(), storage.HistoryQuery{Type: private.Type})
		f.fails("type history", err, issue.NotFound)
		_, _, err = tx.Put(f.Context(), f.parse(`{"resourceType":"_Server","id":"page-key"}`), storage.If{})
		f.fails("put", err, issue.NotFound)
		_, _, err = tx.Create(f.Context(), f.parse(`{"resourceType":"_Server"}`), "x", storage.If{})
		f.fails("create", err, issue.NotFound)
	})
}

func TestAResourceWithTooManyIndexEntriesIsNotStored(t *testing.T) {
	f := open(t)
	many := f.parse(`{"resourceType":"Consent","id":"many","identifier":[%s{"value":"last"}]}`, numbered(search.MaxEntries))
	err := f.Update(f.Context(), func(tx *storage.Tx) error {
		_, _, err := tx.Put(f.Context(), many, storage.If{})
		return err
	})
	f.fails("more than may be", err, issue.Unprocessable)
	err = f.Update(f.Context(), func(tx *storage.Tx) error {
		_, _, err := tx.Create(f.Context(), many, "many", storage.If{})
		return err
	})
	f.fails("more than may be, created", err, issue.Unprocessable)
	f.view(func(tx *storage.Tx) {
		_, there, err := tx.Head(f.Context(), key("many"))
		f.must(err)
		f.same("nothing is kept", there, false)
	})
}

// numbered writes n different identifiers, each with a comma behind it.
func numbered(n int) string {
	var list strings.Builder
	for i := range n {
		fmt.Fprintf(&list, `{"value":"%d"},`, i)
	}
	return list.String()
}
