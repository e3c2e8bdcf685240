package storagetest

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tahto/fhir"
	"tahto/fhir/search"
	"tahto/storage/driver"
)

var find = []promise{
	{"HandMadeQueriesMeanWhatMatchSays", testHandMade},
	{"RandomQueriesMeanWhatMatchSays", testRandomQueries},
	{"RandomDocumentsMeanWhatMatchSays", testRandomDocuments},
	{"ThousandsOfValuesAreNotTooMany", testManyValues},
	{"OnlyCurrentVersionsAreFound", testOnlyCurrent},
	{"HeadsHaveNoBodies", testHeads},
	{"IndexReplacesWhatADocumentIsFoundBy", testIndex},
	{"ManyDocumentsAreFoundLikeFew", testManyDocuments},
}

func token(param, system, value string) search.Clause {
	return search.Clause{Param: param, Op: search.Token, Values: []search.Value{{System: system, Value: value}}}
}

func day(n int64) int64 { return n * 86_400_000_000 }

// library are documents of two types with every kind of entry, present, absent
// and repeated.
func library(f *fixture) []driver.Document {
	var docs []driver.Document
	for i := range int64(48) {
		var entries []search.Entry
		add := func(e search.Entry) { entries = append(entries, e) }
		if i%7 != 0 {
			add(search.Entry{Param: "status", System: "urn:status", Value: []string{"active", "inactive", "draft"}[i%3]})
		}
		add(search.Entry{Param: "identifier", System: []string{"", "urn:a", "urn:b"}[i%3], Value: fmt.Sprint(i % 10)})
		if i%4 == 0 {
			add(search.Entry{Param: "identifier", System: "urn:a", Value: "shared ä'\";%_"})
			add(search.Entry{Param: "identifier", System: "urn:a", Value: "shared ä'\";%_"})
		}
		if i%5 != 0 {
			add(search.Entry{Param: "date", Low: day(i % 9), High: day(i%9 + 1)})
		}
		if i%6 == 0 {
			add(search.Entry{Param: "date", Low: search.Beginning, High: day(i % 13)})
			add(search.Entry{Param: "date", Low: day(i % 11), High: search.End})
		}
		if i%3 != 1 {
			add(search.Entry{Param: "target", System: []string{"Consent", "Patient", ""}[i%3], Value: fmt.Sprint("t", i%5), Version: []string{"", "1", "2"}[i%4%3]})
		}
		if i%8 == 0 {
			add(search.Entry{Param: "target"})
		}
		add(search.Entry{Param: "_lastUpdated", Low: day(i / 4), High: day(i/4) + 1000})
		d := f.document(fmt.Sprintf("d%02d", (i*29)%48), 1, entries...)
		if i%5 == 4 {
			d.Key.Type = "Provenance"
		}
		docs = append(docs, d)
	}
	f.append(docs...)
	return docs
}

// check compares Find, with bodies and without, and Count with their meaning.
func check(f *fixture, r driver.Reader, q search.Query, docs []driver.Document) {
	f.Helper()
	want := expected(q, docs)
	f.same(q, f.found(r, q, false), want)
	heads := make([]driver.Document, len(want))
	for i, d := range want {
		heads[i] = d
		heads[i].Body = nil
	}
	f.same([]any{"heads", q}, append([]driver.Document{}, f.found(r, q, true)...), heads)
	n, err := r.Count(f.ctx, q)
	f.must(err)
	all := q
	all.After, all.Count = nil, 0
	f.same([]any{"count", q}, n, len(expected(all, docs)))
}

func testHandMade(t *testing.T, h Harness) {
	f := h.open(t)
	docs := library(f)
	f.view(func(r driver.Reader) {
		for _, clauses := range handMade() {
			for _, resourceType := range []string{"Consent", "Provenance", "Account", ""} {
				for _, sort := range [][]search.Sort{
					nil, {{Param: "date", Date: true}}, {{Param: "date", Date: true, Descending: true}},
					{{Param: "status", Descending: true}, {Param: "_lastUpdated", Date: true}}, {{Param: "none"}},
				} {
					check(f, r, search.Query{Type: resourceType, Clauses: clauses, Sort: sort}, docs)
				}
			}
		}
	})
}

