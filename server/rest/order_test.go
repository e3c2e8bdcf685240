package rest_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// unread is a body that must not be read.
func unread(t *testing.T) io.Reader {
	return hostile(func() (int, error) {
		t.Error("the body was read")
		return 0, io.EOF
	})
}

// ask sends a request whose body must not be read.
func (s *server) unread(t *testing.T, method, target string, headers ...string) *httptest.ResponseRecorder {
	request := httptest.NewRequest(method, target, unread(t))
	for i := 0; i < len(headers); i += 2 {
		request.Header.Add(headers[i], headers[i+1])
	}
	recorder := httptest.NewRecorder()
	s.handler.ServeHTTP(recorder, request)
	return recorder
}

func TestAddressIsCheckedBeforeAnythingElse(t *testing.T) {
	s := serve(t, nil)
	plain := []string{"Content-Type", "text/plain"}
	for _, c := range []struct {
		method, target string
		headers        []string
		status         int
		allow          string
	}{
		{"PUT", "/fhir/metadata", nil, 405, "GET, HEAD"},
		{"PUT", "/fhir/metadata", plain, 405, "GET, HEAD"},
		{"POST", "/fhir/metadata", nil, 405, "GET, HEAD"},
		{"POST", "/fhir/Consent/1", nil, 405, "DELETE, GET, HEAD, PATCH, PUT"},
		{"PUT", "/fhir/Consent/_search", nil, 405, "POST"},
		{"GET", "/fhir/Consent/_search", []string{"Accept", "application/fhir+xml"}, 405, "POST"},
		{"DELETE", "/fhir/metadata", []string{"If-Match", ""}, 405, "GET, HEAD"},
		{"GET", "/fhir/Consent/_search?_format=xml&_pretty=perhaps&%zz", nil, 405, "POST"},
		{"POST", "/fhir/Patient", nil, 404, ""},
		{"POST", "/fhir/Patient", plain, 404, ""},
		{"POST", "/fhir/Patient", []string{"Content-Encoding", "gzip"}, 404, ""},
		{"POST", "/fhir/Consent/$nope", nil, 404, ""},
		{"GET", "/fhir/Patient/1", []string{"Accept", "application/fhir+xml"}, 404, ""},
		{"OPTIONS", "/fhir/Consent", []string{"Accept", "text/html"}, 204, "DELETE, GET, HEAD, PATCH, POST, PUT, OPTIONS"},
	} {
		t.Run(fmt.Sprint(c.method, c.target, c.headers), func(t *testing.T) {
			want(t, s.unread(t, c.method, c.target, c.headers...), c.status, "Allow", c.allow)
		})
	}
	got := s.do("GET", "/fhir/Patient/1?_pretty=true", "", "Accept", "application/json")
	want(t, got, http.StatusNotFound, "Content-Type", "application/json; charset=utf-8")
	if !strings.Contains(got.Body.String(), "\n  ") {
		t.Errorf("not indented: %s", got.Body)
	}
}

func TestMediaTypeIsCheckedBeforeTheBody(t *testing.T) {
	s := serve(t, nil)
	for _, c := range [][3]string{
		{"POST", "/fhir/Consent", "text/plain"},
		{"POST", "/fhir/Consent", "application/x-www-form-urlencoded"},
		{"PUT", "/fhir/Consent/1", ""},
		{"POST", "/fhir", "application/fhir+xml; fhirVersion=5.0"},
		{"POST", "/fhir/Consent/_search", "application/fhir+xml"},
		{"POST", "/fhir/Consent/_search", "application/json"},
		{"POST", "/fhir/Consent/_search", "application/fhir+json"},
		{"POST", "/fhir/Consent/$evaluate", "application/fhir+json; fhirVersion=5.0"},
	} {
		t.Run(c[1]+" "+c[2], func(t *testing.T) {
			want(t, s.unread(t, c[0], c[1], "Content-Type", c[2]), http.StatusUnsupportedMediaType)
		})
	}
	want(t, s.do("POST", "/fhir/Consent", consent), http.StatusUnsupportedMediaType)
	want(t, s.do("POST", "/fhir/Consent", ""), http.StatusBadRequest)
	want(t, s.do("POST", "/fhir/Consent/_search", "{", "Content-Type", "application/json"), http.StatusUnsupportedMediaType)
}

