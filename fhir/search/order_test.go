package search_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tahto/fhir/search"
)

func words(s string) []string { return strings.Fields(s) }

func TestSortKeys(t *testing.T) {
	entries := []search.Entry{
		{Param: "category", Value: "b"}, {Param: "category", Value: "a"}, {Param: "category", Value: "c"},
		{Param: "period", Low: 10, High: 20}, {Param: "period", Low: 5, High: 15},
	}
	tests := []struct {
		name string
		sort search.Sort
		want search.SortKey
	}{
		{"least text", search.Sort{Param: "category"}, search.SortKey{Text: "a"}},
		{"greatest text", search.Sort{Param: "category", Descending: true}, search.SortKey{Text: "c"}},
		{"earliest start", search.Sort{Param: "period", Date: true}, search.SortKey{Time: 5}},
		{"latest end", search.Sort{Param: "period", Date: true, Descending: true}, search.SortKey{Time: 20}},
		{"missing", search.Sort{Param: "date", Date: true}, search.SortKey{Missing: true}},
		{"missing, descending", search.Sort{Param: "status", Descending: true}, search.SortKey{Missing: true}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := search.Query{Sort: []search.Sort{test.sort}}.SortKeys(entries)
			if diff := cmp.Diff([]search.SortKey{test.want}, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
	if got := (search.Query{}).SortKeys(entries); got != nil {
		t.Errorf("keys without a sort: %v", got)
	}
}

func TestCompareOrdersResources(t *testing.T) {
	r := registry(t)
	consents := []string{
		`{"resourceType":"Consent","id":"a","status":"active","dateTime":"2023-05-02"}`,
		`{"resourceType":"Consent","id":"b","status":"inactive","dateTime":"2023-05-01"}`,
		`{"resourceType":"Consent","id":"c","dateTime":"2023-05-01"}`,
		`{"resourceType":"Consent","id":"d","status":"active"}`,
	}
	tests := []struct{ sort, want string }{
		{"_id", "a b c d"},
		{"-_id", "d c b a"},
		{"date", "b c a d"},
		{"-date", "a b c d"},
		{"status,-date", "a d b c"},
		{"-status,date", "b a d c"},
	}
	for _, test := range tests {
		t.Run(test.sort, func(t *testing.T) {
			q := parse(t, "Consent", "_sort", test.sort)
			var places []search.Position
			for _, json := range consents {
				consent := resource(t, json)
				places = append(places, search.Position{Keys: q.SortKeys(r.Entries(consent)), ID: consent.ID()})
			}
			slices.SortFunc(places, q.Compare)
			var got []string
			for _, p := range places {
				got = append(got, p.ID)
			}
			if diff := cmp.Diff(words(test.want), got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestCompareIsATotalOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := search.Query{Sort: rapid.SliceOfN(anySort, 0, 3).Draw(t, "sort")}
		a, b, c := anyPosition.Draw(t, "a"), anyPosition.Draw(t, "b"), anyPosition.Draw(t, "c")
		sign := func(n int) int { return min(max(n, -1), 1) }
		if sign(q.Compare(a, b)) != -sign(q.Compare(b, a)) {
			t.Fatal("not antisymmetric")
		}
		if q.Compare(a, b) <= 0 && q.Compare(b, c) <= 0 && q.Compare(a, c) > 0 {
			t.Fatal("not transitive")
		}
		if a.ID != b.ID && q.Compare(a, b) == 0 {
			t.Fatal("two resources stand at one place")
		}
		if q.Compare(a, a) != 0 {
			t.Fatal("not reflexive")
		}
	})
}

var anySort = rapid.Custom(func(t *rapid.T) search.Sort {
	return search.Sort{
		Param: rapid.SampledFrom([]string{"date", "status"}).Draw(t, "param"),
		Date:  rapid.Bool().Draw(t, "date"), Descending: rapid.Bool().Draw(t, "descending"),
	}
})

var anyPosition = rapid.Custom(func(t *rapid.T) search.Position {
	p := search.Position{ID: rapid.SampledFrom([]string{"a", "b", "c", "é"}).Draw(t, "id")}
	for range rapid.IntRange(0, 3).Draw(t, "keys") {
		p.Keys = append(p.Keys, search.SortKey{
			Missing: rapid.Bool().Draw(t, "missing"),
			Text:    rapid.SampledFrom([]string{"", "x", "y", "\xff\x00"}).Draw(t, "text"),
			Time:    rapid.SampledFrom([]int64{search.Beginning, -1, 0, 7, search.End}).Draw(t, "time"),
		})
	}
	return p
})
