package main

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"tahto/fhir"
)

// later sends a Bundle that is not waited for, and gives the path of its status.
func (a *again) later(body []byte) string {
	a.t.Helper()
	header := http.Header{"Content-Type": {"application/fhir+json"}, "Prefer": {"respond-async"}}
	got, err := send(http.MethodPost, a.base, header, body)
	if err != nil {
		a.t.Fatal(err)
	}
	path, ours := strings.CutPrefix(got.header.Get("Content-Location"), publicBase+"/_async/")
	if got.status != http.StatusAccepted || !ours {
		a.t.Fatalf("status %d, at %q: %s", got.status, got.header.Get("Content-Location"), got.body)
	}
	return "/_async/" + path
}

// status asks once.
func (a *again) status(method, path string) answer {
	a.t.Helper()
	got, err := send(method, a.base+path, nil, nil)
	if err != nil {
		a.t.Fatal(err)
	}
	return got
}

// result asks until the work has ended.
func (a *again) result(path string) *fhir.Resource {
	a.t.Helper()
	for {
		got := a.status(http.MethodGet, path)
		if got.status == http.StatusAccepted {
			if got.header.Get("Retry-After") != "1" || got.header.Get("X-Progress") == "" {
				a.t.Fatalf("while it runs the headers are %v", got.header)
			}
			continue
		}
		bundle, err := fhir.Parse(got.body)
		if err != nil || got.status != http.StatusOK || got.header.Get("Expires") == "" {
			a.t.Fatalf("status %d, %v: %s", got.status, err, got.body)
		}
		return bundle
	}
}

func TestLargeBundleIsWorkedOnAlone(t *testing.T) {
	eachTransactional(t, func(t *testing.T, s *again) {
		sent := submission("hundred", pairsOf("a", 100, false, false)...)
		path := s.later(sent)
		done := s.result(path).Root().Get("entry").At(0)
		if got := done.Get("response").Get("status").Text(); got != "200 OK" {
			t.Fatalf("it ended with %s", got)
		}
		// Sent again, and waited for, it is answered with the very same.
		if again := s.submit(sent, http.StatusOK); !bytes.Equal(again.body, done.Get("resource").Resource().JSON()) {
			t.Errorf("the answers differ:\n%.500s\n%.500s", again.body, done.Get("resource").Resource().JSON())
		}
		checkStored(t, s.base, "Consent", 100)
		if got := s.status(http.MethodDelete, path); got.status != http.StatusAccepted {
			t.Errorf("DELETE: %d", got.status)
		}
		if got := s.status(http.MethodGet, path); got.status != http.StatusNotFound {
			t.Errorf("after it: %d", got.status)
		}
	})
}

func TestWorkEndsWithTheServer(t *testing.T) {
	s := startAgain(t, testEngines(t)["Embedded"])
	sent := submission("large", largePairs("a", false)...)
	path := s.later(sent)
	s.restart()
	if got := s.status(http.MethodGet, path); got.status != http.StatusNotFound || !strings.Contains(string(got.body), "again") {
		t.Errorf("after a restart: %d %s", got.status, got.body)
	}
	if n := stored(t, s.base, "Consent"); n != 0 && n != thousand {
		t.Errorf("%d of %d are stored", n, thousand)
	}
	s.submit(sent, http.StatusOK)
	checkStored(t, s.base, "Consent", thousand)
}

func TestBatchIsSentInPieces(t *testing.T) {
	s := startAgain(t, testEngines(t)["Embedded"], "-intake", "archive")
	got := s.submit(bundleOfPairs("batch", "", pairsOf("a", 3, false, true)), http.StatusOK)
	if got.header.Get("Content-Length") != "" {
		t.Errorf("the answer has a length of %s", got.header.Get("Content-Length"))
	}
	bundle, err := fhir.Parse(got.body)
	if err != nil || bundle.Root().Get("entry").Len() != 6 {
		t.Errorf("%v: %s", err, got.body)
	}
}
