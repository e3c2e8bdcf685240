// Package rest is the wire: bytes and headers on one side, the plain requests
// and responses of package interaction on the other. It knows HTTP and Gin, and
// no rule of FHIR beyond those of its RESTful API about headers and media types
// (https://hl7.org/fhir/R4/http.html).
//
// Gin is given the base path and a wildcard only: its router does not step
// back between Consent/$evaluate and Consent/:id, so paths are matched in the
// one route table of package interaction, which serves Bundle entries too.
//
// # What is refused here
//
// In this order: paths that can't be read (400), what no route takes (404, 405),
// queries that can't be read (400), answers that are neither JSON nor XML (406),
// headers that can't be read (400), bodies that are no resource in JSON or XML
// or, for a search, no form (415), that are over the limit (413), that do not come
// in time (408) or can't be read (400). A search by POST may say in its form how
// it wants the answer, so there 406 comes last. A panic in a request becomes a
// 500 without detail and is logged once with its stack.
//
// # JSON and XML
//
// JSON is the home of a resource: what is stored goes out as it is. XML is
// written from it (package fhir/xml), and what JSON keeps and XML can't hold is
// never left out. Whoever asks to see it gets 406 and is told to ask for JSON.
// Of a change that was made, and of a failure, it is told in JSON instead:
// a 406 would say that nothing was done, or would hide why.
//
// # Personal data
//
// What the log says of a request is its method, the shape of its path, status,
// duration and size. Query strings, bodies and header values are never logged:
// they can carry identity codes.
package rest

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"tahto/fhir/xml"
	"tahto/server/interaction"
)

// The largest bodies taken unless [Options] says otherwise, in bytes: 4 MiB, and
// 16 MiB of a Bundle that asks for work, or whose work is to be validated. A
// thousand declarations with their Provenances take 2 to 5 MB.
const (
	DefaultBodyLimit   = 4 << 20
	DefaultBundleLimit = 16 << 20
)

// Options are what the wire needs beside the service. NewID, Now and Types
// must be given; package server is where clocks and random numbers live.
type Options struct {
	// BasePath is the path of the FHIR base, /fhir if empty, / for the root.
	BasePath string
	// BodyLimit is the largest body in bytes, and BundleLimit that of a Bundle of
	// work; 0 means [DefaultBodyLimit] and [DefaultBundleLimit].
	BodyLimit, BundleLimit int64
	// Log takes one line a request, and the cause of every internal error; nil
	// discards.
	Log *slog.Logger
	// NewID makes a request id for a request that brings none.
	NewID func() string
	// Now times requests for the log.
	Now func() time.Time
	// Ready tells whether the server can serve (/readyz); nil means always.
	Ready func(context.Context) error
	// Types tell what resources are made of, to read and write XML.
	Types xml.Definitions
}

// handler serves the FHIR base.
type handler struct {
	service *interaction.Service
	base    string // without a slash at the end
	limit   int64  // of a body
	bundles int64  // of a body that is a Bundle of work
	log     *slog.Logger
	newID   func() string
	now     func() time.Time
	ready   func(context.Context) error
	types   xml.Definitions
	large   chan struct{}   // one for each large body that is worked on
	words   map[string]bool // the literal path segments, for the log
}

// New makes the HTTP handler of a service: the FHIR base with and without a
// slash at its end, /healthz (the process lives) and /readyz (it can serve).
// The handler is safe for any number of goroutines.
func New(service *interaction.Service, o Options) http.Handler {
	h := newHandler(service, o)
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.RedirectTrailingSlash = false
	engine.Any("/healthz", h.healthz)
	engine.Any("/readyz", h.readyz)
	engine.NoRoute(h.elsewhere)
	if h.base != "" {
		engine.Any(h.base, h.serve)
		engine.Any(h.base+"/*path", h.serve)
	}
	return engine
}

func newHandler(service *interaction.Service, o Options) *handler {
	h := &handler{
		service: service, log: o.Log, types: o.Types,
		limit: cmp.Or(o.BodyLimit, DefaultBodyLimit), bundles: cmp.Or(o.BundleLimit, DefaultBundleLimit),
		newID: o.NewID, now: o.Now, ready: o.Ready, words: words(),
		large: make(chan struct{}, largeAtOnce),
	}
	base := o.BasePath
	if base == "" {
		base = "/fhir"
	}
	if base = strings.Trim(base, "/"); base != "" {
		h.base = "/" + base
	}
	if h.log == nil {
		h.log = slog.New(slog.DiscardHandler)
	}
	return h
}

// serve takes one request all the way: decode, do, encode.
func (h *handler) serve(c *gin.Context) {
	began := h.now()
	x := h.exchange(c)
	defer x.leave()
	defer func() { h.note(&x, h.now().Sub(began)) }() // also of an answer that is broken off
	x.answer(x.run())
}

// elsewhere answers what Gin has no route for: an unusual method under the
// base is the service's business, any other path is not here.
func (h *handler) elsewhere(c *gin.Context) {
	path := c.Request.URL.Path
	if path == h.base || strings.HasPrefix(path, h.base+"/") {
		h.serve(c)
		return
	}
	x := h.exchange(c)
	response := x.failure(outsideBase(h.base))
	x.answer(response, x.encode(&response))
}

func (h *handler) exchange(c *gin.Context) exchange {
	return exchange{
		handler: h, in: c.Request, out: c.Writer, id: h.requestID(c.Request),
		form: format{offer: inJSON},
	}
}
