package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tahto/fhir"
	"tahto/storage/driver"
	"tahto/storage/embedded"
)

// told runs the program for a command and gives its exit code and what it
// said.
func told(t *testing.T, args ...string) (code int, stderr string) {
	t.Helper()
	var text strings.Builder
	err := run(t.Context(), args, environment(nil), io.Discard, &text)
	code = exitCode(err, &text)
	return code, text.String()
}

// mustTell is told for what has to succeed.
func mustTell(t *testing.T, args ...string) string {
	t.Helper()
	code, text := told(t, args...)
	if code != 0 {
		t.Fatalf("%v: exit code %d: %s", args, code, text)
	}
	return text
}

// TestMovingToAnotherFolderChangesNothing exports what a server keeps, imports
// it elsewhere, and asks a server there the same questions.
func TestMovingToAnotherFolderChangesNothing(t *testing.T) {
	const base = "http://consents.example/fhir"
	folder := t.TempDir()
	old, fresh := filepath.Join(folder, "old"), filepath.Join(folder, "new")
	settings := []string{"-base", base, "-intake", "archive", "-data"}
	p := start(t, append(settings, old)...)
	var first string
	for n := range 4 {
		made := post(t, p.base, []byte(pairBundle(fmt.Sprint("pair", n))), http.StatusOK)
		location := made.Root().Get("entry").At(0).Get("response").Get("location").Text()
		first = p.base + "/" + strings.TrimSuffix(location[strings.Index(location, "Consent/"):], "/_history/1")
	}
	second := bytes.Replace(exchange(t, http.MethodGet, first, nil, http.StatusOK).JSON(), []byte(`"patient":`), []byte(`"language":"fi","patient":`), 1)
	exchange(t, http.MethodPut, first, second, http.StatusOK)
	if got, err := send(http.MethodDelete, first, nil, nil); err != nil || got.status >= 300 {
		t.Fatalf("delete: %d %s %v", got.status, got.body, err)
	}
	look := func(p *instance) (all []string) {
		for _, path := range []string{"/_history", "/Consent?status=active&_revinclude=Provenance:target", "/Consent?patient:identifier=x", "/Provenance?_sort=recorded"} {
			got, err := send(http.MethodGet, p.base+path, nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, string(got.body))
		}
		return all
	}
	want := look(p)
	file := filepath.Join(folder, "backup.ndjson")
	if code, text := told(t, "export", "-data", old, file); code != 1 || !strings.Contains(text, "has this data folder open") {
		t.Errorf("beside a server that runs: exit code %d, %q", code, text)
	}
	if err := p.stop(); err != nil {
		t.Fatal(err)
	}
	text := mustTell(t, "export", "-data", old, file)
	if !strings.HasPrefix(text, "10 versions exported, 0 of them before this run") || strings.Count(text, "\n") != 1 {
		t.Errorf("export says %q", text)
	}
	if code, text := told(t, "export", "-data", old, file); code != 1 || !strings.Contains(text, "there already") {
		t.Errorf("over a file: exit code %d, %q", code, text)
	}
	text = mustTell(t, "import", "-data", fresh, "-base", base, file)
	again := mustTell(t, "import", "-data", fresh, "-base", base, file)
	if _, sum, _ := strings.Cut(text, "sha256 "); !strings.Contains(string(readFile(t, file)), strings.TrimSpace(sum)) || !strings.Contains(again, "10 of them before this run") {
		t.Errorf("import says %q and %q", text, again)
	}
	p = start(t, append(settings, fresh)...)
	for i, got := range look(p) {
		if got != want[i] {
			t.Errorf("answer %d after the move:\n%.600s\nbefore:\n%.600s", i, got, want[i])
		}
	}
	if err := p.stop(); err != nil {
		t.Fatal(err)
	}
	mustTell(t, "export", "-data", fresh, file+"2")
	if !bytes.Equal(readFile(t, file), readFile(t, file+"2")) {
		t.Error("exported from there it is another file")
	}
}

