package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// interrupted is an export that a signal has stopped. One that was done before
// the signal came is begun anew.
func interrupted(t *testing.T, data, file string) (command *exec.Cmd, stderr string) {
	t.Helper()
	for range 20 {
		var text strings.Builder
		command = exec.Command(os.Args[0], "export", "-data", data, file)
		command.Env = append(os.Environ(), asServer+"=program")
		command.Stderr = &text
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		for { // until it has begun to write
			if info, err := os.Stat(file + ".partial"); err == nil && info.Size() > 0 {
				break
			}
			if _, err := os.Stat(file); err == nil {
				break
			}
		}
		_ = command.Process.Signal(syscall.SIGTERM)
		if err := command.Wait(); err != nil {
			return command, text.String()
		}
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
	}
	t.Fatal("it was always done before the signal came")
	return nil, ""
}

// TestASignalStopsATransferCleanly: it says that it stopped and how to go on.
func TestASignalStopsATransferCleanly(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a process can't be sent a signal there")
	}
	folder := t.TempDir()
	old, file := filepath.Join(folder, "old"), filepath.Join(folder, "backup.ndjson")
	manyVersions(t, old, 500)
	command, stderr := interrupted(t, old, file)
	if code := command.ProcessState.ExitCode(); code != 1 || !strings.Contains(stderr, "stopped") || !strings.Contains(stderr, "run it again") {
		t.Errorf("exit code %d, %q; want 1, and that it can go on", code, stderr)
	}
	if partial := readFile(t, file+".partial"); !bytes.HasSuffix(partial, []byte("\n")) {
		t.Error("it stopped in the middle of a line")
	}
	mustTell(t, "export", "-data", old, file)
}
