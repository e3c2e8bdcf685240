package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tahto/fhir"
	"tahto/fhir/xml"
	"tahto/profiles"
)

var types = sync.OnceValues(profiles.Load)

func typesOf(t testing.TB) *profiles.Set {
	t.Helper()
	set, err := types()
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// toXML is a resource in XML.
func toXML(t testing.TB, resource []byte) []byte {
	t.Helper()
	r, err := fhir.Parse(resource)
	if err != nil {
		t.Fatal(err)
	}
	text, err := xml.Encode(r, typesOf(t), false)
	if err != nil {
		t.Fatalf("%v: %s", err, resource)
	}
	return text
}

// inXML makes a request in XML, with an answer in XML; body is in JSON.
func inXML(t testing.TB, method, url string, body []byte) (answer, *fhir.Resource) {
	t.Helper()
	header := http.Header{"Accept": {"application/fhir+xml"}}
	if body != nil {
		header["Content-Type"] = []string{"application/fhir+xml"}
		body = toXML(t, body)
	}
	got, err := send(method, url, header, body)
	if err != nil {
		t.Fatal(err)
	}
	if said := got.header.Get("Content-Type"); said != "application/fhir+xml; charset=utf-8" {
		t.Fatalf("%s %s: Content-Type %q\n%s", method, url, said, got.body)
	}
	r, err := xml.Decode(got.body, typesOf(t))
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", method, url, err, got.body)
	}
	return got, r
}

// inJSON is the same in JSON.
func inJSON(t testing.TB, method, url string, body []byte) (answer, *fhir.Resource) {
	t.Helper()
	got, err := send(method, url, fhirHeader, body)
	if err != nil {
		t.Fatal(err)
	}
	r, err := fhir.Parse(got.body)
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", method, url, err, got.body)
	}
	return got, r
}

var (
	made  = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)
	clock = regexp.MustCompile(`[0-9-]{10}T[0-9:]{8}\.[0-9]{3}Z`)
)

