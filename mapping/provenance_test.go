package mapping_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tahto/fhir/issue"
	"tahto/mapping"
)

const provenance = `{"resourceType":"Provenance","contained":[{"resourceType":"Practitioner","id":"pro"}],` +
	`"target":[{"reference":"Consent/1/_history/1"}],"recorded":"2024-02-01T12:00:00.000+02:00","agent":[` +
	`{"role":[{"coding":[{"system":"http://gen.kanta.fi/figen-cs-provenancerolecategory","code":"2"}]}],"who":{"reference":"#pro"}},` +
	`{"role":[{"coding":[{"system":"http://gen.kanta.fi/figen-cs-provenancerolecategory","code":"7"}]}],` +
	`"who":{"identifier":{"system":"urn:ietf:rfc:3986","value":"urn:oid:1.2.3"},"display":"Unit"}}]}`

// agents writes a Provenance with one agent for each role; "-" is none.
func agents(target string, roles ...string) string {
	list := make([]string, 0, len(roles))
	for _, role := range roles {
		agent := `{"who":{"display":"x"}`
		if role != "-" {
			agent += `,"role":[{"coding":[{"system":"http://gen.kanta.fi/figen-cs-provenancerolecategory","code":"` + role + `"}]}]`
		}
		list = append(list, agent+"}")
	}
	return `{"resourceType":"Provenance","target":[` + target + `],"recorded":"2024-02-01T12:00:00Z","agent":[` + strings.Join(list, ",") + `]}`
}

