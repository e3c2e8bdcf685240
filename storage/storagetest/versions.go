package storagetest

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"tahto/fhir"
	"tahto/fhir/search"
	"tahto/storage/driver"
)

var versions = []promise{
	{"WhatWasNeverThereIsNotFound", testNotFound},
	{"EveryVersionStaysReadable", testVersionsStay},
	{"ADeletionIsAVersionWithoutABody", testDeletion},
	{"VersionsHaveNoGaps", testNoGaps},
	{"KeysAreTypeAndId", testKeys},
	{"BodiesAreBytes", testBodies},
	{"BytesAreTheCallers", testOwnBytes},
	{"AWriterSeesWhatItWrote", testOwnWrites},
	{"AClosedEngineIsUnavailable", testClosed},
	{"AnEndedContextIsTheError", testEndedContext},
}

func testNotFound(t *testing.T, h Harness) {
	f := h.open(t)
	f.append(f.document("a", 1))
	f.view(func(r driver.Reader) {
		if _, err := r.Get(f.ctx, fhir.Key{Type: "Consent", ID: "b"}); !errors.Is(err, driver.ErrNotFound) {
			t.Errorf("Get: got %v, want ErrNotFound", err)
		}
		for _, version := range []uint64{0, 2, 1 << 63, 1<<64 - 1} {
			if _, err := r.GetVersion(f.ctx, fhir.Key{Type: "Consent", ID: "a"}, version); !errors.Is(err, driver.ErrNotFound) {
				t.Errorf("GetVersion %d: got %v, want ErrNotFound", version, err)
			}
		}
	})
}

func testVersionsStay(t *testing.T, h Harness) {
	f := h.open(t)
	docs := []driver.Document{f.document("a", 1), f.document("a", 2), f.deletion("a", 3), f.document("a", 4)}
	for _, d := range docs {
		f.append(d)
	}
	f.view(func(r driver.Reader) {
		f.same("newest", f.get(r, "a"), read(docs[3]))
		for _, want := range docs {
			got, err := r.GetVersion(f.ctx, want.Key, want.Version)
			f.must(err)
			f.same("version", read(got), read(want))
		}
	})
}

func testDeletion(t *testing.T, h Harness) {
	f := h.open(t)
	status := search.Entry{Param: "status", Value: "active"}
	f.append(f.document("a", 1, status))
	gone := f.deletion("a", 2)
	f.append(gone)
	f.view(func(r driver.Reader) {
		f.same("deletion", f.get(r, "a"), gone)
		f.same("found", f.found(r, search.Query{Type: "Consent"}, true), []driver.Document(nil))
		n, err := r.Count(f.ctx, search.Query{Type: "Consent"})
		f.must(err)
		f.same("count", n, 0)
	})
}

func testNoGaps(t *testing.T, h Harness) {
	f := h.open(t)
	f.append(f.document("a", 1), f.document("a", 2))
	for _, d := range []driver.Document{
		f.document("a", 2), f.document("a", 1), f.document("a", 4), f.document("a", 0),
		f.document("b", 0), f.document("b", 2), f.deletion("a", 2), f.document("a", 1<<64-1),
	} {
		err := f.Update(f.ctx, func(w driver.Writer) error { return w.Append(f.ctx, d) })
		if !errors.Is(err, driver.ErrConflict) {
			t.Errorf("appending %s version %d: got %v, want ErrConflict", d.Key, d.Version, err)
		}
	}
	f.view(func(r driver.Reader) { f.same("versions", len(f.past(r, driver.History{})), 2) })
}

func testKeys(t *testing.T, h Harness) {
	f := h.open(t)
	one, other := f.document("a", 1), f.document("a", 1)
	other.Key.Type = "Provenance"
	upper := f.document("A", 1)
	f.append(one, other, upper)
	f.view(func(r driver.Reader) {
		for _, want := range []driver.Document{one, other, upper} {
			got, err := r.Get(f.ctx, want.Key)
			f.must(err)
			f.same("document", read(got), read(want))
		}
	})
}

func testBodies(t *testing.T, h Harness) {
	f := h.open(t)
	for i, body := range [][]byte{[]byte("\x00\xff\xfe'\";--"), bytes.Repeat([]byte("x"), 5<<20), []byte("{}")} {
		d := f.document(string(rune('a'+i)), 1)
		d.Body = body
		f.append(d)
		f.view(func(r driver.Reader) {
			if got := f.get(r, d.Key.ID).Body; !bytes.Equal(got, body) {
				t.Errorf("body %d of %d bytes came back as %d bytes", i, len(body), len(got))
			}
		})
	}
}

func testOwnBytes(t *testing.T, h Harness) {
	f := h.open(t)
	d := f.document("a", 1)
	want := bytes.Clone(d.Body)
	f.append(d)
	clear(d.Body)
	f.view(func(r driver.Reader) { clear(f.get(r, "a").Body) })
	f.view(func(r driver.Reader) { f.same("body", string(f.get(r, "a").Body), string(want)) })
}

func testOwnWrites(t *testing.T, h Harness) {
	f := h.open(t)
	active := search.Entry{Param: "status", System: "new-system", Value: "active"}
	q := search.Query{Type: "Consent", Clauses: []search.Clause{token("status", "new-system", "active")}}
	f.must(f.Update(f.ctx, func(w driver.Writer) error {
		d := f.document("a", 1, active)
		f.must(w.Append(f.ctx, d))
		f.same("get", f.get(w, "a"), read(d))
		f.same("find", f.found(w, q, false), []driver.Document{read(d)})
		d = f.document("a", 2)
		f.must(w.Append(f.ctx, d))
		f.same("find after change", len(f.found(w, q, false)), 0)
		f.same("history", len(f.past(w, driver.History{Type: "Consent", ID: "a"})), 2)
		return nil
	}))
}

func testClosed(t *testing.T, h Harness) {
	f := h.open(t)
	f.append(f.document("a", 1))
	f.must(f.Ready(f.ctx))
	f.must(f.Close())
	if err := f.View(f.ctx, func(driver.Reader) error { return nil }); !errors.Is(err, driver.ErrUnavailable) {
		t.Errorf("View: got %v, want ErrUnavailable", err)
	}
	if err := f.Update(f.ctx, func(driver.Writer) error { return nil }); !errors.Is(err, driver.ErrUnavailable) {
		t.Errorf("Update: got %v, want ErrUnavailable", err)
	}
	if err := f.Ready(f.ctx); !errors.Is(err, driver.ErrUnavailable) {
		t.Errorf("Ready: got %v, want ErrUnavailable", err)
	}
}

func testEndedContext(t *testing.T, h Harness) {
	f := h.open(t)
	ended, cancel := context.WithDeadline(f.ctx, time.Unix(0, 0))
	defer cancel()
	ran := false
	if err := f.Update(ended, func(driver.Writer) error { ran = true; return nil }); !errors.Is(err, context.DeadlineExceeded) || ran {
		t.Errorf("Update: got %v, ran %v; want DeadlineExceeded and not run", err, ran)
	}
	if err := f.View(ended, func(driver.Reader) error { return nil }); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("View: got %v, want DeadlineExceeded", err)
	}
}
