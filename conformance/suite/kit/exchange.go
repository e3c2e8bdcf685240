package kit

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// maxBody is how much of an answer is read.
const maxBody = 16 << 20

// Exchange is a request and its answer, as they went over the wire. The header
// Authorization is not among what is kept.
type Exchange struct {
	Method, URL string
	Sent        http.Header
	SentBody    string
	Status      int
	Header      http.Header
	Body        string
	// Checks are what was expected of the answer, in the order it was asked, and
	// what came of each.
	Checks []Check
	// Authorized tells that the access token was sent.
	Authorized bool
	// Unsent says why there is no answer; "" if there is one.
	Unsent string
}

// Check is one thing that was expected of an answer.
type Check struct {
	Text  string // what was expected, in words
	Fault string // what is wrong with the answer; "" if nothing
}

// Faults are what of the answer was not as expected.
func (e *Exchange) Faults() []string {
	if e.Unsent != "" {
		return []string{"no answer: " + e.Unsent}
	}
	var faults []string
	for _, c := range e.Checks {
		if c.Fault != "" {
			faults = append(faults, c.Fault)
		}
	}
	return faults
}

// client sends requests to one server.
type client struct {
	http   *http.Client
	base   string
	bearer string
}

// newClient does not follow redirects: an answer is looked at as it comes.
func newClient(transport http.RoundTripper, base, bearer string) *client {
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &client{&http.Client{Transport: transport, CheckRedirect: stay}, base, bearer}
}

// prepared is a request with its variables in place.
type prepared struct {
	method, url string
	header      http.Header
	body        []byte // nil for none
}

func (c *client) prepare(s *Step, v variables) (prepared, error) {
	do, err := v.expand(s.Do)
	if err != nil {
		return prepared{}, err
	}
	method, path, _ := strings.Cut(do, " ")
	p := prepared{method: method, url: address(c.base, path), header: http.Header{"Accept": {"application/fhir+json"}}}
	var media string
	if p.body, media, err = s.body(v); err != nil {
		return prepared{}, err
	}
	if p.body != nil {
		p.header.Set("Content-Type", media)
	}
	for name, text := range s.Headers {
		if text, err = v.expand(text); err != nil {
			return prepared{}, err
		}
		p.header.Set(name, text)
		if text == "" {
			p.header.Del(name)
		}
	}
	return p, nil
}

// address is where a path below the base is; the base itself for an empty one.
// A path that begins with a variable, in a script, is a whole URL.
func address(base, path string) string {
	switch {
	case strings.HasPrefix(path, "http://"), strings.HasPrefix(path, "https://"), strings.HasPrefix(path, "${"):
		return path
	case path == "", strings.HasPrefix(path, "?"):
		return base + path
	}
	return base + "/" + path
}

// body is what the step sends and its media type; nil for nothing.
func (s *Step) body(v variables) ([]byte, string, error) {
	const resource = "application/fhir+json"
	switch {
	case s.Body != nil:
		body, err := v.expandJSON(s.Body)
		return body, resource, err
	case s.Text != nil:
		text, err := v.expand(*s.Text)
		return []byte(text), resource, err
	case s.Form != nil:
		body, err := s.form(v)
		return body, "application/x-www-form-urlencoded", err
	}
	return nil, "", nil
}

func (s *Step) form(v variables) ([]byte, error) {
	form := make(url.Values, len(s.Form))
	for name, values := range s.Form {
		var err error
		if form[name], err = v.expandAll(values); err != nil {
			return nil, err
		}
	}
	return []byte(form.Encode()), nil
}

func (c *client) send(ctx context.Context, p prepared) (Exchange, error) {
	e := Exchange{Method: p.method, URL: p.url, Sent: p.header, SentBody: string(p.body)}
	var body io.Reader
	if p.body != nil {
		body = bytes.NewReader(p.body)
	}
	request, err := http.NewRequestWithContext(ctx, p.method, p.url, body)
	if err != nil {
		return e, err
	}
	request.Header = p.header.Clone()
	// It is told apart from what is reported.
	if c.bearer != "" && c.trusts(p.url) {
		e.Authorized = true
		request.Header.Set("Authorization", "Bearer "+c.bearer)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return e, err
	}
	defer response.Body.Close()
	content, err := io.ReadAll(io.LimitReader(response.Body, maxBody+1))
	if err == nil && len(content) > maxBody {
		err = fmt.Errorf("the answer has more than %d bytes", maxBody)
	}
	e.Status, e.Header, e.Body = response.StatusCode, response.Header, string(content)
	return e, err
}

// trusts tells whether an address is below the base: a link that a server gave
// may lead elsewhere, where the token must not go.
func (c *client) trusts(address string) bool {
	rest, below := strings.CutPrefix(address, c.base)
	return below && (rest == "" || slices.Contains([]byte{'/', '?'}, rest[0]))
}
