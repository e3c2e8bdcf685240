package interaction_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"tahto/fhir"
	"tahto/server/interaction"
)

// claims are the codes under a member of an element.
func claims(e fhir.Element, list, member string) []string {
	var found []string
	for item := range e.Each(list) {
		found = append(found, item.Get(member).Text())
	}
	return found
}

// claimed are requests for each interaction that can be claimed for a type.
func claimed(resourceType, existing string) map[string][]func(*interaction.Request) {
	change := func(r *interaction.Request) {
		r.Patch = interaction.Patch{Media: interaction.MediaJSONPatch, Document: []byte(`[{"op":"test","path":"/id","value":"x"}]`)}
	}
	send := func(r *interaction.Request) { r.Body, _ = fhir.Parse([]byte(existing)) }
	return map[string][]func(*interaction.Request){
		"read GET " + resourceType + "/x":                      nil,
		"vread GET " + resourceType + "/x/_history/1":          nil,
		"update PUT " + resourceType + "/x":                    {send},
		"delete DELETE " + resourceType + "/none":              nil,
		"history-instance GET " + resourceType + "/x/_history": nil,
		"history-type GET " + resourceType + "/_history":       nil,
		"create POST " + resourceType:                          {send},
		"search-type GET " + resourceType:                      nil,
		"patch PATCH " + resourceType + "/x":                   {change},
	}
}

func TestWhatIsClaimedWorksAndNothingElse(t *testing.T) {
	s := open(t)
	consent := health("x")
	about := strings.Replace(provenance("Consent/x"), `"Provenance",`, `"Provenance","id":"x",`, 1)
	s.want(201, s.ask("PUT Consent/x", body(t, consent)))
	s.want(201, s.ask("PUT Provenance/x", body(t, about)))
	rest := s.want(200, s.ask("GET metadata")).Resource.Root().Get("rest").At(0)
	for _, resource := range rest.Get("resource").Items() {
		resourceType := resource.Get("type").Text()
		offered := claims(resource, "interaction", "code")
		if len(offered) == 0 {
			continue // only $validate is offered
		}
		if resourceType != "Consent" && resourceType != "Provenance" {
			id := at(s.want(200, s.ask("GET "+resourceType)).Resource, "entry.0.resource.id")
			s.want(200, s.ask("GET "+resourceType+"/"+id))
			offered = slices.DeleteFunc(offered, func(code string) bool { return code == "read" }) // of x, below
		}
		existing := map[string]string{"Consent": consent, "Provenance": about}[resourceType]
		for name, change := range claimed(resourceType, existing) {
			code, request, _ := strings.Cut(name, " ")
			got := s.ask(request, change...)
			if works := got.Status < 300; works != slices.Contains(offered, code) {
				t.Errorf("%s is claimed: %v, but answers %d", name, !works, got.Status)
			}
		}
		searches(t, s, resource)
	}
	for code, request := range map[string]string{"transaction": "transaction", "batch": "batch", "history-system": "GET _history", "search-system": "GET "} {
		got := s.ask(request)
		if !strings.Contains(request, " ") && request != "" && !strings.HasPrefix(request, "GET") {
			got = s.post(bundleOf(request, []string{entry("", "", "GET Consent/x")}))
		}
		if works := got.Status < 300; works != slices.Contains(claims(rest, "interaction", "code"), code) {
			t.Errorf("%s is claimed: %v, but answers %d", code, !works, got.Status)
		}
	}
}

