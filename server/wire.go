package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"github.com/google/uuid"

	"tahto/fhir/search"
	"tahto/mapping/decision"
	"tahto/profiles"
	"tahto/profiles/validate"
	"tahto/server/audit"
	"tahto/server/interaction"
	"tahto/server/rest"
	"tahto/storage"
)

// Patience with clients, and with what runs when the program is to stop. A
// Bundle at the limit takes about a second; the rest is for slow networks.
const (
	headerTimeout  = 5 * time.Second
	readTimeout    = 30 * time.Second
	writeTimeout   = 60 * time.Second
	idleTimeout    = 2 * time.Minute
	stopTimeout    = 20 * time.Second
	maxHeaderBytes = 64 << 10
)

// exampleDirectory are the made-up organisations of conformance/examples, so
// that the first steps in README.md work. They can't be mistaken for real ones:
// nobody has their OIDs.
//
//go:embed directory.json
var exampleDirectory []byte

// runServer serves until the context ends, and gives nil after a clean stop.
func runServer(ctx context.Context, c config, stdout, stderr io.Writer) error {
	log := slog.New(slog.NewTextHandler(stderr, nil))
	setting, err := c.setting()
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", c.addr)
	if err != nil {
		return fmt.Errorf("can't listen: %w", err)
	}
	defer listener.Close() // Serve closes it too; this is for the ways out before
	p, err := open(ctx, c, setting, c.baseURL(listener.Addr()), log)
	if err != nil {
		return err
	}
	announce(stdout, c, listener.Addr())
	return errors.Join(serve(ctx, listener, p.handler, log), p.close())
}

// setting is what decisions are made by.
func (c config) setting() (decision.Setting, error) {
	text := exampleDirectory
	if c.directory != "" {
		var err error
		if text, err = os.ReadFile(c.directory); err != nil {
			return decision.Setting{}, usage("-directory: %s", err)
		}
	}
	directory, err := decision.ParseDirectory(text)
	if err != nil {
		return decision.Setting{}, usage("-directory: %s: %s", c.directory, err)
	}
	until, err := c.uusimaaEnd()
	return decision.Setting{Directory: directory, UusimaaUntil: until}, err
}

// program is everything that has to be closed in order.
type program struct {
	store   *storage.Store
	audit   *audit.Log
	service *interaction.Service
	handler http.Handler
}

// open puts the parts together. The engine is the outermost owner of the data
// folder: it locks it, so that no two servers write there.
func open(ctx context.Context, c config, setting decision.Setting, base string, log *slog.Logger) (*program, error) {
	registry, err := search.NewRegistry(base)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(c.data, 0o700); err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	engine, err := openEngine(ctx, c)
	if err != nil {
		return nil, err
	}
	store, err := storage.New(ctx, engine, registry, storage.Options{Now: time.Now})
	if err != nil {
		return nil, errors.Join(err, engine.Close())
	}
	records, err := audit.OpenLog(filepath.Join(c.data, "audit.ndjson"))
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	p := &program{store: store, audit: records}
	options := c.options(p, registry, setting, base)
	types, err := define(&options)
	if err != nil {
		return nil, errors.Join(err, p.close())
	}
	options.Fault = func(requestID string, cause error) {
		log.Error("internal error", "request", requestID, "cause", cause)
	}
	if p.service, err = interaction.New(options); err != nil {
		return nil, errors.Join(err, p.close())
	}
	p.handler = rest.New(p.service, rest.Options{
		BasePath: basePath(base), Log: log, NewID: newID, Now: time.Now, Ready: p.ready,
		Types: types,
	})
	return p, nil
}

func (c config) options(p *program, registry *search.Registry, setting decision.Setting, base string) interaction.Options {
	o := interaction.Options{
		Store: p.store, Registry: registry, Base: base, Now: time.Now, NewID: newID,
		Audit: p.audit, Setting: setting, IdentifiersInURL: c.identifiersURL,
	}
	o.Version, o.Released = build()
	if c.foreignConsents == "keep" {
		o.ForeignConsents = interaction.KeepForeign
	}
	if c.intake == "archive" {
		o.Intake = interaction.Archive
	}
	return o
}

// define adds the definitions that resources are held to, and that are served.
func define(o *interaction.Options) (*profiles.Set, error) {
	set, err := profiles.Load()
	if err != nil {
		return nil, err
	}
	o.Validator, err = validate.New(set)
	o.Definitions, o.Types = set.Served(), set
	return set, err
}

// basePath is the path of the base; / if it has none.
func basePath(base string) string {
	u, err := url.Parse(base)
	if err != nil || u.Path == "" {
		return "/"
	}
	return u.Path
}

// newID makes the ids of resources and requests: UUIDs of version 7 (RFC 9562),
// which grow with time, so that an index of them stays compact. They are made
// of random bits otherwise and tell nothing of the person.
func newID() string { return uuid.Must(uuid.NewV7()).String() }

// build is the version of the software and the time of its last change, as the
// go command noted them; none in a program that was not built from a checkout.
func build() (version string, released time.Time) {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "", time.Time{}
	}
	for _, one := range info.Settings {
		if one.Key == "vcs.time" {
			released, _ = time.Parse(time.RFC3339, one.Value) // zero if it is none
		}
	}
	return info.Main.Version, released
}

// ready tells whether requests can be served: the engine takes them and the
// record can be kept.
func (p *program) ready(ctx context.Context) error {
	return errors.Join(p.audit.Ready(), p.store.Ready(ctx))
}

// close ends the parts in the order in which they depend on each other. What is
// worked on by itself is cancelled: its result would be lost with the process.
func (p *program) close() error {
	if p.service != nil {
		p.service.Close()
	}
	return errors.Join(p.store.Close(), p.audit.Close())
}

// announce prints where the server is and what to try.
func announce(stdout io.Writer, c config, listening net.Addr) {
	local := c
	local.base = ""
	here := local.baseURL(listening)
	if c.base != "" {
		here = strings.TrimSuffix(here[:len(here)-len("/fhir")]+basePath(c.baseURL(listening)), "/")
	}
	fmt.Fprintf(stdout, "Tahto is at %s\n", here)
	if c.base != "" {
		fmt.Fprintf(stdout, "It calls itself %s\n", c.baseURL(listening))
	}
	if c.directory == "" {
		fmt.Fprintln(stdout, "It knows only the made-up organisations of the examples; name yours with -directory FILE.")
	}
	fmt.Fprintf(stdout, "Try:\n  curl -s %s/metadata?_pretty=true\n  curl -s -H 'Content-Type: application/fhir+json' --data @conformance/examples/evaluate.json '%s/Consent/$evaluate?_pretty=true'\n", here, here)
}

// serve answers requests until the context ends. Then it takes no new ones,
// finishes those that run, and returns.
func serve(ctx context.Context, listener net.Listener, handler http.Handler, log *slog.Logger) error {
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	log.Info("stopping: what runs is finished first")
	patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	if err := server.Shutdown(patience); err != nil {
		return errors.Join(fmt.Errorf("stopped with requests running: %w", err), server.Close())
	}
	return nil
}
