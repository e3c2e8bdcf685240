package rest

import (
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"time"

	"tahto/server/interaction"
)

// note writes the one line a request gets.
func (h *handler) note(x *exchange, took time.Duration) {
	ctx := x.in.Context()
	if !h.log.Enabled(ctx, slog.LevelInfo) {
		return
	}
	attributes := []slog.Attr{slog.String("request", x.id),
		slog.String("method", method(x.in.Method)),
		slog.String("path", h.shape(x.in.URL.Path)),
		slog.Int("status", x.status),
		slog.Duration("took", took),
		slog.Int("bytes", x.bytes)}
	if x.cut {
		attributes = append(attributes, slog.Bool("cut", true))
	}
	h.log.LogAttrs(ctx, slog.LevelInfo, "request", attributes...)
}

// method is the method if it is one of HTTP's, since any word can be sent.
func method(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return m
	}
	return "other"
}

// shape is the path with every segment that is not a word of the route table
// blotted out: a client can put anything there, an identity code as well.
func (h *handler) shape(path string) string {
	var shape strings.Builder
	shape.Grow(len(path))
	shape.WriteString(h.base)
	for segment := range strings.SplitSeq(strings.TrimPrefix(strings.TrimPrefix(path, h.base), "/"), "/") {
		shape.WriteByte('/')
		if segment != "" && !h.words[segment] {
			segment = "{}"
		}
		shape.WriteString(segment)
	}
	return shape.String()
}

// words are the literal segments of the route table.
func words() map[string]bool {
	words := map[string]bool{}
	for _, route := range interaction.Routes() {
		for segment := range strings.SplitSeq(route.Pattern, "/") {
			words[segment] = true
		}
	}
	return words
}

// requestID is the client's name for the request if it is harmless, else ours.
func (h *handler) requestID(r *http.Request) string {
	if given := r.Header["X-Request-Id"]; len(given) == 1 && harmless(given[0]) {
		return given[0]
	}
	return h.newID()
}

// identityLike is what a personal identity code looks like (henkilötunnus),
// wherever it stands. Letters and digits beside it don't make it harmless.
var identityLike = regexp.MustCompile(`[0-9]{6}[-+A-Ya-y][0-9]{3}[0-9A-Ya-y]`)

// generated is a UUID (RFC 9562) or the id of a trace
// (https://www.w3.org/TR/trace-context/#trace-id). What random digits in one
// happen to look like says nothing of a person.
var generated = regexp.MustCompile(`^(?i:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32})$`)

// harmless tells whether an id has 1 to 64 letters, digits, dots, dashes or
// underscores, nothing that could forge a line in a log, and nothing in it that
// could be somebody's identity code.
func harmless(id string) bool {
	if id == "" || len(id) > 64 {
		return false
	}
	if identityLike.MatchString(id) && !generated.MatchString(id) {
		return false
	}
	for i := range len(id) {
		switch c := id[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
		case c == '-' || c == '.' || c == '_':
		default:
			return false
		}
	}
	return true
}
