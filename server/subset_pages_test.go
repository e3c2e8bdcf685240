package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"tahto/fhir"
	"tahto/fhir/subset"
)

// TestPagesKeepTheSubset, whether or not the search may be shown.
func TestPagesKeepTheSubset(t *testing.T) {
	p := withDeclarations(t)
	for i := range 2 {
		id := fmt.Sprintf("d%d", i)
		exchange(t, http.MethodPut, p.base+"/Consent/"+id, readConsent(t, id), http.StatusCreated)
	}
	get := func(address string) *fhir.Resource { return exchange(t, http.MethodGet, address, nil, http.StatusOK) }
	for name, first := range map[string]func() *fhir.Resource{
		"a search":  func() *fhir.Resource { return get(p.base + "/Consent?_count=1&_elements=policy") },
		"a history": func() *fhir.Resource { return get(p.base + "/Consent/_history?_count=1&_elements=policy") },
		"the history of the whole": func() *fhir.Resource {
			return get(p.base + "/_history?_count=1&_elements=Consent.policy,Provenance.target")
		},
		"a search for a person": func() *fhir.Resource {
			return form(t, p.base+"/Consent/_search", "_count=1&_elements=policy&patient:identifier=urn:oid:1.2.246.21|"+identityCode(1), http.StatusOK)
		},
	} {
		t.Run(name, func(t *testing.T) {
			pages := 0
			for page := first(); ; page = get(link(page, "next")) {
				pages++
				for entry := range page.Root().Each("entry") {
					if !subset.Is(entry.Get("resource").Resource()) || entry.Get("resource").Get("provision").Exists() {
						t.Errorf("page %d: %s", pages, entry.Get("resource").JSON())
					}
				}
				if again := get(link(page, "self")); !slices.Equal(entries(again), entries(page)) {
					t.Errorf("page %d: its own link gives %q", pages, entries(again))
				}
				if link(page, "next") == "" {
					break
				}
			}
			if pages < 3 {
				t.Errorf("%d pages", pages)
			}
		})
	}
	next := link(get(p.base+"/Consent?_count=1"), "next")
	exchange(t, http.MethodGet, next+"&_summary=true", nil, http.StatusBadRequest)
}

// TestAnswersToWritesShowTheSubset, and store the whole.
func TestAnswersToWritesShowTheSubset(t *testing.T) {
	p := withDeclarations(t)
	created := exchange(t, http.MethodPost, p.base+"/Consent?_elements=policy", declaration(2, 1), http.StatusCreated)
	if got := names(created.Root()); got != "id meta status scope category policy" {
		t.Errorf("a create answers with %s", got)
	}
	updated := exchange(t, http.MethodPut, p.base+"/Consent/c?_summary=text", readConsent(t, "c"), http.StatusOK)
	if got := names(updated.Root()); got != consentText {
		t.Errorf("an update answers with %s", got)
	}
	like := exchange(t, http.MethodPut, p.base+"/Consent?_id=c&_summary=data", readConsent(t, "c"), http.StatusOK)
	if got := names(like.Root()); got != consentData {
		t.Errorf("a conditional update answers with %s", got)
	}
	for _, id := range []string{"c", created.ID()} {
		if whole := exchange(t, http.MethodGet, p.base+"/Consent/"+id, nil, http.StatusOK); subset.Is(whole) || !whole.Root().Get("provision").Exists() {
			t.Errorf("stored is %s", whole.JSON())
		}
	}
}

func TestEntriesOfBundlesAskForSubsets(t *testing.T) {
	p := withDeclarations(t)
	for _, kind := range []string{"batch", "transaction"} {
		got := post(t, p.base, []byte(`{"resourceType":"Bundle","type":"`+kind+`","entry":[`+
			`{"request":{"method":"GET","url":"Consent/c?_summary=true"}},`+
			`{"request":{"method":"GET","url":"Consent?_elements=policy"}}]}`), http.StatusOK)
		if read := names(got.Root().Get("entry").At(0).Get("resource")); read != consentSummary {
			t.Errorf("%s: a read gives %s", kind, read)
		}
		found := entries(got.Root().Get("entry").At(1).Get("resource").Resource())
		if want := []string{"match id meta status scope category policy"}; !slices.Equal(found, want) {
			t.Errorf("%s: a search gives %q", kind, found)
		}
	}
}

