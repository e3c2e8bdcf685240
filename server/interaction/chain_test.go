package interaction_test

import (
	"strings"
	"testing"

	"tahto/server/interaction"
)

// about is a Provenance of an agent that is named by identifier.
func about(id, target, agent string) string {
	return strings.NewReplacer(`"Provenance",`, `"Provenance","id":"`+id+`",`, `"who":{"reference":"#client"}`, `"who":{"identifier":{"system":"urn:u","value":"`+agent+`"}}`).
		Replace(provenance(target))
}

func TestChainsBothWays(t *testing.T) {
	s := open(t, keepForeign)
	s.want(201, s.ask("PUT Consent/a", body(t, health("a"))))
	s.want(201, s.ask("PUT Provenance/p", body(t, about("p", "Consent/a", "unit"))))
	s.want(200, s.ask("PUT Consent/a", body(t, strings.Replace(health("a"), `"active"`, `"inactive"`, 1))))
	s.want(201, s.ask("PUT Consent/b", body(t, strings.ReplaceAll(health("b"), person, "290550-900N"))))
	s.want(201, s.ask("PUT Provenance/q", body(t, about("q", "Consent/b", "other"))))
	for request, want := range map[string]string{
		"Consent?patient.identifier=urn:oid:1.2.246.21|" + person:                    "a",
		"Consent?patient:Patient.identifier=290550-900N":                             "b",
		"Provenance?target.patient:identifier=urn:oid:1.2.246.21|" + person:          "p",
		"Provenance?target.patient.identifier=" + person:                             "p",
		"Provenance?target:Consent.status=active":                                    "q", // p tells about a version that is no more
		"Provenance?target:Consent.status=inactive":                                  "p",
		"Provenance?target=Consent/a/_history/1&target.status=inactive":              "p",
		"Consent?_has:Provenance:target:agent:identifier=urn:u|unit":                 "a",
		"Consent?_has:Provenance:target:agent.identifier=urn:u|unit,urn:u|other":     "a b",
		"Consent?_has:Provenance:target:agent.identifier=unit&status=active":         "",
		"Consent?_has:Provenance:target:target.patient.identifier=" + person:         "a",
		"Consent?_has:Provenance:target:agent-role:not=12":                           "",
		"Consent?_has:Provenance:target:recorded=2024-01-10&_sort=-_id&_total=none":  "b a",
		"Consent?_has:Provenance:target:recorded=sa2024-01-10&_total=none&_count=10": "",
	} {
		resourceType, text, _ := strings.Cut(request, "?")
		got := s.want(200, s.ask("POST "+resourceType+"/_search", form(text))).Resource
		if found := ids(got, "match"); found != want {
			t.Errorf("%s finds %q, want %q", request, found, want)
		}
	}
}

// An identity code is one wherever it stands in a search.
func TestChainsByIdentityCodeStayOutOfURLs(t *testing.T) {
	s := open(t)
	for i := range 3 {
		id := string(rune('a' + i))
		s.want(201, s.ask("PUT Consent/"+id, body(t, health(id))))
		s.want(201, s.ask("PUT Provenance/"+id, body(t, strings.Replace(provenance("Consent/"+id), `"Provenance",`, `"Provenance","id":"`+id+`",`, 1))))
	}
	for _, search := range []string{
		"Consent?patient.identifier=urn:oid:1.2.246.21|" + person, "Consent?patient:Patient.identifier=" + person,
		"Consent?_has:Provenance:target:target.patient.identifier=" + person, "Provenance?target:Consent.patient:identifier=" + person,
		"Consent?data.identifier=" + person, "Consent?provision-type-actor-identifier=permit$" + person,
	} {
		if got := fault(s.ask("GET " + search)); got != "400 security http" {
			t.Errorf("%s: got %s", search, got)
		}
		resourceType, text, _ := strings.Cut(search, "?")
		page := s.want(200, s.ask("POST "+resourceType+"/_search", form("_count=2&"+text))).Resource
		if to := link(page, "self"); !strings.HasPrefix(to, base+"/"+resourceType+"?_cursor=") || strings.Contains(to, "160350") {
			t.Errorf("%s: the self link is %s", search, to)
		}
		again := s.want(200, s.ask(follow(link(page, "self")))).Resource
		if ids(again, "match") != ids(page, "match") {
			t.Errorf("%s: the self link finds %s, want %s", search, ids(again, "match"), ids(page, "match"))
		}
		if strings.Contains(search, "data.") || strings.Contains(search, "provision") {
			continue
		}
		next := s.want(200, s.ask(follow(link(page, "next")))).Resource
		if ids(page, "match") != "a b" || ids(next, "match") != "c" || strings.Contains(link(page, "next"), "160350") {
			t.Errorf("%s: pages %s, %s", search, ids(page, "match"), ids(next, "match"))
		}
	}
}

// A condition may look at other resources as well.
func TestConditionsTakeChains(t *testing.T) {
	s := open(t)
	s.want(201, s.ask("PUT Consent/a", body(t, health("a"))))
	s.want(201, s.ask("PUT Provenance/p", body(t, about("p", "Consent/a", "unit"))))
	again := s.ask("POST Consent", body(t, health("")), func(r *interaction.Request) { r.IfNoneExist = "_has:Provenance:target:agent.identifier=urn:u|unit" })
	if s.want(200, again); again.Location != base+"/Consent/a/_history/1" {
		t.Errorf("the match is %s", again.Location)
	}
	s.want(201, s.ask("POST Consent", body(t, health("")), func(r *interaction.Request) { r.IfNoneExist = "_has:Provenance:target:agent.identifier=urn:u|none" }))
	got := s.want(200, s.ask("POST Consent/_history", form("_has:Provenance:target:agent.identifier=urn:u|unit")))
	if states(got) != "a/1:active" {
		t.Errorf("the versions are %s", states(got))
	}
}
