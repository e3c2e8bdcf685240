package storage_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"tahto/fhir/issue"
	"tahto/fhir/search"
	"tahto/storage"
)

// heavy is a resource of about so many bytes; more are further members.
func (f *fixture) heavy(resourceType, id string, bytes int, more string) {
	f.Helper()
	f.put(f.parse(`{"resourceType":%q,"id":%q,"status":"active","language":%q%s}`, resourceType, id, strings.Repeat("x", bytes), more))
}

// pages follows a search to its end, and gives the ids of each page and what
// the page weighs.
func (f *fixture) pages(q search.Query) (ids [][]string, weights []int) {
	f.Helper()
	for {
		page := f.search(q)
		var on []string
		weight := 0
		for _, v := range slices.Concat(page.Matches, page.Included) {
			on = append(on, v.Key.ID)
			weight += len(v.Resource.JSON())
		}
		ids, weights = append(ids, on), append(weights, weight)
		if page.Next == nil {
			return ids, weights
		}
		q.After = page.Next
	}
}

const mega = 1 << 20

func TestPagesOfSearchesEndBeforeTheyAreTooLarge(t *testing.T) {
	f := open(t)
	for i := range 7 {
		f.heavy("Consent", fmt.Sprint("c", i), 3*mega/2, fmt.Sprintf(`,"dateTime":"2024-01-0%d"`, 9-i))
	}
	f.heavy("Consent", "larger", storage.PageBytes+1, `,"dateTime":"2024-01-01"`)
	for sort, want := range map[string][][]string{
		"":      {{"c0", "c1"}, {"c2", "c3"}, {"c4", "c5"}, {"c6"}, {"larger"}},
		"date":  {{"larger"}, {"c6", "c5"}, {"c4", "c3"}, {"c2", "c1"}, {"c0"}},
		"-date": {{"c0", "c1"}, {"c2", "c3"}, {"c4", "c5"}, {"c6"}, {"larger"}},
	} {
		q := f.query("Consent", "status=active&_count=500")
		if sort != "" {
			q.Sort = f.sort("&_sort=" + sort)
		}
		got, _ := f.pages(q)
		f.same("sorted by "+sort, got, want)
		f.same("total", *f.search(q).Total, 8)
	}
}

func TestIncludesCountForThePage(t *testing.T) {
	f := open(t)
	var alone []string
	for i := range 40 {
		id := fmt.Sprintf("c%02d", i)
		f.put(f.consent(id, "active"))
		f.heavy("Provenance", fmt.Sprintf("p%02d", i), mega/4, `,"target":[{"reference":"Consent/`+id+`"}]`)
		alone = append(alone, id)
	}
	for _, search := range []string{"status=active&_revinclude=Provenance:target", "status=active&_revinclude=Provenance:target&_sort=_id"} {
		pages, weights := f.pages(f.query("Consent", search))
		var matches []string
		for i, page := range pages {
			if weights[i] > storage.PageBytes {
				t.Errorf("page %d weighs %d", i, weights[i])
			}
			half := len(page) / 2
			for n, id := range page[:half] {
				if want := "p" + id[1:]; page[half+n] != want {
					t.Errorf("page %d has %v, want %s with %s", i, page, want, id)
				}
			}
			matches = append(matches, page[:half]...)
		}
		f.same("matches of all pages", matches, alone)
	}
	pages, weights := f.pages(f.query("Provenance", "_include=Provenance:target"))
	f.same("pages of Provenances", len(pages) >= 3 && slices.Max(weights) <= storage.PageBytes, true)
}

func TestOneMatchMayBringMoreThanAPage(t *testing.T) {
	f := open(t)
	f.put(f.consent("a", "active"))
	f.put(f.consent("b", "active"))
	f.put(f.consent("c", "active"))
	about := `,"target":[{"reference":"Consent/b"}]`
	for i := range 3 {
		f.heavy("Provenance", fmt.Sprint("p", i), 2*mega, about)
	}
	q := f.query("Consent", "status=active&_revinclude=Provenance:target")
	got, _ := f.pages(q)
	f.same("pages", got, [][]string{{"a"}, {"b", "p0", "p1", "p2"}, {"c"}})

	for i := range 6 {
		f.heavy("Provenance", fmt.Sprint("q", i), 2*mega, about)
	}
	q.After = &search.Position{ID: "a"}
	f.view(func(tx *storage.Tx) {
		_, err := tx.Search(f.Context(), q)
		f.fails("one brings too much", err, issue.Unprocessable)
	})
}

func TestPagesOfHistoriesEndBeforeTheyAreTooLarge(t *testing.T) {
	f := open(t)
	for range 5 {
		f.heavy("Consent", "a", 3*mega/2, "")
	}
	f.delete(key("a"))
	f.heavy("Consent", "a", storage.PageBytes+1, "")
	want := [][]string{
		{"Consent/a/_history/7"}, {"Consent/a/_history/6 deleted", "Consent/a/_history/5", "Consent/a/_history/4"},
		{"Consent/a/_history/3", "Consent/a/_history/2"}, {"Consent/a/_history/1"},
	}
	for _, q := range []storage.HistoryQuery{{Type: "Consent", ID: "a"}, {Type: "Consent"}, {}, {Count: 500}} {
		f.same("pages", f.past(q), want)
	}
}
