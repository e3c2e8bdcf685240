package transfer_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tahto/storage/driver"
	"tahto/storage/transfer"
)

// fileOf is a whole file of these versions, in this order.
func fileOf(t testing.TB, versions ...driver.Document) []byte {
	t.Helper()
	var lines []byte
	for _, d := range versions {
		line, err := transfer.Line(d)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, line...)
	}
	return fmt.Appendf(nil, "{\"tahto\":\"export\",\"format\":1}\n%s{\"versions\":%d,\"sha256\":\"%x\"}\n", lines, len(versions), sha256.Sum256(lines))
}

// TestExportGoesOnFromAnyCut leaves a partial file of every length.
func TestExportGoesOnFromAnyCut(t *testing.T) {
	from := filled(t, 3, 12)
	_, want := export(t, from, transfer.ExportOptions{})
	folder := t.TempDir()
	for cut := 0; cut <= len(want); cut += 13 {
		name := filepath.Join(folder, fmt.Sprint("cut", cut))
		left := want[:cut]
		if cut%3 == 0 { // what a power cut may leave
			left = append(bytes.Clone(left), make([]byte, 10)...)
		}
		if cut < 30 {
			left = want[:cut]
		}
		if err := os.WriteFile(name+".partial", left, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := transfer.Export(t.Context(), from, name, transfer.ExportOptions{Alone: cut%2 == 0, Page: 5}); err != nil {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		if !bytes.Equal(read(t, name), want) {
			t.Fatalf("cut at %d: the file is another", cut)
		}
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
}

func TestExportGoesOnOnlyWithItsOwnFile(t *testing.T) {
	from := filled(t, 3, 12)
	_, content := export(t, filled(t, 4, 12), transfer.ExportOptions{})
	for left, want := range map[string]string{
		string(content): "other data", "letter to a friend\n": "no export", strings.Repeat("x", 100): "no export",
	} {
		name := filepath.Join(t.TempDir(), "backup")
		if err := os.WriteFile(name+".partial", []byte(left), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := transfer.Export(t.Context(), from, name, transfer.ExportOptions{Alone: true})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want an error that says %q", err, want)
		}
		if got := read(t, name+".partial"); want == "no export" && string(got) != left {
			t.Error("somebody's file was changed")
		}
	}
	name, _ := export(t, from, transfer.ExportOptions{})
	if _, err := transfer.Export(t.Context(), from, name, transfer.ExportOptions{}); err == nil || !strings.Contains(err.Error(), "there already") {
		t.Errorf("got %v, want that the file is not written over", err)
	}
}

// TestImportGoesOnAfterAnyCut reads the beginning of a file, and then all of it.
func TestImportGoesOnAfterAnyCut(t *testing.T) {
	from := filled(t, 3, 40)
	_, content := export(t, from, transfer.ExportOptions{})
	into := memory(t)
	for cut := 0; cut < len(content); cut += 1 + len(content)/60 {
		result, err := imports(t, into, content[:cut])
		if !errors.Is(err, transfer.ErrTruncated) || !strings.Contains(err.Error(), "run it again") {
			t.Fatalf("cut at %d: %+v, %v; want ErrTruncated", cut, result, err)
		}
		all, _ := state(t, into)
		if whole := max(0, bytes.Count(content[:cut], []byte("\n"))-1); len(all) != whole {
			t.Fatalf("cut at %d: %d versions, want the %d whole lines", cut, len(all), whole)
		}
	}
	if _, err := imports(t, into, content[:len(content)-1]); !errors.Is(err, transfer.ErrTruncated) {
		t.Errorf("without the last end of line: %v", err)
	}
	if _, err := imports(t, into, content); err != nil {
		t.Fatal(err)
	}
	sameState(t, into, from)
}

// TestEveryFlippedByteIsNoticed changes each byte in several ways; some of them
// on the way into an engine, which may then have only what was exported.
func TestEveryFlippedByteIsNoticed(t *testing.T) {
	from := filled(t, 3, 6)
	_, content := export(t, from, transfer.ExportOptions{})
	want, _ := state(t, from)
	for at := range content {
		for _, mask := range []byte{1 << (at % 8), 0x20, content[at] ^ '\n'} {
			flipped := bytes.Clone(content)
			if flipped[at] ^= mask; mask == 0 {
				continue
			}
			if err := transfer.Check(bytes.NewReader(flipped)); err == nil {
				t.Fatalf("byte %d changed by %x is not noticed", at, mask)
			}
		}
		if at%41 != 0 {
			continue
		}
		flipped := bytes.Clone(content)
		flipped[at] ^= 1
		into := memory(t)
		if _, err := imports(t, into, flipped); err == nil {
			t.Fatalf("byte %d changed was imported", at)
		}
		got, _ := state(t, into)
		for _, d := range got {
			if !slices.ContainsFunc(want, func(w driver.Document) bool {
				return w.Key == d.Key && w.Version == d.Version && bytes.Equal(w.Body, d.Body) && w.Updated.Equal(d.Updated)
			}) {
				t.Fatalf("byte %d changed: %s version %d was never exported", at, d.Key, d.Version)
			}
		}
	}
}

// TestLinesInAnotherOrderAreNoticed changes whole lines, each good by itself.
func TestLinesInAnotherOrderAreNoticed(t *testing.T) {
	_, content := export(t, filled(t, 3, 20), transfer.ExportOptions{})
	lines := bytes.SplitAfter(content, []byte("\n"))
	for what, change := range map[string]func([][]byte) [][]byte{
		"swapped":   func(l [][]byte) [][]byte { l[5], l[6] = l[6], l[5]; return l },
		"missing":   func(l [][]byte) [][]byte { return slices.Delete(l, 7, 8) },
		"twice":     func(l [][]byte) [][]byte { return slices.Insert(l, 7, l[7]) },
		"followed":  func(l [][]byte) [][]byte { return append(l, l[7]) },
		"two heads": func(l [][]byte) [][]byte { return slices.Insert(l, 1, l[0]) },
		"last one first": func(l [][]byte) [][]byte {
			return slices.Insert(l[:len(l)-2], 1, l[len(l)-2])
		},
	} {
		changed := bytes.Join(change(slices.Clone(lines)), nil)
		if err := transfer.Check(bytes.NewReader(changed)); !errors.Is(err, transfer.ErrDamaged) {
			t.Errorf("%s: got %v, want ErrDamaged", what, err)
		}
	}
	if err := transfer.Check(strings.NewReader("{\"tahto\":\"export\",\"format\":2}\n")); !errors.Is(err, transfer.ErrNoExport) {
		t.Errorf("a later format: got %v, want ErrNoExport", err)
	}
}
