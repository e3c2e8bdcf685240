package storagetest

import (
	"fmt"

	"pgregory.net/rapid"

	"tahto/fhir/search"
	"tahto/storage/driver"
)

// A parameter has one kind, so its entries and clauses are drawn by kind.
var (
	tokenParams     = []string{"status", "identifier"}
	referenceParams = []string{"target"}
	dateParams      = []string{"date", "_lastUpdated"}
	systems         = []string{"", "urn:status", "urn:a", "urn:b", "urn:unknown"}
	types           = []string{"", "Consent", "Patient", "Unknown"}
	values          = []string{"", "active", "inactive", "0", "1", "2", "shared ä'\";%_", "t0", "t1", "t2"}
)

func pick[T any](t *rapid.T, name string, from []T) T { return rapid.SampledFrom(from).Draw(t, name) }

func drawTime(t *rapid.T, name string) int64 {
	if rapid.IntRange(0, 12).Draw(t, name+" open") == 0 {
		return pick(t, name, []int64{search.Beginning, search.End})
	}
	return day(int64(rapid.IntRange(-1, 14).Draw(t, name)))
}

// drawInterval is never empty: a date is at least an instant long.
func drawInterval(t *rapid.T) (low, high int64) {
	low, high = drawTime(t, "low"), drawTime(t, "high")
	if low > high {
		low, high = high, low
	}
	if low == high {
		if high == search.End {
			return low - 1, high
		}
		high++
	}
	return low, high
}

func drawEntry(t *rapid.T) search.Entry {
	switch rapid.IntRange(0, 2).Draw(t, "kind") {
	case 0:
		return search.Entry{Param: pick(t, "param", tokenParams), System: pick(t, "system", systems[:4]), Value: pick(t, "value", values)}
	case 1:
		return search.Entry{
			Param: pick(t, "param", referenceParams), System: pick(t, "type", types[:3]), Value: pick(t, "value", values),
			Version: pick(t, "version", []string{"", "1", "2"}),
		}
	}
	e := search.Entry{Param: pick(t, "param", dateParams)}
	e.Low, e.High = drawInterval(t)
	return e
}

func drawClause(t *rapid.T) search.Clause {
	c := search.Clause{Not: rapid.Bool().Draw(t, "not")}
	n := rapid.IntRange(0, 4).Draw(t, "values")
	switch rapid.IntRange(0, 4).Draw(t, "op") {
	case 0:
		return search.Clause{
			Param: pick(t, "param", append(append([]string{"unknown"}, tokenParams...), dateParams...)),
			Op:    search.Missing, Absent: rapid.Bool().Draw(t, "absent"),
		}
	case 1, 2:
		c.Op, c.Param = search.Token, pick(t, "param", append([]string{"unknown"}, tokenParams...))
		for range n {
			c.Values = append(c.Values, search.Value{
				System: pick(t, "system", systems), AnySystem: rapid.Bool().Draw(t, "any system"),
				Value: pick(t, "value", values), AnyValue: rapid.IntRange(0, 5).Draw(t, "any value") == 0,
			})
		}
	case 3:
		c.Op, c.Param = search.Reference, pick(t, "param", referenceParams)
		for range n {
			c.Values = append(c.Values, search.Value{
				System: pick(t, "type", types), AnySystem: rapid.Bool().Draw(t, "any type"),
				Value: pick(t, "value", values), Version: pick(t, "version", []string{"", "1", "2", "9"}),
			})
		}
	case 4:
		c.Op, c.Param = search.Date, pick(t, "param", dateParams)
		for range n {
			v := search.Value{Prefix: pick(t, "prefix", prefixes)}
			v.Low, v.High = drawInterval(t)
			c.Values = append(c.Values, v)
		}
	}
	return c
}

func drawSort(t *rapid.T) search.Sort {
	s := search.Sort{Descending: rapid.Bool().Draw(t, "descending"), Date: rapid.Bool().Draw(t, "date")}
	if s.Date {
		s.Param = pick(t, "param", dateParams)
	} else {
		s.Param = pick(t, "param", append(append([]string{"unknown"}, tokenParams...), referenceParams...))
	}
	return s
}

// drawQuery is any query; its position is that of a document, or of none.
func drawQuery(t *rapid.T, docs []driver.Document) search.Query {
	q := search.Query{
		Type:    pick(t, "resource type", []string{"Consent", "Provenance"}),
		Clauses: rapid.SliceOfN(rapid.Custom(drawClause), 0, 3).Draw(t, "clauses"),
		Sort:    rapid.SliceOfN(rapid.Custom(drawSort), 0, 3).Draw(t, "sort"),
		Count:   rapid.IntRange(0, 5).Draw(t, "count"),
	}
	if len(docs) == 0 || rapid.Bool().Draw(t, "first page") {
		return q
	}
	d := pick(t, "after", docs)
	q.After = &search.Position{Keys: q.SortKeys(d.Entries), ID: d.Key.ID}
	if rapid.IntRange(0, 4).Draw(t, "other id") == 0 {
		q.After.ID = fmt.Sprint("d", rapid.IntRange(0, 50).Draw(t, "id"))
	}
	return q
}
