package rest_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/server/audit"
	"tahto/server/interaction"
	"tahto/server/rest"
)

// gate is a recorder that keeps each record until it is let through, or fails.
type gate struct {
	entered chan struct{}
	pass    chan func() error
}

func newGate() gate { return gate{make(chan struct{}, 1000), make(chan func() error, 1000)} }

func (g gate) Record(context.Context, audit.Entry) error {
	g.entered <- struct{}{}
	return (<-g.pass)()
}

func fine() error { return nil }

// streaming is a server behind a socket, whose records go through a gate.
type streaming struct {
	*server
	gate
	base  string
	began chan func()   // ends the context of the request that has come
	over  chan struct{} // the request is done
}

func stream(t *testing.T, readTimeout time.Duration) streaming {
	t.Helper()
	s := streaming{gate: newGate(), began: make(chan func(), 1), over: make(chan struct{})}
	s.server = serveWith(t, func(o *interaction.Options) { o.Audit = s.gate }, func(o *rest.Options) { o.Now = time.Now })
	l := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer close(s.over)
		ctx, cancel := context.WithCancel(r.Context())
		s.began <- func() { cancel(); <-ctx.Done() }
		s.handler.ServeHTTP(w, r.WithContext(ctx))
	}))
	l.Config.ReadTimeout = readTimeout
	l.Start()
	t.Cleanup(l.Close)
	s.base = l.URL + "/fhir"
	return s
}

// kept is how many Consents there are.
func (s streaming) kept() int {
	return strings.Count(s.do("GET", "/fhir/Consent?_count=100", "").Body.String(), `"mode":"match"`)
}

// creates is a batch of so many creates.
func creates(n int) string {
	entry := `{"request":{"method":"POST","url":"Consent"},"resource":` + consent + `}`
	return `{"resourceType":"Bundle","type":"batch","entry":[` + strings.Repeat(entry+",", n-1) + entry + `]}`
}

// begin sends a batch and gives its answer as soon as it has begun.
func begin(t *testing.T, base, body string) *http.Response {
	t.Helper()
	got, err := http.Post(base, "application/fhir+json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = got.Body.Close() })
	return got
}

// readEntry reads up to the next answer of a create.
func readEntry(t *testing.T, from *bufio.Reader) string {
	t.Helper()
	var read strings.Builder
	for !strings.HasSuffix(read.String(), "}}") {
		c, err := from.ReadByte()
		if err != nil {
			t.Fatalf("after %q: %v", read.String(), err)
		}
		read.WriteByte(c)
	}
	return read.String()
}

func TestBatchIsAnsweredWhileItIsPerformed(t *testing.T) {
	const readTimeout = 50 * time.Millisecond
	s := stream(t, readTimeout)
	answer := begin(t, s.base, creates(2))
	if answer.StatusCode != http.StatusOK || answer.ContentLength != -1 || answer.Header.Get("Content-Type") != "application/fhir+json; charset=utf-8" {
		t.Errorf("status %d, length %d, %v", answer.StatusCode, answer.ContentLength, answer.Header)
	}
	<-s.entered
	from := bufio.NewReader(answer.Body)
	s.pass <- fine
	whole := readEntry(t, from)
	<-s.entered
	<-time.After(3 * readTimeout) // the time that a client has for its body is none for the work
	s.pass <- fine
	rest, err := io.ReadAll(from)
	if err != nil {
		t.Fatal(err)
	}
	bundle, err := fhir.Parse([]byte(whole + string(rest)))
	if err != nil || bundle.Root().Get("entry").Len() != 2 || bundle.Root().Get("type").Text() != "batch-response" {
		t.Errorf("%v: %s%s", err, whole, rest)
	}
}

func TestClientThatIsGoneHasNothingMoreDone(t *testing.T) {
	s := stream(t, 0)
	answer := begin(t, s.base, creates(5))
	<-s.entered
	s.pass <- fine
	readEntry(t, bufio.NewReader(answer.Body))
	<-s.entered // the second is stored
	_ = answer.Body.Close()
	(<-s.began)() // the server has seen it
	s.pass <- fine
	<-s.over
	if n := s.kept(); n != 2 {
		t.Errorf("%d of 5 entries were performed, 2 of them for somebody", n)
	}
	if log := s.log.String(); strings.Contains(log, "level=ERROR") || !strings.Contains(log, "cut=true") {
		t.Errorf("want the line of a request that was cut, and no other:\n%s", log)
	}
}

func TestAnswerThatIsCutIsNeverWhole(t *testing.T) {
	s := stream(t, 0)
	answer := begin(t, s.base, creates(3))
	<-s.entered
	s.pass <- fine
	from := bufio.NewReader(answer.Body)
	part := readEntry(t, from)
	<-s.entered
	(<-s.began)()
	s.pass <- fine
	rest, err := io.ReadAll(from)
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("the answer ends with %v, want an unexpected end", err)
	}
	if _, err := fhir.Parse([]byte(part + string(rest))); err == nil {
		t.Errorf("what came looks whole: %s%s", part, rest)
	}
}

func TestEntriesFailAloneInAStream(t *testing.T) {
	s := stream(t, 0)
	answer := begin(t, s.base, creates(4))
	for _, then := range []func() error{fine, func() error { panic("about 160350-900N") }, fine, func() error {
		return issue.New(issue.Unavailable, "", "").Caused(errors.New("disk full"))
	}} {
		<-s.entered
		s.pass <- then
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	<-s.over
	var statuses []string
	bundle, err := fhir.Parse(body)
	if err != nil {
		t.Fatal(err)
	}
	for entry := range bundle.Root().Each("entry") {
		statuses = append(statuses, entry.Get("response").Get("status").Text()[:3])
	}
	if got := strings.Join(statuses, " "); got != "201 500 201 503" {
		t.Errorf("the entries are answered %s", got)
	}
	if log := s.log.String(); strings.Count(log, "level=ERROR") != 1 || !strings.Contains(log, "disk full") || strings.Contains(log, "160350") {
		t.Errorf("the log says:\n%s", log)
	}
}

func TestStreamHasNoBudget(t *testing.T) {
	s := serve(t, nil)
	large := strings.Replace(consent, `"status"`, `"text":{"status":"generated","div":"`+strings.Repeat("x", 3<<20)+`"},"status"`, 1)
	location := s.do("POST", "/fhir/Consent", large, "Content-Type", "application/fhir+json").Header().Get("Location")
	path := strings.TrimPrefix(location, "http://tahto.test/fhir/")
	read := `{"request":{"method":"GET","url":"` + path + `"}}`
	body := `{"resourceType":"Bundle","type":"batch","entry":[` + strings.Repeat(read+",", 9) + read + `]}`
	for query, want := range map[string]int{"": 10, "?_pretty=true": 6, "?_format=xml": 6} {
		got := s.do("POST", "/fhir"+query, body, "Content-Type", "application/fhir+json").Body.String()
		read, refused := strings.Count(got, "200 OK"), strings.Count(got, "422 Unprocessable Entity")
		if read != want || refused != 10-want {
			t.Errorf("%q: %d of 10 were read and %d refused, want %d to be read: %.200s", query, read, refused, want, got)
		}
	}
}
