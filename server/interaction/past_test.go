package interaction_test

import (
	"fmt"
	"strings"
	"testing"

	"tahto/fhir/search"
	"tahto/server/interaction"
)

// states lists what a history has: ids, versions and statuses.
func states(r interaction.Response) string {
	var list []string
	for i := 0; ; i++ {
		location := at(r.Resource, fmt.Sprintf("entry.%d.request.url", i))
		if location == "" {
			return strings.Join(list, " ")
		}
		resource := fmt.Sprintf("entry.%d.resource.", i)
		list = append(list, at(r.Resource, resource+"id")+"/"+at(r.Resource, resource+"meta.versionId")+":"+at(r.Resource, resource+"status"))
	}
}

func TestAllVersionsOfWhatIsSearchedFor(t *testing.T) {
	s := open(t)
	put := func(id, resource string) {
		s.t.Helper()
		if got := s.ask("PUT Consent/"+id, body(t, resource)); got.Status > 201 {
			t.Fatalf("%s: %d %s", id, got.Status, text(got.Resource))
		}
	}
	withdrawn := strings.Replace(health("a"), `"status":"active"`, `"status":"inactive"`, 1)
	put("a", health("a"))
	put("b", health("b"))
	put("a", withdrawn)
	put("other", strings.ReplaceAll(health("other"), person, "290550-900N"))
	put("gone", health("gone"))
	s.want(204, s.ask("DELETE Consent/gone"))

	byPerson := "patient:identifier=urn:oid:1.2.246.21|" + person
	for name, c := range map[string]struct{ form, want string }{
		"of a person":     {byPerson, "a/2:inactive b/1:active a/1:active"},
		"one of a person": {byPerson + "&_id=b", "b/1:active"},
		"of nobody":       {"patient:identifier=urn:oid:1.2.246.21|010150-900X", ""},
		"by status":       {byPerson + "&status=inactive", "a/2:inactive a/1:active"},
		"since the end":   {byPerson + "&_since=2999-01-01T00:00:00Z", ""},
	} {
		got := s.want(200, s.ask("POST Consent/_history", form(c.form)))
		if states(got) != c.want || at(got.Resource, "type") != "history" {
			t.Errorf("%s: got %s, want %s", name, states(got), c.want)
		}
		if link := at(got.Resource, "link.0.url"); link != base+"/Consent/_history" {
			t.Errorf("%s: the link is %s, want it to tell nothing of whom it is about", name, link)
		}
	}
	const many = search.DefaultCount + 1
	for i := range many {
		put(fmt.Sprintf("many%03d", i), health(fmt.Sprintf("many%03d", i)))
	}
	all := s.want(200, s.ask("POST Consent/_history", form(byPerson)))
	if got := at(all.Resource, "total"); got != fmt.Sprint(many+3) {
		t.Errorf("%s versions of more resources than a page of a search has, want %d", got, many+3)
	}
	for request, want := range map[string]string{
		"": "400 invalid http", "_count=0&" + byPerson: "400 value http._count", "_at=ge2024&" + byPerson: "400 value http._at", "_sort=date&" + byPerson: "400 not-supported http",
		"_include=Consent:patient&" + byPerson: "400 not-supported http", "nonsense=1": "400 not-supported http",
		"_since=yesterday&" + byPerson: "400 value http._since",
	} {
		if got := fault(s.ask("POST Consent/_history", form(request))); got != want {
			t.Errorf("%q: got %s, want %s", request, got, want)
		}
	}
	if got := fault(s.ask("POST Consent/_history?" + byPerson)); got != "400 security http" {
		t.Errorf("an identity code in the URL: got %s", got)
	}
}
