package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"tahto/fhir/search"
	"tahto/storage/embedded"
	"tahto/storage/transfer"
)

// runExport writes the engine's content into a file.
func runExport(ctx context.Context, c config, _, stderr io.Writer) error {
	// The embedded engine would make one, and a mistyped folder would give an
	// empty backup.
	if c.isEmbedded() && !embedded.Exists(c.data) {
		return usage("-data: there is no engine in the folder %s to export from", c.data)
	}
	engine, err := openEngine(ctx, c)
	if err != nil {
		return err
	}
	show := newShow(stderr, "exported")
	// The embedded engine's folder is locked: nobody writes beside this.
	result, err := transfer.Export(ctx, engine, c.operand, transfer.ExportOptions{Alone: c.isEmbedded(), Progress: show.progress})
	if err = errors.Join(err, engine.Close()); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	show.result(result)
	return nil
}

// runImport writes a file's content into the engine.
func runImport(ctx context.Context, c config, _, stderr io.Writer) error {
	file, err := os.Open(c.operand)
	if err != nil {
		return fmt.Errorf("import: %w", err)
	}
	defer file.Close()
	registry, err := search.NewRegistry(c.expectedBase())
	if err != nil {
		return err
	}
	engine, err := openEngine(ctx, c)
	if err != nil {
		return err
	}
	show := newShow(stderr, "imported")
	result, err := transfer.Import(ctx, engine, file, transfer.ImportOptions{Entries: registry.Entries, Now: time.Now(), Progress: show.progress})
	if err = errors.Join(err, engine.Close()); err != nil {
		return fmt.Errorf("import of %s: %w", c.operand, err)
	}
	show.result(result)
	return nil
}

// validateImport finds what makes no sense for an import. What the server may
// listen at is not its matter: it only needs to know the address.
func (c config) validateImport() error {
	if err := c.validateEngine(); err != nil {
		return err
	}
	if _, _, err := net.SplitHostPort(c.addr); err != nil {
		return usage("-addr: %q is no host:port such as 127.0.0.1:8080", c.addr)
	}
	return c.validateBase()
}

// isEmbedded tells whether the engine is the one in -data.
func (c config) isEmbedded() bool { return c.mongo == "" }

// address is where a server would listen.
type address string

func (address) Network() string  { return "tcp" }
func (a address) String() string { return string(a) }

// expectedBase is the base that a server with these settings calls itself by:
// what refers to a resource of its own is found as such.
func (c config) expectedBase() string {
	if at, err := net.ResolveTCPAddr("tcp", c.addr); err == nil {
		return c.baseURL(at)
	}
	return c.baseURL(address(c.addr))
}

// show tells a person how far a transfer is, about every second.
type show struct {
	to           io.Writer
	done         string // what is said of a version: exported, imported
	began, shown time.Time
	start        int  // versions that were done when this run began
	started      bool // start is known
}

const showEvery = time.Second

func newShow(to io.Writer, done string) *show {
	now := time.Now()
	return &show{to: to, done: done, began: now, shown: now}
}

func (s *show) progress(c transfer.Counts) {
	now := time.Now()
	if !s.started {
		// An export that goes on knows now what it had; an import finds out as
		// it goes, and looking counts as work.
		s.start, s.started = c.Before, true
	}
	if now.Sub(s.shown) < showEvery {
		return
	}
	s.shown = now
	fmt.Fprintf(s.to, "%d versions %s, %.0f a second\n", c.Versions, s.done, s.speed(c, now))
}

// speed is how many versions a second this run has done or looked at.
func (s *show) speed(c transfer.Counts, now time.Time) float64 {
	return float64(c.Versions-s.start) / max(now.Sub(s.began).Seconds(), 0.001)
}

func (s *show) result(r transfer.Result) {
	now := time.Now()
	fmt.Fprintf(s.to, "%d versions %s, %d of them before this run, in %s, %.0f a second; sha256 %s\n",
		r.Versions, s.done, r.Before, now.Sub(s.began).Round(time.Millisecond), s.speed(r.Counts, now), r.SHA256)
}
