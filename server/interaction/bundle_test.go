package interaction_test

import (
	"fmt"
	"strings"
	"testing"

	"tahto/server/interaction"
)

func (s *server) post(json string) interaction.Response {
	s.t.Helper()
	return s.ask("POST ", body(s.t, json))
}

const urn1, urn2 = "urn:uuid:00000000-0000-4000-8000-000000000001", "urn:uuid:00000000-0000-4000-8000-000000000002"

func TestTransactionResolvesReferences(t *testing.T) {
	s := open(t)
	s.want(201, s.ask("PUT Consent/old", body(t, health("old", `,"identifier":[{"system":"urn:x","value":"old"}]`))))
	s.want(201, s.ask("PUT Consent/dying", body(t, health("dying"))))
	got := s.want(200, s.post(transaction(
		entry(urn2, provenance(urn1), "POST Provenance"),
		entry(urn1, health(""), "POST Consent"),
		entry("", provenance("Consent/old"), "POST Provenance"),
		entry("", health("old", `,"identifier":[{"system":"urn:x","value":"old"}],"sourceReference":{"reference":"`+urn1+`"}`), "PUT Consent/old"),
		entry("", provenance("Consent?identifier=urn:x|old"), "POST Provenance"),
		entry("", provenance(base+"/Consent/old/_history/1"), "POST Provenance"),
		entry("", provenance("Consent/dying"), "POST Provenance"),
		entry("", "", "DELETE Consent/dying"),
		entry("", health("", `,"identifier":[{"system":"urn:x","value":"old"}]`), "POST Consent", `,"ifNoneExist":"identifier=urn:x|old"`),
		entry("", "", "GET Consent/old"),
	)))
	var statuses []string
	for i := range 10 {
		statuses = append(statuses, at(got.Resource, fmt.Sprintf("entry.%d.response.status", i)))
	}
	if want := "201 Created,201 Created,201 Created,200 OK,201 Created,201 Created,201 Created,204 No Content,200 OK,200 OK"; strings.Join(statuses, ",") != want {
		t.Errorf("statuses\ngot  %s\nwant %s", strings.Join(statuses, ","), want)
	}
	target := func(entry int) string {
		location := strings.TrimPrefix(at(got.Resource, fmt.Sprintf("entry.%d.response.location", entry)), base+"/")
		return at(s.want(200, s.ask("GET "+location)).Resource, "target.0.reference")
	}
	created := strings.TrimPrefix(at(got.Resource, "entry.1.response.location"), base+"/")
	for entry, want := range map[int]string{
		0: created, 2: "Consent/old/_history/2", 4: "Consent/old/_history/2", 5: "Consent/old/_history/1", 6: "Consent/dying/_history/1",
	} {
		if got := target(entry); got != want {
			t.Errorf("Provenance of entry %d is about %s, want %s", entry, got, want)
		}
	}
	read := at(got.Resource, "entry.9.resource.sourceReference.reference")
	if read+"/_history/1" != created {
		t.Errorf("sourceReference is %q, want that of %s", read, created)
	}
	if at(got.Resource, "entry.8.response.location") != base+"/Consent/old/_history/1" {
		t.Errorf("the conditional create found %s", at(got.Resource, "entry.8.response.location"))
	}
	s.want(410, s.ask("GET Consent/dying"))
	kept := s.want(200, s.ask("GET Provenance/"+strings.Split(at(got.Resource, "entry.0.response.location"), "/")[5]))
	if at(kept.Resource, "target.0.display") != "what was declared" || at(kept.Resource, "agent.0.who.reference") != "#client" {
		t.Errorf("the Provenance lost something: %s", text(kept.Resource))
	}
}

