package rest_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// TestWhatMayBeKeptHasATagInEachFormat: a cache that keeps several
// representations of one address is told by the tag of a 304 which one to use
// (RFC 9111 §4.3.4).
func TestWhatMayBeKeptHasATagInEachFormat(t *testing.T) {
	s := serve(t, nil)
	formats, tags := []string{saysJSON, "application/json; charset=utf-8", saysXML}, map[string]string{}
	for _, format := range formats {
		got := s.do("GET", "/fhir/metadata", "", "Accept", format)
		want(t, got, 200, "Content-Type", format)
		tags[format] = got.Header().Get("ETag")
	}
	for _, format := range formats {
		for of, tag := range tags {
			status := 200
			if of == format {
				status = 304
			}
			want(t, s.do("GET", "/fhir/metadata", "", "Accept", format, "If-None-Match", tag), status, "ETag", tags[format])
		}
	}
}

func TestAcceptDecidesTheMediaType(t *testing.T) {
	s := serve(t, nil)
	const fhirJSON, plain, text = "application/fhir+json; charset=utf-8", "application/json; charset=utf-8", "text/json; charset=utf-8"
	const fhirXML, plainXML, textXML = "application/fhir+xml; charset=utf-8", "application/xml; charset=utf-8", "text/xml; charset=utf-8"
	cases := []struct {
		name   string
		accept []string
		status int
		want   string
	}{
		{"no header", nil, 200, fhirJSON},
		{"empty header", []string{""}, 200, fhirJSON},
		{"anything", []string{"*/*"}, 200, fhirJSON},
		{"FHIR JSON", []string{"application/fhir+json"}, 200, fhirJSON},
		{"in capitals", []string{"Application/FHIR+JSON"}, 200, fhirJSON},
		{"plain JSON", []string{"application/json"}, 200, plain},
		{"the old name", []string{"text/json"}, 200, text},
		{"any application", []string{"application/*"}, 200, fhirJSON},
		{"any text", []string{"text/*"}, 200, text},
		{"a browser", []string{"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}, 200, plainXML},
		{"plain rather than FHIR", []string{"application/fhir+json;q=0.5, application/json"}, 200, plain},
		{"anything but FHIR JSON", []string{"application/fhir+json;q=0, */*;q=0.1"}, 200, plain},
		{"two headers", []string{"application/fhir+pdf", "application/json;q=0.1"}, 200, plain},
		{"FHIR XML", []string{"application/fhir+xml"}, 200, fhirXML},
		{"plain XML", []string{"application/xml"}, 200, plainXML},
		{"the old name of XML", []string{"text/xml"}, 200, textXML},
		{"both alike", []string{"application/fhir+xml, application/fhir+json"}, 200, fhirJSON},
		{"rather XML", []string{"application/fhir+json;q=0.8, application/fhir+xml;q=0.9"}, 200, fhirXML},
		{"rather JSON", []string{"application/fhir+json;q=0.9", "application/fhir+xml;q=0.8"}, 200, fhirJSON},
		{"XML or anything", []string{"application/fhir+xml, */*;q=0.1"}, 200, fhirXML},
		{"XML of R4", []string{"application/fhir+xml; fhirVersion=4.0"}, 200, fhirXML},
		{"anything but JSON", []string{"*/*, application/fhir+json;q=0, application/json;q=0, text/json;q=0"}, 200, fhirXML},
		{"XML of R5", []string{"application/fhir+xml; fhirVersion=5.0"}, 406, fhirJSON},
		{"R4", []string{"application/fhir+json; fhirVersion=4.0"}, 200, fhirJSON},
		{"R4, quoted", []string{`application/fhir+json; fhirVersion="4.0"`}, 200, fhirJSON},
		{"R5 or R4", []string{"application/fhir+json; fhirVersion=5.0, application/fhir+json; fhirVersion=4.0; q=0.1"}, 200, fhirJSON},
		{"one that can't be read and one that can", []string{"json please, application/json"}, 200, plain},
		{"R3", []string{"application/fhir+json; fhirVersion=3.0"}, 406, fhirJSON},
		{"Turtle", []string{"application/fhir+turtle"}, 406, fhirJSON},
		{"HTML only", []string{"text/html"}, 406, fhirJSON},
		{"nothing at all", []string{"*/*;q=0"}, 406, fhirJSON},
		{"quality that is none", []string{"application/json;q=best"}, 406, fhirJSON},
		{"quality beyond one", []string{"application/json;q=7"}, 406, fhirJSON},
		{"quality that is not a number", []string{"application/json;q=NaN"}, 406, fhirJSON},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var headers []string
			for _, one := range c.accept {
				headers = append(headers, "Accept", one)
			}
			want(t, s.do("GET", "/fhir/metadata", "", headers...), c.status, "Content-Type", c.want)
		})
	}
}

