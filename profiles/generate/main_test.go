package main

import (
	"compress/gzip"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// generated makes the lines anew; the test is skipped if the go command can't
// fetch the source.
func generated(t *testing.T) map[string][]string {
	t.Helper()
	from, err := locate()
	if errors.Is(err, errUnavailable) && os.Getenv("CI") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	files, err := build(from)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestTheFilesAreWhatTheSourceGives: who changes the generator must run it, and
// nobody edits the files by hand.
func TestTheFilesAreWhatTheSourceGives(t *testing.T) {
	files := generated(t)
	for name, lines := range files {
		if diff := cmp.Diff(strings.Join(lines, ""), unpacked(t, filepath.Join("..", "r4", name))); diff != "" {
			t.Errorf("%s is not what go generate writes (%d bytes of difference)", name, len(diff))
		}
	}
	there, err := os.ReadDir(filepath.Join("..", "r4"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range there {
		names = append(names, entry.Name())
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(files)), names); diff != "" {
		t.Error(diff)
	}
}

func TestTheSameComesOutAgain(t *testing.T) {
	lines := generated(t)[structuresFile]
	var packed [2][]byte
	for i := range packed {
		name := filepath.Join(t.TempDir(), "a")
		if err := write(name, lines); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		packed[i] = data
	}
	if string(packed[0]) != string(packed[1]) {
		t.Error("the same lines were packed in two ways")
	}
}

func unpacked(t *testing.T, name string) string {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	packed, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(packed)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestEveryCorrectionIsExplained, to readers of the code and of SOURCES.md.
func TestEveryCorrectionIsExplained(t *testing.T) {
	text, err := os.ReadFile("../SOURCES.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range corrections {
		if c.why == "" || c.was == c.is {
			t.Errorf("%s corrects nothing, or does not say why", c.key)
		}
		if !strings.Contains(string(text), "| `"+c.key+"` | "+c.why+" |") {
			t.Errorf("SOURCES.md has no row | `%s` | %s |", c.key, c.why)
		}
	}
}

func TestACorrectionThatFindsNothingIsAnError(t *testing.T) {
	set := []structure{{Snapshot: &elements{[]element{{Constraint: []constraint{{Key: "a", Expression: "true"}}}}}}}
	if err := correct(set); err == nil || !strings.Contains(err.Error(), "ppc-2") {
		t.Errorf("got %v", err)
	}
}

func TestValuesThatAreNotKeptAreAnError(t *testing.T) {
	raw := `{"kind":"resource","url":"u","snapshot":{"element":[{"path":"P","patternCode":"x"}]}}`
	if err := unknownValues([]byte(raw)); err == nil || !strings.Contains(err.Error(), "patternCode") {
		t.Errorf("got %v", err)
	}
}