func TestTransactionIsAllOrNothing(t *testing.T) {
	s := open(t)
	s.want(201, s.ask("PUT Consent/there", body(t, health("there"))))
	good := entry("", health("new"), "PUT Consent/new")
	identified := health("", `,"identifier":[{"system":"urn:x","value":"1"}]`)
	tests := map[string]struct {
		bad  []string
		want string
	}{
		"a precondition that fails":        {[]string{entry("", health("there"), "PUT Consent/there", `,"ifMatch":"W/\"7\""`)}, "412 conflict Bundle.entry[1]"},
		"a precondition that is none":      {[]string{entry("", health("there"), "PUT Consent/there", `,"ifMatch":"7"`)}, "400 value Bundle.entry[1].request.ifMatch"},
		"a read of what is not there":      {[]string{entry("", "", "GET Consent/none")}, "404 not-found Bundle.entry[1]"},
		"a declaration that can't be read": {[]string{entry("", declaration("", "denial-nothing", deny), "POST Consent")}, "422 code-invalid Bundle.entry[1].resource.category[0].coding[0].code"},
		"a urn that nothing has":           {[]string{entry("", provenance(urn1), "POST Provenance")}, "422 not-found Bundle.entry[1].resource.target[0].reference"},
		"a target that is not there":       {[]string{entry("", provenance("Consent/none"), "POST Provenance")}, "422 not-found Bundle.entry[1].resource.target[0].reference"},
		"a condition that matches nothing": {[]string{entry("", provenance("Consent?identifier=none"), "POST Provenance")}, "422 not-found Bundle.entry[1].resource.target[0].reference"},
		"a condition that is no search":    {[]string{entry("", provenance("Consent?nonsense=1"), "POST Provenance")}, "400 not-supported Bundle.entry[1].resource.target[0].reference"},
		"a condition on what is not kept":  {[]string{entry("", provenance("Patient?identifier=1"), "POST Provenance")}, "422 processing Bundle.entry[1].resource.target[0].reference"},
		"two that create the same": {[]string{
			entry("", identified, "POST Consent", `,"ifNoneExist":"identifier=urn:x|1"`),
			entry("", identified, "POST Consent", `,"ifNoneExist":"identifier=urn:x|1"`),
		}, "400 duplicate Bundle.entry[2].request.ifNoneExist"},
		"an unknown parameter":       {[]string{entry("", "", "GET Consent?nonsense=1")}, "400 not-supported Bundle.entry[1].request.url"},
		"an operation":               {[]string{entry("", `{"resourceType":"Parameters"}`, "POST Consent/$evaluate")}, ""},
		"a method that does not fit": {[]string{entry("", "", "GET metadata/x")}, "404 not-supported Bundle.entry[1]"},
		"the capabilities":           {[]string{entry("", "", "GET metadata")}, "422 not-supported Bundle.entry[1].request.url"},
		"a type that is not kept":    {[]string{entry("", `{"resourceType":"Patient"}`, "POST Patient")}, "404 not-supported Bundle.entry[1]"},
		"a form's address with GET":  {[]string{entry("", "", "GET Consent/_search")}, "400 not-supported Bundle.entry[1].request.url"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			response := s.post(transaction(append([]string{good}, test.bad...)...))
			if got := fault(response); test.want != "" && got != test.want {
				t.Errorf("got  %s\nwant %s\n%s", got, test.want, text(response.Resource))
			}
			if response.Status < 400 {
				t.Errorf("status %d", response.Status)
			}
			s.want(404, s.ask("GET Consent/new"))
		})
	}
	if n := len(s.records.entries); n != 1 {
		t.Errorf("%d entries recorded, want that of the first PUT", n)
	}
}

func TestTransactionTellsAllFaultsAtOnce(t *testing.T) {
	s := open(t)
	got := s.want(422, s.post(transaction(
		entry("", declaration("", "denial-nothing", deny), "POST Consent"),
		entry("", health(""), "POST Consent"),
		entry("", `{"resourceType":"Provenance"}`, "POST Provenance"),
	)))
	for _, want := range []string{"Bundle.entry[0].resource.category[0]", "Bundle.entry[2].resource.target", "Bundle.entry[2].resource.recorded", "Bundle.entry[2].resource.agent"} {
		if !strings.Contains(text(got.Resource), want) {
			t.Errorf("nothing is said of %s: %s", want, text(got.Resource))
		}
	}
}

