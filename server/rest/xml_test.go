package rest_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tahto/fhir"
	"tahto/fhir/xml"
)

const (
	asXML    = "application/fhir+xml"
	saysXML  = "application/fhir+xml; charset=utf-8"
	saysJSON = "application/fhir+json; charset=utf-8"
)

// inXML is a resource in XML.
func inXML(t testing.TB, json string) string {
	t.Helper()
	r, err := fhir.Parse([]byte(json))
	if err != nil {
		t.Fatal(err)
	}
	text, err := xml.Encode(r, definitions(t), false)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// read reads an answer in XML.
func read(t *testing.T, got *httptest.ResponseRecorder, status int) *fhir.Resource {
	t.Helper()
	want(t, got, status, "Content-Type", saysXML, "Content-Length", fmt.Sprint(got.Body.Len()),
		"Content-Security-Policy", "default-src 'none'; sandbox")
	r, err := xml.Decode(got.Body.Bytes(), definitions(t))
	if err != nil {
		t.Fatalf("%v\n%s", err, got.Body)
	}
	return r
}

func TestXMLBodiesAreStoredAsJSON(t *testing.T) {
	s := serve(t, nil)
	fromXML := s.do("POST", "/fhir/Consent", inXML(t, consent), "Content-Type", asXML)
	want(t, fromXML, http.StatusCreated, "Content-Type", saysJSON, "Content-Security-Policy", "")
	fromJSON := s.do("POST", "/fhir/Consent", consent, "Content-Type", "application/fhir+json")
	named := func(got *httptest.ResponseRecorder) string {
		r, err := fhir.Parse(got.Body.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		return string(r.WithID("x").JSON())
	}
	if diff := cmp.Diff(named(fromJSON), named(fromXML)); diff != "" {
		t.Errorf("(-from JSON +from XML):\n%s", diff)
	}
}

func TestWhatIsReadInXMLIsNoChangeWhenItIsSentBack(t *testing.T) {
	s, path := stored(t)
	body := s.do("GET", path, "", "Accept", asXML).Body.String()
	want(t, s.do("PUT", path, body, "Content-Type", asXML), http.StatusOK, "Etag", `W/"1"`)
}

func TestEveryAnswerComesInXML(t *testing.T) {
	s, path := stored(t)
	form := []string{"Content-Type", "application/x-www-form-urlencoded"}
	for _, c := range []struct {
		method, target, body string
		headers              []string
		status               int
		want                 string
	}{
		{"GET", "/fhir/metadata", "", nil, 200, "CapabilityStatement"},
		{"GET", path, "", nil, 200, "Consent"},
		{"GET", path + "/_history/1", "", nil, 200, "Consent"},
		{"GET", path + "/_history", "", nil, 200, "Bundle"},
		{"GET", "/fhir/_history", "", nil, 200, "Bundle"},
		{"GET", "/fhir/Consent?status=active", "", nil, 200, "Bundle"},
		{"GET", "/fhir/ConceptMap", "", nil, 200, "Bundle"},
		{"POST", "/fhir/Consent/_search", "status=active", form, 200, "Bundle"},
		{"POST", "/fhir/Consent", inXML(t, consent), []string{"Content-Type", asXML}, 201, "Consent"},
		{"PUT", path, consent, []string{"Content-Type", "application/json"}, 400, "OperationOutcome"},
		{"POST", "/fhir", inXML(t, `{"resourceType":"Bundle","type":"batch"}`), []string{"Content-Type", asXML}, 200, "Bundle"},
		{"POST", "/fhir/Consent/$validate", inXML(t, consent), []string{"Content-Type", asXML}, 200, "OperationOutcome"},
		{"GET", "/fhir/Consent/nobody", "", nil, 404, "OperationOutcome"},
		{"GET", "/fhir/Patient/1", "", nil, 404, "OperationOutcome"},
		{"GET", "/fhir/Consent?nonsense=1", "", nil, 400, "OperationOutcome"},
		{"POST", "/fhir/Consent", "<Consent", []string{"Content-Type", asXML}, 400, "OperationOutcome"},
		{"POST", "/fhir/Consent", "x", []string{"Content-Type", "text/plain"}, 415, "OperationOutcome"},
	} {
		t.Run(c.method+" "+c.target, func(t *testing.T) {
			accepting := s.do(c.method, c.target, c.body, append(c.headers, "Accept", asXML)...)
			if got := read(t, accepting, c.status).Type(); got != c.want {
				t.Errorf("a %s, want a %s", got, c.want)
			}
		})
	}
}

func TestXMLSaysWhatJSONSays(t *testing.T) {
	s, path := stored(t)
	for _, target := range []string{path, path + "/_history", "/fhir/Consent?status=active", "/fhir/metadata"} {
		json := s.do("GET", target, "").Body.String()
		if diff := cmp.Diff(inXML(t, json), s.do("GET", target, "", "Accept", asXML).Body.String()); diff != "" {
			t.Errorf("%s (-JSON +XML):\n%s", target, diff)
		}
	}
}

func TestPrettyIsForXMLToo(t *testing.T) {
	s, path := stored(t)
	if got := s.do("GET", path+"?_format=xml&_pretty=true", "").Body.String(); !strings.Contains(got, "\n  <status value=\"active\"/>\n") {
		t.Errorf("not indented:\n%s", got)
	}
	if got := s.do("GET", path+"?_format=xml", "").Body.String(); strings.Count(got, "\n") != 1 {
		t.Errorf("indented:\n%s", got)
	}
}

func TestHeadTellsTheLengthOfTheXML(t *testing.T) {
	s, path := stored(t)
	get, head := s.do("GET", path, "", "Accept", asXML), s.do("HEAD", path, "", "Accept", asXML)
	want(t, head, http.StatusOK, "Content-Length", fmt.Sprint(get.Body.Len()), "Content-Type", saysXML)
	got := s.do("GET", path, "", "Accept", asXML, "If-None-Match", `W/"1"`)
	want(t, got, http.StatusNotModified, "Content-Type", "")
}

// links are those of a Bundle in XML.
func links(r *fhir.Resource) map[string]string {
	all := map[string]string{}
	for link := range r.Root().Each("link") {
		all[link.Get("relation").Text()] = link.Get("url").Text()
	}
	return all
}

func TestLinksLeadOnInTheFormatThatWasAskedFor(t *testing.T) {
	s, path := stored(t)
	s.do("POST", "/fhir/Consent", consent, "Content-Type", "application/fhir+json")
	for _, target := range []string{"/fhir/Consent?_count=1&status=active", "/fhir/_history?_count=1"} {
		first := read(t, s.do("GET", target+"&_format=application/fhir%2Bxml", ""), 200)
		next, err := url.Parse(links(first)["next"])
		if err != nil {
			t.Fatal(err)
		}
		second := read(t, s.do("GET", next.RequestURI(), "", "Accept", "text/html"), 200)
		if len(links(second)) == 0 || first.Root().Get("entry").Len() != 1 || second.Root().Get("entry").Len() != 1 {
			t.Errorf("%s\n%s", first.JSON(), second.JSON())
		}
	}
	accepting := read(t, s.do("GET", path+"/_history", "", "Accept", asXML), 200)
	if self := links(accepting)["self"]; strings.Contains(self, "_format") {
		t.Errorf("nobody asked for %s", self)
	}
	if got := links(read(t, s.do("GET", path+"/_history?_format=xml", ""), 200))["self"]; !strings.HasSuffix(got, "/_history?_format=xml") {
		t.Errorf("self is %s", got)
	}
}

// strange is a Consent that only JSON can hold.
var strange = strings.Replace(consent, `"status"`, `"colour":"red","status"`, 1)

func TestWhatXMLCannotHoldIsNotLeftOut(t *testing.T) {
	s := serve(t, nil)
	created := s.do("POST", "/fhir/Consent", strange, "Content-Type", "application/fhir+json", "Accept", asXML)
	want(t, created, http.StatusCreated, "Content-Type", saysJSON, "Warning", `199 tahto "The answer is in JSON, since XML can't hold it."`)
	if !strings.Contains(created.Body.String(), `"colour":"red"`) {
		t.Errorf("left out: %s", created.Body)
	}
	at, err := url.Parse(created.Header().Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	for target, place := range map[string]string{
		at.Path: "Consent.colour", "/fhir/Consent": "Bundle.entry[0].resource.colour", "/fhir/_history": "Bundle.entry[0].resource.colour",
	} {
		s.refusesXML(t, target, place)
	}
}

func TestWhoTakesJSONTooGetsWhatXMLCannotHold(t *testing.T) {
	s := serve(t, nil)
	s.do("POST", "/fhir/Consent", strange, "Content-Type", "application/fhir+json")
	for accept, says := range map[string]string{
		asXML + ", application/json;q=0.1":                        "application/json; charset=utf-8",
		asXML + ", */*;q=0.1":                                     saysJSON,
		asXML + ", application/fhir+json;q=0, text/json;q=0.1":    "text/json; charset=utf-8",
		asXML + ", application/fhir+json;q=0.5; fhirVersion=4.0":  saysJSON,
		"application/xml, text/xml;q=0.9, application/json;q=0.8": "application/json; charset=utf-8",
	} {
		want(t, s.do("GET", "/fhir/Consent", "", "Accept", accept), http.StatusOK, "Content-Type", says)
		want(t, s.do("GET", "/fhir/Consent?_format=xml", "", "Accept", accept), http.StatusNotAcceptable, "Content-Type", saysXML)
	}
	want(t, s.do("GET", "/fhir/Consent", "", "Accept", asXML+", application/json;q=0"), http.StatusNotAcceptable, "Content-Type", saysXML)
}

// refusesXML sees that XML is refused for what stands at a place, and that
// nothing of the version is told in the headers.
func (s *server) refusesXML(t *testing.T, target, place string) {
	t.Helper()
	for _, refused := range []*httptest.ResponseRecorder{s.do("GET", target, "", "Accept", asXML), s.do("GET", target+"?_format=xml", "")} {
		issues := read(t, refused, http.StatusNotAcceptable).Root().Get("issue")
		want(t, refused, http.StatusNotAcceptable, "Etag", "", "Last-Modified", "", "Location", "")
		said := issues.At(0)
		if said.Get("code").Text() != "not-supported" || said.Get("expression").At(0).Text() != place || !strings.Contains(said.Get("details").Get("text").Text()+said.Get("diagnostics").Text(), "JSON") {
			t.Errorf("%s: %s", target, refused.Body)
		}
		if issues.At(1).Get("severity").Text() != "information" || !strings.Contains(refused.Body.String(), "no element “colour”") {
			t.Errorf("%s does not say why: %s", target, refused.Body)
		}
	}
	want(t, s.do("GET", target, ""), http.StatusOK)
	if strings.Contains(s.log.String(), "level=ERROR") {
		t.Errorf("logged as our fault: %s", &s.log)
	}
}

func TestWhatABatchHasDoneIsToldInJSONIfXMLCannot(t *testing.T) {
	s := serve(t, nil)
	want(t, s.do("PUT", "/fhir/Consent/a", strings.Replace(strange, `"status"`, `"id":"a","status"`, 1), "Content-Type", "application/fhir+json"), http.StatusCreated)
	batch := `{"resourceType":"Bundle","type":"batch","entry":[{"request":{"method":"GET","url":"Consent/a"}},` +
		`{"resource":` + consent + `,"request":{"method":"POST","url":"Consent"}}]}`
	got := s.do("POST", "/fhir", inXML(t, batch), "Content-Type", asXML, "Accept", asXML)
	want(t, got, http.StatusOK, "Content-Type", saysJSON)
	r, err := fhir.Parse(got.Body.Bytes())
	if err != nil || r.Root().Get("entry").At(1).Get("response").Get("status").Text() != "201 Created" {
		t.Errorf("%v %s", err, got.Body)
	}
	alone := strings.Replace(batch, `{"request":{"method":"GET","url":"Consent/a"}},`, "", 1)
	read(t, s.do("POST", "/fhir", inXML(t, alone), "Content-Type", asXML, "Accept", asXML), http.StatusOK)
}

// TestClaimedFormatsWork asks for metadata in each format that it claims.
func TestClaimedFormatsWork(t *testing.T) {
	s := serve(t, nil)
	claimed := read(t, s.do("GET", "/fhir/metadata", "", "Accept", asXML), http.StatusOK).Root().Get("format")
	if claimed.Len() != 4 {
		t.Errorf("%d formats, want 4", claimed.Len())
	}
	for _, format := range claimed.Items() {
		got := s.do("GET", "/fhir/metadata?_format="+url.QueryEscape(format.Text()), "")
		if said := got.Header().Get("Content-Type"); got.Code != http.StatusOK || !strings.Contains(said, format.Text()) {
			t.Errorf("%s is answered with %d in %s", format.Text(), got.Code, said)
		}
	}
}
