package main

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"tahto/fhir"
)

// claims is what the statement at metadata promises, on a server that keeps a
// Consent and a Provenance to try it on.
type claims struct {
	t    *testing.T
	base string
	// of is the type that a claim is made of.
	of string
	// kinds are the types of the search parameters.
	kinds map[string]string
}

// asks sends a request, written as "GET Consent/x".
func (c claims) asks(request string, header http.Header, body string) answer {
	c.t.Helper()
	method, address, _ := strings.Cut(request, " ")
	var sent []byte
	if body != "" {
		sent = []byte(body)
	}
	if header == nil && sent != nil {
		header = fhirHeader
	}
	got, err := send(method, c.base+"/"+address, header, sent)
	if err != nil {
		c.t.Fatal(err)
	}
	return got
}

func (c claims) want(status int, request string, header http.Header, body string) answer {
	c.t.Helper()
	got := c.asks(request, header, body)
	if got.status != status {
		c.t.Errorf("%s: status %d, want %d: %.400s", request, got.status, status, got.body)
	}
	return got
}

// resource is one that can be sent: of the type of the claim, with the id.
func (c claims) resource(id, identifier string) string {
	member := ""
	if id != "" {
		member = `"id":"` + id + `",`
	}
	if c.of == "Provenance" {
		return `{"resourceType":"Provenance",` + member + `"target":[{"reference":"Consent/kept"}],"recorded":"2024-01-10T09:00:00+02:00",` +
			`"contained":[{"resourceType":"Patient","id":"client"}],"agent":[{"role":[{"coding":[{"system":"http://gen.kanta.fi/figen-cs-provenancerolecategory","code":"12"}]}],"who":{"reference":"#client"}}]}`
	}
	return strings.Replace(string(declaration(7, 1)), `"status"`, member+`"identifier":[{"system":"https://tahto.example/claims","value":"`+identifier+`"}],"status"`, 1)
}

// TestEveryClaimOfTheCapabilityStatementIsTrue calls each. One that no test knows
// fails: it is to be tried here before it is made.
func TestEveryClaimOfTheCapabilityStatementIsTrue(t *testing.T) {
	p := start(t, "-intake", "archive")
	c := claims{t: t, base: p.base}
	statement := exchange(t, http.MethodGet, p.base+"/metadata", nil, http.StatusOK).Root()
	for _, resourceType := range []string{"Consent", "Provenance"} {
		c.of = resourceType
		c.want(http.StatusCreated, "PUT "+resourceType+"/kept", nil, c.resource("kept", "kept"))
	}
	for _, list := range []string{"format", "patchFormat"} {
		for one := range statement.Each(list) {
			c.claim(list, one.Text())
		}
	}
	rest := statement.Get("rest").At(0)
	for one := range rest.Each("interaction") {
		c.claim("system."+one.Get("code").Text(), "")
	}
	for one := range rest.Each("searchParam") {
		c.claim("rest.searchParam", one.Get("name").Text())
	}
	c.members(rest, "rest", []string{"mode", "documentation", "resource", "interaction", "searchParam"})
	for resource := range rest.Each("resource") {
		c.of = resource.Get("type").Text()
		c.resourceClaims(resource)
	}
}

// resourceClaims tries what is claimed of one type.
func (c claims) resourceClaims(resource fhir.Element) {
	c.kinds = map[string]string{}
	for parameter := range resource.Each("searchParam") {
		c.kinds[parameter.Get("name").Text()] = parameter.Get("type").Text()
	}
	for one := range resource.Each("interaction") {
		if code := one.Get("code").Text(); c.of == "Consent" || c.of == "Provenance" {
			c.claim(code, "")
		} else {
			c.claim("definition."+code, "")
		}
	}
	for parameter := range resource.Each("searchParam") {
		c.claim("searchParam", parameter.Get("name").Text())
	}
	for _, list := range []string{"searchInclude", "searchRevInclude"} {
		for one := range resource.Each(list) {
			c.claim(list, one.Text())
		}
	}
	for one := range resource.Each("operation") {
		c.claim("$"+one.Get("name").Text(), "")
	}
	c.members(resource, "", []string{"type", "documentation", "interaction", "searchParam", "searchInclude", "searchRevInclude", "operation"})
}

