package interaction_test

import (
	"fmt"
	"strings"
	"testing"

	"tahto/fhir"
	"tahto/server/interaction"
	"tahto/storage"
)

const mega = 1 << 20

// bulky is a declaration of about so many bytes.
func bulky(id string, bytes int, more ...string) string {
	return health(id, `,"text":{"status":"generated","div":"`+strings.Repeat("x", bytes)+`"}`+strings.Join(more, ""))
}

// answered is the status and, of a failure, the issue code of the nth answer.
func answered(r *fhir.Resource, n int) string {
	response := fmt.Sprintf("entry.%d.response.", n)
	return strings.TrimSpace(at(r, response+"status")[:3] + " " + at(r, response+"outcome.issue.0.code"))
}

func TestPagesEndBeforeTheyAreTooLarge(t *testing.T) {
	s := open(t)
	for i := range 5 {
		id := fmt.Sprint("c", i)
		s.want(201, s.ask("PUT Consent/"+id, body(t, bulky(id, 3*mega/2))))
	}
	for request, want := range map[string]string{
		"Consent?_count=500": "5", "Consent?_sort=-_id&_count=500": "5", "Consent/_history?_count=500": "", "_history?_count=500": "",
	} {
		n, pages := 0, 0
		for next := "GET " + request; next != "GET "; pages++ {
			page := s.want(200, s.ask(next)).Resource
			if size := len(page.JSON()); size > storage.PageBytes+mega/10 {
				t.Errorf("%s: a page has %d bytes", request, size)
			}
			if at(page, "total") != want {
				t.Errorf("%s: total %s, want %s", request, at(page, "total"), want)
			}
			n += len(versions(page))
			next = follow(link(page, "next"))
		}
		if n != 5 || pages != 3 {
			t.Errorf("%s: %d on %d pages, want 5 on 3", request, n, pages)
		}
	}
}

func TestBatchReadsOnlySoMuch(t *testing.T) {
	s := open(t)
	s.want(201, s.ask("PUT Consent/big", body(t, bulky("big", 3*mega, `,"identifier":[{"system":"urn:x","value":"big"}]`))))
	var entries []string
	for range 7 {
		entries = append(entries, entry("", "", "GET Consent/big"))
	}
	const first = 6 // of 3 MiB each, until 16 MiB are over
	entries = append(entries,
		entry("", health("new"), "PUT Consent/new"),
		entry("", health("", `,"identifier":[{"system":"urn:x","value":"big"}]`), "POST Consent", `,"ifNoneExist":"identifier=urn:x|big"`),
		entry("", "", "GET Consent/new"), entry("", "", "GET Consent?_id=new"), entry("", "", "POST Consent/_search?_id=new"),
		entry("", "", "GET Consent/new/_history"), entry("", "", "GET Consent/new/_history/1"), entry("", "", "GET metadata"),
		entry("", example(t, "evaluate.json"), "POST Consent/$evaluate"),
		entry("", health("new"), "PUT Consent/new", `,"ifMatch":"W/\"7\""`),
		entry("", `{"resourceType":"Provenance"}`, "POST Provenance"),
		entry("", "", "DELETE Consent/new"),
	)
	s.records.entries = nil
	got := s.want(200, s.ask("POST ", body(t, batch(entries...)), func(r *interaction.Request) { r.Prefer = "return=representation" })).Resource
	var answers []string
	for n := range entries {
		answers = append(answers, answered(got, n))
	}
	const costly = ",422 too-costly"
	want := strings.Repeat("200,", first) + "422 too-costly,201,200" + strings.Repeat(costly, 7) + ",412 conflict,422 required,204"
	if joined := strings.Join(answers, ","); joined != want {
		t.Errorf("\ngot  %s\nwant %s", joined, want)
	}
	if size := len(got.JSON()); size > 20*mega {
		t.Errorf("the answer has %d bytes", size)
	}
	if place := at(got, "entry.6.response.outcome.issue.0.expression.0"); place != "Bundle.entry[6]" {
		t.Errorf("the refusal is about %s", place)
	}
	if at(got, "entry.7.resource.id") != "" || at(got, "entry.8.resource.id") != "" {
		t.Error("what was written is repeated beyond the budget")
	}
	if issues := got.Root().Get("entry").At(17).Get("response").Get("outcome").Get("issue").Len(); issues != 1 {
		t.Errorf("%d issues are told of one entry beyond the budget", issues)
	}
	if location := at(got, "entry.7.response.location"); location != base+"/Consent/new/_history/1" {
		t.Errorf("location %s", location)
	}
	s.want(200, s.ask("GET Consent/new/_history/1"))
	s.want(410, s.ask("GET Consent/new"))
	for _, e := range s.records.entries {
		if e.Decision != nil {
			t.Error("a decision that nobody got is recorded")
		}
	}
}

