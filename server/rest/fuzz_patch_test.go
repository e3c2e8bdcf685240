package rest_test

import (
	"encoding/base64"
	"net/http/httptest"
	"strings"
	"testing"

	"tahto/server/interaction"
)

// patchMedia are the media types of a PATCH.
var patchMedia = []string{interaction.MediaJSONPatch, interaction.MediaXMLPatch, "application/fhir+json", asXML}

// FuzzPatch: a patch of any form, alone or in a transaction, is never called the
// server's fault, and what it leaves can be read.
func FuzzPatch(f *testing.F) {
	for _, patch := range []struct {
		media    uint8
		document string
	}{
		{0, `[{"op":"test","path":"/status","value":"active"},{"op":"copy","from":"/policy/0","path":"/policy/-"},{"op":"move","from":"/policy/1","path":"/policy/0"}]`},
		{0, `[{"op":"add","path":"/text","value":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">&lt;</div>"}},{"op":"remove","path":"/text/div"}]`},
		{0, `[{"op":"replace","path":"","value":{"resourceType":"Consent","id":"a","meta":null}}]`},
		{0, `[{"op":"add","path":"/patient/reference","value":"Consent?identifier=urn:x|1"},{"op":"add","path":"/_status","value":{"id":"\u0000"}}]`},
		{1, `<diff><replace sel="Consent/status/@value">inactive</replace><add sel="Consent/patient" pos="after"><dateTime value="2024"/></add></diff>`},
		{1, `<diff xmlns:q="urn:q"><add sel="Consent" type="namespace::q">urn:x</add><remove sel="//policy[last()]" ws="both"/><add sel="*" type="@id">&#xD800;</add></diff>`},
		{2, `{"resourceType":"Parameters","parameter":[{"name":"operation","part":[{"name":"type","valueCode":"insert"},{"name":"path","valueString":"Consent.policy"},{"name":"index","valueInteger":0},{"name":"value","part":[{"name":"uri","valueUri":"urn:x"}]}]}]}`},
		{3, `<Parameters xmlns="http://hl7.org/fhir"><parameter><name value="operation"/><part><name value="type"/><valueCode value="delete"/></part><part><name value="path"/><valueString value="Consent.dateTime"/></part></parameter></Parameters>`},
	} {
		f.Add(patch.media, false, patch.document)
		f.Add(patch.media, true, patch.document)
	}
	s := serve(f, nil)
	f.Fuzz(func(t *testing.T, media uint8, bundled bool, document string) {
		kind := patchMedia[int(media)%len(patchMedia)]
		s.never500(t, "PUT", "Consent/a", "application/fhir+json", strings.Replace(consent, `"status"`, `"id":"a","status"`, 1))
		switch {
		case !bundled:
			s.never500(t, "PATCH", "Consent/a", kind, document)
		case kind == "application/fhir+json":
			s.never500(t, "POST", "", kind, `{"resourceType":"Bundle","type":"transaction","entry":[{"resource":`+document+`,"request":{"method":"PATCH","url":"Consent/a"}}]}`)
		default:
			s.never500(t, "POST", "", "application/fhir+json", `{"resourceType":"Bundle","type":"transaction","entry":[{"resource":{"resourceType":"Binary","contentType":"`+kind+`","data":"`+
				base64.StdEncoding.EncodeToString([]byte(document))+`"},"request":{"method":"PATCH","url":"Consent/a"}}]}`)
		}
		s.never500(t, "GET", "Consent/a", "", "")
	})
}

// never500 makes a request and reads the answer.
func (s *server) never500(t *testing.T, method, target, media, body string) {
	t.Helper()
	in, err := request(method, "/fhir/"+target, body)
	if err != nil {
		t.Fatal(err)
	}
	if media != "" {
		in.Header.Set("Content-Type", media)
	}
	out := httptest.NewRecorder()
	s.log.Reset()
	s.handler.ServeHTTP(out, in)
	if out.Code >= 500 && out.Code != 501 || strings.Contains(s.log.String(), "level=ERROR") {
		t.Fatalf("%d %s\n%s", out.Code, out.Body, &s.log)
	}
	readable(t, out)
}
