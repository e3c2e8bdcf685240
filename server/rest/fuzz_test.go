package rest_test

import (
	"bufio"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tahto/fhir"
	"tahto/fhir/xml"
)

// FuzzXMLRequest: whatever comes in XML, by whatever method and to whatever
// address, is answered in XML, and a client's fault is never called the
// server's.
func FuzzXMLRequest(f *testing.F) {
	for _, name := range []string{"consent-bundle", "denial-bundle", "withdrawal-bundle"} {
		f.Add("POST", "", exampleInXML(f, name))
	}
	for _, name := range []string{"evaluate", "profile"} {
		f.Add("POST", "Consent/$evaluate", exampleInXML(f, name))
	}
	f.Add("PUT", "Consent/a", inXML(f, strings.Replace(consent, `"status"`, `"id":"a","status"`, 1)))
	f.Add("POST", "Consent?_pretty=true", inXML(f, consent))
	f.Add("POST", "Consent/$validate", inXML(f, consent))
	f.Add("PATCH", "Consent/a", inXML(f, `{"resourceType":"Parameters","parameter":[{"name":"operation","part":[{"name":"type","valueCode":"delete"},{"name":"path","valueString":"Consent.dateTime"}]}]}`))
	f.Add("GET", "Consent?status=active&_count=1&_format=xml", "")
	f.Add("POST", "Consent", `<!DOCTYPE a [<!ENTITY b "c">]><Consent xmlns="http://hl7.org/fhir"><status value="&b;"/></Consent>`)
	s := serve(f, nil)
	f.Fuzz(func(t *testing.T, method, target, body string) {
		in, err := request(method, "/fhir/"+target, body)
		if err != nil {
			return
		}
		in.Header.Set("Content-Type", asXML)
		in.Header.Set("Accept", asXML)
		out := httptest.NewRecorder()
		s.log.Reset()
		s.handler.ServeHTTP(out, in)
		if out.Code >= 500 && out.Code != 501 || strings.Contains(s.log.String(), "level=ERROR") {
			t.Fatalf("%d %s\n%s", out.Code, out.Body, &s.log)
		}
		readable(t, out)
	})
}

// readable sees that an answer is what its header says.
func readable(t *testing.T, out *httptest.ResponseRecorder) {
	t.Helper()
	var err error
	switch said := out.Header().Get("Content-Type"); said {
	case saysXML, "application/xml; charset=utf-8", "text/xml; charset=utf-8":
		if out.Body.Len() > 0 { // HEAD has none
			_, err = xml.Decode(out.Body.Bytes(), definitions(t))
		}
	case saysJSON:
		_, err = fhir.Parse(out.Body.Bytes())
	case "":
	default:
		t.Fatalf("Content-Type %q", said)
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, out.Body)
	}
}

// request is one that a client could send over HTTP.
func request(method, target, body string) (*http.Request, error) {
	text := fmt.Sprintf("%s %s HTTP/1.1\r\nHost: tahto.test\r\nContent-Length: %d\r\n\r\n%s", method, target, len(body), body)
	return http.ReadRequest(bufio.NewReader(strings.NewReader(text)))
}

func exampleInXML(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "conformance", "examples", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return inXML(t, string(text))
}
