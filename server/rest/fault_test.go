package rest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"tahto/fhir/xml"
	"tahto/server/rest"
)

// hostile is a body whose reader does something else than read.
type hostile func() (int, error)

func (h hostile) Read([]byte) (int, error) { return h() }

func (s *server) post(body io.Reader) *httptest.ResponseRecorder {
	request := httptest.NewRequest("POST", "/fhir/Consent", body)
	request.Header.Set("Content-Type", "application/fhir+json")
	recorder := httptest.NewRecorder()
	s.handler.ServeHTTP(recorder, request)
	return recorder
}

func TestBrokenOffBodyIsTheClientsFault(t *testing.T) {
	s := serve(t, nil)
	want(t, s.post(hostile(func() (int, error) { return 0, io.ErrUnexpectedEOF })), http.StatusBadRequest)
	if strings.Contains(s.log.String(), "level=ERROR") {
		t.Errorf("logged as our fault: %s", &s.log)
	}
}

func TestPanicIsLoggedOnceAndNotTold(t *testing.T) {
	s := serve(t, nil)
	got := s.post(hostile(func() (int, error) { panic("the secret of 160350-900N") }))
	want(t, got, http.StatusInternalServerError, "Content-Type", "application/fhir+json; charset=utf-8")
	if strings.Contains(got.Body.String(), "secret") || !strings.Contains(got.Body.String(), "exception") {
		t.Errorf("the client was told: %s", got.Body)
	}
	if n := strings.Count(s.log.String(), "level=ERROR"); n != 1 {
		t.Errorf("logged %d times, want once", n)
	}
	for _, part := range []string{"request=" + got.Header().Get("X-Request-Id"), "panic: string", "rest_test.hostile.Read"} {
		if !strings.Contains(s.log.String(), part) {
			t.Errorf("the log does not hold %q:\n%s", part, &s.log)
		}
	}
	if strings.Contains(s.log.String(), "160350") || strings.Contains(s.log.String(), "secret") {
		t.Errorf("what the panic was about is in the log:\n%s", &s.log)
	}
}

// secretive is a value whose every text holds an identity code.
type secretive struct{}

func (secretive) Error() string    { return "about 160350-900N" }
func (secretive) String() string   { return "about 160350-900N" }
func (secretive) GoString() string { return "about 160350-900N" }

func TestOnlyTheRuntimesOwnPanicsAreToldInTheLog(t *testing.T) {
	for name, c := range map[string]struct {
		panic func()
		told  string
	}{
		"an error":              {func() { panic(secretive{}) }, "panic: rest_test.secretive"},
		"a wrapped error":       {func() { panic(fmt.Errorf("reading: %w", secretive{})) }, "panic: *fmt.wrapError"},
		"an index out of range": {func() { _ = []int{}[len(t.Name())*0] }, "index out of range [0] with length 0"},
		"a nil pointer":         {func() { var r *http.Request; _ = r.Method }, "nil pointer dereference"},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, nil)
			want(t, s.post(hostile(func() (int, error) { c.panic(); return 0, io.EOF })), http.StatusInternalServerError)
			if !strings.Contains(s.log.String(), c.told) || strings.Contains(s.log.String(), "160350") {
				t.Errorf("want %q and no identity code in the log:\n%s", c.told, &s.log)
			}
		})
	}
}

// types are definitions that something is wrong with.
type types func(name string) *xml.Layout

func (t types) Layout(name string) *xml.Layout { return t(name) }

func TestFaultOfTheDefinitionsIsOursAndToldInJSON(t *testing.T) {
	outcome := xml.NewLayout(xml.Resource, false, []xml.Field{{Name: "issue", Element: "issue", Type: "missing", List: true}})
	for name, broken := range map[string]types{
		"a panic":        func(string) *xml.Layout { panic("ours") },
		"a missing type": func(name string) *xml.Layout { return map[string]*xml.Layout{"OperationOutcome": outcome}[name] },
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, func(o *rest.Options) { o.Types = broken })
			got := s.do("POST", "/fhir/Consent/$validate", consent, "Content-Type", "application/fhir+json", "Accept", "application/fhir+xml")
			want(t, got, http.StatusInternalServerError, "Content-Type", "application/fhir+json; charset=utf-8")
			if n := strings.Count(s.log.String(), "level=ERROR"); n != 1 || !strings.Contains(got.Body.String(), "exception") {
				t.Errorf("logged %d times, want once: %s", n, got.Body)
			}
		})
	}
}

