package transfer_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"tahto/fhir"
	"tahto/storage/driver"
	"tahto/storage/transfer"
)

func TestThereAndBackNothingIsLost(t *testing.T) {
	for _, seed := range []uint64{1, 2, 3} {
		from := filled(t, seed, 300)
		name, content := export(t, from, transfer.ExportOptions{Alone: true, Page: 11})
		into := memory(t)
		result, err := imports(t, into, content)
		if err != nil {
			t.Fatal(err)
		}
		if result.Versions != 300 || result.Before != 0 || !strings.Contains(string(content), result.SHA256) {
			t.Errorf("got %+v; want 300 versions, none from before, and the hash of the file", result)
		}
		sameState(t, into, from)
		if _, again := export(t, into, transfer.ExportOptions{}); !bytes.Equal(again, content) {
			t.Error("what was exported, imported and exported again is another file")
		}
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if mode := info.Mode().Perm(); mode != 0o600 && runtime.GOOS != "windows" {
			t.Errorf("the file has mode %o, want 600", mode)
		}
		if _, err := os.Stat(name + ".partial"); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the partial file is still there: %v", err)
		}
		result, err = imports(t, into, content)
		if err != nil || result.Before != 300 || result.Versions != 300 {
			t.Errorf("again: %+v %v; want all from before", result, err)
		}
	}
}

func TestAnEmptyEngineGivesAFileWithoutVersions(t *testing.T) {
	e := memory(t)
	_, content := export(t, e, transfer.ExportOptions{})
	want := "{\"tahto\":\"export\",\"format\":1}\n{\"versions\":0,\"sha256\":\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"}\n"
	if string(content) != want {
		t.Errorf("got %s, want %s", content, want)
	}
	if result, err := imports(t, e, content); err != nil || result.Versions != 0 {
		t.Errorf("got %+v, %v", result, err)
	}
}

func TestWhatElseIsInTheEngineStays(t *testing.T) {
	other := filled(t, 1, 10)
	fresh := world(t, 2, 40)[1:]
	for i := range fresh {
		fresh[i].Key.ID = "other-" + fresh[i].Key.ID
		fresh[i].Body = bytes.Replace(fresh[i].Body, []byte(`"id":"`), []byte(`"id":"other-`), 1)
	}
	from := memory(t)
	fill(t, from, fresh...)
	_, content := export(t, from, transfer.ExportOptions{})
	if _, err := imports(t, other, content); err != nil {
		t.Fatal(err)
	}
	all, _ := state(t, other)
	if len(all) != 50 {
		t.Errorf("%d versions, want the 10 that were there and 40", len(all))
	}
}

func TestAVersionThatDiffersIsNamed(t *testing.T) {
	from := filled(t, 1, 30)
	_, content := export(t, from, transfer.ExportOptions{})
	all, _ := state(t, from)
	first := all[0]
	for what, change := range map[string]func(*driver.Document){
		"body":    func(d *driver.Document) { d.Body = append(d.Body, ' ') },
		"time":    func(d *driver.Document) { d.Updated = d.Updated.AddDate(-1, 0, 0) },
		"method":  func(d *driver.Document) { d.Method = "PATCH" },
		"deleted": func(d *driver.Document) { d.Deleted, d.Body = true, nil },
	} {
		d := first
		d.Body = bytes.Clone(d.Body)
		change(&d)
		into := memory(t)
		fill(t, into, d)
		_, err := imports(t, into, content)
		if err == nil || !strings.Contains(err.Error(), d.Key.Version(1)) || strings.Contains(err.Error(), "resourceType") {
			t.Errorf("%s: got %v; want an error that names %s and holds no body", what, err, d.Key.Version(1))
		}
	}
}

// TestAFileMustFit gives files that are whole and of which a version has
// nothing to follow, or a body that is of another resource or of none.
func TestAFileMustFit(t *testing.T) {
	good := world(t, 1, 1)[1]
	for what, change := range map[string]func(*driver.Document){
		"a version before is missing": func(d *driver.Document) { d.Version = 2 },
		"of another resource":         func(d *driver.Document) { d.Key.ID = "another" },
		"of no resource":              func(d *driver.Document) { d.Body = []byte(`{"secret":1}`) },
		"no JSON":                     func(d *driver.Document) { d.Body = []byte(`secret`) },
	} {
		d := good
		change(&d)
		into := memory(t)
		_, err := imports(t, into, fileOf(t, d))
		if err == nil || !strings.Contains(err.Error(), d.Key.Version(d.Version)) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: got %v; want an error that names the version", what, err)
		}
		if all, _ := state(t, into); len(all) != 0 {
			t.Errorf("%s: something was written", what)
		}
	}
}

func TestExportRefusesWhatItCouldNotKeep(t *testing.T) {
	key := fhir.Key{Type: "Consent", ID: "a"}
	one := world(t, 1, 1)[1]
	later, earlier := one, one
	later.Key, earlier.Key = key, key
	earlier.Version, earlier.Updated = 2, later.Updated.AddDate(-1, 0, 0)
	binary := one
	binary.Key, binary.Body = key, []byte("\xff")
	for want, versions := range map[string][]driver.Document{"UTF-8": {binary}, "later time": {later, earlier}} {
		e := memory(t)
		fill(t, e, versions...)
		name := filepath.Join(t.TempDir(), "backup")
		_, err := transfer.Export(t.Context(), e, name, transfer.ExportOptions{})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "Consent/a/_history/") {
			t.Errorf("got %v; want an error that says %q and names the version", err, want)
		}
		if _, err := os.Stat(name); err == nil {
			t.Error("the file is there all the same")
		}
	}
}

// TestStoppingLeavesAllWhole ends the context after each page and batch in turn.
func TestStoppingLeavesAllWhole(t *testing.T) {
	from := filled(t, 5, 60)
	_, want := export(t, from, transfer.ExportOptions{})
	name := filepath.Join(t.TempDir(), "backup")
	into := memory(t)
	stopping := func() (context.Context, transfer.Progress) {
		ctx, cancel := context.WithCancel(t.Context())
		return ctx, func(transfer.Counts) { cancel() }
	}
	rounds := 0
	for err := errors.New("not yet"); err != nil; rounds++ {
		ctx, stop := stopping()
		_, err = transfer.Export(ctx, from, name, transfer.ExportOptions{Alone: true, Page: 10 + rounds, Progress: stop})
		if err != nil && (!strings.Contains(err.Error(), "stopped") || !strings.Contains(err.Error(), "run it again")) || rounds > 20 {
			t.Fatalf("round %d: %v", rounds, err)
		}
		if rounds == 3 {
			break
		}
	}
	if _, err := transfer.Export(t.Context(), from, name, transfer.ExportOptions{}); err != nil || !bytes.Equal(read(t, name), want) {
		t.Errorf("after %d stops: %v, or another file", rounds, err)
	}
	for round := range 4 {
		ctx, stop := stopping()
		o := importOptions(t)
		o.Progress = stop
		_, err := transfer.Import(ctx, into, bytes.NewReader(want), o)
		if err == nil || !strings.Contains(err.Error(), "stopped") {
			t.Fatalf("round %d: %v", round, err)
		}
	}
	if _, err := imports(t, into, want); err != nil {
		t.Fatal(err)
	}
	sameState(t, into, from)
}
