package interaction_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tahto/fhir"
	"tahto/fhir/search"
	"tahto/mapping/decision"
	"tahto/server/audit"
	"tahto/server/interaction"
	"tahto/server/rest"
	"tahto/storage"
	"tahto/storage/embedded"
)

// intakeFile is mapping/testdata/intake.json; INTAKE.md beside it says what
// the members mean.
type intakeFile struct {
	Stored map[string]struct {
		Now  time.Time
		Body json.RawMessage
	}
	Cases []intakeCase
}

type intakeCase struct {
	ID, Rule, Title string
	Now             time.Time
	Directory       []json.RawMessage
	Given           []string
	Steps           []intakeStep
}

type intakeStep struct {
	Now     *time.Time
	Request struct {
		Method, URL string
		Form        map[string]string
		Headers     map[string]string
		Body        json.RawMessage
	}
	Expect intakeExpected
}

type intakeExpected struct {
	Status             int
	Statuses           []int
	Issues             []intakeIssue
	Notes, AbsentNotes []string
	Decisions          []intakeDecision
	Total              *int
	Text               []string
}

type intakeIssue struct {
	Severity, Code, Reason, Expression string
	Text                               []string
}

type intakeDecision struct {
	ID, Decision, Reason           string
	Obligations, AbsentObligations []string
}

func TestWhoMayDeclareWhat(t *testing.T) {
	text, err := os.ReadFile("../../mapping/testdata/intake.json")
	must(t, err)
	var file intakeFile
	must(t, json.Unmarshal(text, &file))
	if len(file.Cases) < 150 {
		t.Fatalf("%d cases: the file is not whole", len(file.Cases))
	}
	for _, c := range file.Cases {
		t.Run(c.ID, func(t *testing.T) {
			t.Parallel()
			c.run(t, &file)
		})
	}
}

// counter is a server over HTTP whose clock is set by hand.
type counter struct {
	t       *testing.T
	now     atomic.Pointer[time.Time]
	strict  *httptest.Server
	archive *httptest.Server
	written map[string]bool // what was stored, as Type/id
	persons map[string]bool // of the case, as system|value
}

func (c *intakeCase) run(t *testing.T, file *intakeFile) {
	s := c.open(t)
	for _, name := range c.Given {
		given, found := file.Stored[name]
		if !found {
			t.Fatalf("nothing is called %q", name)
		}
		s.now.Store(&given.Now)
		if got := s.send(s.archive, http.MethodPost, "", given.Body, nil); got.status != http.StatusOK {
			t.Fatalf("%s: %d %s", name, got.status, got.body)
		}
		s.persons[personOf(given.Body)] = true
	}
	s.now.Store(&c.Now)
	for i, step := range c.Steps {
		if step.Now != nil {
			s.now.Store(step.Now)
		}
		s.step(fmt.Sprintf("%s, step %d", c.Title, i+1), &step)
	}
}

// open makes two servers on one store: what is given is stored by the one that
// takes what is historical.
func (c *intakeCase) open(t *testing.T) *counter {
	s := &counter{t: t, written: map[string]bool{}, persons: map[string]bool{}}
	now := func() time.Time { return *s.now.Load() }
	start := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	s.now.Store(&start)
	registry, err := search.NewRegistry(base)
	must(t, err)
	engine, err := embedded.Open(t.Context(), "", embedded.Options{})
	must(t, err)
	store, err := storage.New(t.Context(), engine, registry, storage.Options{Now: now})
	must(t, err)
	t.Cleanup(func() { must(t, store.Close()) })
	var ids atomic.Int64
	serve := func(mode interaction.Intake) *httptest.Server {
		service, err := interaction.New(interaction.Options{
			Store: store, Registry: registry, Base: base, Now: now, Audit: audit.NewLog(io.Discard),
			NewID:   func() string { return fmt.Sprintf("id-%d", ids.Add(1)) },
			Setting: decision.Setting{Directory: c.directory(t)}, CacheBytes: 1 << 20,
			Validator: validator(t), Types: types(t), Intake: mode,
		})
		must(t, err)
		server := httptest.NewServer(rest.New(service, rest.Options{NewID: func() string { return "r" }, Now: now, Types: types(t)}))
		t.Cleanup(server.Close)
		return server
	}
	s.strict, s.archive = serve(interaction.Strict), serve(interaction.Archive)
	return s
}

