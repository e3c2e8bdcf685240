package rest

import (
	"bytes"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/server/interaction"
)

// single are the headers that say one thing. Two values would leave it to
// chance which one a proxy or a server believes.
var single = []string{
	"Content-Type", "Content-Encoding", "If-Match", "If-None-Exist", "If-Modified-Since",
}

// decode turns the request into the service's terms.
func (x *exchange) decode(query url.Values) (interaction.Request, error) {
	path, err := x.path()
	if err != nil {
		return interaction.Request{}, err
	}
	header := x.in.Header
	if err := checkHeaders(header); err != nil {
		return interaction.Request{}, err
	}
	request := interaction.Request{
		Method: x.in.Method, Path: path, Query: query,
		IfMatch:         first(header, "If-Match"),
		IfNoneMatch:     strings.Join(header["If-None-Match"], ", "),
		IfNoneExist:     first(header, "If-None-Exist"),
		IfModifiedSince: first(header, "If-Modified-Since"),
		Prefer:          strings.Join(header["Prefer"], ", "),
		RequestID:       x.id,
	}
	if x.in.Method != http.MethodPost && x.in.Method != http.MethodPut {
		return request, nil
	}
	return request, x.body(&request)
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

// body reads what was sent with POST or PUT: a resource, or a form where a
// search is meant (https://hl7.org/fhir/R4/search.html#Introduction). No body
// at all is left to the service, which knows whether the path needs one.
func (x *exchange) body(request *interaction.Request) error {
	buffer := buffers.Get().(*bytes.Buffer)
	defer recycle(buffer)
	if err := x.fill(buffer); err != nil {
		return err
	}
	takesForm := strings.HasSuffix(request.Path, "_search") || strings.HasSuffix(request.Path, "_history")
	if buffer.Len() == 0 {
		if takesForm {
			request.Form = url.Values{}
		}
		return nil
	}
	media, err := x.media()
	if err != nil {
		return err
	}
	if media != formType {
		request.Body, err = fhir.Parse(buffer.Bytes())
		return err
	}
	if !takesForm {
		return unknownMedia("A form is only for _search; send a resource as application/fhir+json.")
	}
	request.Form, err = form(buffer.String())
	return err
}

func form(body string) (url.Values, error) {
	values, err := url.ParseQuery(body)
	if err != nil || !validText(values) {
		return nil, issue.New(issue.Invalid, "", "The form can't be read: percent-encode every reserved character, in UTF-8, and separate parameters with &.")
	}
	return values, nil
}

// fill reads the body up to the limit, whatever Content-Length claims.
func (x *exchange) fill(buffer *bytes.Buffer) error {
	if x.in.ContentLength > x.limit {
		return x.tooLarge()
	}
	if encoding := first(x.in.Header, "Content-Encoding"); encoding != "" && !strings.EqualFold(encoding, "identity") {
		return unknownMedia("Send the body as it is, without Content-Encoding.")
	}
	buffer.Grow(int(max(0, min(x.in.ContentLength, keep))) + bytes.MinRead)
	_, err := buffer.ReadFrom(http.MaxBytesReader(x.out, x.in.Body, x.limit))
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return x.tooLarge()
	}
	if err != nil {
		return issue.New(issue.Invalid, "", "The body ended before it was complete; send it again.")
	}
	return nil
}

func (x *exchange) tooLarge() error {
	return issue.Newf(issue.TooLarge, "", "The body is larger than %d bytes; send less at a time.", x.limit)
}

const formType = "application/x-www-form-urlencoded"

// media is the media type of the body, one of those that are understood.
func (x *exchange) media() (string, error) {
	header := first(x.in.Header, "Content-Type")
	if header == fhirJSON {
		return fhirJSON, nil
	}
	media, params, err := mime.ParseMediaType(header)
	if err != nil {
		return "", unknownMedia("Say what the body is: Content-Type: application/fhir+json.")
	}
	if charset, given := params["charset"]; given && !strings.EqualFold(charset, "utf-8") {
		return "", unknownMedia("Bodies are UTF-8; send no other charset.")
	}
	if !thisVersion(params) {
		return "", unknownMedia("This server speaks FHIR R4 (fhirVersion=4.0) only.")
	}
	if media != fhirJSON && media != plainJSON && media != textJSON && media != formType {
		return "", unknownMedia("The body's media type is not understood; send application/fhir+json.")
	}
	return media, nil
}

func unknownMedia(text string) error {
	return issue.New(issue.UnknownMedia, "http.Content-Type", text)
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
