package interaction_test

import (
	"strings"
	"testing"

	"tahto/fhir"
)

func TestParametersOfMeta(t *testing.T) {
	s := open(t, keepForeign)
	meta := `,"meta":{"tag":[{"system":"urn:t","code":"x"}],"profile":["urn:p|1"],"security":[{"code":"R"}],"source":"urn:from:here"}`
	s.want(201, s.ask("PUT Consent/a", body(t, health("a", meta))))
	s.want(201, s.ask("PUT Consent/b", body(t, health("b"))))
	s.want(201, s.ask("PUT Consent/foreign", body(t, `{"resourceType":"Consent","id":"foreign","status":"active","scope":{"text":"x"},"category":[{"text":"y"}],"policyRule":{"text":"z"}}`)))
	for query, want := range map[string]string{
		"_tag=not-a-declaration": "foreign", "_tag=https://tahto.example/fhir/CodeSystem/tag|not-a-declaration": "foreign",
		"_tag:not=not-a-declaration": "a b", "_tag=urn:t|x": "a", "_tag:missing=true": "b",
		"_security=R": "a", `_profile=urn:p\|1`: "a", "_profile=urn:p": "", "_source=urn:from:here": "a", "_source:missing=true": "b foreign",
		"_id=a,foreign,none": "a foreign", "_lastUpdated=ge2026-01-10&_lastUpdated=lt2026-01-11": "a b foreign",
		"_lastUpdated=gt2026-01-11,lt2020": "", "_lastUpdated=ge2026-01-10T12:00:00Z&_lastUpdated=le2026-01-10T12:00:59Z&_id=b": "b",
		"_sort=_source,-_id": "a foreign b",
	} {
		if got := ids(s.want(200, s.ask("GET Consent?"+strings.ReplaceAll(query, "|", "%7C"))).Resource, "match"); got != want {
			t.Errorf("%s finds %q, want %q", query, got, want)
		}
	}
}

// _lastUpdated twice is a range, by the times that the versions themselves have.
func TestLastUpdatedRange(t *testing.T) {
	s := open(t)
	var times []string
	for _, id := range []string{"a", "b", "c"} {
		v := s.want(201, s.ask("PUT Consent/"+id, body(t, health(id))))
		times = append(times, v.LastModified.UTC().Format("2006-01-02T15:04:05.000Z"))
	}
	for query, want := range map[string]string{
		"_lastUpdated=ge" + times[1]:                                 "b c",
		"_lastUpdated=gt" + times[1]:                                 "c",
		"_lastUpdated=gt" + times[0] + "&_lastUpdated=lt" + times[2]: "b",
		"_lastUpdated=" + times[0] + "," + times[2]:                  "a c",
		"_lastUpdated=gt" + times[2] + "&_lastUpdated=lt" + times[0]: "",
	} {
		if got := ids(s.want(200, s.ask("GET Consent?"+query)).Resource, "match"); got != want {
			t.Errorf("%s finds %q, want %q", query, got, want)
		}
	}
}

func TestTotals(t *testing.T) {
	s := open(t)
	for _, id := range []string{"a", "b", "c"} {
		s.want(201, s.ask("PUT Consent/"+id, body(t, health(id))))
	}
	for query, want := range map[string]string{
		"": "3", "_total=accurate&_count=1": "3", "_total=estimate&_count=1": "3", "_total=none&_count=1": "", "_total=none": "",
		"_count=0": "3", "_count=0&_total=estimate": "3", "_count=0&_id=a,b": "2", "_count=0&_has:Provenance:target:_id=x": "0",
	} {
		for _, resourceType := range []string{"Consent", "ConceptMap"} {
			if resourceType == "ConceptMap" {
				want = strings.NewReplacer("3", "1", "2", "0").Replace(want)
				if strings.Contains(query, "_has") {
					continue
				}
			}
			got := s.want(200, s.ask("GET "+resourceType+"?"+query)).Resource
			if at(got, "total") != want {
				t.Errorf("%s?%s: total %q, want %q", resourceType, query, at(got, "total"), want)
			}
			if none := strings.Contains(query, "_count=0"); none && (at(got, "entry.0.resource.id") != "" || link(got, "next") != "" || link(got, "self") == "") {
				t.Errorf("%s?%s: %s", resourceType, query, text(got))
			}
		}
	}
}

