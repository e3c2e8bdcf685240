package kit

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const statementOfOthers = `{"resourceType":"CapabilityStatement","fhirVersion":"4.0.1","software":{"name":"Other","version":"1"},
"rest":[{"mode":"server","interaction":[{"code":"batch"}],"resource":[{"type":"Consent","interaction":[{"code":"read"}],"conditionalDelete":"not-supported","searchParam":[{"name":"status"}]}]}]}`

// wrong is a server that answers everything but metadata with the same wrong
// answer.
func wrong(t *testing.T, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/fhir/metadata", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, statementOfOthers) })
	mux.HandleFunc("/", handler)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server
}

func always(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("ETag", `W/"1"`)
	w.Header().Set("X-Wrong", "yes")
	w.WriteHeader(http.StatusOK)
	io.WriteString(w, `{"resourceType":"Consent","id":"secret","status":"draft"}`)
}

func clock() func() time.Time {
	var ticks atomic.Int64
	return func() time.Time { return time.UnixMilli(1_700_000_000_000 + ticks.Add(1)) }
}

// try runs one case with the steps, written as in a file.
func try(t *testing.T, base, steps string) Result {
	t.Helper()
	c := Case{ID: "case", Title: "A title", Spec: "https://hl7.org/fhir/R4/http.html"}
	decoder := json.NewDecoder(strings.NewReader(steps))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&c.Steps); err != nil {
		t.Fatal(err)
	}
	return runOne(t, base, c).Sections[0].Results[0]
}

