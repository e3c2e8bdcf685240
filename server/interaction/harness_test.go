package interaction_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tahto/fhir"
	"tahto/fhir/search"
	"tahto/mapping/decision"
	"tahto/profiles"
	"tahto/profiles/validate"
	"tahto/server/audit"
	"tahto/server/interaction"
	"tahto/storage"
	"tahto/storage/embedded" // the tests run on the real engine, in memory
)

const base = "https://tahto.test/fhir"

// records keeps entries, or fails if told to.
type records struct {
	mu      sync.Mutex
	entries []audit.Entry
	fail    error
	discard bool
}

func (r *records) Record(_ context.Context, e audit.Entry) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.fail != nil {
		return r.fail
	}
	if !r.discard {
		r.entries = append(r.entries, e)
	}
	return nil
}

// server is a Service on an engine of its own.
type server struct {
	*interaction.Service
	t       testing.TB
	store   *storage.Store
	records *records
	clock   *clock
}

// clock goes one millisecond further each time it is read, so that versions
// differ in time.
type clock struct{ at atomic.Int64 }

func (c *clock) now() time.Time { return time.UnixMilli(c.at.Add(1)).UTC() }

func open(t testing.TB, change ...func(*interaction.Options)) *server {
	t.Helper()
	registry, err := search.NewRegistry(base)
	must(t, err)
	engine, err := embedded.Open(t.Context(), "", embedded.Options{})
	must(t, err)
	s := &server{t: t, records: &records{}, clock: &clock{}}
	s.clock.at.Store(time.Date(2026, 1, 10, 12, 0, 0, 0, time.UTC).UnixMilli())
	s.store, err = storage.New(t.Context(), engine, registry, storage.Options{Now: s.clock.now})
	must(t, err)
	t.Cleanup(func() { must(t, s.store.Close()) })
	var ids atomic.Int64
	o := interaction.Options{
		Store: s.store, Registry: registry, Base: base, Now: s.clock.now, Audit: s.records,
		NewID:   func() string { return fmt.Sprintf("id-%d", ids.Add(1)) },
		Setting: decision.Setting{Directory: directory(t)}, CacheBytes: 16 << 20,
		Validator: validator(t), Types: types(t), Definitions: served(), Intake: interaction.Archive,
	}
	for _, f := range change {
		f(&o)
	}
	s.Service, err = interaction.New(o)
	must(t, err)
	return s
}

// definitions are loaded once: they are the same for all.
var definitions = sync.OnceValues(profiles.Load)

var validators = sync.OnceValues(func() (*validate.Validator, error) {
	set, err := definitions()
	if err != nil {
		return nil, err
	}
	return validate.New(set)
})

func validator(t testing.TB) *validate.Validator {
	t.Helper()
	v, err := validators()
	must(t, err)
	return v
}

func types(t testing.TB) *profiles.Set {
	t.Helper()
	set, err := definitions()
	must(t, err)
	return set
}

// served are the definitions, which are made once too.
var served = sync.OnceValue(func() []*fhir.Resource {
	set, err := definitions()
	if err != nil {
		return nil
	}
	return set.Served()
})

func strictly(o *interaction.Options) { o.Intake = interaction.Strict }

func keepForeign(o *interaction.Options) { o.ForeignConsents = interaction.KeepForeign }

