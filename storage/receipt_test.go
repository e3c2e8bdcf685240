package storage_test

import (
	"strings"
	"testing"

	"tahto/fhir/issue"
	"tahto/storage"
)

func TestReceiptComesBackAsItWas(t *testing.T) {
	f := open(t)
	const name = "urn:x|160350-900N"
	kept := []byte("{\"a\": \"<ä>\"}\n\x00 no JSON at all")
	f.must(f.Store.Update(f.Context(), func(tx *storage.Tx) error {
		if _, found, err := tx.Receipt(f.Context(), name); found || err != nil {
			t.Errorf("before: found %t, %v", found, err)
		}
		return tx.KeepReceipt(f.Context(), name, kept)
	}))
	f.must(f.Store.View(f.Context(), func(tx *storage.Tx) error {
		got, found, err := tx.Receipt(f.Context(), name)
		if err != nil || !found || string(got) != string(kept) {
			t.Errorf("got %q, found %t, %v", got, found, err)
		}
		if _, found, err := tx.Receipt(f.Context(), name+" "); found || err != nil {
			t.Errorf("another: found %t, %v", found, err)
		}
		if tx.KeepReceipt(f.Context(), "x", nil) == nil {
			t.Error("a View keeps a receipt")
		}
		page, err := tx.History(f.Context(), storage.HistoryQuery{})
		if len(page.Versions) != 0 {
			t.Errorf("the history shows %v", page.Versions)
		}
		return err
	}))
}

func TestReceiptThatNoEngineTakesIsRefused(t *testing.T) {
	f := open(t)
	random := make([]byte, storage.MaxReceipt)
	state := uint32(1)
	for i := range random { // what can't be compressed
		state = state*1664525 + 1013904223
		random[i] = byte(state >> 24)
	}
	err := f.Store.Update(f.Context(), func(tx *storage.Tx) error { return tx.KeepReceipt(f.Context(), "x", random) })
	if issue.KindOf(err) != issue.Unprocessable || err == nil || !strings.Contains(err.Error(), "return=minimal") {
		t.Errorf("got %v", err)
	}
}
