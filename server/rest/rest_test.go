package rest_test

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tahto/fhir"
	"tahto/fhir/search"
	"tahto/profiles"
	"tahto/profiles/validate"
	"tahto/server/audit"
	"tahto/server/interaction"
	"tahto/server/rest"
	"tahto/storage"
	"tahto/storage/embedded"
)

// server is the wire over a real service on a real engine, in memory.
type server struct {
	handler http.Handler
	store   *storage.Store
	log     bytes.Buffer
}

// The definitions and their validator are made once: they are the same for all.
var (
	sets       = sync.OnceValues(profiles.Load)
	validators = sync.OnceValues(func() (*validate.Validator, error) {
		set, err := sets()
		if err != nil {
			return nil, err
		}
		return validate.New(set)
	})
)

func definitions(t testing.TB) *profiles.Set {
	t.Helper()
	set, err := sets()
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func validator(t testing.TB) *validate.Validator {
	t.Helper()
	v, err := validators()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// serve makes a server; change may set other options.
func serve(t testing.TB, change func(*rest.Options)) *server {
	t.Helper()
	return serveWith(t, func(*interaction.Options) {}, change)
}

// serveWith is serve with a service of other options.
func serveWith(t testing.TB, other func(*interaction.Options), change func(*rest.Options)) *server {
	t.Helper()
	const base = "http://tahto.test/fhir"
	registry, err := search.NewRegistry(base)
	if err != nil {
		t.Fatal(err)
	}
	engine, err := embedded.Open(t.Context(), "", embedded.Options{})
	if err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return time.Date(2025, 6, 15, 9, 0, 0, 0, time.UTC) }
	store, err := storage.New(t.Context(), engine, registry, storage.Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	var ids atomic.Uint64
	newID := func() string { return fmt.Sprintf("id-%d", ids.Add(1)) }
	options := interaction.Options{
		Store: store, Registry: registry, Base: base, Now: now, NewID: newID, Audit: audit.NewLog(io.Discard),
		Intake: interaction.Archive, Validator: validator(t), Types: definitions(t),
	}
	other(&options)
	service, err := interaction.New(options)
	if err != nil {
		t.Fatal(err)
	}
	s := &server{store: store}
	o := rest.Options{Log: slog.New(slog.NewTextHandler(&s.log, nil)), NewID: newID, Now: now, Types: definitions(t)}
	if change != nil {
		change(&o)
	}
	s.handler = rest.New(service, o)
	return s
}

// do sends a request. Headers come in pairs of name and value.
func (s *server) do(method, target, body string, headers ...string) *httptest.ResponseRecorder {
	request := httptest.NewRequest(method, target, strings.NewReader(body))
	for i := 0; i < len(headers); i += 2 {
		request.Header.Add(headers[i], headers[i+1])
	}
	recorder := httptest.NewRecorder()
	s.handler.ServeHTTP(recorder, request)
	return recorder
}

const consent = `{"resourceType":"Consent","status":"active",` +
	`"scope":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope","code":"patient-privacy"}]},` +
	`"category":[{"coding":[{"system":"https://tahto.example/fhir/CodeSystem/declaration","code":"consent-health"}]}],` +
	`"patient":{"identifier":{"system":"urn:oid:1.2.246.21","value":"160350-900N"}},` +
	`"dateTime":"2024-01-10","policy":[{"uri":"http://data.finlex.fi/eli/sd/2023/703"}],` +
	`"provision":{"type":"permit","period":{"start":"2024-01-10"}}}`

// stored is a server with one Consent, and its path.
func stored(t testing.TB) (*server, string) {
	t.Helper()
	s := serve(t, nil)
	created := s.do("POST", "/fhir/Consent", consent, "Content-Type", "application/fhir+json")
	if created.Code != http.StatusCreated {
		t.Fatalf("create: %d %s", created.Code, created.Body)
	}
	resource, err := fhir.Parse(created.Body.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return s, "/fhir/" + resource.Key().String()
}

func want(t *testing.T, got *httptest.ResponseRecorder, status int, headers ...string) {
	t.Helper()
	if got.Code != status {
		t.Errorf("status %d, want %d\n%s", got.Code, status, got.Body)
	}
	for i := 0; i < len(headers); i += 2 {
		if value := got.Header().Get(headers[i]); value != headers[i+1] {
			t.Errorf("%s %q, want %q", headers[i], value, headers[i+1])
		}
	}
}

func TestCreateAnswersWithAllItsHeaders(t *testing.T) {
	s := serve(t, nil)
	got := s.do("POST", "/fhir/Consent", consent, "Content-Type", "application/json; charset=UTF-8", "X-Request-Id", "mine.1")
	want(t, got, http.StatusCreated,
		"Content-Type", "application/fhir+json; charset=utf-8", "Etag", `W/"1"`,
		"Last-Modified", "Sun, 15 Jun 2025 09:00:00 GMT", "X-Request-Id", "mine.1",
		"X-Content-Type-Options", "nosniff", "Cache-Control", "no-store", "Vary", "Accept",
		"Content-Length", fmt.Sprint(got.Body.Len()))
	if location := got.Header().Get("Location"); !strings.HasPrefix(location, "http://tahto.test/fhir/Consent/") || !strings.HasSuffix(location, "/_history/1") {
		t.Errorf("Location %q, want the version's", location)
	}
}

func TestHeadIsGetWithoutBody(t *testing.T) {
	s, path := stored(t)
	get, head := s.do("GET", path, ""), s.do("HEAD", path, "")
	want(t, head, http.StatusOK, "Etag", get.Header().Get("Etag"), "Content-Length", fmt.Sprint(get.Body.Len()))
	if head.Body.Len() != 0 {
		t.Errorf("HEAD has a body of %d bytes", head.Body.Len())
	}
}

func TestUnchangedVersionIsNotSentAgain(t *testing.T) {
	s, path := stored(t)
	for _, condition := range [][]string{{"If-None-Match", `W/"1"`}, {"If-Modified-Since", "Sun, 15 Jun 2025 09:00:00 GMT"}} {
		got := s.do("GET", path, "", condition...)
		want(t, got, http.StatusNotModified, "Etag", `W/"1"`, "Content-Type", "")
		if got.Body.Len() != 0 {
			t.Errorf("304 with a body of %d bytes", got.Body.Len())
		}
	}
}

func TestOptionsTellsTheMethods(t *testing.T) {
	s, path := stored(t)
	want(t, s.do("OPTIONS", path, ""), http.StatusNoContent, "Allow", "DELETE, GET, HEAD, PATCH, PUT, OPTIONS", "Content-Type", "")
	want(t, s.do("OPTIONS", "/fhir/Patient/1", ""), http.StatusNotFound)
}

func TestWrongMethodTellsTheRightOnes(t *testing.T) {
	s, path := stored(t)
	want(t, s.do("PATCH", path+"/_history", "[]", "Content-Type", "application/json-patch+json"), http.StatusMethodNotAllowed, "Allow", "GET, HEAD")
	want(t, s.do("FROBNICATE", path, ""), http.StatusMethodNotAllowed, "Allow", "DELETE, GET, HEAD, PATCH, PUT")
}

func TestBaseAnswersWithAndWithoutSlash(t *testing.T) {
	s := serve(t, nil)
	bundle := `{"resourceType":"Bundle","type":"batch"}`
	for _, target := range []string{"/fhir", "/fhir/"} {
		want(t, s.do("POST", target, bundle, "Content-Type", "application/fhir+json"), http.StatusOK)
	}
	want(t, s.do("GET", "/fhir/metadata/", ""), http.StatusOK)
	for _, target := range []string{"/", "/fhirx", "/elsewhere/metadata"} {
		want(t, s.do("GET", target, ""), http.StatusNotFound, "Content-Type", "application/fhir+json; charset=utf-8")
	}
}

func TestBaseMayBeTheRoot(t *testing.T) {
	s := serve(t, func(o *rest.Options) { o.BasePath = "/" })
	want(t, s.do("GET", "/metadata", ""), http.StatusOK, "Cache-Control", "public, max-age=60")
	want(t, s.do("POST", "/", `{"resourceType":"Bundle","type":"batch"}`, "Content-Type", "application/fhir+json"), http.StatusOK)
	want(t, s.do("GET", "/healthz", ""), http.StatusOK)
}

func TestPrettyIsForPeople(t *testing.T) {
	s, path := stored(t)
	got := s.do("GET", path+"?_pretty=true", "").Body.String()
	if !strings.HasPrefix(got, "{\n  \"resourceType\": \"Consent\",\n") {
		t.Errorf("not indented:\n%s", got)
	}
	plain := s.do("GET", path+"?_pretty=false&_format=json", "").Body.String()
	if strings.Contains(plain, "\n") {
		t.Errorf("indented:\n%s", plain)
	}
}

func TestOnlyTheServersOwnWordsMayBeCached(t *testing.T) {
	s, path := stored(t)
	for target, cache := range map[string]string{
		"/fhir/metadata": "public, max-age=60", path: "no-store", "/fhir/Consent": "no-store", "/fhir/Consent/nobody": "no-store", "/healthz": "no-store",
	} {
		if got := s.do("GET", target, "").Header().Get("Cache-Control"); got != cache {
			t.Errorf("%s: Cache-Control %q, want %q", target, got, cache)
		}
	}
}

func TestRequestIDsAreTakenOnlyIfHarmless(t *testing.T) {
	s := serve(t, nil)
	cases := []struct {
		name, given string
		taken       bool
	}{
		{"letters, digits and signs", "Abc-1_2.3", true},
		{"64 characters", strings.Repeat("x", 64), true},
		{"65 characters", strings.Repeat("x", 65), false},
		{"a space", "a b", false},
		{"a line end", "a\nlevel=ERROR", false},
		{"an identity code", "160350-900N", false},
		{"an identity code of this century", "150310A9039", false},
		{"an identity code within", "req-210253-9040", false},
		{"an identity code between letters", "req210253-9040x", false},
		{"an identity code of this century within", "a.150310A9039_2", false},
		{"an identity code among more digits", "99210253-90401", false},
		{"a UUID whose digits look like one", "12345678-1234-4000-8000-000000000000", true},
		{"the id of a trace whose digits look like one", "4bf92f150310a903980a0000e0e47361", true},
		{"something longer than a UUID", "12345678-1234-4000-8000-0000000000001", false},
		{"nothing", "", false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := s.do("GET", "/fhir/metadata", "", "X-Request-Id", c.given).Header().Get("X-Request-Id")
			if taken := got == c.given; taken != c.taken {
				t.Errorf("got %q for %q", got, c.given)
			}
		})
	}
}

func TestBodyLimitHoldsWhateverTheHeadersSay(t *testing.T) {
	s := serve(t, func(o *rest.Options) { o.BodyLimit, o.BundleLimit = 900, 1000 })
	exactly := `{"resourceType":"Bundle","type":"batch","x":"`
	exactly += strings.Repeat("x", 1000-len(exactly)-2) + `"}`
	for path, status := range map[string]int{"": 200, "/": 200, "/Bundle/$validate": 200, "/Consent": 413, "/Consent/$validate": 413} {
		want(t, s.do("POST", "/fhir"+path, exactly, "Content-Type", "application/fhir+json"), status)
	}
	for name, length := range map[string]int64{"honest": 1001, "unknown": -1, "too small": 10} {
		request := httptest.NewRequest("POST", "/fhir", strings.NewReader(exactly+" "))
		request.Header.Set("Content-Type", "application/fhir+json")
		request.ContentLength = length
		recorder := httptest.NewRecorder()
		s.handler.ServeHTTP(recorder, request)
		t.Run(name, func(t *testing.T) { want(t, recorder, http.StatusRequestEntityTooLarge) })
	}
}

func TestFormsAreForSearches(t *testing.T) {
	s, _ := stored(t)
	form := []string{"Content-Type", "application/x-www-form-urlencoded"}
	got := s.do("POST", "/fhir/Consent/_search", "patient:identifier=urn:oid:1.2.246.21%7C160350-900N", form...)
	want(t, got, http.StatusOK)
	if !strings.Contains(got.Body.String(), `"total":1`) {
		t.Errorf("the form found nothing: %s", got.Body)
	}
	want(t, s.do("POST", "/fhir/Consent/_search", ""), http.StatusOK)
	want(t, s.do("POST", "/fhir/Consent", "status=active", form...), http.StatusUnsupportedMediaType)
}