func directory(t testing.TB) decision.Directory {
	t.Helper()
	text, err := os.ReadFile("../../mapping/decision/testdata/directory.json")
	must(t, err)
	d, err := decision.ParseDirectory(text)
	must(t, err)
	return d
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// ask does a request written as "GET Consent/1?_count=2".
func (s *server) ask(request string, change ...func(*interaction.Request)) interaction.Response {
	s.t.Helper()
	method, address, _ := strings.Cut(request, " ")
	path, query, _ := strings.Cut(address, "?")
	values, err := url.ParseQuery(query)
	must(s.t, err)
	r := interaction.Request{Method: method, Path: path, Query: values, RequestID: "req-1"}
	for _, f := range change {
		f(&r)
	}
	return s.Do(s.t.Context(), r).Gathered(s.t.Context())
}

func body(t testing.TB, json string) func(*interaction.Request) {
	t.Helper()
	resource, err := fhir.Parse([]byte(json))
	must(t, err)
	return func(r *interaction.Request) { r.Body = resource }
}

// want fails the test unless the answer has the status.
func (s *server) want(status int, got interaction.Response) interaction.Response {
	s.t.Helper()
	if got.Status != status {
		s.t.Fatalf("status %d, want %d: %s (cause %v)", got.Status, status, text(got.Resource), got.Err)
	}
	return got
}

func text(r *fhir.Resource) string {
	if r == nil {
		return "nothing"
	}
	return string(r.JSON())
}

// at walks a path such as entry.0.response.status in a resource.
func at(r *fhir.Resource, path string) string {
	if r == nil {
		return ""
	}
	e := r.Root()
	for step := range strings.SplitSeq(path, ".") {
		var n int
		if _, err := fmt.Sscanf(step, "%d", &n); err == nil {
			e = e.At(n)
			continue
		}
		e = e.Get(step)
	}
	return e.Text()
}

// fault is status, issue code and expression of the first issue of a failure.
func fault(r interaction.Response) string {
	return fmt.Sprint(r.Status, " ", at(r.Resource, "issue.0.code"), " ", at(r.Resource, "issue.0.expression.0"))
}

const person = "160350-900N"

// declaration is a Consent of a kind; more are further members, each with a
// comma before it.
func declaration(id, code, provision string, more ...string) string {
	if id != "" {
		id = `"id":"` + id + `",`
	}
	return `{"resourceType":"Consent",` + id + `"status":"active",
		"scope":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope","code":"patient-privacy"}]},
		"category":[{"coding":[{"system":"https://tahto.example/fhir/CodeSystem/declaration","code":"` + code + `"}]}],
		"patient":{"identifier":{"system":"urn:oid:1.2.246.21","value":"` + person + `"}},
		"dateTime":"2024-01-10","policy":[{"uri":"http://data.finlex.fi/eli/sd/2023/703"}],
		"provision":` + provision + strings.Join(more, "") + `}`
}

const (
	permit = `{"type":"permit","period":{"start":"2024-01-10"}}`
	deny   = `{"type":"deny","period":{"start":"2024-03-01"}}`
)

func health(id string, more ...string) string {
	return declaration(id, "consent-health", permit, more...)
}

// nth is a further member that makes an update differ from the one before: an
// identical one makes no version.
func nth(n int) string {
	return fmt.Sprintf(`,"verification":[{"verified":true,"verificationDate":"2024-02-%02d"}]`, n)
}

func provenance(target string) string {
	return `{"resourceType":"Provenance","contained":[{"resourceType":"Patient","id":"client"}],
		"target":[{"reference":"` + target + `","display":"what was declared"}],"recorded":"2024-01-10T09:00:00+02:00",
		"agent":[{"role":[{"coding":[{"system":"http://gen.kanta.fi/figen-cs-provenancerolecategory","code":"12"}]}],"who":{"reference":"#client"}}]}`
}

// transaction and batch write Bundles of entries.
func transaction(entries ...string) string { return bundleOf("transaction", entries) }
func batch(entries ...string) string       { return bundleOf("batch", entries) }

func bundleOf(kind string, entries []string) string {
	return `{"resourceType":"Bundle","type":"` + kind + `","entry":[` + strings.Join(entries, ",") + `]}`
}

// entry is an entry; request is written as for ask, resource and fullURL may
// be empty, and more are further members of the request.
func entry(fullURL, resource, request string, more ...string) string {
	method, address, _ := strings.Cut(request, " ")
	members := []string{}
	if fullURL != "" {
		members = append(members, `"fullUrl":"`+fullURL+`"`)
	}
	if resource != "" {
		members = append(members, `"resource":`+resource)
	}
	quoted, _ := json.Marshal(address)
	members = append(members, `"request":{"method":"`+method+`","url":`+string(quoted)+strings.Join(more, "")+`}`)
	return "{" + strings.Join(members, ",") + "}"
}

// example reads a file of conformance/examples.
func example(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile("../../conformance/examples/" + name)
	must(t, err)
	return string(data)
}