// handMade are the clauses worth naming.
func handMade() [][]search.Clause {
	one := func(c search.Clause) []search.Clause { return []search.Clause{c} }
	list := [][]search.Clause{
		nil,
		one(token("status", "urn:status", "active")),
		one(token("status", "", "active")),
		one(token("status", "urn:unknown", "active")),
		one(token("unknown", "urn:status", "active")),
		one(token("identifier", "", "0")),
		one(token("identifier", "urn:a", "shared ä'\";%_")),
		one(search.Clause{Param: "status", Op: search.Token, Values: []search.Value{{AnySystem: true, Value: "active"}}}),
		one(search.Clause{Param: "status", Op: search.Token, Values: []search.Value{{System: "urn:status", AnyValue: true}}}),
		one(search.Clause{Param: "status", Op: search.Token, Values: []search.Value{{AnySystem: true, AnyValue: true}}}),
		one(search.Clause{Param: "status", Op: search.Token, Not: true, Values: []search.Value{{AnySystem: true, Value: "active"}}}),
		one(search.Clause{Param: "status", Op: search.Token, Not: true, Values: []search.Value{{System: "urn:unknown", Value: "active"}}}),
		one(search.Clause{Param: "status", Op: search.Token, Not: true}),
		one(search.Clause{Param: "status", Op: search.Token}),
		one(search.Clause{Param: "unknown", Op: search.Token, Not: true, Values: []search.Value{{AnySystem: true, Value: "x"}}}),
		one(search.Clause{Param: "status", Values: []search.Value{{AnySystem: true, AnyValue: true}}}),
		one(search.Clause{Param: "status", Not: true, Values: []search.Value{{AnySystem: true, AnyValue: true}}}),
		one(search.Clause{Param: "status", Op: search.Missing}),
		one(search.Clause{Param: "status", Op: search.Missing, Absent: true}),
		one(search.Clause{Param: "unknown", Op: search.Missing}),
		one(search.Clause{Param: "unknown", Op: search.Missing, Absent: true}),
		{token("status", "urn:status", "active"), token("identifier", "urn:a", "shared ä'\";%_")},
		{token("status", "urn:status", "active"), token("status", "urn:status", "draft")},
		one(search.Clause{Param: "identifier", Op: search.Token, Values: []search.Value{
			{System: "urn:a", Value: "1"}, {AnySystem: true, Value: "2"}, {System: "urn:b", AnyValue: true}, {Value: "3"}, {System: "urn:unknown", Value: "4"},
		}}),
	}
	for _, v := range []search.Value{
		{System: "Consent", Value: "t0"}, {AnySystem: true, Value: "t0"}, {System: "Consent", Value: "t0", Version: "1"},
		{AnySystem: true, Value: "t2", Version: "2"}, {System: "", Value: "t1"}, {AnySystem: true, Value: ""}, {AnySystem: true, AnyValue: true},
	} {
		list = append(list,
			one(search.Clause{Param: "target", Op: search.Reference, Values: []search.Value{v}}),
			one(search.Clause{Param: "target", Op: search.Reference, Not: true, Values: []search.Value{v, {System: "Patient", Value: "t1"}}}))
	}
	for _, prefix := range prefixes {
		v := search.Value{Prefix: prefix, Low: day(3), High: day(5)}
		list = append(list,
			one(search.Clause{Param: "date", Op: search.Date, Values: []search.Value{v}}),
			one(search.Clause{Param: "date", Op: search.Date, Not: true, Values: []search.Value{v}}),
			one(search.Clause{Param: "date", Op: search.Date, Values: []search.Value{v, {Prefix: prefix, Low: day(7), High: day(8)}, {Prefix: search.Equal, Low: day(1), High: day(2)}}}),
			[]search.Clause{{Param: "date", Op: search.Date, Values: []search.Value{v}}, token("status", "urn:status", "active")})
	}
	return list
}

var prefixes = []search.Prefix{
	search.Equal, search.NotEqual, search.GreaterThan, search.LessThan, search.GreaterEqual,
	search.LessEqual, search.StartsAfter, search.EndsBefore, search.Approximate, "xx", "",
}

func testRandomQueries(t *testing.T, h Harness) {
	f := h.open(t)
	docs := library(f)
	f.view(func(r driver.Reader) {
		rapid.Check(t, func(t *rapid.T) {
			g := *f
			g.reporter = t
			check(&g, r, drawQuery(t, docs), docs)
		})
	})
}

