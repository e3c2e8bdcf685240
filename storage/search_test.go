package storage_test

import (
	"fmt"
	"testing"

	"tahto/fhir/issue"
	"tahto/fhir/search"
	"tahto/storage"
)

func (f *fixture) search(q search.Query) storage.Page {
	f.Helper()
	var page storage.Page
	f.view(func(tx *storage.Tx) {
		var err error
		page, err = tx.Search(f.Context(), q)
		f.must(err)
	})
	return page
}

func references(versions []storage.Version) []string {
	list := []string{}
	for _, v := range versions {
		list = append(list, v.Reference())
	}
	return list
}

func TestSearchPages(t *testing.T) {
	f := open(t)
	for i := range 7 {
		f.put(f.parse(`{"resourceType":"Consent","id":"c%d","status":"active","dateTime":"2024-01-0%d"}`, i, 7-i))
	}
	f.put(f.consent("other", "inactive"))
	for sort, want := range map[string][]string{
		"":                {"c0", "c1", "c2", "c3", "c4", "c5", "c6"},
		"&_sort=date":     {"c6", "c5", "c4", "c3", "c2", "c1", "c0"},
		"&_sort=-date":    {"c0", "c1", "c2", "c3", "c4", "c5", "c6"},
		"&_sort=-_id":     {"c6", "c5", "c4", "c3", "c2", "c1", "c0"},
		"&_sort=status":   {"c0", "c1", "c2", "c3", "c4", "c5", "c6"},
		"&_sort=category": {"c0", "c1", "c2", "c3", "c4", "c5", "c6"},
	} {
		for count := 1; count <= 8; count++ {
			values, _, err := f.registry.Parse("Consent", map[string][]string{"status": {"active"}}, search.ParseOptions{})
			f.must(err)
			q := values
			if sort != "" {
				q.Sort = f.sort(sort)
			}
			q.Count = count
			var got []string
			for {
				page := f.search(q)
				f.same("total", *page.Total, 7)
				for _, v := range page.Matches {
					got = append(got, v.Key.ID)
				}
				if page.Next == nil {
					break
				}
				q.After = page.Next
			}
			f.same(fmt.Sprintf("%s in pages of %d", sort, count), got, want)
		}
	}
}

// sort is a sort by one parameter, whether or not clients may ask for it.
func (f *fixture) sort(text string) []search.Sort {
	s := search.Sort{Param: text[len("&_sort="):]}
	if s.Param[0] == '-' {
		s.Param, s.Descending = s.Param[1:], true
	}
	s.Date = s.Param == "date"
	return []search.Sort{s}
}

func TestSearchTotals(t *testing.T) {
	f := open(t)
	for i := range 5 {
		f.put(f.consent(fmt.Sprint("c", i), "active"))
	}
	q := f.query("Consent", "status=active")
	for _, test := range []struct {
		name  string
		count int
		total search.Total
		want  int // -1 for none
	}{
		{"by default", 2, "", 5},
		{"accurate", 2, search.TotalAccurate, 5},
		{"estimate", 2, search.TotalEstimate, 5},
		{"none", 2, search.TotalNone, -1},
		{"all on one page", 50, "", 5},
		{"the total only", 0, search.TotalAccurate, 5},
	} {
		t.Run(test.name, func(t *testing.T) {
			q := q
			q.Count, q.Total = test.count, test.total
			page := f.search(q)
			got := -1
			if page.Total != nil {
				got = *page.Total
			}
			f.same("total", got, test.want)
			f.same("matches", len(page.Matches), min(test.count, 5))
			f.same("has a next page", page.Next != nil, test.count == 2)
		})
	}
}

func TestHeadsAreAllWithoutBodies(t *testing.T) {
	f := open(t)
	for i := range 30 {
		f.put(f.consent(fmt.Sprintf("c%02d", i), "active"))
	}
	f.put(f.consent("c05", "active"))
	f.delete(key("c06"))
	q := f.query("Consent", "patient:identifier=urn:oid:1.2.246.21|"+secret)
	q.Count = 0
	f.view(func(tx *storage.Tx) {
		n := 0
		for h, err := range tx.Heads(f.Context(), q) {
			f.must(err)
			if want := map[bool]uint64{true: 2, false: 1}[h.Key.ID == "c05"]; h.Version != want || h.Key.ID == "c06" {
				t.Errorf("%s has version %d", h.Key, h.Version)
			}
			n++
		}
		f.same("heads", n, 29)
		for range tx.Heads(f.Context(), search.Query{Type: "_Server"}) {
			t.Error("found the server's own")
		}
	})
}

