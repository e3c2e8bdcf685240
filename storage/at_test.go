package storage_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tahto/fhir"
	"tahto/storage"
)

// written is one version, and when the next one came.
type written struct {
	storage.Version
	until time.Time
}

// TestHistoryAtHasWhatWasCurrentThen compares pages of a history at some time
// with what a list of all versions says: those whose time overlaps with it.
func TestHistoryAtHasWhatWasCurrentThen(t *testing.T) {
	f := open(t)
	start := f.now
	all := f.writeALot()
	rapid.Check(t, func(rt *rapid.T) {
		moment := func(name string) time.Time {
			at := start.Truncate(time.Millisecond).Add(time.Duration(rapid.IntRange(-2, 50).Draw(rt, name)) * time.Second / 2)
			return at.Add(time.Duration(rapid.IntRange(-1, 1).Draw(rt, "a bit")) * 300 * time.Microsecond)
		}
		q := storage.HistoryQuery{
			Type: rapid.SampledFrom([]string{"", "Consent", "Provenance"}).Draw(rt, "type"), Count: rapid.IntRange(0, 3).Draw(rt, "count"),
			At: storage.Span{From: moment("from")},
		}
		q.At.Until = q.At.From.Add(time.Duration(rapid.IntRange(1, 20_000_000).Draw(rt, "length")) * time.Microsecond)
		if q.Type == "Consent" {
			q.ID = rapid.SampledFrom([]string{"", "a", "b"}).Draw(rt, "id")
		}
		if rapid.Bool().Draw(rt, "since too") {
			q.Since = moment("since")
		}
		var want []string
		for _, w := range all {
			if w.overlaps(q) {
				want = append(want, w.Reference())
			}
		}
		var got []string
		for _, page := range f.past(q) {
			if q.Count > 0 && len(page) > q.Count {
				rt.Fatalf("a page of %d", len(page))
			}
			for _, reference := range page {
				got = append(got, reference)
			}
		}
		for i := range got {
			got[i] = trimDeleted(got[i])
		}
		if !slices.Equal(got, want) {
			rt.Fatalf("%+v: got %v, want %v", q, got, want)
		}
	})
}

func trimDeleted(reference string) string {
	var plain string
	fmt.Sscan(reference, &plain)
	return plain
}

// overlaps is the meaning of _at, with _since, written down once more.
func (w written) overlaps(q storage.HistoryQuery) bool {
	if q.Type != "" && q.Type != w.Key.Type || q.ID != "" && q.ID != w.Key.ID || w.Updated.Before(q.Since) {
		return false
	}
	if w.Deleted { // nothing was current from then on
		return !w.Updated.Before(q.At.From) && w.Updated.Before(q.At.Until)
	}
	return w.Updated.Before(q.At.Until) && w.until.After(q.At.From)
}

// writeALot writes versions of several resources, a second apart, and gives them
// newest first.
func (f *fixture) writeALot() []written {
	f.Helper()
	var all []written
	note := func(v storage.Version) {
		for i := range all {
			if all[i].Key == v.Key && all[i].Version.Version == v.Version-1 {
				all[i].until = v.Updated
			}
		}
		all = append(all, written{v, v.Updated.AddDate(100, 0, 0)})
	}
	for i := range 24 {
		k := []fhir.Key{key("a"), key("b"), {Type: "Provenance", ID: "a"}, key("a"), key("c")}[i%5]
		if i%7 == 6 {
			f.update(func(tx *storage.Tx) {
				h, _, err := tx.Head(f.Context(), k)
				f.must(err)
				if h.Deleted || h.Version == 0 {
					return
				}
				_, _, err = tx.Delete(f.Context(), k, storage.If{})
				f.must(err)
				note(storage.Version{Key: k, Version: h.Version + 1, Updated: tx.Now(), Deleted: true})
			})
			continue
		}
		note(f.put(f.parse(`{"resourceType":%q,"id":%q,"language":"%d"}`, k.Type, k.ID, i)))
	}
	slices.SortFunc(all, func(a, b written) int {
		return cmp.Or(b.Updated.Compare(a.Updated), cmp.Compare(b.Key.String(), a.Key.String()))
	})
	return all
}