func runOne(t *testing.T, base string, c Case) Report {
	t.Helper()
	sections := []Section{{Name: "section", Title: "Section", Cases: []Case{c}}}
	report, err := Run(t.Context(), sections, Options{Base: base, Seed: 7, Now: clock(), Bearer: "token-of-the-client"})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// TestEachExpectationCanFail violates each kind of expectation once, and the
// result says which.
func TestEachExpectationCanFail(t *testing.T) {
	server := wrong(t, always)
	for name, row := range map[string]struct{ step, want string }{
		"status":        {`{"do": "GET x", "expect": {"status": 201}}`, "status 200, want 201 Created"},
		"statuses":      {`{"do": "GET x", "expect": {"status": [201, 204]}}`, "status 200, want 201 Created or 204 No Content"},
		"counts":        {`{"do": "GET x", "parallel": 3, "expect": {"status": [200, 201], "counts": {"201": 1}}}`, "status 201 came 0 times, want 1"},
		"header":        {`{"do": "GET x", "expect": {"status": 200, "headers": {"ETag": "W/\"2\""}}}`, `header ETag is "W/\"1\"", want "W/\"2\""`},
		"header, begun": {`{"do": "GET x", "expect": {"status": 200, "headers": {"ETag": "W/"}}}`, `header ETag is "W/\"1\"", want "W/"`},
		"pattern":       {`{"do": "GET x", "expect": {"status": 200, "headers": {"ETag": "~^\"1\"$"}}}`, `header ETag is "W/\"1\""`},
		"no header":     {`{"do": "GET x", "expect": {"status": 200, "headers": {"Location": "~."}}}`, `header Location is ""`},
		"absent":        {`{"do": "GET x", "expect": {"status": 200, "absent": ["x-wrong"]}}`, `header x-wrong is "yes", want none`},
		"type":          {`{"do": "GET x", "expect": {"status": 200, "type": "Bundle"}}`, "a resource of type Consent, want Bundle"},
		"false":         {`{"do": "GET x", "expect": {"status": 200, "true": ["status = 'active'"]}}`, "gives [false]: status = 'active'"},
		"empty":         {`{"do": "GET x", "expect": {"status": 200, "true": ["dateTime = '2024'"]}}`, "gives []: dateTime = '2024'"},
		"no boolean":    {`{"do": "GET x", "expect": {"status": 200, "true": ["status"]}}`, "gives [draft]: status"},
		"has":           {`{"do": "GET x", "expect": {"status": 200, "has": ["another"]}}`, `"another" is not in the body`},
		"lacks":         {`{"do": "GET x", "expect": {"status": 200, "lacks": ["secret"]}}`, `"secret" is in the body`},
		"body":          {`{"do": "GET x", "expect": {"status": 200, "body": "another"}}`, "the body is another than expected"},
		"no body":       {`{"do": "GET x", "expect": {"status": 200, "empty": true}}`, "there is a body of 57 bytes, want none"},
		"capture":       {`{"do": "GET x", "expect": {"status": 200}, "capture": {"v": {"fhirpath": "identifier.value"}}}`, "nothing to take as v"},
		"header capture": {`{"do": "GET x", "expect": {"status": 200}, "capture": {"v": {"header": "ETag", "match": "_history/(.+)"}}}`,
			"nothing to take as v"},
		"variable": {`{"do": "GET ${nothing}", "expect": {"status": 200}}`, "nothing says what the variable nothing is"},
		"template": {`{"do": "POST x", "body": {"$template": "none"}, "expect": {"status": 200}}`, "there is no template none"},
	} {
		t.Run(name, func(t *testing.T) {
			got := try(t, server.URL+"/fhir", "["+row.step+"]")
			if got.Outcome != Failed {
				t.Fatalf("%s, want failed", got.Outcome)
			}
			if all := strings.Join(got.Why, "\n"); !strings.Contains(all, row.want) {
				t.Errorf("the result does not say %q, but\n%s", row.want, all)
			}
		})
	}
}

func TestWhatIsAsExpectedPasses(t *testing.T) {
	server := wrong(t, always)
	got := try(t, server.URL+"/fhir/", `[{"do": "GET x", "expect": {"status": [200, 201], "headers": {"ETag": "W/\"1\"", "x-wrong": "~^y"}, "absent": ["Location"],
		"type": "Consent", "true": ["status = 'draft'"], "lacks": ["another"]}, "capture": {"tag": {"header": "ETag", "match": "\"(.+)\""}, "all": {"fhirpath": "$this"}}},
		{"do": "GET y", "parallel": 4, "expect": {"status": 200, "counts": {"200": 4}, "headers": {"ETag": "~\"${tag}\""}, "true": ["'${tag}' = '1'"], "body": "${all}"}}]`)
	if got.Outcome != Passed || len(got.Why) > 0 {
		t.Errorf("%s: %v", got.Outcome, got.Why)
	}
	if len(got.Exchanges) != 5 {
		t.Errorf("%d exchanges, want 5", len(got.Exchanges))
	}
}

func TestWhatFollowsAFailureIsNotSent(t *testing.T) {
	var asked atomic.Int64
	server := wrong(t, func(w http.ResponseWriter, r *http.Request) { asked.Add(1); always(w, r) })
	got := try(t, server.URL+"/fhir", `[{"do": "GET x", "expect": {"status": 404}}, {"do": "GET y", "expect": {"status": 200}}]`)
	if got.Outcome != Failed || asked.Load() != 1 {
		t.Errorf("%s after %d requests, want failed after 1", got.Outcome, asked.Load())
	}
}

func TestServerThatBreaksOffFails(t *testing.T) {
	server := wrong(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	got := try(t, server.URL+"/fhir", `[{"do": "GET x", "expect": {"status": 200}}]`)
	if got.Outcome != Failed || !strings.Contains(strings.Join(got.Why, "\n"), "no answer") {
		t.Errorf("%s: %v", got.Outcome, got.Why)
	}
}

func TestCaseNeedsWhatTheServerClaims(t *testing.T) {
	server := wrong(t, always)
	step := []Step{{Do: "GET x", Expect: Expect{Status: statuses{http.StatusOK}}}}
	for name, row := range map[string]struct {
		c    Case
		want Outcome
	}{
		"claimed":          {Case{Needs: []string{"Consent.read", "Consent?status", "system.batch"}}, Passed},
		"not claimed":      {Case{Needs: []string{"Consent.read", "Consent.patch"}}, NotClaimed},
		"said not to be":   {Case{Needs: []string{"Consent.conditionalDelete"}}, NotClaimed},
		"of another type":  {Case{Needs: []string{"Provenance.read"}}, NotClaimed},
		"for Tahto":        {Case{For: Tahto}, NotMeant},
		"for what it's no": {Case{For: Others}, Passed},
	} {
		t.Run(name, func(t *testing.T) {
			row.c.Steps = step
			got := runOne(t, server.URL+"/fhir", row.c).Sections[0].Results[0]
			if got.Outcome != row.want {
				t.Errorf("%s, want %s: %v", got.Outcome, row.want, got.Why)
			}
		})
	}
}

func TestRunNeedsAFHIRServer(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	sections := []Section{{Name: "a", Cases: []Case{{ID: "b"}}}}
	_, err := Run(t.Context(), sections, Options{Base: server.URL, Now: clock()})
	if err == nil || !strings.Contains(err.Error(), "is this the base of a FHIR server?") {
		t.Errorf("of a server that is none: %v", err)
	}
	server.Close()
	if _, err := Run(t.Context(), sections, Options{Base: server.URL, Now: clock()}); err == nil {
		t.Error("of a server that is gone: no error")
	}
}

func TestTokenGoesToTheServerAndNowhereElse(t *testing.T) {
	var elsewhere http.Header
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { elsewhere = r.Header.Clone(); always(w, r) }))
	t.Cleanup(other.Close)
	var here string
	server := wrong(t, func(w http.ResponseWriter, r *http.Request) { here = r.Header.Get("Authorization"); always(w, r) })
	c := Case{ID: "case", Steps: []Step{{Do: "GET x", Expect: Expect{Status: statuses{200}}}, {Do: "GET " + other.URL, Expect: Expect{Status: statuses{200}}}}}
	report := runOne(t, server.URL+"/fhir", c)
	if here != "Bearer token-of-the-client" || elsewhere == nil || elsewhere.Get("Authorization") != "" {
		t.Errorf("sent %q to the server and %q elsewhere", here, elsewhere.Get("Authorization"))
	}
	var html, junit bytes.Buffer
	if report.WriteHTML(&html) != nil || report.WriteJUnit(&junit) != nil || strings.Contains(html.String()+junit.String(), "token-of-the-client") {
		t.Error("a report has the token, or can't be written")
	}
}