// connected are Consents and the Provenances that are about them.
func connected(f *fixture) {
	f.put(f.consent("a", "draft"))
	f.put(f.consent("a", "active"))
	f.put(f.consent("b", "active"))
	f.put(f.consent("gone", "active"))
	f.delete(key("gone"))
	for id, targets := range map[string]string{
		"p1": `{"reference":"Consent/a"}`,
		"p2": `{"reference":"Consent/a/_history/1"}`,
		"p3": `{"reference":"Consent/b"},{"reference":"Consent/a/_history/2"}`,
		"p4": `{"reference":"Consent/gone"},{"reference":"Consent/never"},{"reference":"https://elsewhere.example/fhir/Consent/b"}`,
	} {
		f.put(f.parse(`{"resourceType":"Provenance","id":%q,"target":[%s]}`, id, targets))
	}
}

func TestRevInclude(t *testing.T) {
	f := open(t)
	connected(f)
	page := f.search(f.query("Consent", "_id=a&_revinclude=Provenance:target"))
	f.same("matches", references(page.Matches), []string{"Consent/a/_history/2"})
	f.same("included", references(page.Included), []string{"Provenance/p1/_history/1", "Provenance/p2/_history/1", "Provenance/p3/_history/1"})
	page = f.search(f.query("Consent", "status=active&_revinclude=Provenance:target"))
	f.same("each once", references(page.Included), []string{"Provenance/p1/_history/1", "Provenance/p2/_history/1", "Provenance/p3/_history/1"})
	page = f.search(f.query("Consent", "_id=never&_revinclude=Provenance:target"))
	f.same("nothing matches", references(page.Included), []string{})
}

func TestInclude(t *testing.T) {
	f := open(t)
	connected(f)
	for id, want := range map[string][]string{
		"p1":    {"Consent/a/_history/2"},
		"p2":    {"Consent/a/_history/1"},
		"p3":    {"Consent/a/_history/2", "Consent/b/_history/1"},
		"p4":    {},
		"p1,p3": {"Consent/a/_history/2", "Consent/b/_history/1"},
	} {
		page := f.search(f.query("Provenance", "_id="+id+"&_include=Provenance:target"))
		f.same("included of "+id, references(page.Included), want)
	}
	q := f.query("Provenance", "_id=p1")
	q.Include = []search.Include{{Source: "Provenance", Param: "target", Target: "Patient"}}
	f.same("another target", references(f.search(q).Included), []string{})
	q.Include = []search.Include{{Source: "Consent", Param: "target"}}
	f.same("another source", references(f.search(q).Included), []string{})
}

func TestIncludedIsNoMatchOfThePage(t *testing.T) {
	f := open(t)
	f.put(f.parse(`{"resourceType":"Provenance","id":"p1","target":[{"reference":"Provenance/p2"}]}`))
	f.put(f.parse(`{"resourceType":"Provenance","id":"p2","target":[{"reference":"Provenance/p1"}]}`))
	page := f.search(f.query("Provenance", "_include=Provenance:target&_revinclude=Provenance:target"))
	f.same("matches", len(page.Matches), 2)
	f.same("included", references(page.Included), []string{})
}

func TestMatchOne(t *testing.T) {
	f := open(t)
	f.put(f.consent("a", "active"))
	f.put(f.consent("b", "active"))
	f.update(func(tx *storage.Tx) {
		h, there, err := tx.MatchOne(f.Context(), f.query("Consent", "identifier=a"))
		f.must(err)
		f.same("one", []any{h.Key, there}, []any{key("a"), true})
		_, there, err = tx.MatchOne(f.Context(), f.query("Consent", "identifier=c"))
		f.must(err)
		f.same("none", there, false)
		_, _, err = tx.MatchOne(f.Context(), f.query("Consent", "patient:identifier=urn:oid:1.2.246.21|"+secret))
		f.fails("several", err, issue.MultipleMatches)
	})
}

func TestASearchForAPrivateTypeFindsNothing(t *testing.T) {
	f := open(t)
	page := f.search(search.Query{Type: "_Server", Count: 10})
	f.same("found", []int{len(page.Matches), *page.Total}, []int{0, 0})
	q := f.query("Consent", "")
	q.RevInclude = []search.Include{{Source: "_Server", Param: "target"}}
	f.put(f.consent("a", "active"))
	f.same("included", len(f.search(q).Included), 0)
}