func TestTransactionThatReadsTooMuchFails(t *testing.T) {
	s := open(t)
	s.want(201, s.ask("PUT Consent/big", body(t, bulky("big", 3*mega))))
	entries := []string{entry("", health("new"), "PUT Consent/new")}
	for range 6 {
		entries = append(entries, entry("", "", "GET Consent/big"))
	}
	got := s.post(transaction(append(entries, entry("", "", "GET Consent/big"))...))
	if got := fault(got); got != "422 too-costly Bundle.entry[7]" {
		t.Errorf("got %s", got)
	}
	s.want(404, s.ask("GET Consent/new"))
	s.want(200, s.post(transaction(entries...)))
	s.want(200, s.ask("GET Consent/new"))
}

func TestDecisionsNameOnlySoManyDeclarations(t *testing.T) {
	s := open(t)
	const denials = 200
	var entries []string
	for range denials {
		one := declaration("", "denial-health", deny)
		entries = append(entries, entry("", strings.Replace(one, person, codeOf(1), 1), "POST Consent"))
	}
	s.want(200, s.post(transaction(entries...)))
	s.records.entries = nil
	ask := func(detail string, items int) interaction.Response {
		asked := strings.Replace(text(question(1, items)), `"parameter":[`, `"parameter":[{"name":"detail","valueCode":"`+detail+`"},`, 1)
		return s.ask("POST Consent/$evaluate", body(t, asked))
	}
	if got := fault(ask("audit", 1000)); got != "422 too-costly Parameters.parameter" {
		t.Errorf("got %s", got)
	}
	if len(s.records.entries) != 0 {
		t.Error("a question without an answer is recorded as decided")
	}
	// A requester learns from no refusal that there are denials.
	denied := s.want(200, ask("requester", 1000))
	if item := s.records.entries[0].Decision.Items[0]; len(item.Declarations) != 100 || item.More != denials-100 {
		t.Errorf("the record names %d declarations and %d more, want 100 and %d", len(item.Declarations), item.More, denials-100)
	}
	nobody := open(t)
	unknown := strings.Replace(text(question(1, 1000)), `"parameter":[`, `"parameter":[{"name":"detail","valueCode":"requester"},`, 1)
	if text(denied.Resource) != text(nobody.ask("POST Consent/$evaluate", body(t, unknown)).Resource) {
		t.Error("who is denied by many denials is answered otherwise than who never consented")
	}
	got := s.want(200, ask("audit", 600))
	if size, n := len(got.Resource.JSON()), strings.Count(text(got.Resource), `"declaration"`); n != 600*denials || size > 16*mega {
		t.Errorf("%d bytes name %d declarations, want %d", size, n, 600*denials)
	}
}

func TestDenialsInForceAreToldOnlySoFar(t *testing.T) {
	s := open(t)
	var entries []string
	for range 6 {
		one := declaration("", "denial-health", `{"type":"deny","period":{"start":"2024-03-01"},"data":[{"meaning":"related","reference":{"type":"Encounter","identifier":{"system":"urn:ietf:rfc:3986","value":"urn:oid:1.2.3.`+strings.Repeat("4", 3*mega)+`"}}}]}`)
		entries = append(entries, strings.Replace(one, person, codeOf(1), 1))
	}
	profile := strings.Replace(example(t, "profile.json"), person, codeOf(1), 1)
	for i, one := range entries {
		s.want(201, s.ask("POST Consent", body(t, one)))
		got := s.evaluate(profile)
		if want := map[bool]int{true: 200, false: 422}[i < 5]; got.Status != want {
			t.Errorf("with %d denials: %d, want %d", i+1, got.Status, want)
		}
	}
}
