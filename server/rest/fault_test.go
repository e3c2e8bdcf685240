package rest_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

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
	if !strings.Contains(s.log.String(), "request="+got.Header().Get("X-Request-Id")) {
		t.Error("the log does not name the request")
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
