package storagetest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"tahto/fhir/search"
	"tahto/storage/driver"
)

var atomicity = []promise{
	{"AFailingUpdateLeavesNothing", testFailingUpdate},
	{"AFailingUpdateHarmsNoOther", testFailuresAmongOthers},
	{"APanicIsTheCallersAlone", testPanic},
	{"TheFunctionsErrorComesBack", testErrorComesBack},
	{"AContextThatEndsAfterTheFunctionUndoesNothing", testLateCancel},
}

var errOnPurpose = errors.New("on purpose")

func testFailingUpdate(t *testing.T, h Harness) {
	f := h.open(t)
	before := f.document("a", 1, search.Entry{Param: "status", System: "s", Value: "active"})
	f.append(before)
	err := f.Update(f.ctx, func(w driver.Writer) error {
		f.must(w.Append(f.ctx, f.document("a", 2, search.Entry{Param: "status", System: "never seen", Value: "x"})))
		f.must(w.Append(f.ctx, f.document("b", 1, search.Entry{Param: "new", System: "s", Value: "y"})))
		return errOnPurpose
	})
	if !errors.Is(err, errOnPurpose) {
		t.Fatalf("got %v, want the function's error", err)
	}
	// What the failed transaction would have been found by is used anew.
	after := f.document("c", 1, search.Entry{Param: "other", System: "another", Value: "x"})
	f.append(after)
	f.view(func(r driver.Reader) {
		f.same("all", f.found(r, search.Query{Type: "Consent"}, false), []driver.Document{read(before), read(after)})
		f.same("history", len(f.past(r, driver.History{})), 2)
		for _, c := range []search.Clause{token("status", "never seen", "x"), token("new", "s", "y"), token("status", "another", "x")} {
			f.same(c.Param, len(f.found(r, search.Query{Type: "Consent", Clauses: []search.Clause{c}}, true)), 0)
		}
		q := search.Query{Type: "Consent", Clauses: []search.Clause{token("other", "another", "x")}}
		f.same("after", ids(f.found(r, q, true)), []string{"c"})
	})
}

// testFailuresAmongOthers lets failing and lasting transactions use the same
// new parameters at the same time: what a failed one gave a name must not name
// anything else.
func testFailuresAmongOthers(t *testing.T, h Harness) {
	f := h.open(t)
	param := func(i int) string { return fmt.Sprint("param", i/3) }
	docs := make([]driver.Document, racers)
	want := map[string][]string{}
	for i := range docs {
		docs[i] = f.document(fmt.Sprintf("d%02d", i), 1, search.Entry{Param: param(i), System: "s", Value: "v"})
		if i%3 != 0 {
			want[param(i)] = append(want[param(i)], docs[i].Key.ID)
		}
	}
	race(func(i int) {
		fails := i%3 == 0
		err := f.Update(f.ctx, func(w driver.Writer) error {
			if err := w.Append(f.ctx, docs[i]); err != nil {
				return err
			}
			if fails {
				return errOnPurpose
			}
			return nil
		})
		if fails != (err != nil) {
			t.Errorf("update %d: %v", i, err)
		}
	})
	f.view(func(r driver.Reader) {
		for i := range docs {
			q := search.Query{Type: "Consent", Clauses: []search.Clause{token(param(i), "s", "v")}}
			f.same(q, ids(f.found(r, q, true)), want[param(i)])
		}
	})
}

func testPanic(t *testing.T, h Harness) {
	f := h.open(t)
	err := f.Update(f.ctx, func(w driver.Writer) error {
		f.must(w.Append(f.ctx, f.document("a", 1)))
		panic("on purpose")
	})
	if err == nil {
		t.Error("a panic in an Update gave no error")
	}
	f.append(f.document("b", 1))
	f.view(func(r driver.Reader) {
		f.same("kept", ids(f.found(r, search.Query{Type: "Consent"}, true)), []string{"b"})
	})
}

func testErrorComesBack(t *testing.T, h Harness) {
	f := h.open(t)
	if err := f.View(f.ctx, func(driver.Reader) error { return errOnPurpose }); err != errOnPurpose {
		t.Errorf("View: got %v", err)
	}
	if err := f.Update(f.ctx, func(driver.Writer) error { return errOnPurpose }); !errors.Is(err, errOnPurpose) {
		t.Errorf("Update: got %v", err)
	}
}

func testLateCancel(t *testing.T, h Harness) {
	f := h.open(t)
	ctx, cancel := context.WithCancel(f.ctx)
	d := f.document("a", 1)
	err := f.Update(ctx, func(w driver.Writer) error {
		err := w.Append(ctx, d)
		cancel()
		return err
	})
	f.must(err)
	f.view(func(r driver.Reader) {
		f.same("stored", f.found(r, search.Query{Type: "Consent"}, false), []driver.Document{read(d)})
	})
}
