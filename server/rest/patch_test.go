package rest_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tahto/fhir"
	"tahto/server/interaction"
	"tahto/server/rest"
)

// patchOf decodes a PATCH with a body.
func patchOf(t *testing.T, body string, headers ...string) (interaction.Request, *httptest.ResponseRecorder) {
	t.Helper()
	in := httptest.NewRequest("PATCH", "/fhir/Consent/1", strings.NewReader(body))
	for i := 0; i < len(headers); i += 2 {
		in.Header.Add(headers[i], headers[i+1])
	}
	out := httptest.NewRecorder()
	request, err := rest.Decode(rest.Options{BodyLimit: 1000, Types: definitions(t)}, out, in)
	if refused := out.Code != http.StatusOK; refused != (err != nil) {
		t.Fatalf("%v, but status %d", err, out.Code)
	}
	return request, out
}

func TestPatchesArriveAsTheyAre(t *testing.T) {
	for media, document := range map[string]string{
		interaction.MediaJSONPatch: ` [{"op":"test","path":"/a","value":1.10}] `,
		interaction.MediaXMLPatch:  `<!DOCTYPE x><diff><remove sel="f:Consent/f:id"/></diff>`,
	} {
		for _, contentType := range []string{media, strings.ToUpper(media), media + "; charset=utf-8"} {
			got, _ := patchOf(t, document, "Content-Type", contentType, "If-Match", `W/"1"`, "Prefer", "return=minimal")
			want := interaction.Request{
				Method: "PATCH", Path: "Consent/1", IfMatch: `W/"1"`, Prefer: "return=minimal",
				Patch: interaction.Patch{Media: media, Document: []byte(document)},
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", contentType, diff)
			}
		}
	}
}

func TestPatchKeepsNothingOfTheBuffer(t *testing.T) {
	first, _ := patchOf(t, `[1]`, "Content-Type", interaction.MediaJSONPatch)
	for range 100 {
		patchOf(t, `[22222222]`, "Content-Type", interaction.MediaJSONPatch)
	}
	if got := string(first.Patch.Document); got != "[1]" {
		t.Errorf("the document has become %s", got)
	}
}

func TestFHIRPathPatchIsAResource(t *testing.T) {
	const parameters = `{"resourceType":"Parameters","parameter":[{"name":"operation","part":[{"name":"type","valueCode":"delete"}]}]}`
	for contentType, body := range map[string]string{
		"application/fhir+json": parameters, "application/json": parameters, "text/json": parameters,
		"application/fhir+xml": inXML(t, parameters), "application/xml": inXML(t, parameters),
	} {
		got, _ := patchOf(t, body, "Content-Type", contentType)
		if got.Body == nil || string(got.Body.JSON()) != parameters || got.Patch.Media != "" {
			t.Errorf("%s: got %+v", contentType, got)
		}
	}
}

func TestPatchesThatAreRefused(t *testing.T) {
	const patches = "application/json-patch+json, application/xml-patch+xml, application/fhir+json, application/fhir+xml"
	for name, c := range map[string]struct {
		body, contentType string
		status            int
		accept            string
	}{
		"another media type":    {"[]", "text/plain", 415, patches},
		"a merge patch":         {"{}", "application/merge-patch+json", 415, patches},
		"a form":                {"a=b", "application/x-www-form-urlencoded", 415, patches},
		"no media type":         {"[]", "", 415, patches},
		"another charset":       {"[]", interaction.MediaJSONPatch + "; charset=utf-16", 415, patches},
		"too much":              {strings.Repeat(" ", 1001), interaction.MediaJSONPatch, 413, ""},
		"no resource":           {"[]", "application/json", 400, ""},
		"no well-formed XML":    {"<Parameters", "application/fhir+xml", 400, ""},
		"resource for document": {`{"resourceType":"Parameters"}`, "application/fhir+xml", 400, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, out := patchOf(t, c.body, "Content-Type", c.contentType)
			want(t, out, c.status, "Accept-Patch", c.accept)
			if _, err := fhir.Parse(out.Body.Bytes()); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestPatchWithoutBodyIsLeftToTheService(t *testing.T) {
	got, _ := patchOf(t, "")
	if got.Body != nil || got.Patch.Document != nil {
		t.Errorf("got %+v", got)
	}
}

func TestPatchesOfEachFormReachTheResource(t *testing.T) {
	s, path := stored(t)
	const parameters = `{"resourceType":"Parameters","parameter":[{"name":"operation","part":[{"name":"type","valueCode":"replace"},{"name":"path","valueString":"Consent.status"},{"name":"value","valueCode":"inactive"}]}]}`
	for _, c := range []struct{ media, body, status string }{
		{"application/json-patch+json", `[{"op":"replace","path":"/status","value":"rejected"}]`, "rejected"},
		{"application/fhir+json", parameters, "inactive"},
		{"application/xml-patch+xml", `<diff xmlns:f="http://hl7.org/fhir"><replace sel="f:Consent/f:status/@value">rejected</replace></diff>`, "rejected"},
		{"application/json-patch+json", `[{"op":"replace","path":"/status","value":"active"}]`, "active"},
		{"application/fhir+xml", inXML(t, parameters), "inactive"},
	} {
		got := read(t, s.do("PATCH", path, c.body, "Content-Type", c.media, "Accept", asXML), http.StatusOK)
		if status := got.Root().Get("status").Text(); status != c.status {
			t.Errorf("%s: status %s, want %s", c.media, status, c.status)
		}
	}
	want(t, s.do("PATCH", path, "{}", "Content-Type", "application/merge-patch+json"), http.StatusUnsupportedMediaType,
		"Accept-Patch", "application/json-patch+json, application/xml-patch+xml, application/fhir+json, application/fhir+xml")
	want(t, s.do("OPTIONS", path, ""), http.StatusNoContent,
		"Accept-Patch", "application/json-patch+json, application/xml-patch+xml, application/fhir+json, application/fhir+xml")
	claimed := read(t, s.do("GET", "/fhir/metadata", "", "Accept", asXML), http.StatusOK).Root().Get("patchFormat")
	if got := string(claimed.JSON()); got != `["application/json-patch+json","application/xml-patch+xml","application/fhir+json","application/fhir+xml"]` {
		t.Errorf("claimed are %s", got)
	}
}
