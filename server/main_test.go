package main

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

func TestProgramStartsServesAndStops(t *testing.T) {
	data := filepath.Join(t.TempDir(), "new", "data")
	p := start(t, "-data", data)
	for path, want := range map[string]string{"/healthz": "alive\n", "/readyz": "ready\n"} {
		got, err := send(http.MethodGet, trimBase(p.base)+path, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got.status != http.StatusOK || string(got.body) != want {
			t.Errorf("%s: %d %q, want 200 %q", path, got.status, got.body, want)
		}
	}
	if got := exchange(t, http.MethodGet, p.base+"/metadata", nil, http.StatusOK).Type(); got != "CapabilityStatement" {
		t.Errorf("metadata is a %s, want a CapabilityStatement", got)
	}
	if err := p.stop(); err != nil {
		t.Errorf("stop: %v", err)
	}
	if _, err := send(http.MethodGet, p.base+"/metadata", nil, nil); err == nil {
		t.Error("the port still answers after the stop")
	}
}

func TestDataIsForItsOwnerAlone(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("files have no mode there")
	}
	data := filepath.Join(t.TempDir(), "new", "data")
	start(t, "-data", data)
	for name, want := range map[string]os.FileMode{"": 0o700, "audit.ndjson": 0o600, "tahto.db": 0o600} {
		info, err := os.Stat(filepath.Join(data, name))
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %o, want %o", filepath.Base(info.Name()), got, want)
		}
	}
}

func TestSignalEndsTheProcessCleanly(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a process can't be sent a signal there")
	}
	for name, signal := range map[string]syscall.Signal{"SIGTERM": syscall.SIGTERM, "SIGINT": syscall.SIGINT} {
		t.Run(name, func(t *testing.T) {
			c := spawn(t, "program", "-addr", "127.0.0.1:0", "-data", t.TempDir())
			if err := c.command.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			if err := c.command.Wait(); err != nil {
				t.Errorf("exit: %v, want code 0", err)
			}
		})
	}
}

func TestOneFolderHasOneServer(t *testing.T) {
	data := t.TempDir()
	start(t, "-data", data)
	err := run(t.Context(), []string{"-addr", "127.0.0.1:0", "-data", data}, environment(nil), &announcement{}, &strings.Builder{})
	if err == nil {
		t.Fatal("a second server started on the same data folder")
	}
	if exitCode(err, &strings.Builder{}) != 1 {
		t.Errorf("exit code for %v, want 1", err)
	}
}

func TestPortInUseIsToldApart(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	err = run(t.Context(), []string{"-addr", listener.Addr().String(), "-data", t.TempDir()}, environment(nil), &announcement{}, &strings.Builder{})
	if err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("error = %v, want one that says the address is in use", err)
	}
}

func TestDirectoryFaultsAreTheStartersFault(t *testing.T) {
	wrong := filepath.Join(t.TempDir(), "directory.json")
	if err := os.WriteFile(wrong, []byte(`{"organisations":[{"identifier":"urn:oid:1.2","ownership":"communal"}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string]string{"missing": wrong + ".not-there", "wrong ownership": wrong} {
		t.Run(name, func(t *testing.T) {
			err := run(context.Background(), []string{"-addr", "127.0.0.1:0", "-data", t.TempDir(), "-directory", file}, environment(nil), &announcement{}, &strings.Builder{})
			if got := exitCode(err, &strings.Builder{}); got != 2 {
				t.Errorf("exit code %d for %v, want 2", got, err)
			}
			if err != nil && !strings.Contains(err.Error(), "-directory") {
				t.Errorf("message %q does not name the flag", err)
			}
		})
	}
}

func TestBaseMayHaveAnyPath(t *testing.T) {
	for base, path := range map[string]string{"http://consents.example/r4/kanta": "/r4/kanta", "http://consents.example": ""} {
		t.Run(base, func(t *testing.T) {
			p := start(t, "-base", base)
			here := p.base
			if at, err := url.Parse(here); err != nil || at.Path != path {
				t.Errorf("announced at %s, want the path %q", here, path)
			}
			metadata := exchange(t, http.MethodGet, here+"/metadata", nil, http.StatusOK)
			if got := metadata.Root().Get("implementation").Get("url").Text(); got != base {
				t.Errorf("calls itself %s, want %s", got, base)
			}
		})
	}
}