// tree is a resource with its members in alphabetical order, the text of its
// numbers kept.
func tree(t testing.TB, r *fhir.Resource) string {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(r.JSON()))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		t.Fatal(err)
	}
	text, err := json.MarshalIndent(value, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// alike is the tree with what differs between two servers taken out: their
// addresses, the ids that they make, and the time.
func alike(t testing.TB, base string, r *fhir.Resource) string {
	t.Helper()
	text := clock.ReplaceAllString(strings.ReplaceAll(tree(t, r), base, "base"), "now")
	names := map[string]string{}
	return made.ReplaceAllStringFunc(text, func(id string) string {
		if names[id] == "" {
			names[id] = fmt.Sprintf("id-%d", len(names))
		}
		return names[id]
	})
}

// twins are two servers that are sent the same, one in XML and one in JSON.
type twins struct{ xml, json string }

func startTwins(t testing.TB, args ...string) twins {
	t.Helper()
	return twins{start(t, args...).base, start(t, args...).base}
}

// post sends a resource to both, compares the answers, and gives that of XML.
func (tw twins) post(t testing.TB, path string, body []byte) *fhir.Resource {
	t.Helper()
	fromXML, r := inXML(t, http.MethodPost, tw.xml+path, body)
	fromJSON, want := inJSON(t, http.MethodPost, tw.json+path, body)
	if fromXML.status != fromJSON.status {
		t.Errorf("status %d in XML, %d in JSON\n%s", fromXML.status, fromJSON.status, fromXML.body)
	}
	if diff := cmp.Diff(alike(t, tw.json, want), alike(t, tw.xml, r)); diff != "" {
		t.Errorf("%s (-JSON +XML):\n%s", path, diff)
	}
	return r
}

// keepTheSame compares all versions that the two keep, and those that the one
// keeps as it tells them in XML and in JSON.
func (tw twins) keepTheSame(t testing.TB) {
	t.Helper()
	url, other, pages := tw.xml+"/_history?_count=50", tw.json+"/_history?_count=50", 0
	for ; url != ""; pages++ {
		inBoth := tw.readsTheSame(t, url)
		_, want := inJSON(t, http.MethodGet, other, nil)
		url, other = nextPage(inBoth), nextPage(want)
		if diff := cmp.Diff(alike(t, tw.json, withoutLinks(want)), alike(t, tw.xml, withoutLinks(inBoth))); diff != "" {
			t.Fatalf("written in two formats (-JSON +XML):\n%s", diff)
		}
	}
	if pages == 0 || other != "" {
		t.Errorf("after %d pages one has more", pages)
	}
}

func nextPage(r *fhir.Resource) string {
	for link := range r.Root().Each("link") {
		if link.Get("relation").Text() == "next" {
			return link.Get("url").Text()
		}
	}
	return ""
}

func withoutLinks(r *fhir.Resource) *fhir.Resource {
	changed := fhir.NewEditor(r)
	changed.Remove(fhir.Place{}.Member("link"))
	return changed.Resource()
}

func TestExamplesAreTheSameInXML(t *testing.T) {
	tw := startTwins(t)
	for _, step := range []struct{ path, example string }{
		{"", "consent-bundle"}, {"/Consent/$evaluate", "evaluate"}, {"", "denial-bundle"}, {"/Consent/$evaluate", "evaluate"},
		{"", "withdrawal-bundle"}, {"/Consent/$evaluate", "evaluate"}, {"/Consent/$evaluate", "profile"}, {"", "refused-bundle"},
	} {
		body := readFile(t, "../conformance/examples", step.example+".json")
		tw.post(t, step.path, body)
		if step.path == "" {
			tw.post(t, "/Bundle/$validate", body)
			tw.batch(t, body)
		}
	}
	tw.keepTheSame(t)
	for _, part := range []string{"_summary=true", "_summary=text", "_summary=data", "_summary=count", "_elements=status", "_include=Provenance:target"} {
		for _, resourceType := range []string{"/Provenance?", "/CodeSystem?", "/StructureDefinition?"} {
			tw.readsTheSame(t, tw.xml+resourceType+part)
		}
	}
}

// readsTheSame compares an answer in the two formats, and gives it.
func (tw twins) readsTheSame(t testing.TB, url string) *fhir.Resource {
	t.Helper()
	_, inBoth := inJSON(t, http.MethodGet, url, nil)
	_, told := inXML(t, http.MethodGet, url, nil)
	// The tokens of pages are sealed anew each time.
	if diff := cmp.Diff(tree(t, withoutLinks(inBoth)), tree(t, withoutLinks(told))); diff != "" {
		t.Fatalf("%s in two formats (-JSON +XML):\n%s", url, diff)
	}
	return inBoth
}

// batch sends the entries of a transaction as a batch, which refuses some.
func (tw twins) batch(t testing.TB, transaction []byte) {
	t.Helper()
	tw.post(t, "", bytes.Replace(transaction, []byte(`"transaction"`), []byte(`"batch"`), 1))
}

func TestWorkedCasesAreTheSameInXML(t *testing.T) {
	servers := map[string]twins{}
	unwritable := 0
	for line := range strings.Lines(string(readFile(t, "../mapping/testdata/decisions.fhir.ndjson"))) {
		var c workedCase
		readStrict(t, []byte(line), &c)
		if r, err := fhir.Parse(c.Bundle); err != nil || r.CheckForm() != nil {
			unwritable++
			continue
		}
		until := c.Configuration.UusimaaUntil
		if servers[until].xml == "" {
			servers[until] = startTwins(t, "-intake", "archive", "-directory", caseDirectory, "-uusimaa-until", until)
		}
		t.Run(c.ID, func(t *testing.T) {
			servers[until].post(t, "", c.Bundle)
			got := c.answered(servers[until].post(t, "/Consent/$evaluate", c.Request))
			if got != c.Expect {
				t.Errorf("got %+v, want %+v", got, c.Expect)
			}
		})
	}
	if unwritable > 1 {
		t.Errorf("%d Bundles are no FHIR, only one with an empty array is known", unwritable)
	}
	for _, tw := range servers {
		tw.keepTheSame(t)
	}
}
