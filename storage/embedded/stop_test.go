package embedded_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"tahto/fhir"
	"tahto/fhir/search"
	"tahto/storage/driver"
	"tahto/storage/embedded"
)

// TestALongSearchEndsWithItsContext has searches that pass thousands of
// documents before or after the only one that matches: whoever asked is gone
// long before they would be done.
func TestALongSearchEndsWithItsContext(t *testing.T) {
	e := open(t, "")
	crowd(t, e, 1_500)
	newest := []search.Sort{{Param: "date", Date: true, Descending: true}}
	for name, q := range map[string]search.Query{
		"by id":        {Count: 20},
		"newest first": {Sort: newest, Count: 20},
	} {
		t.Run(name, func(t *testing.T) {
			q.Type, q.Clauses = "Consent", slow()
			endsEarly(t, e, func(ctx context.Context, r driver.Reader) error {
				n := 0
				for _, err := range r.Find(ctx, q, driver.Heads) {
					if err != nil {
						return err
					}
					n++
				}
				if n != 1 {
					t.Errorf("found %d documents, want 1", n)
				}
				return nil
			})
		})
	}
	t.Run("count", func(t *testing.T) {
		endsEarly(t, e, func(ctx context.Context, r driver.Reader) error {
			n, err := r.Count(ctx, search.Query{Type: "Consent", Clauses: slow()})
			if err == nil && n != 1 {
				t.Errorf("counted %d documents, want 1", n)
			}
			return err
		})
	})
}

// endsEarly lets the search run to its end once, and then gives it a small part
// of that time.
func endsEarly(t *testing.T, e *embedded.Engine, search func(context.Context, driver.Reader) error) {
	t.Helper()
	run := func(ctx context.Context) (time.Duration, error) {
		start := time.Now()
		err := e.View(t.Context(), func(r driver.Reader) error { return search(ctx, r) })
		return time.Since(start), err
	}
	whole, err := run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var took time.Duration
	for range 3 { // a busy machine may be late once
		ctx, cancel := context.WithTimeout(t.Context(), whole/20)
		took, err = run(ctx)
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want DeadlineExceeded", err)
		}
		if took < whole/2 {
			return
		}
	}
	t.Errorf("it ended after %v; the whole search takes %v", took, whole)
}

// slow are clauses of which none leads, and which only the first document
// fulfils.
func slow() []search.Clause {
	var clauses []search.Clause
	for i := range 60 {
		clauses = append(clauses, search.Clause{
			Param: "name", Op: search.Token, Not: true, Values: []search.Value{{System: "s", Value: fmt.Sprint("other", i)}},
		})
	}
	return append(clauses, search.Clause{Param: "rare", Op: search.Missing})
}

func crowd(t *testing.T, e *embedded.Engine, documents int) {
	t.Helper()
	const together = 500
	for from := 0; from < documents; from += together {
		err := e.Update(t.Context(), func(w driver.Writer) error {
			for i := from; i < from+together; i++ {
				if err := w.Append(t.Context(), oneOfMany(i)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func oneOfMany(i int) driver.Document {
	at := time.UnixMilli(1_700_000_000_000 - int64(i))
	d := driver.Document{
		Key: fhir.Key{Type: "Consent", ID: fmt.Sprintf("d%06d", i)}, Version: 1, Updated: at, Method: "POST", Body: []byte("{}"),
		Entries: []search.Entry{
			{Param: "date", Low: at.UnixMicro(), High: at.UnixMicro() + 1000},
			{Param: "name", System: "s", Value: fmt.Sprint("name", i)},
		},
	}
	if i == 0 {
		d.Entries = append(d.Entries, search.Entry{Param: "rare", System: "s", Value: "v"})
	}
	return d
}