// searches asks for each parameter that is claimed, and for each of the others
// of R4 and of this server.
func searches(t *testing.T, s *server, resource fhir.Element) {
	t.Helper()
	resourceType := resource.Get("type").Text()
	values := map[string]string{"token": "x", "reference": "Consent/x", "date": "2024-01-01", "uri": "x", "composite": "deny$2024"}
	kinds := map[string]string{}
	for param := range resource.Each("searchParam") {
		kinds[param.Get("name").Text()] = param.Get("type").Text()
		searchParameterIsServed(t, s, resourceType, param)
	}
	names := []string{"_id", "_lastUpdated", "_tag", "_profile", "_security", "_text", "_content", "_list", "_has", "_type", "_source",
		"identifier", "patient", "status", "category", "date", "period", "actor", "scope", "data", "source-reference", "organization",
		"consentor", "security-label", "purpose", "action", "target", "agent", "agent-role", "agent-type", "recorded", "when", "entity",
		"location", "signature-type", "provision-type", "provision-class", "provision-code", "provision-actor-identifier", "provision-type-class",
		"provision-type-code", "provision-type-actor", "provision-type-actor-identifier", "provision-type-period", "provision-type-data", "url", "version", "code", "base", "type", "value"}
	for _, name := range names {
		kind, claimed := kinds[name]
		value := values[kind]
		switch {
		case value == "":
			value = "x"
		case kind == "reference" && name != "target" && name != "entity" && name != "data":
			value = "x"
		}
		got := s.ask("GET " + resourceType + "?" + name + "=" + value)
		if works := got.Status == http.StatusOK; works != claimed {
			t.Errorf("%s?%s=%s is claimed: %v, but answers %d %s", resourceType, name, value, claimed, got.Status, text(got.Resource))
		}
		delete(kinds, name)
	}
	if len(kinds) > 0 {
		t.Errorf("%s: not tried: %v", resourceType, kinds)
	}
	for member, parameter := range map[string]string{"searchInclude": "_include", "searchRevInclude": "_revinclude"} {
		offered := resource.Get(member)
		for _, source := range []string{"Consent", "Provenance"} {
			for _, name := range names {
				include := source + ":" + name
				claimed := false
				for _, o := range offered.Items() {
					claimed = claimed || o.Text() == include
				}
				got := s.ask(fmt.Sprintf("GET %s?%s=%s", resourceType, parameter, include))
				if works := got.Status == http.StatusOK; works != claimed {
					t.Errorf("%s?%s=%s is claimed: %v, but answers %d", resourceType, parameter, include, claimed, got.Status)
				}
			}
		}
	}
}

// searchParameterIsServed holds a claimed parameter against the SearchParameter
// that is served of it.
func searchParameterIsServed(t *testing.T, s *server, resourceType string, claimed fhir.Element) {
	t.Helper()
	name, definition := claimed.Get("name").Text(), claimed.Get("definition").Text()
	url := fhir.Base + "/SearchParameter/" + resourceType + "-" + strings.TrimPrefix(name, "_")
	found := s.want(200, s.ask("GET SearchParameter?base="+resourceType+"&code="+name+"&url="+url)).Resource
	of := at(found, "entry.0.resource.derivedFrom")
	if of == "" {
		of = url // ours alone
	}
	if at(found, "total") != "1" || at(found, "entry.0.resource.type") != claimed.Get("type").Text() || of != definition {
		t.Errorf("%s is defined by %s, and served is %s", name, definition, text(found))
	}
}

func TestCapabilityStatementIsThatOfR4(t *testing.T) {
	s := open(t)
	first := s.want(200, s.ask("GET metadata")).Resource
	for path, want := range map[string]string{
		"resourceType": "CapabilityStatement", "status": "active", "kind": "instance", "fhirVersion": "4.0.1", "format.0": "json",
		"implementation.url": base, "rest.0.mode": "server",
	} {
		if got := at(first, path); got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
	for resource := range first.Root().Get("rest").At(0).Each("resource") {
		if resource.Get("type").Text() != "Consent" {
			continue
		}
		for member, want := range map[string]string{
			"versioning": "versioned", "readHistory": "true", "updateCreate": "true", "conditionalCreate": "true",
		} {
			if got := resource.Get(member).Text(); got != want {
				t.Errorf("Consent: %s is %q, want %q", member, got, want)
			}
		}
		want := []string{fhir.Base + "/OperationDefinition/evaluate", fhir.Base + "/OperationDefinition/validate"}
		if got := claims(resource, "operation", "definition"); !slices.Equal(got, want) {
			t.Errorf("operations %v, want %v", got, want)
		}
	}
	if again := open(t).ask("GET metadata").Resource; text(again) != text(first) {
		t.Error("two servers of the same build say different things")
	}
	if _, err := fhir.Parse(first.JSON()); err != nil {
		t.Errorf("not readable: %v", err)
	}
}

func TestCapabilityStatementIsNotSentTwice(t *testing.T) {
	s := open(t)
	first := s.want(200, s.ask("GET metadata"))
	with := func(tag string) func(*interaction.Request) {
		return func(r *interaction.Request) { r.IfNoneMatch = tag }
	}
	again := s.want(304, s.ask("GET metadata", with(`W/"other", `+first.ETag)))
	if again.Resource != nil || again.ETag != first.ETag {
		t.Errorf("not modified, with %s and %s", again.ETag, text(again.Resource))
	}
	s.want(304, s.ask("GET metadata", with("*")))
	s.want(200, s.ask("GET metadata", with(`W/"1"`)))
	if got := fault(s.ask("GET metadata", with("1"))); got != "400 value http.If-None-Match" {
		t.Errorf("no entity tag: %s", got)
	}
	other := open(t, func(o *interaction.Options) { o.Version = "another" }).ask("GET metadata")
	if other.ETag == first.ETag {
		t.Error("another statement has the same ETag")
	}
}