func TestFormatOverridesAccept(t *testing.T) {
	s := serve(t, nil)
	const json, xml = "application/fhir+json; charset=utf-8", "application/fhir+xml; charset=utf-8"
	cases := []struct {
		format string
		status int
		want   string
	}{
		{"json", 200, json}, {"application/json", 200, json}, {"text/json", 200, json}, {"application/fhir+json", 200, json},
		{"application/fhir json", 200, json}, // a plus sign that was not encoded
		{"application/fhir+json; fhirVersion=4.0", 200, json},
		{"application/fhir+json; fhirVersion=5.0", 406, json},
		{"xml", 200, xml}, {"application/xml", 200, xml}, {"text/xml", 200, xml}, {"application/fhir+xml", 200, xml},
		{"application/fhir xml", 200, xml},
		{"application/fhir+xml; fhirVersion=4.0", 200, xml},
		{"application/fhir+xml; fhirVersion=3.0", 406, json},
		{"html", 406, json}, {"ttl", 406, json}, {"", 406, json},
	}
	for _, c := range cases {
		t.Run(c.format, func(t *testing.T) {
			for _, accept := range []string{"application/fhir+xml", "application/fhir+json", "text/html"} {
				got := s.do("GET", "/fhir/metadata?_format="+url.QueryEscape(c.format), "", "Accept", accept)
				want(t, got, c.status, "Content-Type", c.want)
			}
		})
	}
	want(t, s.do("GET", "/fhir/metadata?_format=xml&_format=xml", ""), 406)
}

func TestRefusalsTellOfBothFormats(t *testing.T) {
	s := serve(t, nil)
	for _, got := range []*httptest.ResponseRecorder{
		s.do("GET", "/fhir/metadata", "", "Accept", "text/html"),
		s.do("GET", "/fhir/metadata?_format=html", ""),
		s.do("POST", "/fhir/Consent", consent, "Content-Type", "text/plain"),
		s.do("POST", "/fhir/Consent", consent, "Content-Type", ""),
		s.do("POST", "/fhir/Consent", "status=active", "Content-Type", "application/x-www-form-urlencoded"),
	} {
		body := got.Body.String()
		if !strings.Contains(body, "json") || !strings.Contains(body, "xml") || !strings.HasPrefix(got.Header().Get("Content-Type"), "application/fhir+json") {
			t.Errorf("%d %s", got.Code, body)
		}
	}
}

func TestContentTypesThatAreTaken(t *testing.T) {
	s := serve(t, nil)
	cases := []struct {
		contentType string
		status      int
	}{
		{"application/fhir+json", 201}, {"application/json", 201}, {"text/json", 201},
		{"application/fhir+json; charset=utf-8", 201}, {"application/fhir+json;charset=UTF-8;fhirVersion=4.0", 201},
		{"application/fhir+json; fhirVersion=4.0", 201}, {"APPLICATION/FHIR+JSON", 201},
		{"application/fhir+json; charset=utf-16", 415}, {"application/fhir+json; fhirVersion=3.0", 415},
		{"application/fhir+turtle", 415}, {"application/json-patch+json", 415}, {"application/xml-patch+xml", 415}, {"text/plain", 415}, {"multipart/form-data; boundary=x", 415},
		{"application/fhir+json; charset=utf-8; charset=latin-1", 415}, {"", 415},
	}
	for _, c := range cases {
		t.Run(c.contentType, func(t *testing.T) {
			want(t, s.do("POST", "/fhir/Consent", consent, "Content-Type", c.contentType), c.status)
		})
	}
}

func TestContentTypesOfXMLThatAreTaken(t *testing.T) {
	s := serve(t, nil)
	for contentType, status := range map[string]int{
		"application/fhir+xml": 201, "application/xml": 201, "text/xml": 201, "Application/FHIR+XML": 201,
		"application/fhir+xml; charset=UTF-8; fhirVersion=4.0": 201,
		"application/fhir+xml; charset=iso-8859-1":             415, "application/fhir+xml; fhirVersion=5.0": 415,
		"application/xhtml+xml": 415, "text/html": 415, "application/fhir+json": 400,
	} {
		t.Run(contentType, func(t *testing.T) {
			want(t, s.do("POST", "/fhir/Consent", inXML(t, consent), "Content-Type", contentType), status)
		})
	}
	want(t, s.do("POST", "/fhir/Consent", consent, "Content-Type", "application/fhir+xml"), 400)
}

func TestContentEncodingIsRefused(t *testing.T) {
	s := serve(t, nil)
	want(t, s.do("POST", "/fhir/Consent", consent, "Content-Type", "application/fhir+json", "Content-Encoding", "gzip"), http.StatusUnsupportedMediaType)
	want(t, s.do("POST", "/fhir/Consent", consent, "Content-Type", "application/fhir+json", "Content-Encoding", "identity"), http.StatusCreated)
}
