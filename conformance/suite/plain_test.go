package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// plain is a FHIR server as simple as one can be: Consents in memory, created,
// read and found by id or identifier. It knows no Finnish declaration and no
// $evaluate.
type plain struct {
	mu       sync.Mutex
	consents map[string]json.RawMessage
}

const plainStatement = `{"resourceType":"CapabilityStatement","status":"active","date":"2026-01-01","kind":"instance","implementation":{"description":"Plain"},
"fhirVersion":"4.0.1","format":["json"],"rest":[{"mode":"server","resource":[{"type":"Consent","interaction":[{"code":"create"},{"code":"read"},{"code":"search-type"}],
"searchParam":[{"name":"_id","type":"token"},{"name":"identifier","type":"token"}]}]}]}`

func (p *plain) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	w.Header().Set("Content-Type", "application/fhir+json")
	kind, id, _ := strings.Cut(strings.Trim(r.URL.Path, "/"), "/")
	switch {
	case kind == "metadata":
		io.WriteString(w, plainStatement)
	case kind != "Consent":
		refuse(w, http.StatusNotFound)
	case r.Method == http.MethodPost && id == "":
		p.create(w, r)
	case r.Method == http.MethodGet && id == "":
		p.search(w, r)
	case r.Method == http.MethodGet && p.consents[id] != nil:
		w.Header().Set("ETag", `W/"1"`)
		w.Write(p.consents[id])
	case r.Method == http.MethodGet:
		refuse(w, http.StatusNotFound)
	default:
		refuse(w, http.StatusMethodNotAllowed)
	}
}

func refuse(w http.ResponseWriter, status int) {
	w.WriteHeader(status)
	io.WriteString(w, `{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"processing"}]}`)
}

func (p *plain) create(w http.ResponseWriter, r *http.Request) {
	var consent map[string]any
	if json.NewDecoder(r.Body).Decode(&consent) != nil || consent["resourceType"] != "Consent" {
		refuse(w, http.StatusBadRequest)
		return
	}
	id := fmt.Sprint(len(p.consents) + 1)
	consent["id"], consent["meta"] = id, map[string]any{"versionId": "1", "lastUpdated": "2026-01-01T00:00:00Z"}
	p.consents[id], _ = json.Marshal(consent)
	w.Header().Set("Location", "http://"+r.Host+"/Consent/"+id+"/_history/1")
	w.Header().Set("ETag", `W/"1"`)
	w.WriteHeader(http.StatusCreated)
	w.Write(p.consents[id])
}

func (p *plain) search(w http.ResponseWriter, r *http.Request) {
	var entries []any
	_, value, _ := strings.Cut(r.URL.Query().Get("identifier"), "|")
	for id, consent := range p.consents {
		if r.URL.Query().Get("_id") == id || value != "" && bytes.Contains(consent, []byte(value)) {
			entries = append(entries, map[string]any{"resource": consent, "search": map[string]any{"mode": "match"}})
		}
	}
	json.NewEncoder(w).Encode(map[string]any{"resourceType": "Bundle", "type": "searchset", "total": len(entries), "entry": entries})
}

// TestServerOfAnotherMakeIsTriedToTheEnd: the suite says of a server without
// $evaluate, transactions and versions what it does not claim, tries the rest,
// and writes every report.
func TestServerOfAnotherMakeIsTriedToTheEnd(t *testing.T) {
	server := httptest.NewServer(&plain{consents: map[string]json.RawMessage{}})
	t.Cleanup(server.Close)
	folder := t.TempDir()
	var out bytes.Buffer
	_, err := run(t.Context(), []string{"-base", server.URL, "-seed", "3", "-junit", filepath.Join(folder, "j.xml"),
		"-report", filepath.Join(folder, "r.html"), "-testreport", filepath.Join(folder, "t.json")}, &out, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"passed             create/create-answers-201", "not claimed        update/", ": Consent.update",
		"for other servers  evaluate/", "Not run, since the CapabilityStatement does not claim what they need:", "for Consent.updateCreate",
		"Software without a name at " + server.URL,
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the terminal does not say %q", want)
		}
	}
	lines := regexp.MustCompile(`(?m)^ *(\d+)/(\d+) `).FindAllStringSubmatch(out.String(), -1)
	if last := lines[len(lines)-1]; last[1] != last[2] || fmt.Sprint(len(lines)) != last[2] {
		t.Errorf("%d lines, and the last is %s", len(lines), last[0])
	}
	if t.Failed() {
		t.Log(out.String())
	}
}
