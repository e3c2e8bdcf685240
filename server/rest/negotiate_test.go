package rest_test

import (
	"net/http"
	"net/url"
	"testing"
)

func TestAcceptDecidesTheMediaType(t *testing.T) {
	s := serve(t, nil)
	const fhirJSON, plain, text = "application/fhir+json; charset=utf-8", "application/json; charset=utf-8", "text/json; charset=utf-8"
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
		{"a browser", []string{"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}, 200, fhirJSON},
		{"plain rather than FHIR", []string{"application/fhir+json;q=0.5, application/json"}, 200, plain},
		{"anything but FHIR JSON", []string{"application/fhir+json;q=0, */*;q=0.1"}, 200, plain},
		{"two headers", []string{"application/fhir+xml", "application/json;q=0.1"}, 200, plain},
		{"R4", []string{"application/fhir+json; fhirVersion=4.0"}, 200, fhirJSON},
		{"R4, quoted", []string{`application/fhir+json; fhirVersion="4.0"`}, 200, fhirJSON},
		{"R5 or R4", []string{"application/fhir+json; fhirVersion=5.0, application/fhir+json; fhirVersion=4.0; q=0.1"}, 200, fhirJSON},
		{"one that can't be read and one that can", []string{"json please, application/json"}, 200, plain},
		{"R3", []string{"application/fhir+json; fhirVersion=3.0"}, 406, fhirJSON},
		{"XML", []string{"application/fhir+xml"}, 406, fhirJSON},
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
	cases := []struct {
		format string
		status int
	}{
		{"json", 200}, {"application/json", 200}, {"text/json", 200}, {"application/fhir+json", 200},
		{"application/fhir json", 200}, // a plus sign that was not encoded
		{"application/fhir+json; fhirVersion=4.0", 200},
		{"application/fhir+json; fhirVersion=5.0", 406},
		{"xml", 406}, {"application/fhir+xml", 406}, {"html", 406}, {"", 406},
	}
	for _, c := range cases {
		t.Run(c.format, func(t *testing.T) {
			got := s.do("GET", "/fhir/metadata?_format="+url.QueryEscape(c.format), "", "Accept", "application/fhir+xml")
			want(t, got, c.status, "Content-Type", "application/fhir+json; charset=utf-8")
		})
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
		{"application/fhir+xml", 415}, {"application/json-patch+json", 415}, {"text/plain", 415}, {"multipart/form-data; boundary=x", 415},
		{"application/fhir+json; charset=utf-8; charset=latin-1", 415}, {"", 415},
	}
	for _, c := range cases {
		t.Run(c.contentType, func(t *testing.T) {
			want(t, s.do("POST", "/fhir/Consent", consent, "Content-Type", c.contentType), c.status)
		})
	}
}

func TestContentEncodingIsRefused(t *testing.T) {
	s := serve(t, nil)
	want(t, s.do("POST", "/fhir/Consent", consent, "Content-Type", "application/fhir+json", "Content-Encoding", "gzip"), http.StatusUnsupportedMediaType)
	want(t, s.do("POST", "/fhir/Consent", consent, "Content-Type", "application/fhir+json", "Content-Encoding", "identity"), http.StatusCreated)
}
