package interaction_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"tahto/fhir/subset"
	"tahto/server/interaction"
)

func TestAPatchAnswersWithASubset(t *testing.T) {
	s := open(t)
	s.want(201, s.ask("PUT Consent/x", body(t, health("x"))))
	patch := func(text string) func(*interaction.Request) {
		return func(r *interaction.Request) {
			r.Patch = interaction.Patch{Media: interaction.MediaJSONPatch, Document: []byte(text)}
		}
	}
	got := s.want(200, s.ask("PATCH Consent/x?_elements=dateTime", patch(`[{"op":"add","path":"/language","value":"fi"}]`)))
	if root := got.Resource.Root(); !subset.Is(got.Resource) || root.Get("language").Exists() || !root.Get("dateTime").Exists() {
		t.Errorf("answer %s", text(got.Resource))
	}
	tagging := `[{"op":"add","path":"/meta/tag","value":[{"system":"` + subset.TagSystem + `","code":"` + subset.Tag + `"}]}]`
	s.want(422, s.ask("PATCH Consent/x", patch(tagging)))
	s.want(400, s.ask("PATCH Consent/x?_summary=count", patch(`[]`)))
}

// TestASubsetHasTheETagOfItsVersion: If-Match names versions, and a subset is
// at an address of its own, so that nothing that keeps it takes it for the whole.
func TestASubsetHasTheETagOfItsVersion(t *testing.T) {
	s := open(t)
	s.want(201, s.ask("PUT Consent/x", body(t, health("x"))))
	got := s.want(200, s.ask("GET Consent/x?_summary=true"))
	if got.ETag != `W/"1"` || got.LastModified.IsZero() {
		t.Errorf("ETag %s, %v", got.ETag, got.LastModified)
	}
	s.want(304, s.ask("GET Consent/x?_summary=true", func(r *interaction.Request) { r.IfNoneMatch = got.ETag }))
}

// TestAPartOfTheStatementHasAnETagOfItsOwn: metadata may be kept by anybody.
func TestAPartOfTheStatementHasAnETagOfItsOwn(t *testing.T) {
	s := open(t)
	tags := map[string]string{}
	for _, request := range []string{"GET metadata", "GET metadata?_summary=true", "GET metadata?_elements=rest"} {
		got := s.want(200, s.ask(request))
		if other, taken := tags[got.ETag]; taken {
			t.Errorf("%s has the ETag of %s", request, other)
		}
		tags[got.ETag] = request
		s.want(304, s.ask(request, func(r *interaction.Request) { r.IfNoneMatch = got.ETag }))
	}
}

// TestHistoriesAreCounted, also those of which storage does not know the length.
func TestHistoriesAreCounted(t *testing.T) {
	s := open(t)
	for range 3 {
		s.want(201, s.ask("POST Consent", body(t, health(""))))
	}
	s.want(201, s.ask("PUT Consent/x", body(t, health("x"))))
	s.want(204, s.ask("DELETE Consent/x"))
	for request, want := range map[string]string{
		"GET _history?_summary=count":                                       "5",
		"GET _history?_summary=count&_count=1":                              "5",
		"GET Consent/_history?_summary=count":                               "5",
		"GET Provenance/_history?_summary=count":                            "0",
		"GET Consent/x/_history?_summary=count":                             "2",
		"GET Consent/x/_history?_summary=count&_since=2100-01-01T00:00:00Z": "0",
	} {
		got := s.want(200, s.ask(request)).Resource
		if at(got, "total") != want || at(got, "type") != "history" || got.Root().Get("entry").Exists() {
			t.Errorf("%s: %s", request, text(got))
		}
	}
}

// TestAHistoryOfSeveralPagesIsCounted, and one that is too large to is not.
func TestAHistoryOfSeveralPagesIsCounted(t *testing.T) {
	s := open(t)
	large := strings.Replace(health(""), `"status"`, `"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">`+strings.Repeat("x", 3<<20)+`</div>"},"status"`, 1)
	for n := 1; n <= 8; n++ {
		s.want(201, s.ask("POST Consent", body(t, large)))
		got := s.ask("GET Consent/_history?_summary=count")
		if got.Status == http.StatusUnprocessableEntity && n > 5 {
			return
		}
		if at(s.want(200, got).Resource, "total") != fmt.Sprint(n) {
			t.Fatalf("of %d: %s", n, text(got.Resource))
		}
	}
	t.Error("24 MiB were read to count 8 versions")
}

// TestParametersOfEverythingAreClaimed: what R4 has for all interactions and is
// served, and nothing else.
func TestParametersOfEverythingAreClaimed(t *testing.T) {
	s := open(t)
	s.want(201, s.ask("PUT Consent/x", body(t, health("x"))))
	rest := s.want(200, s.ask("GET metadata")).Resource.Root().Get("rest").At(0)
	for name, value := range map[string]string{"_summary": "text", "_elements": "status", "_contained": "true", "_maxresults": "1"} {
		claimed := strings.Contains(strings.Join(claims(rest, "searchParam", "name"), " ")+" ", name+" ")
		for _, address := range []string{"Consent/x", "Consent", "Consent/_history", "_history", "Consent/x/_history/1", "StructureDefinition", "StructureDefinition/declaration"} {
			got := s.ask("GET " + address + "?" + name + "=" + value)
			if works := got.Status == http.StatusOK; works != claimed {
				t.Errorf("%s on %s is claimed: %v, but answers %d", name, address, claimed, got.Status)
			}
		}
	}
}