func TestTransactionHasOneTimeAndOneRecord(t *testing.T) {
	s := open(t)
	got := s.want(200, s.post(transaction(entry(urn1, health(""), "POST Consent"), entry("", provenance(urn1), "POST Provenance"))))
	if a, b := at(got.Resource, "entry.0.response.lastModified"), at(got.Resource, "entry.1.response.lastModified"); a != b || a == "" {
		t.Errorf("times %s and %s", a, b)
	}
	if at(got.Resource, "entry.0.resource.id") != "" {
		t.Error("an entry that writes repeats the resource without being asked")
	}
	if len(s.records.entries) != 1 || len(s.records.entries[0].Changes) != 2 {
		t.Errorf("recorded %+v", s.records.entries)
	}
	got = s.want(200, s.ask("POST ", body(t, transaction(entry("", health(""), "POST Consent"))), func(r *interaction.Request) { r.Prefer = "return=representation" }))
	if at(got.Resource, "entry.0.resource.resourceType") != "Consent" {
		t.Errorf("no representation: %s", text(got.Resource))
	}
}

func TestThousandPairsInOneTransaction(t *testing.T) {
	s := open(t)
	var entries []string
	for i := range 1000 {
		name := fmt.Sprintf("urn:uuid:00000000-0000-4000-8000-%012d", i)
		entries = append(entries, entry(name, health(""), "POST Consent"), entry("", provenance(name), "POST Provenance"))
	}
	s.want(200, s.post(transaction(entries...)))
	got := s.want(200, s.ask("GET Consent?_count=0"))
	if at(got.Resource, "total") != "1000" {
		t.Errorf("got %s", text(got.Resource))
	}
}

func TestBatchDoesEachEntryByItself(t *testing.T) {
	s := open(t)
	got := s.want(200, s.post(batch(
		entry("", health("a"), "PUT Consent/a"),
		entry("", declaration("", "denial-nothing", deny), "POST Consent"),
		entry("", "", "GET Consent/a"),
		entry("", "", "GET Consent/none"),
		entry("", "", "PATCH Consent/a"),
		entry("", "", "GET Consent?patient:identifier=urn:oid:1.2.246.21|"+person),
		entry("", "", "GET Consent?nonsense=1"),
		entry("", "", "GET metadata"),
		entry("", "", "DELETE Consent/a"),
		entry("", "", "POST Consent/_search?status=active"),
	)))
	want := []string{
		"201 Created  ", "422 Unprocessable Entity code-invalid Bundle.entry[1].resource.category[0].coding[0].code",
		"200 OK  ", "404 Not Found not-found Bundle.entry[3]", "400 Bad Request required Bundle.entry[4].resource",
		"200 OK  ", "400 Bad Request not-supported Bundle.entry[6].request.url", "200 OK  ", "204 No Content  ", "200 OK  ",
	}
	for i, want := range want {
		response := fmt.Sprintf("entry.%d.response.", i)
		got := at(got.Resource, response+"status") + " " + at(got.Resource, response+"outcome.issue.0.code") + " " + at(got.Resource, response+"outcome.issue.0.expression.0")
		if got != want {
			t.Errorf("entry %d: got %q, want %q", i, got, want)
		}
	}
	for path, want := range map[string]string{
		"entry.2.resource.id": "a", "entry.2.fullUrl": base + "/Consent/a",
		"entry.5.resource.entry.0.resource.id": "a", "entry.7.resource.resourceType": "CapabilityStatement",
	} {
		if v := at(got.Resource, path); v != want {
			t.Errorf("%s is %q, want %q", path, v, want)
		}
	}
}
