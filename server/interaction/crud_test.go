package interaction_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"tahto/server/interaction"
)

func TestCreateGivesIDVersionAndLocation(t *testing.T) {
	s := open(t)
	got := s.want(201, s.ask("POST Consent", body(t, health("chosen-by-client", `,"meta":{"versionId":"77","lastUpdated":"1999-01-01T00:00:00Z"}`))))
	if got.Location != base+"/Consent/id-1/_history/1" || got.ETag != `W/"1"` || got.LastModified.IsZero() {
		t.Errorf("location %q, etag %q, modified %v", got.Location, got.ETag, got.LastModified)
	}
	for path, want := range map[string]string{"id": "id-1", "meta.versionId": "1", "meta.lastUpdated": got.LastModified.Format("2006-01-02T15:04:05.000Z")} {
		if v := at(got.Resource, path); v != want {
			t.Errorf("%s is %q, want %q", path, v, want)
		}
	}
	read := s.want(200, s.ask("GET Consent/id-1"))
	if text(read.Resource) != text(got.Resource) {
		t.Errorf("read gives something else than create:\n%s\n%s", text(read.Resource), text(got.Resource))
	}
}

func TestPreferDecidesTheBody(t *testing.T) {
	s := open(t)
	for prefer, want := range map[string]string{
		"": "Consent", "return=representation": "Consent", "return=minimal": "", "return=OperationOutcome": "OperationOutcome",
		"handling=strict; return=minimal": "", `return="minimal"`: "", "return=all": "Consent",
	} {
		got := s.want(201, s.ask("POST Consent", body(t, health("")), func(r *interaction.Request) { r.Prefer = prefer }))
		if kind := at(got.Resource, "resourceType"); kind != want {
			t.Errorf("%q: got %q, want %q", prefer, kind, want)
		}
		if got.Location == "" || got.ETag == "" {
			t.Errorf("%q: no location or etag", prefer)
		}
	}
}

func TestUpdateMakesVersionsUnderPreconditions(t *testing.T) {
	s := open(t)
	times := 0
	put := func(id string, change ...func(*interaction.Request)) interaction.Response {
		times++
		return s.ask("PUT Consent/"+id, append([]func(*interaction.Request){body(t, health(id, nth(times)))}, change...)...)
	}
	noneMatch := func(r *interaction.Request) { r.IfNoneMatch = "*" }
	steps := []struct {
		what string
		got  interaction.Response
		want int
		etag string
	}{
		{"update as create", put("mine"), 201, `W/"1"`},
		{"a second version", put("mine"), 200, `W/"2"`},
		{"If-Match that holds", put("mine", ifMatch(`W/"2"`)), 200, `W/"3"`},
		{"If-Match in a list, not weak", put("mine", ifMatch(`"9", "3"`)), 200, `W/"4"`},
		{"If-Match that is old", put("mine", ifMatch(`W/"2"`)), 412, ""},
		{"If-Match of what is not there", put("other", ifMatch(`W/"1"`)), 412, ""},
		{"If-Match that is none", put("mine", ifMatch("4")), 400, ""},
		{"If-None-Match on what is there", put("mine", noneMatch), 412, ""},
		{"If-None-Match on what is not there", put("fresh", noneMatch), 201, `W/"1"`},
		{"deletion under an old If-Match", s.ask("DELETE Consent/mine", ifMatch(`W/"1"`)), 412, ""},
		{"deletion under If-Match", s.ask("DELETE Consent/mine", ifMatch(`W/"4"`)), 204, `W/"5"`},
		{"deletion again", s.ask("DELETE Consent/mine"), 204, `W/"5"`},
		{"deletion of what never was", s.ask("DELETE Consent/never"), 204, ""},
		{"back again", put("mine"), 201, `W/"6"`},
	}
	for _, step := range steps {
		if step.got.Status != step.want || step.got.ETag != step.etag {
			t.Errorf("%s: got %d %s, want %d %s: %s", step.what, step.got.Status, step.got.ETag, step.want, step.etag, text(step.got.Resource))
		}
	}
}

