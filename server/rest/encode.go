package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"tahto/server/interaction"
)

// Header values that are the same for every answer, made once.
var (
	noSniff  = []string{"nosniff"}
	noStore  = []string{"no-store"}
	maxAge   = []string{"public, max-age=60"}
	varies   = []string{"Accept"}
	tryAgain = []string{"1"}
	// inert keeps a browser, which shows XML as a page, from running or loading
	// what a narrative holds that was kept unchecked.
	inert = []string{"default-src 'none'; sandbox"}
)

// answer writes the response. Unless it is made while it is sent, the body is
// complete before the first header goes out, so that nothing can fail half way.
func (x *exchange) answer(response interaction.Response, body []byte) {
	if response.Stream != nil {
		x.stream(response)
		return
	}
	header := x.out.Header()
	x.describe(header, response)
	if body != nil {
		header["Content-Type"] = x.form.header
		header["Content-Length"] = []string{strconv.Itoa(len(body))}
		if x.form.xml {
			header["Content-Security-Policy"] = inert
		}
	}
	x.status, x.bytes = response.Status, len(body)
	x.out.WriteHeader(response.Status)
	if x.in.Method != http.MethodHead {
		// A client that hung up is not our fault and there is nobody to tell.
		_, _ = x.out.Write(body)
	}
	x.report(response.Err)
}

// gaveUp tells whether the cause is that the client hung up, which nobody has to
// look into. Any other fault of a request that was given up is still a fault.
func (x *exchange) gaveUp(cause error) bool {
	return x.in.Context().Err() != nil && errors.Is(cause, context.Canceled)
}

// encode gives the body, or nil for none. A 204 and a 304 never have one
// (RFC 9110 §15.3.5, §15.4.5). What XML can't hold changes the response.
func (x *exchange) encode(response *interaction.Response) []byte {
	if response.Resource == nil || response.Status == http.StatusNoContent || response.Status == http.StatusNotModified {
		return nil
	}
	if x.form.xml {
		if body := x.encodeXML(response); body != nil {
			return body
		}
	}
	body := response.Resource.JSON()
	if !x.indents(body) {
		return body
	}
	var indented bytes.Buffer
	if err := json.Indent(&indented, body, "", indent); err != nil {
		return body
	}
	indented.WriteByte('\n')
	return indented.Bytes()
}

// indents tells whether an answer is indented, by its JSON: in XML it has no
// more lines and none that begins further in.
func (x *exchange) indents(body []byte) bool {
	return x.form.pretty && indentedSize(body) <= maxIndented
}

// indent is what _pretty puts before a line for each level, and maxIndented how
// large it may make a body: what nests deeply would grow seventyfold by its
// indentation. Beyond that nobody reads it line by line, and it goes compact.
const (
	indent      = "  "
	maxIndented = 32 << 20
)

// indentedSize is how many bytes a compact body takes when it is indented: more
// by a line and its indentation for each opening, each comma and each closing.
func indentedSize(body []byte) int {
	size, depth, quoted := len(body), 0, false
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
			size += 1 + depth*len(indent)
		case c == '}' || c == ']':
			depth--
			size += 1 + depth*len(indent)
		case c == ',':
			size += 1 + depth*len(indent)
		case c == ':':
			size++
		}
	}
	return size
}

// warning is a Warning header of the miscellaneous persistent kind
// (RFC 7234 §5.5.7). A header is ASCII: what is not shows as a question mark.
func warning(text string) string {
	safe := strings.Map(func(c rune) rune {
		if c < ' ' || c > '~' {
			return '?'
		}
		return c
	}, text)
	return `199 tahto "` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(safe) + `"`
}

// describe sets the headers about the answer and the version it holds
// (https://hl7.org/fhir/R4/http.html#versions). Only what the server says of
// itself may be cached: anything else can be about a person.
func (x *exchange) describe(header http.Header, response interaction.Response) {
	header["X-Request-Id"] = []string{x.id}
	header["X-Content-Type-Options"] = noSniff
	header["Vary"] = varies
	header["Cache-Control"] = noStore
	if (response.Status == http.StatusOK || response.Status == http.StatusNotModified) && strings.TrimSuffix(x.in.URL.Path, "/") == x.base+"/metadata" {
		header["Cache-Control"] = maxAge
	}
	if response.Location != "" {
		header["Location"] = []string{response.Location}
	}
	if response.ETag != "" {
		header["Etag"] = []string{response.ETag}
	}
	if !response.LastModified.IsZero() {
		header["Last-Modified"] = []string{response.LastModified.UTC().Format(http.TimeFormat)}
	}
	for _, text := range response.Warnings {
		header.Add("Warning", warning(text))
	}
	if len(response.Allow) > 0 {
		header["Allow"] = []string{strings.Join(response.Allow, ", ")}
	}
	if x.saysPatches(response) {
		header["Accept-Patch"] = acceptPatch
	}
	x.describeWork(header, response)
}

// describeWork sets the headers about what is still worked on, and about when to
// ask again (https://hl7.org/fhir/R4/async.html).
func (x *exchange) describeWork(header http.Header, response interaction.Response) {
	if response.ContentLocation != "" {
		header["Content-Location"] = []string{response.ContentLocation}
	}
	if response.Progress != "" {
		header["X-Progress"] = []string{response.Progress}
	}
	if !response.Expires.IsZero() {
		header["Expires"] = []string{response.Expires.UTC().Format(http.TimeFormat)}
	}
	switch {
	case response.RetryAfter > 0:
		header["Retry-After"] = []string{strconv.Itoa(response.RetryAfter)}
	case response.Status == http.StatusServiceUnavailable, response.Status == http.StatusTooManyRequests:
		header["Retry-After"] = tryAgain
	}
}
