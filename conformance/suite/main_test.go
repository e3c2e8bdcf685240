package main

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// hollow claims nothing, so that only the cases about metadata and addresses
// are run; statement is its CapabilityStatement.
func hollow(t *testing.T, statement string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/fhir+json")
		if r.URL.Path == "/metadata" {
			io.WriteString(w, statement)
			return
		}
		w.WriteHeader(http.StatusNotFound)
		io.WriteString(w, `{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"not-found"}]}`)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

const whole = `{"resourceType":"CapabilityStatement","fhirVersion":"4.0.1","status":"active","date":"2026-01-01","kind":"instance",
"implementation":{"description":"x"},"format":["json"],"rest":[{"mode":"server"}]}`

func TestRunTellsWhatPassedAndFailed(t *testing.T) {
	for name, row := range map[string]struct {
		statement string
		failed    bool
	}{
		"all pass": {whole, false}, "one fails": {strings.Replace(whole, "4.0.1", "3.0.2", 1), true},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			junit, page, reports := filepath.Join(folder, "j.xml"), filepath.Join(folder, "r.html"), filepath.Join(folder, "t.json")
			var stdout, stderr bytes.Buffer
			failed, err := run(t.Context(), []string{"-base", hollow(t, row.statement), "-only", "capabilities", "-junit", junit, "-report", page, "-testreport", reports}, &stdout, &stderr)
			if err != nil || failed != row.failed {
				t.Fatalf("failed %v, %v; want %v\n%s", failed, err, row.failed, &stdout)
			}
			if got := strings.Contains(stdout.String(), "metadata-names-the-version-of-fhir\n           step 1"); got != row.failed {
				t.Errorf("the terminal tells why: %v\n%s", got, &stdout)
			}
			for _, file := range []string{junit, page, reports} {
				if data, err := os.ReadFile(file); err != nil || !bytes.Contains(data, []byte("metadata-names-the-version-of-fhir")) {
					t.Errorf("%s does not have the case: %v", filepath.Base(file), err)
				}
			}
		})
	}
}

func TestRunRefusesWhatItCannotDo(t *testing.T) {
	for name, args := range map[string][]string{
		"no base": nil, "base that is no address": {"-base", "somewhere"}, "flag that there is not": {"-colour"},
		"nothing to run": {"-base", hollow(t, whole), "-only", "no such case"}, "file that can't be written": {"-base", hollow(t, whole), "-only", "metadata", "-junit", t.TempDir()},
		"nobody there": {"-base", "http://127.0.0.1:1"},
	} {
		if _, err := run(t.Context(), args, io.Discard, io.Discard); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := run(t.Context(), []string{"-h"}, io.Discard, io.Discard); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("-h: %v", err)
	}
}

func TestCasesAreListed(t *testing.T) {
	var out bytes.Buffer
	if failed, err := run(t.Context(), []string{"-list", "-only", "read-answers"}, &out, io.Discard); err != nil || failed {
		t.Fatalf("failed %v, %v", failed, err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	for _, line := range lines {
		if parts := strings.Split(line, "\t"); len(parts) != 3 || !strings.Contains(parts[0], "read-answers") {
			t.Errorf("listed %q", line)
		}
	}
}

// TestScriptsAreWrittenWithoutAServer: the folder has them and their fixtures,
// and the terminal tells which cases are none.
func TestScriptsAreWrittenWithoutAServer(t *testing.T) {
	folder := t.TempDir()
	var out bytes.Buffer
	if _, err := run(t.Context(), []string{"-testscript", folder, "-only", "conditional"}, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"TestScripts are in " + folder, "conditional-creates-at-once-make-one: requests at the same time"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the terminal does not say %q\n%s", want, &out)
		}
	}
	for _, pattern := range []string{"conditional/*.json", "conditional/fixtures/*.json"} {
		if found, err := filepath.Glob(filepath.Join(folder, pattern)); err != nil || len(found) < 10 {
			t.Errorf("%d files %s, %v", len(found), pattern, err)
		}
	}
	if _, err := run(t.Context(), []string{"-testscript", filepath.Join(folder, "conditional", "x\x00"), "-only", "conditional"}, io.Discard, io.Discard); err == nil {
		t.Error("a folder that can't be made is no error")
	}
}
