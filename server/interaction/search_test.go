package interaction_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"tahto/fhir"
	"tahto/fhir/search"
	"tahto/server/interaction"
)

func form(values string) func(*interaction.Request) {
	return func(r *interaction.Request) { r.Form, _ = url.ParseQuery(values) }
}

// ids are those of the entries of a mode, in order.
func ids(r *fhir.Resource, mode string) string {
	var found []string
	for entry := range r.Root().Each("entry") {
		if entry.Get("search").Get("mode").Text() == mode {
			found = append(found, entry.Get("resource").Get("id").Text())
		}
	}
	return strings.Join(found, " ")
}

func link(r *fhir.Resource, relation string) string {
	for link := range r.Root().Each("link") {
		if link.Get("relation").Text() == relation {
			return link.Get("url").Text()
		}
	}
	return ""
}

// follow is a link as a request.
func follow(link string) string { return "GET " + strings.TrimPrefix(link, base+"/") }

func TestSearchByGetAndByForm(t *testing.T) {
	s := open(t)
	for _, id := range []string{"c", "a", "b"} {
		s.want(201, s.ask("PUT Consent/"+id, body(t, health(id))))
	}
	s.want(201, s.ask("PUT Provenance/p", body(t, strings.Replace(provenance("Consent/b"), `"Provenance",`, `"Provenance","id":"p",`, 1))))
	byPerson := "patient:identifier=urn:oid:1.2.246.21|" + person
	tests := map[string]struct {
		request, form, matches, included, total string
	}{
		"all, by id":             {"GET Consent", "", "a b c", "", "3"},
		"sorted":                 {"GET Consent?_sort=-_id", "", "c b a", "", "3"},
		"a form":                 {"POST Consent/_search", byPerson, "a b c", "", "3"},
		"a form and the URL":     {"POST Consent/_search?_id=b", byPerson, "b", "", "1"},
		"a URL only":             {"POST Consent/_search?_id=b", "", "b", "", "1"},
		"nothing found":          {"GET Consent?status=inactive", "", "", "", "0"},
		"the number only":        {"GET Consent?_count=0", "", "", "", "3"},
		"without the number":     {"GET Consent?_total=none", "", "a b c", "", ""},
		"with their Provenances": {"GET Consent?_revinclude=Provenance:target", "", "a b c", "p", "3"},
		"with what it tells of":  {"GET Provenance?_include=Provenance:target", "", "p", "b", "1"},
		"_format is not ours":    {"GET Consent?_id=a&_format=json&_pretty=true", "", "a", "", "1"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			change := func(*interaction.Request) {}
			if strings.HasPrefix(test.request, "POST") {
				change = form(test.form)
			}
			got := s.want(200, s.ask(test.request, change)).Resource
			if m, i, n := ids(got, "match"), ids(got, "include"), at(got, "total"); m != test.matches || i != test.included || n != test.total {
				t.Errorf("got %q, included %q, total %q", m, i, n)
			}
		})
	}
}

func TestSearchLinksTellNoIdentityCode(t *testing.T) {
	s := open(t)
	for i := range 3 {
		id := fmt.Sprint("c", i)
		s.want(201, s.ask("PUT Consent/"+id, body(t, health(id))))
	}
	got := s.want(200, s.ask("POST Consent/_search", form("_count=2&patient:identifier=urn:oid:1.2.246.21|"+person)))
	for _, relation := range []string{"self", "next"} {
		to := link(got.Resource, relation)
		if !strings.HasPrefix(to, base+"/Consent?_cursor=") || strings.Contains(to, "160350") {
			t.Errorf("%s link is %s", relation, to)
		}
	}
	again := s.want(200, s.ask(follow(link(got.Resource, "self"))))
	if a, b := ids(got.Resource, "match"), ids(again.Resource, "match"); a != b || a != "c0 c1" {
		t.Errorf("the self link gives %q, the search gave %q", b, a)
	}
	next := s.want(200, s.ask(follow(link(got.Resource, "next"))))
	if ids(next.Resource, "match") != "c2" || link(next.Resource, "next") != "" || at(next.Resource, "total") != "3" {
		t.Errorf("the next page: %s", text(next.Resource))
	}
	s.want(400, s.ask(strings.Replace(follow(link(got.Resource, "next")), "Consent", "Provenance", 1)))
	s.want(400, s.ask(strings.Replace(follow(link(got.Resource, "next")), "Consent", "Consent/_history", 1)))

	plain := s.want(200, s.ask("GET Consent?status=active&_count=2"))
	if got := link(plain.Resource, "self"); got != base+"/Consent?_count=2&status=active" {
		t.Errorf("self link is %s", got)
	}
	if next := link(plain.Resource, "next"); strings.Contains(next, "active") {
		t.Errorf("next link is %s", next)
	}
}