// TestASubsetIsNotStored: by mistake it would take away the rest.
func TestASubsetIsNotStored(t *testing.T) {
	for _, intake := range []string{"archive", "strict"} {
		p := start(t, "-intake", intake)
		summary := strings.Replace(string(declaration(1, 1)), `"status"`,
			`"id":"c","meta":{"tag":[{"system":"`+subset.TagSystem+`","code":"`+subset.Tag+`"}]},"status"`, 1)
		for _, request := range []string{"PUT /Consent/c", "POST /Consent", "PUT /Consent?_id=c"} {
			method, path, _ := strings.Cut(request, " ")
			got := exchange(t, method, p.base+path, []byte(summary), http.StatusUnprocessableEntity)
			if first := got.Root().Get("issue").At(0); first.Get("expression").At(0).Text() != "Consent.meta.tag" || first.Get("code").Text() != "business-rule" {
				t.Errorf("%s %s: %s", intake, request, got.JSON())
			}
		}
		got := post(t, p.base+"/Consent/$validate", []byte(summary), http.StatusOK)
		if !strings.Contains(string(got.JSON()), "SUBSETTED") {
			t.Errorf("%s: $validate says %s", intake, got.JSON())
		}
		bundle := `{"resourceType":"Bundle","type":"transaction","entry":[{"resource":` + summary + `,"request":{"method":"POST","url":"Consent"}}]}`
		exchange(t, http.MethodPost, p.base, []byte(bundle), http.StatusUnprocessableEntity)
	}
}

// TestWhatIsNoSubsetIsRefused, with what may have been meant.
func TestWhatIsNoSubsetIsRefused(t *testing.T) {
	p := withDeclarations(t)
	for request, want := range map[string]string{
		"Consent/c?_summary=count":                                 "http._summary searches and histories",
		"metadata?_summary=count":                                  "http._summary searches and histories",
		"Consent?_summary=some":                                    "http._summary true, text, data, count or false",
		"Consent?_summary=":                                        "http._summary true, text, data, count or false",
		"Consent?_summary=true&_summary=data":                      "http._summary once",
		"Consent?_summary=true&_elements=status":                   "http._elements one of them",
		"Consent?_summary=text&_revinclude=Provenance:target":      "http._summary _revinclude",
		"Consent?_summary=count&_total=none":                       "http._summary _total=none",
		"Consent?_elements=":                                       "http._elements there are id",
		"Consent?_elements=statsu":                                 "http._elements did you mean status?",
		"Consent?_elements=recorded":                               "http._elements no element of Consent",
		"Consent?_elements=Provenance.recordde":                    "http._elements did you mean recorded?",
		"Consent?_elements=Consnet.status":                         "http._elements these are: Consent",
		"Consent?_elements=Patient.name":                           "http._elements Consent, Provenance",
		"Consent?_elements=provision.type":                         "http._elements whole element",
		"Consent?_elements=Consent.provision.type":                 "http._elements whole element",
		"_history?_elements=statsu":                                "http._elements Consent or Provenance",
		"metadata?_elements=restt":                                 "http._elements did you mean rest?",
		"Consent?_summary:x=true":                                  "http._summary modifier",
		"Consent/c?_sumary=true":                                   "http _summary and _elements",
		"Consent/_history?_sumary=true":                            "http _summary and _elements",
		"StructureDefinition/declaration?_elements=differentiall":  "http._elements did you mean differential?",
		"StructureDefinition/declaration?_summary=data&_summary=x": "http._summary once",
	} {
		got := exchange(t, http.MethodGet, p.base+"/"+request, nil, http.StatusBadRequest)
		first := got.Root().Get("issue").At(0)
		expression, text, _ := strings.Cut(want, " ")
		if first.Get("expression").At(0).Text() != expression || !strings.Contains(first.Get("details").Get("text").Text()+first.Get("diagnostics").Text(), text) {
			t.Errorf("%s: %s", request, got.JSON())
		}
	}
	exchange(t, http.MethodDelete, p.base+"/Provenance/p?_summary=true", nil, http.StatusBadRequest)
	exchange(t, http.MethodPost, p.base+"?_summary=true", []byte(`{"resourceType":"Bundle","type":"batch"}`), http.StatusBadRequest)
}

// TestALenientClientIsToldWhatWasLeftOut.
func TestALenientClientIsToldWhatWasLeftOut(t *testing.T) {
	p := withDeclarations(t)
	ask := func(path string) (answer, *fhir.Resource) {
		got, err := send(http.MethodGet, p.base+path, http.Header{"Prefer": {"handling=lenient"}}, nil)
		if err != nil || got.status != http.StatusOK {
			t.Fatalf("%s: %d %v %s", path, got.status, err, got.body)
		}
		r, err := fhir.Parse(got.body)
		if err != nil {
			t.Fatal(err)
		}
		return got, r
	}
	got, read := ask("/Consent/c?_elements=statsu,policy")
	if warning := got.header.Get("Warning"); names(read.Root()) != "id meta status scope category policy" || !strings.Contains(warning, "did you mean status?") {
		t.Errorf("%s, warning %q", read.JSON(), warning)
	}
	if _, all := ask("/Consent/c?_elements=statsu"); names(all.Root()) != strings.Replace(consentWhole, "id", "id meta", 1) {
		t.Errorf("of no element that is known %s", all.JSON())
	}
	_, found := ask("/Consent?_elements=statsu,policy")
	if want := []string{"match id meta status scope category policy", "outcome issue"}; !slices.Equal(entries(found), want) {
		t.Errorf("found %q", entries(found))
	}
}
