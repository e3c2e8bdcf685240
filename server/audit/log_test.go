package audit_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tahto/server/audit"
)

func TestFileIsForItsOwnerAndGrows(t *testing.T) {
	name := filepath.Join(t.TempDir(), "audit.ndjson")
	for n := range 2 {
		log, err := audit.OpenLog(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := log.Record(t.Context(), change(n)); err != nil {
			t.Fatal(err)
		}
		if err := log.Close(); err != nil {
			t.Fatal(err)
		}
	}
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode().Perm(); got != 0o600 && runtime.GOOS != "windows" { // files have no mode there
		t.Errorf("mode %o, want 600", got)
	}
	if got := requests(t, name); !cmp.Equal(got, []string{"r0", "r1"}) {
		t.Errorf("requests %v, want r0 and r1", got)
	}
}

func TestCutRecordSpoilsOnlyItself(t *testing.T) {
	name := filepath.Join(t.TempDir(), "audit.ndjson")
	if err := os.WriteFile(name, []byte(`{"time":"2025-06-15T`), 0o600); err != nil {
		t.Fatal(err)
	}
	log, err := audit.OpenLog(name)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	if err := log.Record(t.Context(), change(1)); err != nil {
		t.Fatal(err)
	}
	if got := requests(t, name); !cmp.Equal(got, []string{"", "r1"}) {
		t.Errorf("requests %q, want the cut one apart and r1", got)
	}
}

// requests are the request ids of the records; "" for a line that is no record.
func requests(t *testing.T, name string) []string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for text := range strings.Lines(string(data)) {
		var read struct{ Request string }
		if json.Unmarshal([]byte(text), &read) != nil {
			read.Request = ""
		}
		ids = append(ids, read.Request)
	}
	return ids
}

// failing is a disk that fails once and then works again.
type failing struct {
	bytes.Buffer
	fail bool
}

func (f *failing) Write(p []byte) (int, error) {
	if f.fail {
		f.fail = false
		return f.Buffer.Write(p[:len(p)/2])
	}
	return f.Buffer.Write(p)
}

// brokenDisk fails with an error.
type brokenDisk struct{ left int }

func (b *brokenDisk) Write(p []byte) (int, error) {
	if b.left--; b.left < 0 {
		return 0, io.ErrShortWrite
	}
	return len(p), nil
}

func TestFailedLogStaysFailed(t *testing.T) {
	log := audit.NewLog(&brokenDisk{left: 1})
	if err := log.Record(t.Context(), change(1)); err != nil {
		t.Fatal(err)
	}
	if err := log.Ready(); err != nil {
		t.Fatalf("Ready before the failure: %v", err)
	}
	if err := log.Record(t.Context(), change(2)); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("error %v, want the disk's", err)
	}
	if err := log.Record(t.Context(), change(3)); !errors.Is(err, audit.ErrFailed) {
		t.Errorf("error %v, want ErrFailed", err)
	}
	if err := log.Ready(); !errors.Is(err, audit.ErrFailed) {
		t.Errorf("Ready says %v, want ErrFailed", err)
	}
}

func TestHalfAWriteIsAFailure(t *testing.T) {
	disk := &failing{fail: true}
	log := audit.NewLog(disk)
	if err := log.Record(t.Context(), change(1)); err == nil {
		t.Error("half a record passed for a whole one")
	}
	if err := log.Record(t.Context(), change(2)); !errors.Is(err, audit.ErrFailed) {
		t.Errorf("error %v, want ErrFailed", err)
	}
}

func TestClosedLogTakesNoRecord(t *testing.T) {
	log := audit.NewLog(io.Discard)
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	if err := log.Record(t.Context(), change(1)); !errors.Is(err, audit.ErrFailed) {
		t.Errorf("error %v, want ErrFailed", err)
	}
}

func TestRecordsOfManyGoroutinesStayWhole(t *testing.T) {
	name := filepath.Join(t.TempDir(), "audit.ndjson")
	log, err := audit.OpenLog(name)
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	for range 8 {
		running.Go(func() {
			for n := range 100 {
				if err := log.Record(t.Context(), change(n)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	running.Wait()
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	ids := requests(t, name)
	if len(ids) != 800 {
		t.Fatalf("%d records, want 800", len(ids))
	}
	for _, id := range ids {
		if id == "" {
			t.Fatal("a record is not whole")
		}
	}
}

func BenchmarkRecord(b *testing.B) {
	log, err := audit.OpenLog(filepath.Join(b.TempDir(), "audit.ndjson"))
	if err != nil {
		b.Fatal(err)
	}
	defer log.Close()
	e := decided()
	b.ReportAllocs()
	for b.Loop() {
		if err := log.Record(b.Context(), e); err != nil {
			b.Fatal(err)
		}
	}
}