// talk is a connection to a server that listens.
func talk(t *testing.T, readTimeout time.Duration) (net.Conn, *bufio.Reader) {
	t.Helper()
	listening := httptest.NewUnstartedServer(serve(t, nil).handler)
	listening.Config.ReadTimeout = readTimeout
	listening.Start()
	t.Cleanup(listening.Close)
	conn, err := net.Dial("tcp", listening.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return conn, bufio.NewReader(conn)
}

func TestNobodyIsAskedForABodyThatIsRefused(t *testing.T) {
	for media, want := range map[string]string{"text/plain": "HTTP/1.1 415", "application/fhir+json": "HTTP/1.1 100"} {
		conn, answers := talk(t, 0)
		fmt.Fprintf(conn, "POST /fhir/Consent HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\nExpect: 100-continue\r\nContent-Type: %s\r\n\r\n", media)
		got, err := answers.ReadString('\n')
		if err != nil || !strings.HasPrefix(got, want) {
			t.Errorf("%s: got %q, %v, want %s", media, got, err, want)
		}
	}
}

func TestBodyThatStallsTimesOut(t *testing.T) {
	conn, answers := talk(t, 50*time.Millisecond)
	fmt.Fprintf(conn, "POST /fhir/Consent HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\nContent-Type: application/fhir+json\r\n\r\n{")
	got, err := http.ReadResponse(answers, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	if err != nil || got.StatusCode != http.StatusRequestTimeout || !strings.Contains(string(text), `"timeout"`) || !got.Close {
		t.Errorf("status %d, close %t, %v: %s", got.StatusCode, got.Close, err, text)
	}
}

func TestFormSaysHowTheAnswerIsWritten(t *testing.T) {
	s, _ := stored(t)
	for _, c := range []struct {
		name, target, form, accept string
		status                     int
		pretty                     bool
	}{
		{"nothing said", "", "status=active", "", 200, false},
		{"HTML", "", "_format=html", "", 406, false},
		{"JSON", "", "_format=json", "", 200, false},
		{"JSON rather than what is accepted", "", "_format=application/fhir%2Bjson", "application/fhir+xml", 200, false},
		{"only HTML is accepted", "", "status=active", "text/html", 406, false},
		{"pretty", "", "_pretty=true&status=active", "", 200, true},
		{"pretty in the URL", "?_pretty=true", "status=active", "", 200, true},
		{"not pretty", "", "_pretty=false", "", 200, false},
		{"pretty to a degree", "", "_pretty=bogus", "", 400, false},
		{"pretty twice", "?_pretty=true", "_pretty=true", "", 400, false},
		{"a format twice", "?_format=json", "_format=json", "", 406, false},
		{"a fault of the search", "", "_pretty=true&nonsense=1", "", 400, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := s.do("POST", "/fhir/Consent/_search"+c.target, c.form, "Content-Type", "application/x-www-form-urlencoded", "Accept", c.accept)
			want(t, got, c.status)
			if pretty := strings.Contains(got.Body.String(), "\n  "); pretty != c.pretty {
				t.Errorf("pretty %t, want %t: %s", pretty, c.pretty, got.Body)
			}
			if c.status == 200 && !strings.Contains(strings.ReplaceAll(got.Body.String(), " ", ""), `"total":1`) {
				t.Errorf("found nothing: %s", got.Body)
			}
		})
	}
}

func TestPrettyDoesNotMultiplyAnAnswer(t *testing.T) {
	s := serve(t, nil)
	deep := strings.Repeat(`{"extension":[`, 24) + `{"url":"u"}` + strings.Repeat(`,{"url":"u"}`, 150_000) + strings.Repeat("]}", 24)
	resource := strings.Replace(consent, `"status"`, `"extension":[`+deep+`],"status"`, 1)
	created := s.do("POST", "/fhir/Consent", resource, "Content-Type", "application/fhir+json", "Prefer", "return=minimal")
	want(t, created, http.StatusCreated)
	path := strings.TrimPrefix(created.Header().Get("Location"), "http://tahto.test")
	plain, pretty := s.do("GET", path, "").Body.Len(), s.do("GET", path+"?_pretty=true", "").Body.Len()
	if plain < 1_500_000 || pretty > 33<<20 {
		t.Errorf("%d bytes become %d", plain, pretty)
	}
	plain, pretty = s.do("GET", path+"?_format=xml", "").Body.Len(), s.do("GET", path+"?_format=xml&_pretty=true", "").Body.Len()
	if plain < 3_000_000 || pretty > 33<<20 {
		t.Errorf("in XML %d bytes become %d", plain, pretty)
	}
}