func TestHistoriesAtATime(t *testing.T) {
	s := open(t)
	put := func(id, status string) string {
		v := s.ask("PUT Consent/"+id, body(t, strings.Replace(health(id), `"active"`, `"`+status+`"`, 1)))
		return v.LastModified.UTC().Format("2006-01-02T15:04:05.000Z")
	}
	first := put("a", "draft")
	second := put("b", "active")
	third := put("a", "active")
	s.want(204, s.ask("DELETE Consent/b"))
	last := put("a", "inactive")
	for query, want := range map[string]string{
		"_at=" + first: "a1", "_at=" + second: "b1 a1", "_at=" + third: "a2 b1", "_at=" + last: "a3", "_at=2026-01-10": "a3 a2 b1 a1",
		"_at=2026": "a3 a2 b1 a1", "_at=2025": "", "_at=2027-05": "a3", "_at=9999": "a3", "_at=9999-12-31T23:59:59-12:00": "a3", "_at=0001": "", "_at=2026-01-10&_since=" + third: "a3 a2", "_at=" + third + "&_since=" + third: "a2",
	} {
		for _, of := range []string{"Consent/_history", "Consent/a/_history", "_history"} {
			want := want
			if of == "Consent/a/_history" {
				want = strings.Join(strings.Fields(strings.ReplaceAll(want, "b1", "")), " ")
			}
			page := s.want(200, s.ask("GET "+of+"?_count=1&"+query)).Resource
			got := contents(page)
			for link(page, "next") != "" {
				page = s.want(200, s.ask(follow(link(page, "next")))).Resource
				got = append(got, contents(page)...)
			}
			if strings.Join(got, " ") != want {
				t.Errorf("%s?%s has %v, want %s", of, query, got, want)
			}
		}
		byPerson := "patient:identifier=urn:oid:1.2.246.21|" + person + "&"
		ofPerson := strings.Join(strings.Fields(strings.ReplaceAll(want, "b1", "")), " ") // a deleted one is not found
		page := s.want(200, s.ask("POST Consent/_history", form(byPerson+query))).Resource
		if got := strings.Join(contents(page), " "); got != ofPerson {
			t.Errorf("POST Consent/_history with %s has %s, want %s", query, got, ofPerson)
		}
	}
	for query, want := range map[string]string{
		"_at=ge2026": "400 value http._at", "_at=": "400 value http._at", "_at=2026&_at=2027": "400 invalid http._at", "_since=2026-01-10": "400 value http._since",
		"_count=0": "400 value http._count", "_count=-1": "400 value http._count", "_list=x": "400 not-supported http", "_sort=x": "400 not-supported http",
	} {
		if got := fault(s.ask("GET Consent/_history?" + query)); got != want {
			t.Errorf("%s: got %s, want %s", query, got, want)
		}
	}
}

// contents are the versions of a history that have content.
func contents(page *fhir.Resource) []string {
	var found []string
	for _, v := range versions(page) {
		if v != "" {
			found = append(found, v)
		}
	}
	return found
}

func TestVersionsOfASearchByPages(t *testing.T) {
	s := open(t)
	var want []string
	for i := range 7 {
		id := string(rune('a' + i%3))
		s.ask("PUT Consent/"+id, body(t, health(id, `,"language":"`+string(rune('a'+i))+`"`)))
		want = append([]string{id + string(rune('1'+i/3))}, want...)
	}
	byPerson := "patient:identifier=urn:oid:1.2.246.21|" + person
	page := s.want(200, s.ask("POST Consent/_history", form(byPerson+"&_count=2"))).Resource
	var got []string
	for n := 0; ; n++ {
		if at(page, "total") != "7" && n == 0 || len(versions(page)) > 2 {
			t.Errorf("a page of %d, total %s", len(versions(page)), at(page, "total"))
		}
		got = append(got, versions(page)...)
		next := link(page, "next")
		if strings.Contains(next, "160350") {
			t.Errorf("the next link is %s", next)
		}
		if next == "" {
			break
		}
		s.want(200, s.ask("PUT Consent/a", body(t, health("a", `,"language":"new`+string(rune('a'+n))+`"`)))) // newer than all pages
		page = s.want(200, s.ask(follow(next))).Resource
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := fault(s.ask("POST Consent/_history", form(byPerson+"&_count=1&_count=2"))); got != "400 invalid http._count" {
		t.Errorf("_count twice: %s", got)
	}
}