func TestTokenThatLooksLikeAnIdentityCodeIsNoneOfIt(t *testing.T) {
	s := open(t)
	if got := fault(s.ask("GET Consent?_cursor=x-" + person + "-x")); got != "400 value http._cursor" {
		t.Errorf("got %s", got)
	}
}

func TestIdentifiersInURLAreForTheOperatorToAllow(t *testing.T) {
	s := open(t, func(o *interaction.Options) { o.IdentifiersInURL = true })
	s.want(201, s.ask("PUT Consent/a", body(t, health("a"))))
	got := s.want(200, s.ask("GET Consent?patient:identifier=urn:oid:1.2.246.21|"+person))
	if ids(got.Resource, "match") != "a" {
		t.Errorf("got %s", text(got.Resource))
	}
}

func TestLenientSearchWarns(t *testing.T) {
	s := open(t)
	s.want(201, s.ask("PUT Consent/a", body(t, health("a"))))
	got := s.want(200, s.ask("GET Consent?nonsense=1&status=active", func(r *interaction.Request) { r.Prefer = "handling=lenient" })).Resource
	if ids(got, "match") != "a" || at(got, "entry.1.search.mode") != "outcome" || at(got, "entry.1.resource.issue.0.severity") != "warning" {
		t.Errorf("got %s", text(got))
	}
	if self := link(got, "self"); self != base+"/Consent?status=active" {
		t.Errorf("self link is %s", self)
	}
}

func TestPagesStayRightWhileOthersWrite(t *testing.T) {
	s := open(t)
	put := func(i int) {
		id := fmt.Sprintf("c%03d", i)
		s.ask("PUT Consent/"+id, body(t, health(id)))
	}
	for i := 0; i < 40; i += 2 {
		put(i)
	}
	seen := map[string]int{}
	page := s.want(200, s.ask("GET Consent?_count=3")).Resource
	for n := 0; ; n++ {
		for _, id := range strings.Fields(ids(page, "match")) {
			seen[id]++
		}
		put(2*n + 1)                                    // before, at and after the place
		s.ask(fmt.Sprintf("DELETE Consent/c%03d", 3*n)) // what was seen already
		next := link(page, "next")
		if next == "" {
			break
		}
		page = s.want(200, s.ask(follow(next))).Resource
	}
	for i := 0; i < 40; i += 2 {
		if id := fmt.Sprintf("c%03d", i); seen[id] != 1 && i%3 != 0 {
			t.Errorf("%s, which was there all the time, was seen %d times", id, seen[id])
		}
	}
	for id, n := range seen {
		if n > 1 {
			t.Errorf("%s was seen %d times", id, n)
		}
	}
}

// versions are the entries of a history, such as a3 or Provenance/x1.
func versions(r *fhir.Resource) []string {
	var found []string
	for entry := range r.Root().Each("entry") {
		resource := entry.Get("resource")
		found = append(found, resource.Get("id").Text()+resource.Get("meta").Get("versionId").Text())
	}
	return found
}

func TestHistoryByPages(t *testing.T) {
	s := open(t)
	for n := range 3 {
		s.ask("PUT Consent/a", body(t, health("a", nth(n+1))))
		s.ask("PUT Consent/b", body(t, health("b", nth(n+1))))
	}
	since := s.ask("GET Consent/a/_history/2").LastModified.Format("2006-01-02T15:04:05.000Z")
	for request, want := range map[string]string{
		"_history?_since=" + since:                  "b3 a3 b2 a2",
		"Consent/_history":                          "b3 a3 b2 a2 b1 a1",
		"Consent/a/_history":                        "a3 a2 a1",
		"Consent/a/_history?_count=2":               "a3 a2 a1",
		"Consent/_history?_count=1":                 "b3 a3 b2 a2 b1 a1",
		"Consent/_history?_count=2&_since=" + since: "b3 a3 b2 a2",
	} {
		page := s.want(200, s.ask("GET "+request)).Resource
		got := versions(page)
		for link(page, "next") != "" {
			s.want(201, s.ask("POST Provenance", body(t, provenance("Consent/a")))) // newer than all pages
			page = s.want(200, s.ask(follow(link(page, "next")))).Resource
			got = append(got, versions(page)...)
		}
		if strings.HasPrefix(request, "_history") {
			got = got[len(got)-4:]
		}
		if joined := strings.Join(got, " "); joined != want {
			t.Errorf("%s: got %s, want %s", request, joined, want)
		}
	}
}

func TestASearchHasAsManyConditionsAsAnyEngineTakes(t *testing.T) {
	s := open(t)
	for n, status := range map[int]int{search.MaxClauses: 200, search.MaxClauses + 1: 400, 999: 400} {
		text := ""
		for i := range n {
			text += fmt.Sprintf("&status:not=s%d", i)
		}
		s.want(status, s.ask("POST Consent/_search", form(text[1:])))
	}
}
