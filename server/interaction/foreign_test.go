package interaction_test

import (
	"strings"
	"testing"

	"tahto/server/interaction"
)

func TestForeignConsentsAreKeptWithoutEffectIfAskedFor(t *testing.T) {
	s := open(t, keepForeign)
	foreign := `{"resourceType":"Consent","status":"active","scope":{"text":"x"},"category":[{"text":"y"}],"policyRule":{"text":"z"},
		"patient":{"identifier":{"system":"urn:oid:1.2.246.21","value":"` + person + `"}}}`
	got := s.want(201, s.ask("POST Consent", body(t, foreign)))
	if at(got.Resource, "meta.tag.0.code") != "not-a-declaration" {
		t.Errorf("no tag: %s", text(got.Resource))
	}
	got = s.want(201, s.ask("POST Consent", body(t, foreign), func(r *interaction.Request) { r.Prefer = "return=OperationOutcome" }))
	if at(got.Resource, "issue.0.severity") != "warning" {
		t.Errorf("no warning: %s", text(got.Resource))
	}
	got = s.want(200, s.ask("POST ", body(t, transaction(entry("", foreign, "POST Consent")))))
	if at(got.Resource, "entry.0.response.outcome.issue.0.severity") != "warning" {
		t.Errorf("no warning in the entry: %s", text(got.Resource))
	}
	for element, want := range map[string]string{
		`"status":"active",`:         "422 required Consent.status",
		`"scope":{"text":"x"},`:      "422 required Consent.scope",
		`"category":[{"text":"y"}],`: "422 required Consent.category",
		`"policyRule":{"text":"z"},`: "422 invariant Consent",
	} {
		if got := fault(s.ask("POST Consent", body(t, strings.Replace(foreign, element, "", 1)))); got != want {
			t.Errorf("without %s: got %s, want %s", element, got, want)
		}
	}
	s.want(422, s.ask("POST Consent", body(t, declaration("", "denial-nothing", deny))))
	s.want(201, s.ask("POST Provenance", body(t, provenance("Consent/elsewhere"))))
	plain := `{"resourceType":"Provenance","target":[{"reference":"Consent/elsewhere"}],"recorded":"2024-01-10T12:00:00Z","agent":[{"who":{"reference":"Practitioner/x"}}]}`
	s.want(201, s.ask("POST Provenance", body(t, plain)))
	strict := open(t)
	strict.want(422, strict.ask("POST Provenance", body(t, plain)))
}
