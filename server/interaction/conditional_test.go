package interaction_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"tahto/server/interaction"
)

func TestConditionalCreate(t *testing.T) {
	s := open(t)
	create := func(condition string) interaction.Response {
		return s.ask("POST Consent", body(t, identified("", "1")), func(r *interaction.Request) { r.IfNoneExist = condition })
	}
	s.want(201, create("identifier=urn:x|1"))
	again := s.want(200, create("identifier=urn:x|1"))
	if again.Location != base+"/Consent/id-1/_history/1" {
		t.Errorf("the match is %s", again.Location)
	}
	s.want(201, s.ask("POST Consent", body(t, identified("", "1"))))
	for condition, want := range map[string]string{
		"identifier=urn:x|1": "412 multiple-matches ",
		"nonsense=1":         "400 not-supported http.If-None-Exist",
		"_count=1":           "400 invalid http.If-None-Exist",
		"a=%zz":              "400 invalid http.If-None-Exist",
	} {
		if got := fault(create(condition)); got != want {
			t.Errorf("%s: got %s, want %s", condition, got, want)
		}
	}
}

func TestConditionalCreatesRaceAndOneWins(t *testing.T) {
	s := open(t)
	const racers = 64
	var wait sync.WaitGroup
	got := make([]interaction.Response, racers)
	parsed := body(t, health("", `,"identifier":[{"system":"urn:x","value":"race"}]`))
	for i := range racers {
		wait.Go(func() {
			got[i] = s.ask("POST Consent", parsed, func(r *interaction.Request) { r.IfNoneExist = "identifier=urn:x|race" })
		})
	}
	wait.Wait()
	created := 0
	for _, r := range got {
		if r.Status == 201 {
			created++
		} else if r.Status != 200 {
			t.Errorf("status %d: %s", r.Status, text(r.Resource))
		}
		if r.Location != got[0].Location {
			t.Errorf("two resources: %s and %s", r.Location, got[0].Location)
		}
	}
	if created != 1 {
		t.Errorf("%d were created, want one", created)
	}
}

// identified is a declaration with an identifier.
func identified(id, identifier string, more ...string) string {
	return health(id, append([]string{`,"identifier":[{"system":"urn:x","value":"` + identifier + `"}]`}, more...)...)
}

func TestConditionalUpdate(t *testing.T) {
	s := open(t)
	put := func(query, resource string, change ...func(*interaction.Request)) interaction.Response {
		return s.ask("PUT Consent?"+query, append(change, body(t, resource))...)
	}
	first := s.want(201, put("identifier=urn:x|1", identified("", "1")))
	if first.Location != base+"/Consent/id-1/_history/1" {
		t.Errorf("nothing is found: created at %s", first.Location)
	}
	named := s.want(201, put("identifier=urn:x|2", identified("mine", "2")))
	if named.Location != base+"/Consent/mine/_history/1" {
		t.Errorf("nothing is found, with an id: created at %s", named.Location)
	}
	for name, resource := range map[string]string{"without an id": identified("", "2", nth(1)), "with its id": identified("mine", "2", nth(2))} {
		if got := s.want(200, put("identifier=urn:x|2", resource)); at(got.Resource, "id") != "mine" {
			t.Errorf("one is found, %s: updated %s", name, at(got.Resource, "id"))
		}
	}
	s.want(201, s.ask("POST Consent", body(t, identified("", "1"))))
	for name, c := range map[string]struct {
		got  interaction.Response
		want string
	}{
		"several are found":         {put("identifier=urn:x|1", identified("", "1")), "412 multiple-matches "},
		"another id than is found":  {put("identifier=urn:x|2", identified("other", "2")), "400 value Consent.id"},
		"another version":           {put("identifier=urn:x|2", identified("", "2"), ifMatch(`W/"1"`)), "412 conflict "},
		"a condition of nothing":    {put("_count=1", identified("", "1")), "400 invalid http"},
		"an unknown parameter":      {put("nonsense=1", identified("", "1")), "400 not-supported http"},
		"an identity code":          {put("patient:identifier=urn:oid:1.2.246.21|"+person, identified("", "1")), "400 security http"},
		"an identity code as an id": {put("identifier=urn:x|3", identified(person, "3")), "400 security Consent.id"},
		"no body":                   {s.ask("PUT Consent?identifier=urn:x|1"), "400 required "},
	} {
		if got := fault(c.got); got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}
	s.want(200, put("identifier=urn:x|2", identified("", "2"), ifMatch(`W/"3"`)))
}