func TestDeletedIsGoneAndItsHistoryStays(t *testing.T) {
	s := open(t)
	s.want(201, s.ask("PUT Consent/a", body(t, health("a"))))
	s.want(200, s.ask("DELETE Consent/a", func(r *interaction.Request) { r.Prefer = "return=OperationOutcome" }))
	for request, want := range map[string]string{
		"GET Consent/a":            "410 deleted ",
		"GET Consent/a/_history/2": "410 deleted ",
		"GET Consent/a/_history/3": "404 not-found ",
		"GET Consent/b":            "404 not-found ",
		"GET Consent/b/_history":   "404 not-found ",
		"GET Consent/a/_history/x": "404 not-found ",
		"GET Consent/a/_history/0": "404 not-found ",
	} {
		if got := fault(s.ask(request)); got != want {
			t.Errorf("%s: got %s, want %s", request, got, want)
		}
	}
	s.want(200, s.ask("GET Consent/a/_history/1"))
	history := s.want(200, s.ask("GET Consent/a/_history")).Resource
	got := fmt.Sprint(at(history, "entry.0.request.method"), at(history, "entry.0.resource.id"), at(history, "entry.1.request.method"), at(history, "entry.1.resource.id"))
	if got != "DELETEPUTa" {
		t.Errorf("history: %s", text(history))
	}
}

func TestReadIsConditional(t *testing.T) {
	s := open(t)
	created := s.want(201, s.ask("PUT Consent/a", body(t, health("a"))))
	modified := created.LastModified.Format(http.TimeFormat)
	tests := map[string]struct {
		none, since string
		want        int
	}{
		"the same version":          {`W/"1"`, "", 304},
		"any version":               {"*", "", 304},
		"another version":           {`W/"2"`, "", 200},
		"not modified since":        {"", modified, 304},
		"modified since":            {"", "Mon, 02 Jan 2006 15:04:05 GMT", 200},
		"a date that is none":       {"", "yesterday", 200},
		"the tag goes first":        {`W/"2"`, modified, 200},
		"an instant, as in Bundles": {"", created.LastModified.Format("2006-01-02T15:04:05.000Z"), 304},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := s.ask("GET Consent/a", func(r *interaction.Request) { r.IfNoneMatch, r.IfModifiedSince = test.none, test.since })
			if got.Status != test.want || got.ETag != `W/"1"` || (got.Resource != nil) != (test.want == 200) {
				t.Errorf("got %d %s %s", got.Status, got.ETag, text(got.Resource))
			}
		})
	}
}

