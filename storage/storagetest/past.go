package storagetest

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"tahto/fhir/search"
	"tahto/storage/driver"
)

var past = []promise{
	{"MatchesAreFollowedByTheirOlderVersions", testPast},
	{"RandomHistoriesOfPersonsAreWhole", testRandomPast},
}

// ofPerson is what a document of a person is found by.
func ofPerson(code string) search.Entry {
	return search.Entry{Param: "patient:identifier", System: "urn:person", Value: code}
}

// withPast are the documents of a search with their older versions.
func (f *fixture) withPast(r driver.Reader, q search.Query) []driver.Document {
	f.Helper()
	var docs []driver.Document
	for d, err := range r.Find(f.ctx, q, driver.Past) {
		f.must(err)
		docs = append(docs, read(d))
	}
	return docs
}

// expectedPast is what Find must give with the past, over all versions.
func (m world) expectedPast(q search.Query) []driver.Document {
	var want []driver.Document
	for _, newest := range expected(q, m.current()) {
		list := m[newest.Key]
		for i := len(list) - 1; i >= 0; i-- {
			want = append(want, read(list[i]))
		}
	}
	return want
}

func testPast(t *testing.T, h Harness) {
	f := h.open(t)
	m := world{}
	add := func(docs ...driver.Document) {
		f.append(docs...)
		for _, d := range docs {
			m[d.Key] = append(m[d.Key], d)
		}
	}
	add(f.document("once", 1, ofPerson("a")), f.document("twice", 1, ofPerson("a")), f.document("twice", 2, ofPerson("a")))
	add(f.document("back", 1, ofPerson("a")), f.deletion("back", 2), f.document("back", 3, ofPerson("a")))
	add(f.document("came", 1, ofPerson("b")), f.document("came", 2, ofPerson("a")), f.document("went", 1, ofPerson("a")), f.document("went", 2, ofPerson("b")))
	add(f.document("gone", 1, ofPerson("a")), f.deletion("gone", 2))
	add(f.document("both", 1, ofPerson("a"), ofPerson("b")), f.document("both", 2, ofPerson("a")), f.document("both", 3, ofPerson("a"), ofPerson("b")))
	f.view(func(r driver.Reader) {
		for _, person := range []string{"a", "b", "nobody"} {
			q := search.Query{Type: "Consent", Clauses: []search.Clause{token("patient:identifier", "urn:person", person)}}
			f.same(person, f.withPast(r, q), m.expectedPast(q))
			q.Count = 2
			f.same(person+", two", f.withPast(r, q), m.expectedPast(q))
		}
		all := search.Query{Type: "Consent"}
		f.same("all", f.withPast(r, all), m.expectedPast(all))
	})
}

func testRandomPast(t *testing.T, h Harness) {
	rapid.Check(t, func(rt *rapid.T) {
		f := &fixture{reporter: rt, Engine: h.Open(t), ctx: t.Context(), oneDocument: h.OneDocument}
		defer f.Engine.Close()
		f.clock = f.clock.AddDate(2000, 0, 0).UTC()
		m := world{}
		for range rapid.IntRange(1, 12).Draw(rt, "versions") {
			d := m.step(rt, f)
			d.Version = uint64(len(m[d.Key]) + 1)
			if !d.Deleted {
				for range rapid.IntRange(0, 2).Draw(rt, "persons") {
					d.Entries = append(d.Entries, ofPerson(pick(rt, "person", []string{"a", "b"})))
				}
			}
			f.append(d)
			m[d.Key] = append(m[d.Key], d)
		}
		f.view(func(r driver.Reader) {
			clause := token("patient:identifier", "urn:person", "a")
			if rapid.Bool().Draw(rt, "two persons") {
				clause.Values = append(clause.Values, search.Value{System: "urn:person", Value: "b"})
			}
			q := search.Query{Type: pick(rt, "resource type", []string{"Consent", "Provenance"}), Clauses: []search.Clause{clause}}
			f.same(fmt.Sprint("past of ", q.Type), f.withPast(r, q), m.expectedPast(q))
			q = drawQuery(rt, m.current())
			f.same(q, f.withPast(r, q), m.expectedPast(q))
		})
	})
}
