package interaction_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"tahto/server/interaction"
)

func jsonPatch(document string) func(*interaction.Request) {
	return func(r *interaction.Request) {
		r.Patch = interaction.Patch{Media: interaction.MediaJSONPatch, Document: []byte(document)}
	}
}

func ifMatch(tag string) func(*interaction.Request) {
	return func(r *interaction.Request) { r.IfMatch = tag }
}

const (
	// withdrawn is a patch that withdraws a declaration.
	withdrawn = `[{"op":"test","path":"/status","value":"active"},{"op":"replace","path":"/status","value":"inactive"},{"op":"add","path":"/provision/period/end","value":"2025-02-01"}]`
	// renamed is a FHIRPath Patch that replaces the date.
	renamed = `{"resourceType":"Parameters","parameter":[{"name":"operation","part":[
		{"name":"type","valueCode":"replace"},{"name":"path","valueString":"Consent.dateTime"},{"name":"value","valueDateTime":"2024-01-09"}]}]}`
)

func binary(document string) string { return inBinary(interaction.MediaJSONPatch, document) }

func inBinary(media, document string) string {
	return `{"resourceType":"Binary","contentType":"` + media + `","data":"` + base64.StdEncoding.EncodeToString([]byte(document)) + `"}`
}

func TestPatchMakesTheNextVersion(t *testing.T) {
	s := open(t)
	s.want(201, s.ask("PUT Consent/a", body(t, health("a"))))
	got := s.want(200, s.ask("PATCH Consent/a", jsonPatch(withdrawn)))
	if got.ETag != `W/"2"` || got.Location != base+"/Consent/a/_history/2" || at(got.Resource, "status") != "inactive" || at(got.Resource, "meta.versionId") != "2" {
		t.Errorf("etag %s, location %s: %s", got.ETag, got.Location, text(got.Resource))
	}
	got = s.want(200, s.ask("PATCH Consent/a", body(t, renamed), ifMatch(`W/"2"`)))
	if got.ETag != `W/"3"` || at(got.Resource, "dateTime") != "2024-01-09" || at(got.Resource, "status") != "inactive" {
		t.Errorf("etag %s: %s", got.ETag, text(got.Resource))
	}
	history := s.want(200, s.ask("GET Consent/a/_history")).Resource
	for i, want := range []string{"PATCH", "PATCH", "PUT"} {
		if got := at(history, "entry."+string(rune('0'+i))+".request.method"); got != want {
			t.Errorf("version %d was made by %s, want %s", 3-i, got, want)
		}
	}
	if changes := s.records.entries[1].Changes; len(changes) != 1 || changes[0].Method != "PATCH" {
		t.Errorf("recorded %+v", changes)
	}
}

