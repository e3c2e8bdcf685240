package storage_test

import (
	"fmt"
	"testing"
	"time"

	"tahto/fhir/issue"
	"tahto/storage"
)

// past is all pages of a history, as texts.
func (f *fixture) past(q storage.HistoryQuery) [][]string {
	f.Helper()
	var pages [][]string
	for {
		var next storage.HistoryPage
		f.view(func(tx *storage.Tx) {
			var err error
			next, err = tx.History(f.Context(), q)
			f.must(err)
		})
		page := []string{}
		for _, v := range next.Versions {
			text := v.Reference()
			if v.Deleted {
				text += " deleted"
			}
			page = append(page, text)
		}
		pages = append(pages, page)
		if next.Next == nil {
			return pages
		}
		q.Before = next.Next
	}
}

func TestHistory(t *testing.T) {
	f := open(t)
	f.put(f.consent("a", "draft"))
	f.put(f.consent("b", "active"))
	middle := f.put(f.consent("a", "active")).Updated
	f.delete(key("a"))
	f.put(f.parse(`{"resourceType":"Provenance","id":"p"}`))
	for _, test := range []struct {
		name string
		q    storage.HistoryQuery
		want [][]string
	}{
		{"instance", storage.HistoryQuery{Type: "Consent", ID: "a"},
			[][]string{{"Consent/a/_history/3 deleted", "Consent/a/_history/2", "Consent/a/_history/1"}}},
		{"type", storage.HistoryQuery{Type: "Consent", Count: 10},
			[][]string{{"Consent/a/_history/3 deleted", "Consent/a/_history/2", "Consent/b/_history/1", "Consent/a/_history/1"}}},
		{"type in pages", storage.HistoryQuery{Type: "Consent", Count: 3},
			[][]string{{"Consent/a/_history/3 deleted", "Consent/a/_history/2", "Consent/b/_history/1"}, {"Consent/a/_history/1"}}},
		{"a full last page has no next", storage.HistoryQuery{Type: "Consent", Count: 2},
			[][]string{{"Consent/a/_history/3 deleted", "Consent/a/_history/2"}, {"Consent/b/_history/1", "Consent/a/_history/1"}}},
		{"system without the server's own", storage.HistoryQuery{},
			[][]string{{"Provenance/p/_history/1", "Consent/a/_history/3 deleted", "Consent/a/_history/2", "Consent/b/_history/1", "Consent/a/_history/1"}}},
		{"system in pages", storage.HistoryQuery{Count: 1},
			[][]string{{"Provenance/p/_history/1"}, {"Consent/a/_history/3 deleted"}, {"Consent/a/_history/2"}, {"Consent/b/_history/1"}, {"Consent/a/_history/1"}}},
		{"since", storage.HistoryQuery{Type: "Consent", Since: middle},
			[][]string{{"Consent/a/_history/3 deleted", "Consent/a/_history/2"}}},
		{"since the future", storage.HistoryQuery{Since: middle.Add(24 * time.Hour)}, [][]string{{}}},
		{"an empty type", storage.HistoryQuery{Type: "Patient"}, [][]string{{}}},
	} {
		t.Run(test.name, func(t *testing.T) { f.same(test.name, f.past(test.q), test.want) })
	}
	f.view(func(tx *storage.Tx) {
		_, err := tx.History(f.Context(), storage.HistoryQuery{Type: "Consent", ID: "never"})
		f.fails("of what never was", err, issue.NotFound)
	})
}

// TestSystemHistoryPagesAroundThePageKey has the server's own document in the
// middle of the same millisecond.
func TestSystemHistoryPagesAroundThePageKey(t *testing.T) {
	f := open(t)
	f.update(func(tx *storage.Tx) {
		for i := range 5 {
			_, _, err := tx.Create(f.Context(), f.parse(`{"resourceType":"Consent"}`), fmt.Sprint(i), storage.If{})
			f.must(err)
		}
	})
	for count := 1; count <= 6; count++ {
		n := 0
		pages := f.past(storage.HistoryQuery{Count: count})
		for _, page := range pages {
			n += len(page)
		}
		f.same("versions", n, 5)
		f.same("pages", len(pages), (5+count-1)/count)
	}
}

func TestPageTokens(t *testing.T) {
	f := open(t)
	plain := []byte("patient:identifier=urn:oid:1.2.246.21|" + secret)
	token := f.Seal(plain)
	if again := f.Seal(plain); again == token {
		t.Error("the same page gives the same token twice")
	}
	for _, store := range []*storage.Store{f.Store, f.another()} {
		got, err := store.Open(token)
		f.must(err)
		f.same("opened", string(got), string(plain))
	}
	changed := []byte(token)
	changed[len(changed)/2] ^= 1
	for _, wrong := range []string{"", "x", "!!!", string(changed), token[:len(token)-1], token + "A", open(t).Seal(plain)} {
		_, err := f.Open(wrong)
		f.fails("a token that is not ours", err, issue.Invalid)
	}
}