func TestBadRequestsAreTold(t *testing.T) {
	s := open(t)
	s.want(201, s.ask("PUT Consent/a", body(t, health("a"))))
	tests := map[string]struct{ request, body, want string }{
		"a type that is not kept":                 {"GET Patient/1", "", "404 not-supported "},
		"a type that is none":                     {"GET Nonsense", "", "404 not-supported "},
		"an operation that is none":               {"POST Consent/$everything", health(""), "404 not-supported "},
		"an address that is none":                 {"GET Consent/a/b/c", "", "404 not-found "},
		"an id that is none":                      {"PUT Consent/a_b", health("a_b"), "400 value Consent.id"},
		"an id that is too long":                  {"GET Consent/" + strings.Repeat("a", 65), "", "400 value Consent.id"},
		"an identity code as id":                  {"PUT Consent/" + person, health(person), "400 security Consent.id"},
		"a method that does not fit":              {"PATCH Consent/a/_history", "", "405 not-supported "},
		"a search with DELETE":                    {"DELETE Consent", "", "400 invalid http"},
		"a GET on the form's address":             {"GET Consent/_search", "", "405 not-supported "},
		"create without body":                     {"POST Consent", "", "400 required "},
		"create of another type":                  {"POST Consent", `{"resourceType":"Patient"}`, "400 invalid resourceType"},
		"update without id":                       {"PUT Consent/a", health(""), "400 required Consent.id"},
		"update with another id":                  {"PUT Consent/a", health("b"), "400 value Consent.id"},
		"update with a number as id":              {"PUT Consent/5", `{"resourceType":"Consent","id":5}`, "422 "},
		"a Consent that is no declaration":        {"POST Consent", `{"resourceType":"Consent","status":"active"}`, "422 business-rule Consent.category"},
		"a declaration that is not readable":      {"POST Consent", declaration("", "denial-nothing", deny), "422 code-invalid Consent.category[0].coding[0].code"},
		"a declaration with the tag of no effect": {"POST Consent", health("", `,"meta":{"tag":[{"system":"https://tahto.example/fhir/CodeSystem/tag","code":"not-a-declaration"}]}`), "422 business-rule Consent.meta.tag"},
		"a Provenance of nothing":                 {"POST Provenance", `{"resourceType":"Provenance","recorded":"2024-01-10T09:00:00Z","agent":[{"who":{"display":"x"}}]}`, "422 required Provenance.target"},
		"a Provenance of what is not here":        {"POST Provenance", provenance("Consent/none"), "422 not-found Provenance.target[0].reference"},
		"a Provenance of a later version":         {"POST Provenance", provenance("Consent/a/_history/2"), "422 not-found Provenance.target[0].reference"},
		"a Provenance of a urn alone":             {"POST Provenance", provenance("urn:uuid:1"), "422 not-found Provenance.target[0].reference"},
		"a Provenance of a condition":             {"POST Provenance", provenance("Consent?identifier=a"), "422 not-supported Provenance.target[0].reference"},
		"a Provenance of a Patient":               {"POST Provenance", provenance("Patient/1"), "422 not-found Provenance.target[0].reference"},
		"a search parameter that is none":         {"GET Consent?pateint=1", "", "400 not-supported http.pateint"},
		"an identity code in the URL":             {"GET Consent?patient:identifier=urn:oid:1.2.246.21|" + person, "", "400 security http"},
		"an identity code in a search":            {"POST Consent/_search?patient:identifier=" + person, "", "400 security http"},
		"a resource as a search":                  {"POST Consent/_search", health(""), "415 not-supported "},
		"a page token of elsewhere":               {"GET Consent?_cursor=abc", "", "400 value http._cursor"},
		"a page token with more":                  {"GET Consent?_cursor=abc&status=active", "", "400 invalid http"},
		"a history since nothing":                 {"GET Consent/_history?_since=now", "", "400 value http._since"},
		"a history of no versions":                {"GET Consent/_history?_count=0", "", "400 value http._count"},
		"a history with a filter":                 {"GET Consent/_history?status=active", "", "400 not-supported http"},
		"a create with a parameter":               {"POST Consent?_id=1", health(""), "400 not-supported http"},
		"a deletion with a condition":             {"DELETE Consent/a?status=active", "", "400 not-supported http"},
		"a Bundle with a parameter":               {"POST ?a=b", batch(entry("", "", "GET Consent/a")), "400 not-supported http"},
		"a read with a filter":                    {"GET Consent/a?status=active", "", "400 not-supported http"},
		"nothing posted to the base":              {"POST ", "", "400 required "},
		"a resource posted to the base":           {"POST ", health(""), "400 structure Bundle"},
		"a search of everything":                  {"GET ", "", "405 not-supported "},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var change []func(*interaction.Request)
			if test.body != "" {
				change = append(change, body(t, test.body))
			}
			response := s.ask(test.request, change...)
			if got := fault(response); !strings.HasPrefix(got, test.want) {
				t.Errorf("got  %s\nwant %s\n%s", got, test.want, text(response.Resource))
			}
			if strings.Contains(text(response.Resource), person) {
				t.Error("the answer repeats an identity code")
			}
			if (response.Status == 405) != (len(response.Allow) > 0) {
				t.Errorf("status %d, allow %v", response.Status, response.Allow)
			}
		})
	}
	if n := len(s.records.entries); n != 1 {
		t.Errorf("%d changes recorded, want that of the first PUT only", n)
	}
}
