package conformance_test

import (
	"strings"
	"testing"

	"tahto/conformance"
	"tahto/fhir"
	"tahto/fhir/fhirpath"
	"tahto/fhir/search"
)

func parametersByID(t *testing.T) map[string]*fhir.Resource {
	t.Helper()
	registry, err := search.NewRegistry()
	if err != nil {
		t.Fatal(err)
	}
	byID := map[string]*fhir.Resource{}
	for _, r := range conformance.SearchParameters(registry, conformance.Build{Version: "1"}) {
		byID[r.ID()] = r
	}
	return byID
}

func TestSearchParametersSayWhatTheyTake(t *testing.T) {
	byID := parametersByID(t)
	for id, want := range map[string]string{
		"Consent-status":               `"modifier":["missing","not"]`,
		"Consent-lastUpdated":          `"code":"_lastUpdated"`,
		"Consent-tag":                  `"derivedFrom":"http://hl7.org/fhir/SearchParameter/Resource-tag"`,
		"Consent-patient":              `"target":["Patient"],"multipleOr":true,"multipleAnd":true,"modifier":["identifier","missing","type"],"chain":["identifier"]`,
		"Provenance-recorded":          `"comparator":["eq",`,
		"Provenance-target":            `"provision-type-class"`,
		"Consent-provision-type-actor": `"component":[{"definition":"https://tahto.example/fhir/SearchParameter/Consent-provision-type","expression":"type"},{"definition":"http://hl7.org/fhir/SearchParameter/Consent-actor","expression":"actor.reference"}]`,
	} {
		r := byID[id]
		if r == nil || !strings.Contains(string(r.JSON()), want) {
			t.Errorf("%s: want %s in %v", id, want, r)
		}
	}
	if strings.Contains(string(byID["Consent-provision-type-class"].JSON()), `"modifier"`) || strings.Contains(string(byID["Consent-provision-type"].JSON()), `"derivedFrom"`) {
		t.Error("a composite takes no modifier, and what HL7 has not is derived from nothing")
	}
}

// The parts of a composite lead to another definition that is there, and every
// expression is one.
func TestSearchParametersHaveExpressions(t *testing.T) {
	for id, r := range parametersByID(t) {
		expressions := []string{r.Root().Get("expression").Text()}
		for part := range r.Root().Each("component") {
			expressions = append(expressions, part.Get("expression").Text())
			if part.Get("definition").Text() == "" {
				t.Errorf("%s: a part that is not defined", id)
			}
		}
		for _, e := range expressions {
			if _, err := fhirpath.Compile(e, nil); err != nil {
				t.Errorf("%s: %s: %v", id, e, err)
			}
		}
	}
}
