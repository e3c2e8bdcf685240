package storagetest

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"tahto/fhir/search"
	"tahto/storage/driver"
)

var paging = []promise{
	{"PagesJoinWithoutGapOrRepeat", testPages},
	{"WhatStaysIsSeenOnceWhileOthersWrite", testPagesWhileWriting},
}

// after is the position of a document.
func after(q search.Query, d driver.Document) *search.Position {
	return &search.Position{Keys: q.SortKeys(d.Entries), ID: d.Key.ID}
}

func testPages(t *testing.T, h Harness) {
	f := h.open(t)
	docs := library(f)
	byID := map[string]driver.Document{}
	for _, d := range docs {
		byID[d.Key.String()] = d
	}
	f.view(func(r driver.Reader) {
		rapid.Check(t, func(t *rapid.T) {
			g := *f
			g.reporter = t
			q := drawQuery(t, nil)
			q.Count = 0
			want := ids(expected(q, docs))
			q.Count = rapid.IntRange(1, 7).Draw(t, "page")
			var got []string
			for {
				page := g.found(r, q, true)
				got = append(got, ids(page)...)
				if len(page) < q.Count {
					break
				}
				q.After = after(q, byID[page[len(page)-1].Key.String()])
			}
			g.same("pages", got, want)
		})
	})
}

// testPagesWhileWriting turns pages while documents around come, change and go:
// every document that stays as it is must be seen exactly once.
func testPagesWhileWriting(t *testing.T, h Harness) {
	for _, sort := range [][]search.Sort{
		nil, {{Param: "date", Date: true, Descending: true}}, {{Param: "status"}}, {{Param: "date", Date: true}, {Param: "status", Descending: true}},
	} {
		f := h.open(t)
		q := search.Query{Type: "Consent", Sort: sort, Count: 3}
		entries := func(i int) []search.Entry {
			if i%6 == 5 {
				return nil
			}
			return []search.Entry{
				{Param: "status", System: "s", Value: fmt.Sprint("v", i%4)}, {Param: "date", Low: day(int64(i % 5)), High: day(int64(i%5 + 1))},
			}
		}
		current := map[string]driver.Document{}
		put := func(d driver.Document) { f.append(d); current[d.Key.ID] = d }
		for i := range 40 {
			put(f.document(fmt.Sprintf("m%02d", i), 1, entries(i)...))
		}
		stays := func(i int) bool { return i%2 == 0 }
		seen := map[string]int{}
		for n := 0; ; n++ {
			var page []driver.Document
			f.view(func(r driver.Reader) { page = f.found(r, q, true) })
			for _, d := range page {
				seen[d.Key.ID]++
			}
			if len(page) < q.Count {
				break
			}
			q.After = after(q, current[page[len(page)-1].Key.ID])
			put(f.document(fmt.Sprintf("a%02d", n), 1, entries(n)...))
			put(f.document(fmt.Sprintf("z%02d", n), 1, entries(n+3)...))
			if i := (2*n + 1) % 40; current[fmt.Sprintf("m%02d", i)].Version == 1 {
				put(f.document(fmt.Sprintf("m%02d", i), 2, entries(i+1)...))
			}
			if i := (2*n + 21) % 40; current[fmt.Sprintf("m%02d", i)].Version == 1 {
				d := f.deletion(fmt.Sprintf("m%02d", i), 2)
				put(d)
			}
			if n > 200 {
				t.Fatal("the pages don't end")
			}
		}
		for i := range 40 {
			if id := fmt.Sprintf("m%02d", i); stays(i) && seen[id] != 1 {
				t.Errorf("sorted by %v: %s was there throughout and was seen %d times", sort, id, seen[id])
			}
		}
	}
}