func TestConditionalDelete(t *testing.T) {
	s := open(t)
	for _, identifier := range []string{"1", "2", "2"} {
		s.want(201, s.ask("POST Consent", body(t, identified("", identifier))))
	}
	s.want(204, s.ask("DELETE Consent?identifier=urn:x|none"))
	s.want(204, s.ask("DELETE Consent?identifier=urn:x|1"))
	s.want(410, s.ask("GET Consent/id-1"))
	s.want(204, s.ask("DELETE Consent?identifier=urn:x|1"))
	for request, want := range map[string]string{
		"DELETE Consent?identifier=urn:x|2":                              "412 multiple-matches ",
		"DELETE Consent?patient:identifier=urn:oid:1.2.246.21|" + person: "400 security http",
	} {
		if got := fault(s.ask(request)); got != want {
			t.Errorf("%s: got %s, want %s", request, got, want)
		}
	}
	s.want(200, s.ask("GET Consent/id-2"))
}

func TestConditionsInATransaction(t *testing.T) {
	s := open(t)
	s.want(201, s.ask("PUT Consent/there", body(t, identified("there", "there"))))
	s.want(201, s.ask("PUT Consent/dying", body(t, identified("dying", "dying"))))
	got := s.want(200, s.post(transaction(
		entry("", provenance(urn1), "POST Provenance"),
		entry(urn1, identified("", "there", nth(1)), "PUT Consent?identifier=urn:x|there"),
		entry("", provenance(urn2), "POST Provenance"),
		entry(urn2, identified("", "new"), "PUT Consent?identifier=urn:x|new"),
		entry("", "", "DELETE Consent?identifier=urn:x|dying"),
		entry("", "", "DELETE Consent?identifier=urn:x|none"),
	)))
	made := strings.TrimPrefix(at(got.Resource, "entry.3.response.location"), base+"/")
	for i, want := range []string{"201 Created", "200 OK", "201 Created", "201 Created", "204 No Content", "204 No Content"} {
		if status := at(got.Resource, fmt.Sprintf("entry.%d.response.status", i)); status != want {
			t.Errorf("entry %d: %s, want %s", i, status, want)
		}
	}
	for i, want := range map[int]string{0: "Consent/there/_history/2", 2: made} {
		location := strings.TrimPrefix(at(got.Resource, fmt.Sprintf("entry.%d.response.location", i)), base+"/")
		if target := at(s.want(200, s.ask("GET "+location)).Resource, "target.0.reference"); target != want {
			t.Errorf("the Provenance of entry %d is about %s, want %s", i, target, want)
		}
	}
	s.want(410, s.ask("GET Consent/dying"))
	for name, entries := range map[string][]string{
		"found and named":   {entry("", identified("there", "there"), "PUT Consent/there"), entry("", identified("", "there", nth(1)), "PUT Consent?identifier=urn:x|there")},
		"found twice":       {entry("", identified("", "there", nth(1)), "PUT Consent?identifier=urn:x|there"), entry("", identified("", "there"), "PUT Consent?_id=there")},
		"found and deleted": {entry("", "", "DELETE Consent?_id=there"), entry("", identified("there", "there"), "PUT Consent/there")},
	} {
		before := s.want(200, s.ask("GET Consent/there")).ETag
		got := s.post(transaction(entries...))
		if fault(got) != "400 duplicate Bundle.entry[1].request.url" {
			t.Errorf("%s: got %s", name, fault(got))
		}
		if after := s.want(200, s.ask("GET Consent/there")).ETag; after != before {
			t.Errorf("%s: version %s became %s", name, before, after)
		}
	}
	// The second deletion finds nothing any more.
	s.want(200, s.post(transaction(entry("", "", "DELETE Consent/there"), entry("", "", "DELETE Consent?_id=there"))))
}

func TestConditionalUpdatesRaceAndMakeOne(t *testing.T) {
	s := open(t)
	parsed := body(t, identified("", "race"))
	var wait sync.WaitGroup
	const racers = 32
	locations := make([]string, racers)
	for i := range racers {
		wait.Go(func() {
			location, _, _ := strings.Cut(s.ask("PUT Consent?identifier=urn:x|race", parsed).Location, "/_history")
			locations[i] = location
		})
	}
	wait.Wait()
	for _, location := range locations {
		if location == "" || location != locations[0] {
			t.Errorf("two resources: %q and %q", location, locations[0])
		}
	}
}