func TestTransfersThatMakeNoSenseAreExplained(t *testing.T) {
	folder := t.TempDir()
	other := filepath.Join(folder, "other")
	if err := os.WriteFile(other, []byte("dear friend\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		name string
		args []string
		code int
		want string
	}{
		{"no file named", []string{"export", "-data", folder}, 2, "needs a FILE"},
		{"two files", []string{"import", "-data", folder, "a", "b"}, 2, "one FILE"},
		{"no such folder", []string{"export", "-data", other + "x", "f"}, 2, "no engine in the folder"},
		{"flag of a server", []string{"export", "-intake", "strict", "f"}, 2, "-intake"},
		{"base", []string{"import", "-base", "x", "f"}, 2, "-base"},
		{"address", []string{"import", "-addr", "x", "f"}, 2, "-addr"},
		{"no such file", []string{"import", "-data", folder, other + "x"}, 1, "no such file"},
		{"another file", []string{"import", "-data", folder, other}, 1, "no export"},
	}
	for _, c := range cases {
		code, text := told(t, c.args...)
		if code != c.code || !strings.Contains(text, c.want) || strings.Count(text, "\n") != 1 {
			t.Errorf("%s: exit code %d, %q; want %d and %q", c.name, code, text, c.code, c.want)
		}
	}
}

// manyVersions fills the data folder with so many that copying takes a moment.
func manyVersions(t *testing.T, folder string, persons int) {
	t.Helper()
	e, err := embedded.Open(t.Context(), folder, embedded.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	at := time.UnixMilli(1_700_000_000_000).UTC()
	for person := range persons {
		err := e.Update(t.Context(), func(w driver.Writer) error {
			for which := range declarations {
				resource, err := fhir.Parse(declaration(person, which))
				if err != nil {
					return err
				}
				key := fhir.Key{Type: "Consent", ID: fmt.Sprintf("%d-%d", person, which)}
				body := resource.Stamp(key.ID, 1, at).JSON()
				if err := w.Append(t.Context(), driver.Document{Key: key, Version: 1, Updated: at, Method: "POST", Body: body}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		at = at.Add(time.Second)
	}
}

// killed runs the program until the file has grown to so many bytes, and kills
// it. It tells whether it was still running then.
func killed(t *testing.T, file string, size int64, args ...string) bool {
	t.Helper()
	command := exec.Command(os.Args[0], args...)
	command.Env = append(os.Environ(), asServer+"=program")
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	for {
		select {
		case err := <-ended:
			if err != nil {
				t.Fatalf("%v ended by itself: %v", args, err)
			}
			return false
		default:
		}
		if info, err := os.Stat(file); err == nil && info.Size() >= size {
			_ = command.Process.Kill()
			return <-ended != nil
		}
	}
}

// TestKilledTransfersGoOn kills exports and imports at several sizes of what
// they write, and has the next one go on.
func TestKilledTransfersGoOn(t *testing.T) {
	folder := t.TempDir()
	old, fresh := filepath.Join(folder, "old"), filepath.Join(folder, "new")
	manyVersions(t, old, 500)
	file := filepath.Join(folder, "backup.ndjson")
	mustTell(t, "export", "-data", old, file)
	content := readFile(t, file)
	kills := 0
	for part := range int64(6) {
		if killed(t, file+"2.partial", int64(len(content))*(part+1)/7, "export", "-data", old, file+"2") {
			kills++
		}
		if _, err := os.Stat(file + "2"); err == nil {
			break
		}
	}
	if _, err := os.Stat(file + "2"); err != nil {
		if text := mustTell(t, "export", "-data", old, file+"2"); kills > 1 && strings.Contains(text, " 0 of them before") {
			t.Errorf("after %d kills it began anew: %s", kills, text)
		}
	}
	if !bytes.Equal(readFile(t, file+"2"), content) {
		t.Error("the export that was killed is another file")
	}
	for part := range int64(4) {
		if killed(t, filepath.Join(fresh, "tahto.db-wal"), (part+1)<<19, "import", "-data", fresh, file) {
			kills++
		}
	}
	mustTell(t, "import", "-data", fresh, file)
	mustTell(t, "export", "-data", fresh, file+"3")
	if !bytes.Equal(readFile(t, file+"3"), content) {
		t.Error("what was imported with interruptions exports as another file")
	}
	t.Logf("%d kills", kills)
}

// TestAHalfImportedEngineIsNotServed: a denial may stand in the other half.
func TestAHalfImportedEngineIsNotServed(t *testing.T) {
	folder := t.TempDir()
	old, fresh, file := filepath.Join(folder, "old"), filepath.Join(folder, "new"), filepath.Join(folder, "all")
	p := start(t, "-data", old)
	post(t, p.base, readFile(t, "../conformance/examples/consent-bundle.json"), http.StatusOK)
	if err := p.stop(); err != nil {
		t.Fatal(err)
	}
	mustTell(t, "export", "-data", old, file)
	whole := readFile(t, file)
	half := filepath.Join(folder, "half")
	if err := os.WriteFile(half, bytes.Join(bytes.SplitAfter(whole, []byte("\n"))[:3], nil), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, text := told(t, "import", "-data", fresh, half); code != 1 {
		t.Fatalf("half a file: exit code %d: %s", code, text)
	}
	if code, text := told(t, "-addr", "127.0.0.1:0", "-data", fresh); code != 1 || !strings.Contains(text, "run the import again") {
		t.Errorf("serving it: exit code %d: %s", code, text)
	}
	mustTell(t, "import", "-data", fresh, file)
	if err := start(t, "-data", fresh).stop(); err != nil {
		t.Errorf("after the whole import: %v", err)
	}
}
