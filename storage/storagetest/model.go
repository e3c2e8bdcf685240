package storagetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"tahto/fhir"
	"tahto/storage/driver"
)

var model = []promise{
	{"RandomTransactionsGiveWhatAMapGives", testModel},
}

// world is what an engine should hold: all versions of all documents.
type world map[fhir.Key][]driver.Document

func (m world) clone() world {
	c := world{}
	for key, list := range m {
		c[key] = slices.Clone(list)
	}
	return c
}

func (m world) current() []driver.Document {
	var docs []driver.Document
	for _, list := range m {
		docs = append(docs, list[len(list)-1])
	}
	return docs
}

func (m world) all() []driver.Document {
	var docs []driver.Document
	for _, list := range m {
		docs = append(docs, list...)
	}
	slices.SortFunc(docs, func(x, y driver.Document) int { return -compareMarks(x.Mark(), y.Mark()) })
	return docs
}

// step draws one version to append: mostly the right next one.
func (m world) step(t *rapid.T, f *fixture) driver.Document {
	key := fhir.Key{Type: pick(t, "type", []string{"Consent", "Provenance"}), ID: pick(t, "id", []string{"a", "b", "c", "d1", "d2"})}
	d := f.document(key.ID, uint64(len(m[key])+1), rapid.SliceOfN(rapid.Custom(drawEntry), 0, 4).Draw(t, "entries")...)
	d.Key = key
	d.Updated = f.clock
	switch rapid.IntRange(0, 9).Draw(t, "step") {
	case 0:
		d.Version += uint64(rapid.IntRange(1, 2).Draw(t, "ahead"))
	case 1, 2, 3:
		d.Deleted, d.Body, d.Entries, d.Method = true, nil, nil, "DELETE"
	}
	return d
}

// transaction appends some versions on the engine and in a copy of the world.
// Fails on purpose now and then.
func (m world) transaction(t *rapid.T, f *fixture) world {
	next := m.clone()
	f.tick()
	err := f.Update(f.ctx, func(w driver.Writer) error {
		next = m.clone() // the function may run again
		for range rapid.IntRange(1, 4).Draw(t, "appends") {
			d := next.step(t, f)
			err := w.Append(f.ctx, d)
			if right := d.Version == uint64(len(next[d.Key])+1); right != (err == nil) || !right && !errors.Is(err, driver.ErrConflict) {
				return fmt.Errorf("appending %s version %d after %d: %w", d.Key, d.Version, len(next[d.Key]), err)
			}
			if err == nil {
				next[d.Key] = append(next[d.Key], d)
			}
		}
		next.check(t, f, w)
		if rapid.IntRange(0, 3).Draw(t, "fail") == 0 {
			return errOnPurpose
		}
		return nil
	})
	if errors.Is(err, errOnPurpose) {
		return m
	}
	f.must(err)
	return next
}

func (m world) check(t *rapid.T, f *fixture, r driver.Reader) {
	check(f, r, drawQuery(t, m.current()), m.current())
	h := driver.History{Limit: rapid.IntRange(0, 5).Draw(t, "limit"), OldestFirst: rapid.Bool().Draw(t, "oldest first")}
	all := m.all()
	if len(all) > 0 && rapid.Bool().Draw(t, "later page") {
		at := pick(t, "after", all).Mark()
		h.After = &at
	}
	f.same("history", f.past(r, h), pastExpected(h, all))
	for key, list := range m {
		got, err := r.Get(f.ctx, key)
		f.must(err)
		f.same("newest", read(got), read(list[len(list)-1]))
	}
}

func testModel(t *testing.T, h Harness) {
	rapid.Check(t, func(rt *rapid.T) {
		f := &fixture{reporter: rt, Engine: h.Open(t), ctx: t.Context()}
		defer f.Engine.Close()
		f.clock = f.clock.AddDate(2000, 0, 0).UTC()
		m := world{}
		for range rapid.IntRange(1, 6).Draw(rt, "transactions") {
			m = m.transaction(rt, f)
			f.view(func(r driver.Reader) { m.check(rt, f, r) })
		}
	})
}