func testRandomDocuments(t *testing.T, h Harness) {
	f := h.open(t)
	round := 0
	rapid.Check(t, func(t *rapid.T) {
		g := *f
		g.reporter = t
		// A type of its own keeps each round's documents apart.
		round++
		var docs []driver.Document
		for i := range rapid.IntRange(0, 12).Draw(t, "documents") {
			d := g.document(fmt.Sprint("d", i), 1, rapid.SliceOfN(rapid.Custom(drawEntry), 0, 6).Draw(t, "entries")...)
			d.Key.Type = fmt.Sprint("Type", round)
			docs = append(docs, d)
		}
		g.append(docs...)
		g.view(func(r driver.Reader) {
			for range 4 {
				q := drawQuery(t, docs)
				q.Type = fmt.Sprint("Type", round)
				check(&g, r, q, docs)
			}
		})
		f.clock = g.clock
	})
}

func testManyValues(t *testing.T, h Harness) {
	f := h.open(t)
	docs := library(f)
	const many = 17_000
	tokens := search.Clause{Param: "identifier", Op: search.Token, Values: []search.Value{{System: "urn:a", Value: "shared ä'\";%_"}}}
	targets := search.Clause{Param: "target", Op: search.Reference, Values: []search.Value{{AnySystem: true, Value: "t2", Version: "2"}, {System: "Consent", Value: "t0"}}}
	dates := search.Clause{Param: "date", Op: search.Date, Values: []search.Value{{Prefix: search.Equal, Low: day(3), High: day(4)}}}
	for i := range int64(many) {
		tokens.Values = append(tokens.Values, search.Value{System: "urn:b", Value: fmt.Sprint("x", i)}, search.Value{AnySystem: true, Value: strings.Repeat("y", int(i%9)) + "\x00"})
		targets.Values = append(targets.Values, search.Value{System: "Patient", Value: fmt.Sprint("x", i)}, search.Value{AnySystem: true, Value: fmt.Sprint("x", i), Version: "1"})
		if i < 500 {
			dates.Values = append(dates.Values, search.Value{Prefix: search.Equal, Low: day(100 + i), High: day(101 + i)}, search.Value{Prefix: search.StartsAfter, Low: search.Beginning, High: search.End})
		}
	}
	f.view(func(r driver.Reader) {
		for _, c := range []search.Clause{tokens, targets, dates} {
			leading := search.Query{Type: "Consent", Clauses: []search.Clause{c}}
			f.same(c.Param, f.found(r, leading, false), expected(leading, docs))
			c.Not = true
			checked := search.Query{Type: "Consent", Clauses: []search.Clause{token("status", "urn:status", "active"), c}}
			f.same(c.Param, f.found(r, checked, false), expected(checked, docs))
		}
	})
}

func testOnlyCurrent(t *testing.T, h Harness) {
	f := h.open(t)
	entry := func(value string) search.Entry {
		return search.Entry{Param: "status", System: "s", Value: value}
	}
	for i, value := range []string{"a", "b"} {
		f.append(f.document("x", uint64(i+1), entry(value), search.Entry{Param: "date", Low: day(int64(i)), High: day(int64(i + 1))}))
	}
	f.append(f.document("y", 1, entry("a")), f.deletion("y", 2), f.document("z", 1, entry("a")), f.deletion("z", 2), f.document("z", 3, entry("b")))
	f.view(func(r driver.Reader) {
		find := func(c search.Clause) []string {
			return ids(f.found(r, search.Query{Type: "Consent", Clauses: []search.Clause{c}}, true))
		}
		f.same("the value before", find(token("status", "s", "a")), []string(nil))
		f.same("the value now", find(token("status", "s", "b")), []string{"x", "z"})
		f.same("the date before", find(search.Clause{Param: "date", Op: search.Date, Values: []search.Value{{Prefix: search.Equal, Low: 0, High: day(1)}}}), []string(nil))
		f.same("the date now", find(search.Clause{Param: "date", Op: search.Date, Values: []search.Value{{Prefix: search.Equal, Low: day(1), High: day(2)}}}), []string{"x"})
	})
}

func testHeads(t *testing.T, h Harness) {
	f := h.open(t)
	d := f.document("a", 1)
	f.append(d)
	d.Body = nil
	f.view(func(r driver.Reader) {
		f.same("head", f.found(r, search.Query{Type: "Consent"}, true), []driver.Document{d})
	})
}