// TestReportsEscape has a server and a case that bring what means something in
// HTML and XML.
func TestReportsEscape(t *testing.T) {
	const evil = `<script>alert("1")</script>]]>&`
	server := wrong(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Evil", evil)
		io.WriteString(w, evil)
	})
	c := Case{ID: "evil", Title: evil, Spec: "javascript:alert(1)", Steps: []Step{{Do: "GET x", Expect: Expect{Status: statuses{200}, Headers: map[string]string{"X-Evil": evil + "?"}}}}}
	report := runOne(t, server.URL+"/fhir", c)
	var page, junit bytes.Buffer
	if err := report.WriteHTML(&page); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(page.String(), "<script") || strings.Contains(page.String(), `href="javascript`) {
		t.Error("the page has a script")
	}
	if !strings.Contains(page.String(), "&lt;script&gt;alert") {
		t.Error("the page does not show what came")
	}
	if err := report.WriteJUnit(&junit); err != nil {
		t.Fatal(err)
	}
	var read junitSuites
	if err := xml.Unmarshal(junit.Bytes(), &read); err != nil {
		t.Fatal(err)
	}
	failure := read.Suites[0].Cases[0].Failure
	if read.Tests != 1 || read.Failures != 1 || failure == nil || failure.Message != evil {
		t.Errorf("JUnit reads back as %+v", read)
	}
}

// TestReportsAreFHIR holds what WriteTestReports writes to R4's own rules on
// what a TestReport must have.
func TestReportsAreFHIR(t *testing.T) {
	server := wrong(t, always)
	c := Case{ID: "case", Title: "A title", Steps: []Step{{Do: "GET x", Expect: Expect{Status: statuses{200}}}, {Do: "GET x", Expect: Expect{Status: statuses{404}}}}}
	var written bytes.Buffer
	if err := runOne(t, server.URL+"/fhir", c).WriteTestReports(&written); err != nil {
		t.Fatal(err)
	}
	e := Exchange{Body: written.String()}
	for _, source := range []string{
		"entry.count() = 1", "entry.resource.all(status = 'completed' and testScript.exists() and result = 'fail')",
		"entry.resource.test.name = 'case'", "entry.resource.test.action.count() = 5",
		"entry.resource.test.action.all(operation.exists() xor assert.exists())",
		"entry.resource.test.action[0].operation.result = 'pass'", "entry.resource.test.action[1].assert.result = 'pass'",
		"entry.resource.test.action[3].assert.result = 'fail'", "entry.resource.test.action[3].assert.message.contains('status 200, want 404')",
	} {
		one, err := expectTrue(source)
		if err != nil {
			t.Fatal(err)
		}
		if miss := one.miss(&e); miss != "" {
			t.Error(miss)
		}
	}
}

func TestReportCounts(t *testing.T) {
	server := wrong(t, always)
	good := []Step{{Do: "GET x", Expect: Expect{Status: statuses{200}}}}
	bad := []Step{{Do: "GET x", Expect: Expect{Status: statuses{404}}}}
	sections := []Section{{Name: "one", Cases: []Case{{ID: "a", Steps: good}, {ID: "b", Steps: bad}, {ID: "c", Steps: good, Needs: []string{"Consent.patch"}}}},
		{Name: "two", Cases: []Case{{ID: "d", Steps: good, For: Tahto}}}}
	var told []string
	report, err := Run(t.Context(), sections, Options{Base: server.URL + "/fhir", Now: clock(), Told: func(r Result) { told = append(told, r.Section+"/"+r.Case.ID+" "+string(r.Outcome)) }})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"one/a passed", "one/b failed", "one/c not claimed", "two/d for other servers"}, told); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
	if report.Software != "Other 1" || report.Count(Passed) != 1 || report.Count(Failed) != 1 || report.Count(NotClaimed) != 1 || report.Count(NotMeant) != 1 {
		t.Errorf("counted %+v", report)
	}
}
