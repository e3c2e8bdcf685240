package main

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestHealthAsksTheServer asks one that serves, one that is gone, and one that
// says that it can't.
func TestHealthAsksTheServer(t *testing.T) {
	p := start(t)
	addr := strings.TrimPrefix(trimBase(p.base), "http://")
	health := func(env map[string]string, args ...string) (int, string) {
		var stderr strings.Builder
		err := run(t.Context(), append([]string{"health"}, args...), environment(env), io.Discard, &stderr)
		return exitCode(err, &stderr), stderr.String()
	}
	for name, args := range map[string][]string{"by address": {"-addr", addr}, "by URL": {trimBase(p.base) + "/readyz"}} {
		if code, text := health(nil, args...); code != 0 || text != "" {
			t.Errorf("%s: exit code %d, %q; want 0 and silence", name, code, text)
		}
	}
	if code, text := health(map[string]string{"TAHTO_ADDR": addr, "TAHTO_DATA": ""}); code != 0 {
		t.Errorf("by environment: exit code %d, %q", code, text)
	}
	if err := p.stop(); err != nil {
		t.Fatal(err)
	}
	ailing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "not ready", http.StatusServiceUnavailable)
	}))
	defer ailing.Close()
	elsewhere := httptest.NewServer(http.RedirectHandler("/there", http.StatusFound))
	defer elsewhere.Close()
	for name, args := range map[string][]string{"gone": {"-addr", addr}, "not ready": {ailing.URL}, "redirected": {elsewhere.URL}} {
		code, text := health(nil, args...)
		if code != 1 || strings.Count(text, "\n") != 1 || !strings.Contains(text, "not healthy") {
			t.Errorf("%s: exit code %d, %q; want 1 and one line", name, code, text)
		}
	}
}

func TestHealthAsksWhereTheServerListens(t *testing.T) {
	for addr, want := range map[string]string{
		"127.0.0.1:8080": "http://127.0.0.1:8080/readyz",
		"0.0.0.0:80":     "http://127.0.0.1:80/readyz",
		":9":             "http://127.0.0.1:9/readyz",
		"[::]:9":         "http://[::1]:9/readyz",
		"tahto.example:": "http://tahto.example:/readyz",
	} {
		c, err := configure([]string{"health"}, environment(map[string]string{"TAHTO_ADDR": addr}), io.Discard)
		if err != nil {
			t.Errorf("%s: %v", addr, err)
		}
		if got := c.healthURL(); got != want {
			t.Errorf("%s: %s, want %s", addr, got, want)
		}
	}
}

// TestHealthIsNotPatientForever asks a server that takes the connection and
// says nothing.
func TestHealthIsNotPatientForever(t *testing.T) {
	if testing.Short() {
		t.Skip("takes as long as a health check may")
	}
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	err = run(t.Context(), []string{"health", "-addr", silent.Addr().String()}, environment(nil), io.Discard, io.Discard)
	if exitCode(err, io.Discard) != 1 {
		t.Errorf("got %v, want a failure", err)
	}
}