func TestHangingUpIsNoFaultOfOurs(t *testing.T) {
	s, path := stored(t)
	gone, hangUp := context.WithCancel(t.Context())
	write := httptest.NewRequest("POST", "/fhir/Consent", io.MultiReader(hostile(func() (int, error) {
		hangUp() // while the body comes
		return 0, io.EOF
	}), strings.NewReader(consent)))
	write.Header.Set("Content-Type", "application/fhir+json")
	for _, request := range []*http.Request{
		write, httptest.NewRequest("GET", path, nil), httptest.NewRequest("GET", "/fhir/Consent?status=active", nil),
	} {
		s.log.Reset()
		s.handler.ServeHTTP(httptest.NewRecorder(), request.WithContext(gone))
		if log := s.log.String(); strings.Count(log, "\n") != 1 || !strings.Contains(log, "level=INFO msg=request") || !strings.Contains(log, "status=503") {
			t.Errorf("%s %s: want the line of the request and no other:\n%s", request.Method, request.URL, log)
		}
	}
}

func TestFaultIsLoggedThoughTheClientHungUp(t *testing.T) {
	s := serve(t, nil)
	gone, hangUp := context.WithCancel(t.Context())
	hangUp()
	request := httptest.NewRequest("POST", "/fhir/Consent", hostile(func() (int, error) { panic("ours") }))
	request.Header.Set("Content-Type", "application/fhir+json")
	s.handler.ServeHTTP(httptest.NewRecorder(), request.WithContext(gone))
	if n := strings.Count(s.log.String(), "level=ERROR"); n != 1 {
		t.Errorf("logged %d times, want once:\n%s", n, &s.log)
	}
}

func TestHangingUpIsNotCaught(t *testing.T) {
	defer func() {
		if cause := recover(); cause != http.ErrAbortHandler {
			t.Errorf("recovered %v, want http.ErrAbortHandler to pass", cause)
		}
	}()
	serve(t, nil).post(hostile(func() (int, error) { panic(http.ErrAbortHandler) }))
}

func TestEngineThatIsGoneIsUnavailable(t *testing.T) {
	s, path := stored(t)
	if err := s.store.Close(); err != nil {
		t.Fatal(err)
	}
	want(t, s.do("GET", path, ""), http.StatusServiceUnavailable, "Retry-After", "1")
	if n := strings.Count(s.log.String(), "level=ERROR"); n != 1 {
		t.Errorf("logged %d times, want once\n%s", n, &s.log)
	}
}

func TestProbes(t *testing.T) {
	down := false
	s := serve(t, func(o *rest.Options) {
		o.Ready = func(context.Context) error {
			if down {
				return errors.New("disk full")
			}
			return nil
		}
	})
	want(t, s.do("GET", "/healthz", ""), http.StatusOK)
	want(t, s.do("HEAD", "/readyz", ""), http.StatusOK)
	want(t, s.do("POST", "/readyz", ""), http.StatusMethodNotAllowed, "Allow", "GET, HEAD")
	down = true
	want(t, s.do("GET", "/healthz", ""), http.StatusOK)
	got := s.do("GET", "/readyz", "")
	want(t, got, http.StatusServiceUnavailable)
	if strings.Contains(got.Body.String(), "disk") {
		t.Errorf("the cause was told: %s", got.Body)
	}
}

func TestLogHoldsNoPersonalData(t *testing.T) {
	s := serve(t, nil)
	code := "160350-900N"
	s.do("GET", "/fhir/Consent?patient:identifier=urn:oid:1.2.246.21%7C"+code, "")
	s.do("GET", "/fhir/Consent/"+code, "")
	s.do("GET", "/fhir/"+code+"/"+code, "", "X-Request-Id", code)
	s.do("POST", "/fhir/Consent", consent, "Content-Type", "application/fhir+json")
	s.do("POST", "/fhir/Consent", strings.Replace(consent, code, "160350-900M", 1), "Content-Type", "application/fhir+json")
	s.do("POST", "/fhir/Consent/_search", "patient:identifier="+code, "Content-Type", "application/x-www-form-urlencoded")
	s.do(code, "/fhir/Consent", "")
	log := s.log.String()
	if strings.Contains(log, "160350") {
		t.Errorf("an identity code is in the log:\n%s", log)
	}
	if n := strings.Count(log, "\n"); n != 7 {
		t.Errorf("%d lines for 7 requests:\n%s", n, log)
	}
	for _, shape := range []string{`path=/fhir/Consent `, `path=/fhir/Consent/{} `, `path=/fhir/{}/{} `, `path=/fhir/Consent/_search `, `method=other `} {
		if !strings.Contains(log, shape) {
			t.Errorf("the log has no %q:\n%s", shape, log)
		}
	}
}
