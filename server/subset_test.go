package main

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"tahto/fhir"
	"tahto/fhir/subset"
)

// withDeclarations is a server with a Consent and its Provenance, c and p.
func withDeclarations(t *testing.T, args ...string) *instance {
	t.Helper()
	p := start(t, append(args, "-intake", "archive")...)
	exchange(t, http.MethodPut, p.base+"/Consent/c", readConsent(t, "c"), http.StatusCreated)
	exchange(t, http.MethodPut, p.base+"/Provenance/p", []byte(`{"resourceType":"Provenance","id":"p","contained":[{"resourceType":"Patient","id":"client","identifier":[{"system":"urn:oid:1.2.246.21","value":"160350-900N"}]}],`+
		`"target":[{"reference":"Consent/c"}],"recorded":"2024-01-10T09:00:00+02:00","activity":{"text":"a"},"agent":[{"role":[{"coding":[{"system":"http://gen.kanta.fi/figen-cs-provenancerolecategory","code":"12"}]}],"who":{"reference":"#client"}}]}`), http.StatusCreated)
	return p
}

// readConsent is a declaration with a narrative and nothing unusual.
func readConsent(t *testing.T, id string) []byte {
	t.Helper()
	return []byte(`{"resourceType":"Consent","id":"` + id + `","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"},` +
		strings.TrimPrefix(string(declaration(1, 3)), `{"resourceType":"Consent",`))
}

// names are the members of a resource in their order, without resourceType.
func names(e fhir.Element) string {
	var all []string
	for name := range e.Members() {
		if name != "resourceType" {
			all = append(all, name)
		}
	}
	return strings.Join(all, " ")
}

const (
	consentSummary = "id meta status scope category patient dateTime provision"
	consentText    = "id meta text status scope category"
	consentData    = "id meta status scope category patient dateTime policy provision"
	consentWhole   = "id text status scope category patient dateTime policy provision"
	provenanceText = "id meta contained target recorded agent"
)

func onEveryEngine(t *testing.T, test func(t *testing.T, p *instance)) {
	for name, engine := range testEngines(t) {
		t.Run(name, func(t *testing.T) { test(t, withDeclarations(t, engine.args(t)...)) })
	}
}

// TestReadsOfASubset: https://hl7.org/fhir/R4/search.html#summary and #elements,
// which http.html#parameters has for all interactions.
func TestReadsOfASubset(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, p *instance) {
		for request, want := range map[string]string{
			"Consent/c?_summary=true":                         consentSummary,
			"Consent/c?_summary=text":                         consentText,
			"Consent/c?_summary=data":                         consentData,
			"Consent/c?_elements=policy":                      "id meta status scope category policy",
			"Consent/c?_elements=Consent.policy,id":           "id meta status scope category policy",
			"Consent/c?_elements=patient&_elements=dateTime":  "id meta status scope category patient dateTime",
			"Consent/c/_history/1?_summary=true":              consentSummary,
			"Provenance/p?_summary=text":                      provenanceText,
			"Provenance/p?_elements=activity":                 "id meta contained target recorded activity agent",
			"metadata?_elements=url":                          "meta url status date kind fhirVersion format",
			"metadata?_summary=text":                          "meta status date kind fhirVersion format",
			"StructureDefinition/declaration?_elements=title": "id meta url name title _title status kind abstract type",
			"CodeSystem/declaration?_summary=text":            "id meta status content",
		} {
			got := exchange(t, http.MethodGet, p.base+"/"+request, nil, http.StatusOK)
			if names(got.Root()) != want || !subset.Is(got) {
				t.Errorf("%s: %s, want %s\n%s", request, names(got.Root()), want, got.JSON())
			}
		}
		whole := exchange(t, http.MethodGet, p.base+"/Consent/c", nil, http.StatusOK)
		if again := exchange(t, http.MethodGet, p.base+"/Consent/c?_summary=false", nil, http.StatusOK); string(again.JSON()) != string(whole.JSON()) || subset.Is(again) {
			t.Errorf("_summary=false gives %s", again.JSON())
		}
	})
}

// entries are the modes and members of what a Bundle holds.
func entries(r *fhir.Resource) []string {
	var all []string
	for entry := range r.Root().Each("entry") {
		all = append(all, strings.TrimSpace(entry.Get("search").Get("mode").Text()+" "+names(entry.Get("resource"))))
	}
	return all
}

