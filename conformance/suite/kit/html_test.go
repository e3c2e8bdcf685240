package kit

import (
	"bytes"
	"io"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestCurlSendsWhatWasSent has a shell read the command: its words are those
// that curl would get.
func TestCurlSendsWhatWasSent(t *testing.T) {
	const body = "{\"a\": \"it's $HOME `id` \\\\\"}\nsecond line"
	for name, row := range map[string]struct {
		e    Exchange
		want []string
	}{
		"body": {
			Exchange{Method: "PUT", URL: "http://h/Consent/1?a=b&c='d'", Sent: http.Header{"Content-Type": {"application/json"}, "Accept": {"x"}}, SentBody: body},
			[]string{"-i", "-X", "PUT", "-H", "Accept: x", "-H", "Content-Type: application/json", "--data-binary", body, "http://h/Consent/1?a=b&c='d'"},
		},
		"no body": {
			Exchange{Method: "GET", URL: "http://h", Sent: http.Header{}},
			[]string{"-i", "-X", "GET", "-H", "Accept:", "http://h"},
		},
		"head":  {Exchange{Method: "HEAD", URL: "http://h", Sent: http.Header{"Accept": {"x"}}}, []string{"-I", "-H", "Accept: x", "http://h"}},
		"token": {Exchange{Method: "GET", URL: "http://h", Sent: http.Header{"Accept": {"x"}}, Authorized: true}, []string{"-i", "-X", "GET", "-H", "Authorization: Bearer of the shell", "-H", "Accept: x", "http://h"}},
	} {
		t.Run(name, func(t *testing.T) {
			output, err := exec.Command("sh", "-c", `TOKEN="of the shell"; curl() { printf '%s\0' "$@"; }; `+row.e.Curl()).Output()
			if err != nil {
				t.Fatal(err)
			}
			words := strings.Split(strings.TrimSuffix(string(output), "\x00"), "\x00")
			if diff := cmp.Diff(row.want, words); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestPageStandsAlone: it asks for nothing from anywhere, and shows each outcome
// in words.
func TestPageStandsAlone(t *testing.T) {
	server := wrong(t, always)
	report, err := Run(t.Context(), []Section{{Name: "s", Title: "S", Cases: []Case{
		{ID: "good", Title: "Good", Spec: "https://hl7.org/fhir/R4/", Steps: []Step{{Do: "GET x", Expect: Expect{Status: statuses{200}}}}},
		{ID: "bad", Title: "Bad", Spec: "mapping.md §4", Steps: []Step{{Do: "POST x", Text: new(string), Expect: Expect{Status: statuses{404}}}}},
		{ID: "other", Title: "Other", Needs: []string{"Consent.patch"}},
	}}}, Options{Base: server.URL + "/fhir", Now: clock(), Bearer: "of-the-client"})
	if err != nil {
		t.Fatal(err)
	}
	var written bytes.Buffer
	if err := report.WriteHTML(&written); err != nil {
		t.Fatal(err)
	}
	page := written.String()
	for _, want := range []string{
		"<title>1 failed: ", `<a href="#case-bad">Bad</a> <code>s/bad</code>`, `<details class="case failed" id="case-bad" open>`, `<details class="case passed" id="case-good">`,
		"Not so: status 200, want 404 Not Found", "Authorization: Bearer $TOKEN", "<code>Consent.patch</code>: 1 case<", "The server does not claim <code>Consent.patch</code>.",
		`<label><input type="radio" name="show" id="show-failed"> failed</label>`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not have %s", want)
		}
	}
	for _, not := range []string{"<script", "<link", "@import", "url(", " src=", "of-the-client", "ZgotmplZ"} {
		if strings.Contains(page, not) {
			t.Errorf("the page has %s", not)
		}
	}
}

// TestXMLIsRead holds readXML to examples, and what is no resource in XML is
// refused.
func TestXMLIsRead(t *testing.T) {
	for source, want := range map[string]string{
		`<Consent xmlns="http://hl7.org/fhir"><id value="1"/><status value="draft"/></Consent>`:                                                                                             `{"id":"1","resourceType":"Consent","status":"draft"}`,
		`<?xml version="1.0"?><!-- x --><Bundle xmlns="http://hl7.org/fhir"><entry><resource><Basic><id value="a"/></Basic></resource></entry><entry><fullUrl value="u"/></entry></Bundle>`: `{"entry":[{"resource":{"id":"a","resourceType":"Basic"}},{"fullUrl":"u"}],"resourceType":"Bundle"}`,
		`<Basic xmlns="http://hl7.org/fhir"><text><div xmlns="http://www.w3.org/1999/xhtml">a <b>b</b></div></text><extension url="u"><valueBoolean value="true"/></extension></Basic>`:     `{"extension":{"url":"u","valueBoolean":true},"resourceType":"Basic","text":{"div":"a b"}}`,
		`<Basic xmlns="http://hl7.org/fhir"/>`: `{"resourceType":"Basic"}`,
	} {
		if got, err := readXML([]byte(source)); err != nil || string(got) != want {
			t.Errorf("%s\nis %s, %v\nwant %s", source, got, err, want)
		}
	}
	for _, source := range []string{
		"", "{}", "<Consent/>", `<Consent xmlns="http://hl7.org/fhir">`, `<Consent xmlns="http://hl7.org/fhir"/><a/>`, `<Consent xmlns="http://hl7.org/fhir">text</Consent>`,
		`<Consent xmlns="http://hl7.org/fhir"><a xmlns="urn:x"/></Consent>`, strings.Repeat(`<a xmlns="http://hl7.org/fhir">`, 300) + strings.Repeat("</a>", 300),
	} {
		if got, err := readXML([]byte(source)); err == nil {
			t.Errorf("%.60s is %s, want an error", source, got)
		}
	}
}

func FuzzReadXML(f *testing.F) {
	f.Add([]byte(`<Consent xmlns="http://hl7.org/fhir"><id value="1"/><contained><Patient/></contained></Consent>`))
	f.Add([]byte(`<Basic xmlns="http://hl7.org/fhir"><text><div xmlns="http://www.w3.org/1999/xhtml">a</div></text></Basic>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if got, err := readXML(data); err == nil && !slices.Contains(got, '{') {
			t.Errorf("read as %s", got)
		}
	})
}

// TestAnswersInXMLAreAsked: FHIRPath is asked of a body in XML as of one in JSON.
func TestAnswersInXMLAreAsked(t *testing.T) {
	server := wrong(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/fhir+xml; charset=utf-8")
		io.WriteString(w, `<Bundle xmlns="http://hl7.org/fhir"><total value="1"/><entry><resource><Consent><id value="a"/></Consent></resource></entry></Bundle>`)
	})
	got := try(t, server.URL+"/fhir", `[{"do": "GET x", "expect": {"status": 200, "type": "Bundle", "true": ["total.toInteger() = 1", "entry.resource.id = 'a'"]}}]`)
	if got.Outcome != Passed {
		t.Errorf("%s: %v", got.Outcome, got.Why)
	}
}