// directory is that of the cases, with the organisations of this one instead
// of those of the same identifier.
func (c *intakeCase) directory(t *testing.T) decision.Directory {
	text, err := os.ReadFile("../../mapping/decision/testdata/directory.json")
	must(t, err)
	var file struct {
		Organisations []json.RawMessage `json:"organisations"`
	}
	must(t, json.Unmarshal(text, &file))
	own := map[string]bool{}
	for _, o := range c.Directory {
		own[member(t, o, "identifier")] = true
		own[member(t, o, "key")] = true
	}
	file.Organisations = append(slices.DeleteFunc(file.Organisations, func(o json.RawMessage) bool { return own[member(t, o, "identifier")] }), c.Directory...)
	text, err = json.Marshal(file)
	must(t, err)
	d, err := decision.ParseDirectory(text)
	must(t, err)
	return d
}

func member(t *testing.T, object json.RawMessage, name string) string {
	var members map[string]any
	must(t, json.Unmarshal(object, &members))
	text, _ := members[name].(string)
	return text
}

type reply struct {
	status int
	body   []byte
	root   fhir.Element
}

func (s *counter) send(to *httptest.Server, method, address string, body []byte, headers map[string]string) reply {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, strings.TrimSuffix(to.URL+"/fhir/"+address, "/"), bytes.NewReader(body))
	must(s.t, err)
	r.Header.Set("Content-Type", "application/fhir+json")
	for name, value := range headers {
		r.Header.Set(name, value)
	}
	response, err := to.Client().Do(r)
	must(s.t, err)
	defer response.Body.Close()
	got := reply{status: response.StatusCode}
	got.body, err = io.ReadAll(response.Body)
	must(s.t, err)
	if len(got.body) > 0 {
		resource, err := fhir.Parse(got.body)
		must(s.t, err)
		got.root = resource.Root()
	}
	s.note(got)
	return got
}

// note remembers what was stored.
func (s *counter) note(got reply) {
	for entry := range got.root.Each("entry") {
		parts := strings.Split(strings.TrimPrefix(entry.Get("response").Get("location").Text(), base+"/"), "/")
		if len(parts) > 2 {
			s.written[parts[0]+"/"+parts[1]] = true
		}
	}
}

func (s *counter) step(title string, step *intakeStep) {
	s.t.Helper()
	body, headers := []byte(step.Request.Body), step.Request.Headers
	if form := step.Request.Form; form != nil {
		values := url.Values{}
		for name, value := range form {
			values.Set(name, value)
		}
		body, headers = []byte(values.Encode()), map[string]string{"Content-Type": "application/x-www-form-urlencoded"}
	}
	s.persons[personOf(step.Request.Body)] = true
	refuses := step.Expect.Status >= 400
	var before []string
	if refuses {
		before = s.everything()
	}
	got := s.send(s.strict, step.Request.Method, step.Request.URL, body, headers)
	for _, fault := range step.Expect.faults(got) {
		s.t.Errorf("%s: %s", title, fault)
	}
	if s.t.Failed() {
		s.t.Fatalf("%s: answered %d\n%s", title, got.status, got.body)
	}
	if refuses {
		if diff := cmp.Diff(before, s.everything()); diff != "" {
			s.t.Errorf("%s: refused, but something changed:\n%s", title, diff)
		}
	}
}

// everything is the history of all that was stored and what a search finds for
// every person, without what says when it was asked.
func (s *counter) everything() []string {
	var all []string
	for key := range s.written {
		all = append(all, string(s.send(s.strict, http.MethodGet, key+"/_history", nil, nil).body))
	}
	for person := range s.persons {
		if person != "" {
			form := url.Values{"patient:identifier": {person}}.Encode()
			found := s.send(s.strict, http.MethodPost, "Consent/_search", []byte(form), map[string]string{"Content-Type": "application/x-www-form-urlencoded"})
			for entry := range found.root.Each("entry") {
				all = append(all, string(entry.Get("resource").JSON()))
			}
		}
	}
	slices.Sort(all)
	return all
}

// personOf finds the first identity code in what was sent.
func personOf(body []byte) string {
	const system = `"system":"urn:oid:1.2.246.21","value":"`
	compact := &bytes.Buffer{}
	if json.Compact(compact, body) != nil {
		return ""
	}
	_, after, found := strings.Cut(compact.String(), system)
	value, _, _ := strings.Cut(after, `"`)
	if !found {
		return ""
	}
	return fhir.IdentitySystem + "|" + value
}
