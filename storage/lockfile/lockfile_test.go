package lockfile_test

import (
	"errors"
	"path/filepath"
	"testing"

	"tahto/storage/lockfile"
)

func TestAFileIsOpenOnce(t *testing.T) {
	name := filepath.Join(t.TempDir(), "file")
	first, err := lockfile.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	if second, err := lockfile.Open(name); !errors.Is(err, lockfile.ErrLocked) {
		t.Errorf("a second time: %v, %v; want ErrLocked", second, err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := lockfile.Open(name)
	if err != nil {
		t.Fatalf("after it was closed: %v", err)
	}
	again.Close()
}