func link(r *fhir.Resource, relation string) string {
	for one := range r.Root().Each("link") {
		if one.Get("relation").Text() == relation {
			return one.Get("url").Text()
		}
	}
	return ""
}

func TestSearchesAndHistoriesOfSubsets(t *testing.T) {
	whole := "id meta text status scope category patient dateTime policy provision"
	provenance := "id meta contained target recorded activity agent"
	onEveryEngine(t, func(t *testing.T, p *instance) {
		for request, want := range map[string][]string{
			"Consent?_summary=true":                                                      {"match " + consentSummary},
			"Consent?_summary=text":                                                      {"match " + consentText},
			"Provenance?_summary=data&_include=Provenance:target":                        {"match " + provenance, "include " + consentData},
			"Consent?_elements=policy&_revinclude=Provenance:target":                     {"match id meta status scope category policy", "include " + provenance},
			"Consent?_elements=policy,Provenance.recorded&_revinclude=Provenance:target": {"match id meta status scope category policy", "include " + provenanceText},
			"Consent?_elements=Provenance.recorded&_revinclude=Provenance:target":        {"match " + whole, "include " + provenanceText},
			"Consent?_summary=count&_revinclude=Provenance:target":                       nil,
			"NamingSystem?_elements=name&_id=uri":                                        {"match id meta name status kind date uniqueId"},
			"Consent/c/_history?_summary=true":                                           {consentSummary},
			"Consent/_history?_elements=policy":                                          {"id meta status scope category policy"},
			"_history?_summary=text":                                                     {provenanceText, consentText},
			"_history?_elements=policy,Consent.dateTime":                                 {provenanceText, "id meta status scope category dateTime policy"},
			"_history?_summary=count":                                                    nil,
			"Consent/c/_history?_summary=count&_count=1":                                 nil,
		} {
			got := exchange(t, http.MethodGet, p.base+"/"+request, nil, http.StatusOK)
			if !slices.Equal(entries(got), want) {
				t.Errorf("%s: %q, want %q", request, entries(got), want)
			}
			if shown, _ := url.Parse(link(got, "self")); !strings.Contains(request, shown.Query().Get("_summary")+shown.Query().Get("_elements")) || shown.RawQuery == "" {
				t.Errorf("%s: the link to itself is %s", request, shown)
			}
			if total := got.Root().Get("total").Text(); strings.Contains(request, "=count") && total == "" {
				t.Errorf("%s: there is no total", request)
			}
		}
	})
}

// form sends parameters by POST.
func form(t *testing.T, address, body string, want int) *fhir.Resource {
	t.Helper()
	got, err := send(http.MethodPost, address, http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, []byte(body))
	if err != nil || got.status != want {
		t.Fatalf("%s %s: %d %v\n%s", address, body, got.status, err, got.body)
	}
	r, err := fhir.Parse(got.body)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestFormsAskForSubsets(t *testing.T) {
	person := "patient:identifier=urn:oid:1.2.246.21|" + identityCode(1)
	p := withDeclarations(t)
	for request, want := range map[string][]string{
		"/Consent/_search " + person + "&_summary=true":        {"match " + consentSummary},
		"/Consent/_search?_summary=true " + person:             {"match " + consentSummary},
		"/Consent/_history " + person + "&_elements=policy":    {"id meta status scope category policy"},
		"/Consent/_history " + person + "&_summary=count":      nil,
		"/StructureDefinition/_search _id=x&_summary=true":     nil,
		"/Consent/_search " + person + "&_summary=count":       nil,
		"/Consent/_search " + person + "&_elements=policy,id":  {"match id meta status scope category policy"},
		"/Consent/_search " + person + "&_elements=source[x]":  {"match id meta status scope category"},
		"/Consent/_search " + person + "&_elements=identifier": {"match id meta status scope category"},
	} {
		address, body, _ := strings.Cut(request, " ")
		got := form(t, p.base+address, body, http.StatusOK)
		if !slices.Equal(entries(got), want) {
			t.Errorf("%s: %q, want %q", request, entries(got), want)
		}
		if total := got.Root().Get("total").Text(); strings.Contains(request, "=count") && total != "1" {
			t.Errorf("%s: total %s", request, total)
		}
	}
}