// members tries the other members of an element.
func (c claims) members(of fhir.Element, prefix string, known []string) {
	for name, member := range of.Members() {
		if slices.Contains(known, name) {
			continue
		}
		if prefix != "" {
			name = prefix + "." + name
		}
		c.claim(name, member.Text())
	}
}

// claim calls what is claimed.
func (c claims) claim(name, value string) {
	try, known := proofs[name]
	if !known {
		c.t.Errorf("%s %s=%s is claimed, and no test calls it", c.of, name, value)
		return
	}
	if strings.HasSuffix(name, "ormat") || strings.HasPrefix(name, "system") || strings.HasPrefix(name, "rest") {
		c.of = ""
	}
	c.t.Run(strings.Trim(c.of+" "+name+" "+value, " "), func(t *testing.T) {
		c.t = t
		try(c, value)
	})
}

// value is one to search a parameter for, by its type.
func (c claims) value(parameter string) string {
	given := map[string]string{
		"token": "x", "date": "2024-01-10", "uri": "https://tahto.example/x", "string": "x", "number": "1", "composite": "deny$x",
		"reference": "x",
	}
	if special, found := specialValues[parameter]; found {
		return special
	}
	return given[c.kinds[parameter]]
}

// specialValues are for parameters whose type alone does not say what they take.
var specialValues = map[string]string{"target": "Consent/kept", "entity": "Consent/kept", "data": "Consent/kept", "provision-type-period": "deny$2024"}

// TestWhatTheStatementLeavesOutDoesNotWork: a type that is served takes no
// interaction, operation or parameter that is not claimed.
func TestWhatTheStatementLeavesOutDoesNotWork(t *testing.T) {
	p := start(t, "-intake", "archive")
	c := claims{t: t, base: p.base}
	statement := exchange(t, http.MethodGet, p.base+"/metadata", nil, http.StatusOK).Root()
	for resource := range statement.Get("rest").At(0).Each("resource") {
		c.of = resource.Get("type").Text()
		claimed := map[string]bool{}
		for _, list := range []struct{ name, member, prefix string }{{"interaction", "code", ""}, {"operation", "name", "$"}} {
			for one := range resource.Each(list.name) {
				claimed[list.prefix+one.Get(list.member).Text()] = true
			}
		}
		for _, code := range slices.Sorted(maps.Keys(unclaimed)) {
			if claimed[code] {
				continue
			}
			got := c.asks(strings.ReplaceAll(unclaimed[code], "TYPE", c.of), fhirHeader, "{}")
			if got.status != http.StatusNotFound && got.status != http.StatusMethodNotAllowed {
				t.Errorf("%s of %s is not claimed, but answers %d: %.200s", code, c.of, got.status, got.body)
			}
		}
	}
}

// unclaimed is how each interaction and operation of R4 would be asked for.
var unclaimed = map[string]string{
	"read": "GET TYPE/x", "vread": "GET TYPE/x/_history/1", "update": "PUT TYPE/x", "patch": "PATCH TYPE/x", "delete": "DELETE TYPE/x",
	"history-instance": "GET TYPE/x/_history", "history-type": "GET TYPE/_history", "create": "POST TYPE", "search-type": "GET TYPE",
	"$validate": "POST TYPE/$validate", "$meta": "GET TYPE/x/$meta", "$meta-add": "POST TYPE/x/$meta-add", "$everything": "GET TYPE/x/$everything",
	"$evaluate": "POST TYPE/$evaluate", "$expand": "GET TYPE/$expand", "$lookup": "GET TYPE/$lookup", "$validate-code": "GET TYPE/$validate-code",
	"$snapshot": "POST TYPE/$snapshot", "$document": "GET TYPE/x/$document", "$graphql": "GET TYPE/x/$graphql", "$translate": "GET TYPE/$translate",
	"$subsumes": "GET TYPE/$subsumes", "$closure": "POST $closure", "$convert": "POST $convert", "$versions": "GET $versions",
}
