package interaction_test

import (
	"slices"
	"strings"
	"testing"

	"tahto/server/interaction"
)

// strict is a server with the law on, where the person of the tests was
// informed and has consented (Consent/given, told by Provenance/told).
func strict(t *testing.T) *server {
	t.Helper()
	s := open(t, strictly)
	information := declaration("informed", "information", permit,
		`,"policyRule":{"coding":[{"system":"https://tahto.example/fhir/CodeSystem/information-version","code":"2.0"}]}`)
	told := strings.Replace(provenance("Consent/given"), `"contained"`, `"id":"told","contained"`, 1)
	s.want(200, s.ask("POST ", body(t, transaction(
		entry("", information, "PUT Consent/informed"), entry("urn:uuid:"+uuid(1), provenance("Consent/informed"), "POST Provenance"),
		entry("", health("given"), "PUT Consent/given"), entry("", told, "PUT Provenance/told")))))
	return s
}

// TestWhoRecordedADeclarationIsToldOnce: what says who recorded it can't be
// changed, taken away or added to when the law is no longer asked.
func TestWhoRecordedADeclarationIsToldOnce(t *testing.T) {
	told := strings.Replace(provenance("Consent/given"), `"contained"`, `"id":"told","contained"`, 1)
	withdrawn := strings.NewReplacer(`"status":"active"`, `"status":"inactive"`).Replace(health("given"))
	for name, test := range map[string]struct{ request, body, want string }{
		"changed":        {"PUT Provenance/told", strings.Replace(told, "09:00:00", "09:00:01", 1), "error provenance-misplaced Provenance"},
		"made another's": {"PUT Provenance/told", `{"resourceType":"Provenance","id":"told","target":[{"reference":"http://elsewhere.example/Patient/1"}],"recorded":"2024-01-10T09:00:00+02:00","agent":[{"who":{"display":"nobody"}}]}`, "error provenance-misplaced Provenance"},
		"a draft that no decision could read": {"PUT Consent/d", strings.Replace(declaration("d", "denial-health", `{"type":"deny","actor":[{"role":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ParticipationType","code":"PRCP"}]},"reference":{"identifier":{"system":"urn:ietf:rfc:3986","value":"urn:oid:1.2.246.10.99000022.19.1"}}}]}`), `"active"`, `"draft"`, 1),
			"error recipient-target-not-supported"},
		"a reference that makes it unreadable": {"POST ", transaction(entry("urn:uuid:"+uuid(7), strings.Replace(health(""), "http://data.finlex.fi/eli/sd/2023/703", "urn:uuid:"+uuid(7), 1), "POST Consent")), "error"},
		"deleted":                              {"DELETE Provenance/told", "", "error provenance-misplaced"},
		"deleted in a transaction":             {"POST ", transaction(entry("", "", "DELETE Provenance/told")), "error provenance-misplaced Bundle.entry[0]"},
		"added":                                {"POST Provenance", provenance("Consent/given"), "error provenance-misplaced Provenance.target"},
		"added to an old version":              {"POST Provenance", provenance("Consent/given/_history/1"), "error provenance-misplaced Provenance.target"},
		"added beside another": {"POST ", transaction(entry("", withdrawn, "PUT Consent/given", `,"ifMatch":"W/\"1\""`),
			entry("", strings.Replace(provenance("Consent/given"), `"target":[`, `"target":[{"reference":"Consent/informed"},`, 1), "POST Provenance")),
			"error provenance-misplaced Bundle.entry[1].resource.target"},
		"recorded for two units": {"POST ", transaction(entry("", withdrawn, "PUT Consent/given", `,"ifMatch":"W/\"1\""`),
			entry("", forTwoUnits("Consent/given"), "POST Provenance")), "error provenance-ambiguous Bundle.entry[1].resource.agent"},
		"any version replaced": {"POST ", transaction(entry("", withdrawn, "PUT Consent/given", `,"ifMatch":"*"`),
			entry("", provenance("Consent/given"), "POST Provenance")), "error version-required Bundle.entry[0].request.ifMatch"},
	} {
		t.Run(name, func(t *testing.T) {
			s := strict(t)
			before := text(s.ask("GET _history").Resource)
			var change []func(*interaction.Request)
			if test.body != "" {
				change = append(change, body(t, test.body))
			}
			got := s.ask(test.request, change...)
			if got.Status != 422 && got.Status != 412 {
				t.Fatalf("status %d: %s", got.Status, text(got.Resource))
			}
			if all := findings(got.Resource); !slices.ContainsFunc(all, func(one string) bool { return strings.HasPrefix(one, test.want) }) {
				t.Errorf("got %q, want %q among them", all, test.want)
			}
			if all := findings(got.Resource); len(slices.Compact(slices.Sorted(slices.Values(all)))) != len(all) {
				t.Errorf("told twice: %q", all)
			}
			if after := text(s.ask("GET _history").Resource); after != before {
				t.Error("something was stored")
			}
		})
	}
}

func forTwoUnits(target string) string {
	agent := func(role, who string) string {
		return `{"role":[{"coding":[{"system":"http://gen.kanta.fi/figen-cs-provenancerolecategory","code":"` + role + `"}]}],"who":` + who + `}`
	}
	unit := `{"identifier":{"system":"urn:ietf:rfc:3986","value":"urn:oid:1.2.246.10.99000011.19.1"},"display":"Alfa"}`
	return `{"resourceType":"Provenance","contained":[{"resourceType":"Practitioner","id":"p"}],"target":[{"reference":"` + target + `"}],
		"recorded":"2024-01-10T09:00:00+02:00","agent":[` + agent("2", `{"reference":"#p"}`) + "," + agent("7", unit) + "," + agent("7", unit) + `]}`
}

// TestAProvenanceOfSomethingElseIsNotHeldToTheLaw: of what is no declaration.
func TestAProvenanceOfSomethingElseIsNotHeldToTheLaw(t *testing.T) {
	s := strict(t)
	other := `{"resourceType":"Provenance","id":"other","target":[{"reference":"http://elsewhere.example/Patient/1"}],
		"recorded":"2024-01-10T09:00:00+02:00","agent":[{"who":{"display":"a system"}}]}`
	s.want(201, s.ask("PUT Provenance/other", body(t, other)))
	s.want(200, s.ask("PUT Provenance/other", body(t, strings.Replace(other, "a system", "another", 1))))
	s.want(204, s.ask("DELETE Provenance/other"))
}
