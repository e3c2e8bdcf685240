package embedded_test

import (
	"os"
	"path/filepath"
	"testing"

	"tahto/storage/driver"
	"tahto/storage/embedded"
	"tahto/storage/storagetest"
)

// folders remembers where engines of the suite keep their files, to open them
// again.
type folders map[driver.Engine]string

func (f folders) open(t testing.TB) driver.Engine { return f.at(t, t.TempDir()) }

func (f folders) at(t testing.TB, folder string) driver.Engine {
	t.Helper()
	e, err := embedded.Open(t.Context(), folder, embedded.Options{})
	if err != nil {
		t.Fatal(err)
	}
	f[e] = folder
	return e
}

// reopen copies the files of a running engine, as a crash would leave them, and
// opens the copy.
func (f folders) reopen(t testing.TB, e driver.Engine) driver.Engine {
	t.Helper()
	crashed := t.TempDir()
	if err := os.CopyFS(filepath.Join(crashed, "data"), os.DirFS(f[e])); err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	return f.at(t, filepath.Join(crashed, "data"))
}

func TestEngineOnDisk(t *testing.T) {
	t.Parallel()
	f := folders{}
	storagetest.Run(t, storagetest.Harness{Open: f.open, Reopen: f.reopen})
}

func TestEngineInMemory(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, storagetest.Harness{Open: func(t testing.TB) driver.Engine {
		t.Helper()
		e, err := embedded.Open(t.Context(), "", embedded.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return e
	}})
}
