package rest

import (
	"bytes"
	"errors"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"tahto/fhir/issue"
	"tahto/server/interaction"
)

// single are the headers that say one thing. Two values would leave it to
// chance which one a proxy or a server believes.
var single = []string{
	"Content-Type", "Content-Encoding", "If-Match", "If-None-Exist", "If-Modified-Since",
}

// decode completes the request from query, headers and body, and settles how
// the answer is written.
func (x *exchange) decode(request *interaction.Request) (err error) {
	if request.Query, err = x.query(); err != nil {
		return err
	}
	takesBody := x.in.Method == http.MethodPost || x.in.Method == http.MethodPut || x.in.Method == http.MethodPatch
	if takesBody && takesForm(request.Path) {
		return x.decodeForm(request)
	}
	if err := x.negotiate(request.Query, nil); err != nil {
		return err
	}
	if err := x.readHeaders(request); err != nil || !takesBody {
		return err
	}
	return x.body(request)
}

// decodeForm decodes a search by POST. Its parameters are in the URL or in the
// form, _format and _pretty too
// (https://hl7.org/fhir/R4/search.html#Introduction), so the form is read first.
func (x *exchange) decodeForm(request *interaction.Request) error {
	request.Form = url.Values{}
	if err := x.readHeaders(request); err != nil {
		return err
	}
	if err := x.body(request); err != nil {
		return err
	}
	return x.negotiate(request.Query, request.Form)
}

// takesForm tells whether the path is that of a search by POST.
func takesForm(path string) bool {
	return strings.HasSuffix(path, "/_search") || strings.HasSuffix(path, "/_history")
}

func (x *exchange) readHeaders(request *interaction.Request) error {
	header := x.in.Header
	if err := checkHeaders(header); err != nil {
		return err
	}
	request.IfMatch = first(header, "If-Match")
	request.IfNoneMatch = strings.Join(header["If-None-Match"], ", ")
	request.IfNoneExist = first(header, "If-None-Exist")
	request.IfModifiedSince = first(header, "If-Modified-Since")
	request.Prefer = strings.Join(header["Prefer"], ", ")
	return nil
}

// conditions are the headers on which a request depends. An empty one is
// refused rather than ignored: whoever sent it relies on it.
var conditions = []string{"If-Match", "If-None-Match", "If-None-Exist", "If-Modified-Since"}

func checkHeaders(header http.Header) error {
	for _, name := range single {
		if len(header[name]) > 1 {
			return issue.Newf(issue.Invalid, "http."+name, "The header %s is there twice; send it once.", name)
		}
	}
	for _, name := range conditions {
		if values, given := header[name]; given && strings.TrimSpace(strings.Join(values, "")) == "" {
			return issue.Newf(issue.Invalid, "http."+name, "The header %s is empty; give it a value or leave it out.", name)
		}
	}
	return nil
}

func first(header http.Header, name string) string {
	if values := header[name]; len(values) > 0 {
		return values[0]
	}
	return ""
}

// body reads what was sent with POST, PUT or PATCH. What can be refused by its
// headers is refused before a byte is read, so that a client that waits for 100
// (Continue) need not send it (RFC 9110 §10.1.1). No body at all is left to the
// service, which knows whether the path needs one.
func (x *exchange) body(request *interaction.Request) error {
	read, wrongMedia := x.reader(request)
	if wrongMedia != nil && (x.in.ContentLength > 0 || len(x.in.Header["Content-Type"]) > 0) {
		return wrongMedia
	}
	buffer := buffers.Get().(*bytes.Buffer)
	defer recycle(buffer)
	if err := x.fill(buffer); err != nil || buffer.Len() == 0 {
		return err
	}
	if wrongMedia != nil {
		return wrongMedia
	}
	if err := x.enter(buffer.Len()); err != nil {
		return err
	}
	return read(x, request, buffer.Bytes())
}

// fill reads the body up to the limit, whatever Content-Length claims.
func (x *exchange) fill(buffer *bytes.Buffer) error {
	if x.in.ContentLength > x.most() {
		return x.tooLarge()
	}
	if encoding := first(x.in.Header, "Content-Encoding"); encoding != "" && !strings.EqualFold(encoding, "identity") {
		return unknownMedia("Send the body as it is, without Content-Encoding.")
	}
	buffer.Grow(int(max(0, min(x.in.ContentLength, keep))) + bytes.MinRead)
	_, err := buffer.ReadFrom(http.MaxBytesReader(x.out, x.in.Body, x.most()))
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return x.tooLarge()
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		// It may be sent again as it is, which 400 would not say (RFC 9110 §15.5.9).
		return issue.New(issue.Timeout, "", "The body did not come in time; send it again.").Caused(err)
	}
	if err == nil && x.work {
		// The deadline was for the body. Left as it is it would end the request while
		// a large Bundle is worked on.
		_ = http.NewResponseController(x.out).SetReadDeadline(time.Time{})
	}
	if err != nil {
		return issue.New(issue.Invalid, "", "The body ended before it was complete; send it again.")
	}
	return nil
}

// most is the limit of the body, in bytes.
func (x *exchange) most() int64 {
	if x.work {
		return x.bundles
	}
	return x.limit
}

func (x *exchange) tooLarge() error {
	return issue.Newf(issue.TooLarge, "", "The body is larger than %d bytes; send less at a time.", x.most())
}

// buffers are reused: a body is copied out of its buffer when it is parsed.
var buffers = sync.Pool{New: func() any { return bytes.NewBuffer(make([]byte, 0, 16<<10)) }}

// keep is how large a buffer is made at once, on the word of Content-Length, and
// half of how large it may be to be kept: a thousand items fit.
const keep = 1 << 20

// recycle keeps a buffer for the next body, unless it grew so large that
// keeping it would hold memory for nothing.
func recycle(buffer *bytes.Buffer) {
	if buffer.Cap() > 2*keep {
		return
	}
	buffer.Reset()
	buffers.Put(buffer)
}
