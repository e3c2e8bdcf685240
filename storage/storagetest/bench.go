package storagetest

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"tahto/fhir"
	"tahto/fhir/search"
	"tahto/storage/driver"
)

// declarations is how many documents a person has.
const declarations = 6

// Benchmark measures what a server does most: finding the declarations of one
// person among persons × 6 documents, reading one, reading all of one person,
// and committing with one writer and with 16.
func Benchmark(b *testing.B, h Harness, persons int) {
	f := h.open(b)
	load(f, persons)
	b.Run("HeadsOfOnePerson", func(b *testing.B) { benchPerson(b, f, persons, true) })
	b.Run("BodiesOfOnePerson", func(b *testing.B) { benchPerson(b, f, persons, false) })
	b.Run("GetOne", func(b *testing.B) { benchGet(b, f, persons) })
	b.Run("PageOfAll", func(b *testing.B) {
		benchQuery(b, f, search.Query{Type: "Consent", Count: 20, Clauses: []search.Clause{token("status", statusSystem, "active")}})
	})
	b.Run("NewestOfAll", func(b *testing.B) {
		benchQuery(b, f, search.Query{Type: "Consent", Count: 20, Sort: []search.Sort{{Param: "_lastUpdated", Date: true, Descending: true}}})
	})
	for _, writers := range []int{1, 16} {
		b.Run(fmt.Sprintf("Commit/writers=%d", writers), func(b *testing.B) { benchCommit(b, f, writers) })
	}
}

const (
	personSystem = "urn:oid:1.2.246.21"
	statusSystem = "http://hl7.org/fhir/consent-state-codes"
)

// person is an invented code, no one's identity code.
func person(n int) string { return fmt.Sprintf("person-%08d", n) }

// declaration is a document as large, and found by as much, as a Consent.
func declaration(n, i int) driver.Document {
	// Ids that scatter, as random ones do.
	id := fmt.Sprintf("%08x-%04d-4000-8000-%012d", uint32(n)*2654435761, i, n)
	at := time.UnixMilli(1_700_000_000_000 + int64(n)).UTC()
	low := at.UnixMicro()
	body := make([]byte, 2200)
	for k := range body {
		body[k] = 'a' + byte((n+k)%26)
	}
	return driver.Document{
		Key: fhir.Key{Type: "Consent", ID: id}, Version: 1, Updated: at, Method: "POST", Body: body,
		Entries: []search.Entry{
			{Param: "_id", Value: id},
			{Param: "_lastUpdated", Low: low, High: low + 1000},
			{Param: "identifier", System: "urn:ietf:rfc:3986", Value: "urn:uuid:" + id},
			{Param: "patient:identifier", System: personSystem, Value: person(n)},
			{Param: "consentor:identifier", System: personSystem, Value: person(n)},
			{Param: "status", System: statusSystem, Value: "active"},
			{Param: "category", System: "http://loinc.org", Value: "59284-0"},
			{Param: "category", System: "urn:example:kind", Value: fmt.Sprint("kind", i)},
			{Param: "scope", System: "http://terminology.hl7.org/CodeSystem/consentscope", Value: "patient-privacy"},
			{Param: "date", Low: low, High: low + 1000},
			{Param: "period", Low: low, High: search.End},
			{Param: "actor:identifier", System: "urn:ietf:rfc:3986", Value: fmt.Sprint("urn:oid:1.2.246.10.", n%500)},
			{Param: "purpose", System: "http://terminology.hl7.org/CodeSystem/v3-ActReason", Value: "TREAT"},
			{Param: "security-label", System: "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", Value: "N"},
		},
	}
}

func load(f *fixture, persons int) {
	const together = 50
	for from := 0; from < persons; from += together {
		var docs []driver.Document
		for n := from; n < min(from+together, persons); n++ {
			for i := range declarations {
				docs = append(docs, declaration(n, i))
			}
		}
		f.append(docs...)
	}
}

// scatter visits all persons in an order that no cache foresees.
func scatter(i, persons int) int { return int(uint64(i) * 2654435761 % uint64(persons)) }

func benchPerson(b *testing.B, f *fixture, persons int, heads bool) {
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		q := search.Query{Type: "Consent", Clauses: []search.Clause{token("patient:identifier", personSystem, person(scatter(i, persons)))}}
		err := f.View(f.ctx, func(r driver.Reader) error {
			n := 0
			for _, err := range r.Find(f.ctx, q, partOf(heads)) {
				if err != nil {
					return err
				}
				n++
			}
			if n != declarations {
				return fmt.Errorf("found %d declarations, want %d", n, declarations)
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

func benchGet(b *testing.B, f *fixture, persons int) {
	keys := make([]fhir.Key, 4096)
	for i := range keys {
		keys[i] = declaration(scatter(i, persons), i%declarations).Key
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		err := f.View(f.ctx, func(r driver.Reader) error {
			_, err := r.Get(f.ctx, keys[i%len(keys)])
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

func benchQuery(b *testing.B, f *fixture, q search.Query) {
	for b.Loop() {
		err := f.View(f.ctx, func(r driver.Reader) error {
			n := 0
			for _, err := range r.Find(f.ctx, q, driver.Heads) {
				if err != nil {
					return err
				}
				n++
			}
			if n != q.Count {
				return fmt.Errorf("found %d, want %d", n, q.Count)
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

// serial numbers the persons that benchCommit adds, over all of its runs.
var serial atomic.Int64

func benchCommit(b *testing.B, f *fixture, writers int) {
	var left atomic.Int64
	left.Store(int64(b.N))
	done := make(chan error, writers)
	b.ResetTimer()
	for range writers {
		go func() {
			for left.Add(-1) >= 0 {
				d := declaration(int(10_000_000+serial.Add(1)), 0)
				err := f.Update(f.ctx, func(w driver.Writer) error { return w.Append(f.ctx, d) })
				if err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	for range writers {
		if err := <-done; err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commits/s")
}
