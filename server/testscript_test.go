package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"tahto/conformance/suite/kit"
)

func sections(t *testing.T) []kit.Section {
	t.Helper()
	sections, err := kit.Cases()
	if err != nil {
		t.Fatal(err)
	}
	return sections
}

// scripts are the suite's TestScripts for a server, with their fixtures.
func scripts(t *testing.T, base string, seed uint64) []kit.ScriptFile {
	t.Helper()
	files, _, err := kit.Scripts(sections(t), kit.ScriptOptions{Base: base, Seed: seed, Date: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// written are the suite's TestScripts for a server, and the names of those that
// its cases passed.
func written(t *testing.T, base string, seed uint64) ([]kit.ScriptFile, []string) {
	t.Helper()
	files, sections := scripts(t, base, seed), sections(t)
	report, err := kit.Run(t.Context(), sections, kit.Options{Base: base, Seed: seed + 1, Now: time.Now, Wait: moment})
	if err != nil {
		t.Fatal(err)
	}
	passed := map[string]bool{}
	for _, section := range report.Sections {
		for _, r := range section.Results {
			passed[r.Section+"/"+r.Case.ID+".json"] = r.Outcome == kit.Passed
		}
	}
	var names []string
	for _, file := range files {
		if passed[file.Name] {
			names = append(names, file.Name)
		}
	}
	return files, names
}

// TestTheSuiteAsTestScriptsPasses runs what the suite writes for other engines
// by an engine of another make: each script passes that is of a case that does.
func TestTheSuiteAsTestScriptsPasses(t *testing.T) {
	p := start(t, "-directory", caseDirectory)
	files, names := written(t, p.base, 11)
	if len(names) < 200 {
		t.Errorf("%d scripts, want more", len(names))
	}
	e := newEngine(t, p.base, files)
	for _, name := range names {
		if err := e.run(name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// broken is a server whose answers are changed on their way.
func broken(t *testing.T, base string, change func(*http.Response) error) string {
	t.Helper()
	target, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{
		Rewrite:        func(r *httputil.ProxyRequest) { r.SetURL(&url.URL{Scheme: target.Scheme, Host: target.Host}) },
		ModifyResponse: change,
	}
	server := httptest.NewServer(proxy)
	t.Cleanup(server.Close)
	return server.URL + target.Path
}

// TestTheSuiteAsTestScriptsFindsFaults: of a server that answers all with the
// wrong status each script fails, and of one that forgets the bodies each that
// looks at one.
func TestTheSuiteAsTestScriptsFindsFaults(t *testing.T) {
	p := start(t)
	for name, row := range map[string]struct {
		change  func(*http.Response) error
		asserts string // what a script has that must fail
	}{
		"status": {func(r *http.Response) error { r.StatusCode = http.StatusTeapot; return nil }, `"responseCode"`},
		"body":   {forget, `"expression"`},
	} {
		t.Run(name, func(t *testing.T) {
			base, seed := broken(t, p.base, row.change), 23+uint64(len(name))
			_, names := written(t, p.base, seed)
			e := newEngine(t, base, scripts(t, base, seed))
			for _, name := range names {
				_, tests, _ := bytes.Cut(e.files[name], []byte(`"test":`))
				if bytes.Contains(tests, []byte(row.asserts)) && e.run(name) == nil {
					t.Errorf("%s passes", name)
				}
			}
		})
	}
}

// forget puts an empty resource in the place of each that comes.
func forget(r *http.Response) error {
	const nothing = `{"resourceType":"Basic"}`
	r.Body = io.NopCloser(strings.NewReader(nothing))
	r.ContentLength = int64(len(nothing))
	r.Header.Set("Content-Type", "application/fhir+json")
	r.Header.Set("Content-Length", "24")
	return nil
}