func TestProvenanceNamesOneRecorder(t *testing.T) {
	const about = `{"reference":"Consent/1"}`
	for _, test := range []struct {
		name, text string
		want       []string
	}{
		{"professional with unit", agents(about, "2", "7"), nil},
		{"client", agents(about, "12"), nil},
		{"representative", agents(about, "5"), nil},
		{"client and organiser", agents(about, "12", "10"), nil},
		{"professional without unit", agents(about, "2"), []string{"TIP-PROV-1"}},
		{"client with unit", agents(about, "12", "7"), []string{"TIP-PROV-2"}},
		{"unit alone", agents(about, "7"), []string{"TIP-PROV-2", "TIP-PROV-3"}},
		{"nobody", agents(about, "-"), []string{"TIP-PROV-3"}},
		{"organiser alone", agents(`{"reference":"Patient/1"}`, "10"), []string{"TIP-PROV-3"}},
		{"client and representative", agents(about, "12", "5"), []string{"TIP-PROV-4"}},
		{"two clients", agents(about, "12", "12"), []string{"TIP-PROV-4"}},
		{"professional and client", agents(about, "2", "12", "7"), []string{"TIP-PROV-4"}},
		{"about something else", agents(`{"reference":"Patient/1"}`, "-"), nil},
		{"about a Consent elsewhere", agents(`{"reference":"https://example.org/fhir/Consent/1/_history/2"}`, "-"), []string{"TIP-PROV-3"}},
		{"about a Consent found by a search", agents(`{"reference":"Consent?identifier=x"}`, "-"), []string{"TIP-PROV-3"}},
		{"about a Consent by its identifier", agents(`{"type":"Consent","identifier":{"value":"x"}}`, "-"), []string{"TIP-PROV-3"}},
		{"about something like a Consent", agents(`{"reference":"MyConsent/1"}`, "-"), nil},
		{"about two things", agents(`{"reference":"Patient/1"},`+about, "-"), []string{"TIP-PROV-3"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := mapping.CheckProvenance(parse(t, test.text), false)
			if err == nil {
				if test.want != nil {
					t.Fatalf("was taken, want %v", test.want)
				}
				return
			}
			var got []string
			for _, i := range issues(t, err) {
				got = append(got, i.Reason)
				if i.Code != issue.CodeInvariant || i.Expression != "Provenance.agent" {
					t.Errorf("got %s at %s, want an invariant at Provenance.agent", i.Code, i.Expression)
				}
			}
			if strings.Join(got, " ") != strings.Join(test.want, " ") {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestBadProvenancesAreRefusedWithTheElement(t *testing.T) {
	if err := mapping.CheckProvenance(parse(t, provenance), false); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, old, with string
		code            issue.Code
		expression      string
	}{
		{"no target", `"target":[{"reference":"Consent/1/_history/1"}],`, ``, issue.CodeRequired, "Provenance.target"},
		{"target as an object", `[{"reference":"Consent/1/_history/1"}]`, `{"reference":"Consent/1/_history/1"}`, issue.CodeStructure, "Provenance.target"},
		{"target that points nowhere", `{"reference":"Consent/1/_history/1"}`, `{"type":"Consent"}`, issue.CodeRequired, "Provenance.target[0]"},
		{"target as a text", `{"reference":"Consent/1/_history/1"}`, `"Consent/1"`, issue.CodeStructure, "Provenance.target[0]"},
		{"no recorded", `"recorded":"2024-02-01T12:00:00.000+02:00",`, ``, issue.CodeRequired, "Provenance.recorded"},
		{"recorded on a day", `"2024-02-01T12:00:00.000+02:00"`, `"2024-02-01"`, issue.CodeValue, "Provenance.recorded"},
		{"recorded without zone", `"2024-02-01T12:00:00.000+02:00"`, `"2024-02-01T12:00:00"`, issue.CodeValue, "Provenance.recorded"},
		{"recorded as a number", `"2024-02-01T12:00:00.000+02:00"`, `20240201`, issue.CodeStructure, "Provenance.recorded"},
		{"no agent", `"agent":`, `"agents":`, issue.CodeRequired, "Provenance.agent"},
		{"agent who is nobody", `,"who":{"reference":"#pro"}`, ``, issue.CodeRequired, "Provenance.agent[0].who"},
		{"agent not contained", `"#pro"`, `"#con"`, issue.CodeInvariant, "Provenance.agent[0].who.reference"},
		{"agent's identifier as a text", `"identifier":{"system":"urn:ietf:rfc:3986","value":"urn:oid:1.2.3"}`, `"identifier":"1.2.3"`,
			issue.CodeStructure, "Provenance.agent[1].who.identifier"},
		{"role as an object", `"role":[{"coding":[{"system":"http://gen.kanta.fi/figen-cs-provenancerolecategory","code":"2"}]}]`, `"role":{"text":"x"}`,
			issue.CodeStructure, "Provenance.agent[0].role"},
		{"role without code", `,"code":"2"`, ``, issue.CodeRequired, "Provenance.agent[0].role[0].coding[0].code"},
		{"modifier extension", `"target":`, `"modifierExtension":[{"url":"http://x.example"}],"target":`, issue.CodeExtension, "Provenance.modifierExtension[0]"},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := mapping.CheckProvenance(parse(t, withPart(t, provenance, test.old, test.with)), false)
			if err == nil {
				t.Fatal("was taken")
			}
			if issue.KindOf(err) != issue.Unprocessable {
				t.Errorf("got %v, want unprocessable", issue.KindOf(err))
			}
			if got := issues(t, err)[0]; got.Code != test.code || got.Expression != test.expression {
				t.Errorf("got %s at %s, want %s at %s", got.Code, got.Expression, test.code, test.expression)
			}
		})
	}
}

// TestManyReferencesToManyContainedAreQuick guards against a check whose cost
// is the product of both counts: 20,000 times 20,000 look-ups take seconds,
// one set of ids takes none.
func TestManyReferencesToManyContainedAreQuick(t *testing.T) {
	const n = 20_000
	contained, targets := make([]string, n), make([]string, n)
	for i := range n {
		contained[i] = fmt.Sprintf(`{"resourceType":"Basic","id":"c%d"}`, i)
		targets[i] = fmt.Sprintf(`{"reference":"#c%d"}`, n-1-i)
	}
	text := withPart(t, agents(strings.Join(targets, ","), "-"), `"target"`, `"contained":[`+strings.Join(contained, ",")+`],"target"`)
	r := parse(t, text)
	start := time.Now()
	if err := mapping.CheckProvenance(r, false); err != nil {
		t.Fatal(err)
	}
	if got := time.Since(start); got > time.Second {
		t.Errorf("took %v, want a small part of a second", got)
	}
}