func testIndex(t *testing.T, h Harness) {
	f := h.open(t)
	first, second := f.document("a", 1, token1("old")), f.document("a", 2, token1("old"), search.Entry{Param: "date", Low: day(1), High: day(2)})
	f.append(first)
	f.append(second)
	f.append(f.document("gone", 1))
	f.append(f.deletion("gone", 2))
	index := func(id string, entries ...search.Entry) error {
		return f.Update(f.ctx, func(w driver.Writer) error { return w.Index(f.ctx, fhir.Key{Type: "Consent", ID: id}, entries) })
	}
	for _, id := range []string{"gone", "never"} {
		if err := index(id, token1("new")); !errors.Is(err, driver.ErrNotFound) {
			t.Errorf("%s: got %v, want ErrNotFound", id, err)
		}
	}
	f.must(index("a", token1("new"), search.Entry{Param: "person", System: "p", Value: "1"}))
	second.Entries = []search.Entry{token1("new"), {Param: "person", System: "p", Value: "1"}}
	f.view(func(r driver.Reader) {
		for _, c := range []search.Clause{token("status", "s", "old"), token("status", "s", "new"), token("person", "p", "1"), {Param: "date", Op: search.Missing}} {
			check(f, r, search.Query{Type: "Consent", Clauses: []search.Clause{c}}, []driver.Document{second})
		}
		f.same("newest", f.get(r, "a"), read(second))
		f.same("history", f.past(r, driver.History{Type: "Consent", ID: "a"}), []driver.Document{read(second), read(first)})
	})
	third := f.document("a", 3, token1("third"))
	f.append(third)
	f.view(func(r driver.Reader) {
		check(f, r, search.Query{Type: "Consent", Clauses: []search.Clause{token("status", "s", "third")}}, []driver.Document{third})
	})
}

func token1(value string) search.Entry {
	return search.Entry{Param: "status", System: "s", Value: value}
}

// testManyDocuments has more documents than an engine may want to look at by
// one clause alone.
func testManyDocuments(t *testing.T, h Harness) {
	f := h.open(t)
	var docs []driver.Document
	for i := range int64(11_000) {
		entries := []search.Entry{
			{Param: "status", System: "s", Value: "active"},
			{Param: "person", System: "p", Value: fmt.Sprint(i / 6)},
			{Param: "date", Low: day(i % 500), High: day(i%500 + 1)},
		}
		if i%100 == 0 {
			entries = append(entries, search.Entry{Param: "rare", Value: "x"}, search.Entry{Param: "date", Low: day(i % 7), High: day(1000)})
		}
		if i%1000 == 1 {
			entries = entries[:2]
		}
		docs = append(docs, f.document(fmt.Sprintf("d%05d", (i*7919)%11_000), 1, entries...))
	}
	f.append(docs...)
	active := token("status", "s", "active")
	late := search.Clause{Param: "date", Op: search.Date, Values: []search.Value{{Prefix: search.GreaterEqual, Low: day(100), High: day(101)}}}
	newest := []search.Sort{{Param: "date", Date: true, Descending: true}}
	f.view(func(r driver.Reader) {
		for _, q := range []search.Query{
			{Clauses: []search.Clause{active}, Count: 20},
			{Clauses: []search.Clause{active, token("rare", "", "x")}, Count: 20},
			{Clauses: []search.Clause{active, token("person", "p", "77")}},
			{Clauses: []search.Clause{active, late}, Count: 5},
			{Clauses: []search.Clause{active}, Sort: newest, Count: 5},
			{Sort: newest, Count: 150},
			{Sort: []search.Sort{{Param: "date", Date: true}}, Count: 150},
			{Sort: newest, Count: 7, After: &search.Position{Keys: []search.SortKey{{Time: day(1000)}}, ID: "d05000"}},
			{Sort: newest, Count: 7, After: &search.Position{Keys: []search.SortKey{{Time: day(1)}}, ID: "d10990"}},
			{Sort: newest, Count: 7, After: &search.Position{Keys: []search.SortKey{{Missing: true}}, ID: "d02"}},
			{Clauses: []search.Clause{active, {Param: "rare", Op: search.Missing, Absent: true}}, Count: 3, After: &search.Position{ID: "d00100"}},
		} {
			q.Type = "Consent"
			check(f, r, q, docs)
		}
	})
}