func TestPatchRefuses(t *testing.T) {
	s := open(t)
	s.want(201, s.ask("PUT Consent/a", body(t, health("a"))))
	s.want(201, s.ask("PUT Consent/gone", body(t, health("gone"))))
	s.want(204, s.ask("DELETE Consent/gone"))
	tests := map[string]struct {
		request string
		change  []func(*interaction.Request)
		want    string
	}{
		"nothing sent":                      {"PATCH Consent/a", nil, "400 required "},
		"a whole resource":                  {"PATCH Consent/a", []func(*interaction.Request){body(t, health("a"))}, "400 structure resourceType"},
		"a Binary outside a Bundle":         {"PATCH Consent/a", []func(*interaction.Request){body(t, binary(withdrawn))}, "400 structure resourceType"},
		"no JSON":                           {"PATCH Consent/a", []func(*interaction.Request){jsonPatch(`[`)}, "400 structure [0]"},
		"what is not there":                 {"PATCH Consent/none", []func(*interaction.Request){jsonPatch(withdrawn)}, "404 not-found "},
		"what was deleted":                  {"PATCH Consent/gone", []func(*interaction.Request){jsonPatch(withdrawn)}, "410 deleted "},
		"a test that fails":                 {"PATCH Consent/a", []func(*interaction.Request){jsonPatch(`[{"op":"test","path":"/status","value":"draft"}]`)}, "422 processing [0].value"},
		"an old version":                    {"PATCH Consent/a", []func(*interaction.Request){jsonPatch(withdrawn), ifMatch(`W/"7"`)}, "412 conflict "},
		"an old version, and a faulty one":  {"PATCH Consent/a", []func(*interaction.Request){jsonPatch(`[{"op":"remove","path":"/none"}]`), ifMatch(`W/"7"`)}, "412 conflict "},
		"If-Match of what is not there":     {"PATCH Consent/none", []func(*interaction.Request){jsonPatch(withdrawn), ifMatch(`W/"1"`)}, "412 conflict "},
		"a result that can't be read":       {"PATCH Consent/a", []func(*interaction.Request){jsonPatch(`[{"op":"remove","path":"/patient"}]`)}, "422 required Consent.patient"},
		"a result that is no FHIR":          {"PATCH Consent/a", []func(*interaction.Request){jsonPatch(`[{"op":"add","path":"/text","value":{}}]`)}, "422 structure Consent.text"},
		"another id":                        {"PATCH Consent/a", []func(*interaction.Request){jsonPatch(`[{"op":"replace","path":"/id","value":"b"}]`)}, "422 business-rule [0]"},
		"somebody else's":                   {"PATCH Consent/a", []func(*interaction.Request){jsonPatch(`[{"op":"replace","path":"/patient/identifier/value","value":"290550-900N"}]`)}, "422 business-rule Consent.patient"},
		"If-None-Exist":                     {"PATCH Consent/a", []func(*interaction.Request){jsonPatch(withdrawn), func(r *interaction.Request) { r.IfNoneExist = "status=active" }}, "400 invalid http.If-None-Exist"},
		"a parameter that has no meaning":   {"PATCH Consent/a?x=y", []func(*interaction.Request){jsonPatch(withdrawn)}, "400 not-supported http"},
		"a search that finds nothing":       {"PATCH Consent?identifier=urn:x|none", []func(*interaction.Request){jsonPatch(withdrawn)}, "404 not-found "},
		"a search that says nothing":        {"PATCH Consent", []func(*interaction.Request){jsonPatch(withdrawn)}, "400 invalid http"},
		"an identity code in the URL":       {"PATCH Consent?patient:identifier=urn:oid:1.2.246.21|" + person, []func(*interaction.Request){jsonPatch(withdrawn)}, "400 security http"},
		"a definition, which nobody writes": {"PATCH CodeSystem/reason", []func(*interaction.Request){jsonPatch(withdrawn)}, "405 not-supported "},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := fault(s.ask(test.request, test.change...)); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
	if now := s.want(200, s.ask("GET Consent/a")); now.ETag != `W/"1"` {
		t.Errorf("a refused patch made %s", now.ETag)
	}
}

func TestXMLPatch(t *testing.T) {
	s := open(t)
	s.want(201, s.ask("PUT Consent/a", body(t, health("a"))))
	const change = `<diff><replace sel="Consent/status/@value">inactive</replace></diff>`
	send := func(document string) func(*interaction.Request) {
		return func(r *interaction.Request) {
			r.Patch = interaction.Patch{Media: interaction.MediaXMLPatch, Document: []byte(document)}
		}
	}
	if got := s.want(200, s.ask("PATCH Consent/a", send(change))); at(got.Resource, "status") != "inactive" || got.ETag != `W/"2"` {
		t.Errorf("etag %s: %s", got.ETag, text(got.Resource))
	}
	if got := fault(s.ask("PATCH Consent/a", send(`<diff><remove sel="Consent/nothing"/></diff>`))); !strings.HasPrefix(got, "422 ") {
		t.Errorf("what is not there: %s", got)
	}
	if got := fault(s.ask("PATCH Consent/a", send(`<diff>`))); !strings.HasPrefix(got, "400 ") {
		t.Errorf("no XML: %s", got)
	}
	inBundle := inBinary(interaction.MediaXMLPatch, strings.Replace(change, "inactive", "active", 1))
	s.want(200, s.post(transaction(entry("", inBundle, "PATCH Consent/a"))))
	if got := s.want(200, s.ask("GET Consent/a")); at(got.Resource, "status") != "active" {
		t.Errorf("after the Bundle: %s", text(got.Resource))
	}
}

func TestConditionalPatch(t *testing.T) {
	s := open(t)
	s.want(201, s.ask("PUT Consent/a", body(t, identified("a", "1"))))
	got := s.want(200, s.ask("PATCH Consent?identifier=urn:x|1", jsonPatch(withdrawn)))
	if got.Location != base+"/Consent/a/_history/2" {
		t.Errorf("patched %s", got.Location)
	}
	s.want(201, s.ask("PUT Consent/b", body(t, identified("b", "1"))))
	if got := fault(s.ask("PATCH Consent?identifier=urn:x|1", jsonPatch(withdrawn))); got != "412 multiple-matches " {
		t.Errorf("two match: %s", got)
	}
	for name, got := range map[string]interaction.Response{
		"alone":       s.ask("PATCH Consent?identifier=urn:x|none", jsonPatch(withdrawn)),
		"in a Bundle": s.post(transaction(entry("", binary(withdrawn), "PATCH Consent?identifier=urn:x|none"))),
	} {
		if said := at(got.Resource, "issue.0.diagnostics"); said != "The search finds no Consent, so there is nothing to patch." {
			t.Errorf("none matches, %s: %s", name, said)
		}
	}
}

func TestPatchesInABundle(t *testing.T) {
	s := open(t)
	for _, id := range []string{"a", "b", "c"} {
		s.want(201, s.ask("PUT Consent/"+id, body(t, identified(id, id))))
	}
	entries := []string{
		entry("", binary(withdrawn), "PATCH Consent/a"), entry("", renamed, "PATCH Consent/b"),
		entry("", binary(withdrawn), "PATCH Consent?identifier=urn:x|c"), entry("", provenance("Consent/a"), "POST Provenance"),
	}
	got := s.want(200, s.post(transaction(entries...))).Resource
	for i, want := range []string{"Consent/a/_history/2", "Consent/b/_history/2", "Consent/c/_history/2"} {
		response := "entry." + string(rune('0'+i)) + ".response."
		if location := strings.TrimPrefix(at(got, response+"location"), base+"/"); location != want || at(got, response+"status") != "200 OK" {
			t.Errorf("entry %d: %s %s", i, at(got, response+"status"), location)
		}
	}
	made := s.want(200, s.ask("GET Provenance")).Resource
	if target := at(made, "entry.0.resource.target.0.reference"); target != "Consent/a/_history/2" {
		t.Errorf("the Provenance is about %s, want what the patch made", target)
	}
	for name, test := range map[string]struct{ entry, want string }{
		"no patch":               {entry("", health("a"), "PATCH Consent/a"), "Bundle.entry[0].resource.resourceType structure"},
		"a Binary of PDF":        {entry("", `{"resourceType":"Binary","contentType":"application/pdf","data":"AAAA"}`, "PATCH Consent/a"), "Bundle.entry[0].resource.contentType not-supported"},
		"a Binary without data":  {entry("", `{"resourceType":"Binary","contentType":"application/json-patch+json"}`, "PATCH Consent/a"), "Bundle.entry[0].resource.data value"},
		"a test that fails":      {entry("", binary(withdrawn), "PATCH Consent/a"), "Bundle.entry[0].resource.data processing"},
		"an unreadable result":   {entry("", binary(`[{"op":"remove","path":"/patient"}]`), "PATCH Consent/a"), "Bundle.entry[0] required"},
		"nothing that is found":  {entry("", binary(withdrawn), "PATCH Consent?identifier=urn:x|none"), "Bundle.entry[0] not-found"},
		"an identical condition": {entry("", binary(withdrawn), "PATCH Consent?identifier=urn:x|b") + "," + entry("", health("b"), "PUT Consent/b"), "Bundle.entry[1].request.url duplicate"},
	} {
		got := s.post(transaction(test.entry))
		if said := at(got.Resource, "issue.0.expression.0") + " " + at(got.Resource, "issue.0.code"); got.Status < 400 || got.Status > 499 || said != test.want {
			t.Errorf("%s: got %d %s, want %s", name, got.Status, said, test.want)
		}
	}
}

func TestPatchOfADeclarationIsHeldToTheLaw(t *testing.T) {
	s := strict(t)
	patch := func(more string) string {
		return `{"resource":` + binary(withdrawn) + `,"request":{"method":"PATCH","url":"Consent/given"` + more + `}}`
	}
	told := entry("", provenance("Consent/given"), "POST Provenance")
	for name, test := range map[string]struct{ bundle, want string }{
		"without its version":    {transaction(patch(""), told), "version-required"},
		"whatever its version":   {transaction(patch(`,"ifMatch":"W/\"1\", W/\"2\", W/\"3\""`), told), "version-required"},
		"without its Provenance": {transaction(patch(`,"ifMatch":"W/\"1\""`)), "provenance-required"},
	} {
		got := s.post(test.bundle)
		if reason := at(got.Resource, "issue.0.details.coding.0.code"); got.Status < 400 || reason != test.want {
			t.Errorf("%s: got %d %s, want %s", name, got.Status, reason, test.want)
		}
	}
	s.want(200, s.post(transaction(patch(`,"ifMatch":"W/\"1\""`), told)))
	if now := s.want(200, s.ask("GET Consent/given")); at(now.Resource, "status") != "inactive" {
		t.Errorf("it is %s", at(now.Resource, "status"))
	}
}
