package interaction_test

import (
	"strings"
	"testing"
	"time"

	"tahto/fhir"
	"tahto/mapping/intake"
	"tahto/server/interaction"
)

func TestEveryDefinitionIsReadByIDAndFoundByURL(t *testing.T) {
	s := open(t)
	later := open(t, func(o *interaction.Options) { o.Released = time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC) })
	if len(served()) < 50 {
		t.Fatalf("only %d definitions are served", len(served()))
	}
	for _, r := range served() {
		name := r.Key().String()
		got := s.want(200, s.ask("GET "+name))
		if got.ETag != `W/"`+at(got.Resource, "meta.versionId")+`"` || got.LastModified.IsZero() {
			t.Errorf("%s: ETag %s, meta %s", name, got.ETag, at(got.Resource, "meta.versionId"))
		}
		s.want(304, s.ask("GET "+name, func(r *interaction.Request) { r.IfNoneMatch = got.ETag }))
		later.want(200, later.ask("GET "+name, func(r *interaction.Request) { r.IfNoneMatch = got.ETag })) // of another release
		url := r.Root().Get("url").Text()
		if r.Type() == "NamingSystem" { // has none in R4
			continue
		}
		found := s.want(200, s.ask("GET "+r.Type()+"?url="+url)).Resource
		if at(found, "total") != "1" || at(found, "entry.0.fullUrl") != base+"/"+name {
			t.Errorf("%s by its url %s: %s", name, url, text(found))
		}
	}
}

func TestDefinitionsAreSearchedInPages(t *testing.T) {
	s := open(t)
	want := at(s.want(200, s.ask("GET StructureDefinition")).Resource, "total")
	var ids []string
	next := "GET StructureDefinition?_count=3"
	for pages := 0; next != "" && pages < 100; pages++ {
		page := s.want(200, s.ask(next)).Resource
		if got := at(page, "total"); got != want {
			t.Fatalf("a page says %s in all, want %s", got, want)
		}
		for entry := range page.Root().Each("entry") {
			ids = append(ids, entry.Get("resource").Get("id").Text())
		}
		next = ""
		for link := range page.Root().Each("link") {
			if link.Get("relation").Text() == "next" {
				next = "GET " + strings.TrimPrefix(link.Get("url").Text(), base+"/")
			}
		}
	}
	seen := map[string]bool{}
	for _, id := range ids {
		if seen[id] {
			t.Errorf("%s is on two pages", id)
		}
		seen[id] = true
	}
	if got := len(seen); want != itoa(got) {
		t.Errorf("%d on all pages, want %s", got, want)
	}
	for request, status := range map[string]int{
		"GET StructureDefinition/none": 404, "GET StructureDefinition?_count=0": 200, "GET StructureDefinition?nonsense=1": 400,
		"PUT StructureDefinition/declaration": 405, "DELETE CodeSystem/declaration": 405, "POST ValueSet": 405,
		"GET ValueSet?url=http://nowhere.example/x": 200, "GET CodeSystem?status=active&_total=none": 200,
		"GET Patient": 404,
	} {
		s.want(status, s.ask(request))
	}
}

func TestStatusesThatMayFollowAreServed(t *testing.T) {
	s := open(t)
	r := s.want(200, s.ask("GET ConceptMap/declaration-status")).Resource
	steps := 0
	for group := range r.Root().Each("group") {
		for element := range group.Each("element") {
			steps += element.Get("target").Len()
		}
	}
	if want := len(intake.Transitions()); steps != want {
		t.Errorf("%d steps, want the %d of the state machine", steps, want)
	}
}

func TestWhatIsServedIsValid(t *testing.T) {
	s := open(t)
	for _, r := range served() {
		for _, found := range validator(t).Validate(r, options(s)) {
			if found.Severity == "error" {
				t.Errorf("%s: %s %s: %s", r.Key(), found.Reason, found.Expression, found.Text)
			}
		}
	}
	statement := s.want(200, s.ask("GET metadata")).Resource
	for _, found := range validator(t).Validate(statement, options(s)) {
		t.Errorf("CapabilityStatement: %s %s: %s", found.Reason, found.Expression, found.Text)
	}
	status := s.want(200, s.ask("GET ConceptMap/declaration-status")).Resource
	for _, found := range validator(t).Validate(status, options(s)) {
		t.Errorf("ConceptMap: %s %s: %s", found.Reason, found.Expression, found.Text)
	}
}

func TestADefinitionThatCantBeServedIsNoticedAtTheStart(t *testing.T) {
	s := open(t)
	for name, json := range map[string]string{
		"a type that is none of them": `{"resourceType":"Patient","id":"x"}`,
		"no id":                       `{"resourceType":"ValueSet"}`,
		"an id that is used":          text(served()[0]),
	} {
		r, err := fhir.Parse([]byte(json))
		must(t, err)
		o := s.Options
		o.Definitions = append([]*fhir.Resource{r}, o.Definitions...)
		if _, err := interaction.New(o); err == nil {
			t.Errorf("%s: the service starts", name)
		}
	}
}
