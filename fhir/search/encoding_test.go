package search_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tahto/fhir/issue"
	"tahto/fhir/search"
)

var anyQuery = rapid.Custom(func(t *rapid.T) search.Query {
	text := rapid.OneOf(rapid.SampledFrom([]string{"", "urn:oid:1.2.246.21", "x"}), rapid.StringN(0, 40, 80))
	value := rapid.Custom(func(t *rapid.T) search.Value {
		return search.Value{
			System: text.Draw(t, "system"), AnySystem: rapid.Bool().Draw(t, "any system"),
			Value: text.Draw(t, "value"), AnyValue: rapid.Bool().Draw(t, "any value"),
			Version: text.Draw(t, "version"), Text: text.Draw(t, "text"),
			First: text.Draw(t, "first"), Prefix: search.Prefix(text.Draw(t, "prefix")), Low: rapid.Int64().Draw(t, "low"), High: rapid.Int64().Draw(t, "high"),
		}
	})
	q := search.Query{Type: text.Draw(t, "type"), Count: rapid.IntRange(0, 500).Draw(t, "count"), Total: search.Total(text.Draw(t, "total"))}
	for range rapid.IntRange(0, 3).Draw(t, "clauses") {
		c := search.Clause{
			Param: text.Draw(t, "param"), Op: search.Op(rapid.IntRange(0, int(search.Missing)).Draw(t, "op")),
			Not: rapid.Bool().Draw(t, "not"), Absent: rapid.Bool().Draw(t, "absent"),
		}
		for range rapid.IntRange(0, 2).Draw(t, "values") {
			c.Values = append(c.Values, value.Draw(t, "value"))
		}
		q.Clauses = append(q.Clauses, c)
	}
	for range rapid.IntRange(0, 2).Draw(t, "links") {
		q.Links = append(q.Links, drawLink(t, text, q.Clauses, search.MaxDepth))
	}
	for range rapid.IntRange(0, 2).Draw(t, "sort") {
		q.Sort = append(q.Sort, anySort.Draw(t, "key"))
	}
	for range rapid.IntRange(0, 2).Draw(t, "includes") {
		q.Include = append(q.Include, search.Include{Source: text.Draw(t, "source"), Param: text.Draw(t, "param"), Target: text.Draw(t, "target"), Iterate: rapid.Bool().Draw(t, "iterate")})
		q.RevInclude = append(q.RevInclude, search.Include{Source: text.Draw(t, "source")})
	}
	if rapid.Bool().Draw(t, "after") {
		p := anyPosition.Draw(t, "position")
		q.After = &p
	}
	return q
})

func TestQueriesSurviveEncoding(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := anyQuery.Draw(t, "query")
		got, err := search.DecodeQuery(search.EncodeQuery(want))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("-want +got:\n%s", diff)
		}
	})
}

func TestDecodingRefusesWhatIsCutOrLonger(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		data := search.EncodeQuery(anyQuery.Draw(t, "query"))
		cut := rapid.IntRange(0, len(data)-1).Draw(t, "cut")
		for _, wrong := range [][]byte{data[:cut], append(data[:len(data):len(data)], 0)} {
			q, err := search.DecodeQuery(wrong)
			if issue.KindOf(err) != issue.Invalid || !cmp.Equal(q, search.Query{}) {
				t.Fatalf("%d of %d bytes: %v", cut, len(data), err)
			}
		}
	})
}

func TestDecodingRefusesGarbage(t *testing.T) {
	for _, garbage := range [][]byte{
		nil, {}, {0}, {1}, {2, 0, 0, 0, 0, 0, 0, 0, 0}, {1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1},
		{1, 0x80}, {1, 0, 1, 0, 99, 0, 0, 0, 0, 0, 0, 0, 0}, {1, 0, 0, 0, 4, 0, 0, 0, 0}, []byte("not a token at all"),
	} {
		if _, err := search.DecodeQuery(garbage); issue.KindOf(err) != issue.Invalid {
			t.Errorf("%v: %v", garbage, err)
		}
	}
}

func TestEncodingIsSmall(t *testing.T) {
	q := parse(t, "Consent", "patient:identifier", "urn:oid:1.2.246.21|160350-900N", "category", "denial-health", "_sort", "-date")
	q.After = &search.Position{ID: "0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0", Keys: []search.SortKey{{Time: micro(t, "2023-05-01T00:00:00Z")}}}
	if got := len(search.EncodeQuery(q)); got > 200 {
		t.Errorf("a page token of %d bytes", got)
	}
}

// drawLink is any link with at most so many within each other.
func drawLink(t *rapid.T, text *rapid.Generator[string], clauses []search.Clause, depth int) search.Link {
	l := search.Link{Param: text.Draw(t, "link"), Reverse: rapid.Bool().Draw(t, "reverse")}
	if len(clauses) > 0 && rapid.Bool().Draw(t, "or") {
		l.Or = clauses[0]
	}
	for range rapid.IntRange(0, 2).Draw(t, "where") {
		where := search.Query{Type: text.Draw(t, "other type"), Clauses: clauses}
		if depth > 1 && rapid.Bool().Draw(t, "further") {
			where.Links = []search.Link{drawLink(t, text, clauses, depth-1)}
		}
		l.Where = append(l.Where, where)
	}
	return l
}

func TestLinksWithinEachOtherAreBoundedWhenTheyAreRead(t *testing.T) {
	q := search.Query{Type: "Consent"}
	for depth := 1; depth <= search.MaxDepth+2; depth++ {
		q = search.Query{Type: "Consent", Links: []search.Link{{Param: "data", Where: []search.Query{q}}}}
		if _, err := search.DecodeQuery(search.EncodeQuery(q)); (err == nil) != (depth <= search.MaxDepth) {
			t.Errorf("%d links within each other: %v", depth, err)
		}
	}
}
