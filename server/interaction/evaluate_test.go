package interaction_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"tahto/fhir"
	"tahto/mapping/decision"
	"tahto/server/interaction"
	"tahto/storage"
)

// theCase is one line of decisions.fhir.ndjson.
type theCase struct {
	ID      string
	Bundle  json.RawMessage
	Request json.RawMessage
	Expect  struct{ Decision, Reason string }
}

func cases(t testing.TB) []theCase {
	t.Helper()
	f, err := os.Open("../../mapping/testdata/decisions.fhir.ndjson")
	must(t, err)
	defer f.Close()
	var all []theCase
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var c theCase
		decoder := json.NewDecoder(strings.NewReader(lines.Text()))
		decoder.DisallowUnknownFields()
		must(t, decoder.Decode(&c))
		all = append(all, c)
	}
	must(t, lines.Err())
	if len(all) < 127 {
		t.Fatalf("got %d cases, want 127", len(all))
	}
	return all
}

func (s *server) evaluate(json string) interaction.Response {
	s.t.Helper()
	return s.ask("POST Consent/$evaluate", body(s.t, json))
}

// parameter is the value of a part of the nth parameter of a name.
func parameter(r *fhir.Resource, name string, n int, part, value string) string {
	for p := range r.Root().Each("parameter") {
		if p.Get("name").Text() != name {
			continue
		}
		if n--; n >= 0 {
			continue
		}
		for one := range p.Each("part") {
			if one.Get("name").Text() == part {
				found := one
				for step := range strings.SplitSeq(value, ".") {
					found = found.Get(step)
				}
				return found.Text()
			}
		}
	}
	return ""
}

// decided is decision and reason of the nth item, or of the whole answer if
// it has no items.
func decided(r *fhir.Resource, n int) string {
	if top := claims(r.Root(), "parameter", "name"); len(top) > 1 && top[0] == "decision" {
		return at(r, "parameter.0.valueCode") + " " + at(r, "parameter.1.valueCoding.code")
	}
	return parameter(r, "item", n, "decision", "valueCode") + " " + parameter(r, "item", n, "reason", "valueCoding.code")
}

func TestCasesAreDecidedAsTheLawHasIt(t *testing.T) {
	for _, c := range cases(t) {
		t.Run(c.ID, func(t *testing.T) {
			s := open(t)
			s.want(200, s.post(string(c.Bundle)))
			got := s.want(200, s.evaluate(string(c.Request)))
			if want := c.Expect.Decision + " " + c.Expect.Reason; decided(got.Resource, 0) != want {
				t.Errorf("got %s, want %s", decided(got.Resource, 0), want)
			}
		})
	}
}

func TestWalkThroughIsEffectiveOnTheNextRead(t *testing.T) {
	t.Run("with a directory", func(t *testing.T) { walkThrough(t, open(t)) })
	t.Run("without", func(t *testing.T) {
		walkThrough(t, open(t, func(o *interaction.Options) { o.Setting = decision.Setting{} }))
	})
}

// walkThrough is that of the README.
func walkThrough(t *testing.T, s *server) {
	ask := func(want string) interaction.Response {
		t.Helper()
		got := s.want(200, s.evaluate(example(t, "evaluate.json")))
		if decided(got.Resource, 0) != want {
			t.Fatalf("got %s, want %s", decided(got.Resource, 0), want)
		}
		return got
	}
	ask("deny no-consent")
	s.want(200, s.post(example(t, "consent-bundle.json")))
	ask("permit consent")
	s.want(200, s.post(example(t, "denial-bundle.json")))
	got := ask("deny denial-in-force")
	if !strings.Contains(text(got.Resource), "Consent/denial-alfa/_history/1") {
		t.Errorf("the denial is not named: %s", text(got.Resource))
	}
	profile := s.want(200, s.evaluate(example(t, "profile.json")))
	if decision := parameter(profile.Resource, "scope", 0, "decision", "valueCode"); decision != "permit" {
		t.Errorf("the profile of health is %q: %s", decision, text(profile.Resource))
	}
	if !strings.Contains(text(profile.Resource), "except") {
		t.Errorf("the profile tells no exception: %s", text(profile.Resource))
	}
	s.want(200, s.post(example(t, "withdrawal-bundle.json")))
	ask("permit consent")
	s.want(204, s.ask("DELETE Consent/denial-alfa"))
	ask("permit consent")
}

func TestDecisionsAreRecordedOrNotAnswered(t *testing.T) {
	s := open(t)
	s.want(200, s.post(example(t, "consent-bundle.json")))
	s.records.entries = nil
	s.want(200, s.evaluate(example(t, "evaluate.json")))
	if len(s.records.entries) != 1 || s.records.entries[0].Decision == nil {
		t.Fatalf("recorded %+v", s.records.entries)
	}
	d := s.records.entries[0].Decision
	got := fmt.Sprint(d.Person.Value, d.Request.Requester.Organisation.Value, d.Items[0].ID, d.Items[0].Decided.Effect, d.Items[0].Decided.Rule, d.Items[0].Declarations)
	if want := person + "urn:oid:1.2.246.10.99000022.19.1referral-1permitR20[Consent/id-3/_history/1]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	s.records.fail = errors.New("disk full")
	failed := s.want(503, s.evaluate(example(t, "evaluate.json")))
	if strings.Contains(text(failed.Resource), "permit") {
		t.Errorf("answered: %s", text(failed.Resource))
	}
	batched := s.want(200, s.post(batch(entry("", example(t, "evaluate.json"), "POST Consent/$evaluate"))))
	if at(batched.Resource, "entry.0.response.status") != "503 Service Unavailable" {
		t.Errorf("got %s", text(batched.Resource))
	}
}

func TestRequesterCantTellADenialFromNoConsent(t *testing.T) {
	question := strings.Replace(example(t, "evaluate.json"), `"valueCode": "audit"`, `"valueCode": "requester"`, 1)
	scope := strings.Replace(example(t, "profile.json"), `"valueCode": "audit"`, `"valueCode": "requester"`, 1)
	none, denied := open(t), open(t)
	denied.want(200, denied.post(example(t, "consent-bundle.json")))
	denied.want(200, denied.post(transaction(entry("", declaration("", "denial-health", deny), "POST Consent"))))
	for _, q := range []string{question, scope} {
		a, b := none.want(200, none.evaluate(q)), denied.want(200, denied.evaluate(q))
		if text(a.Resource) != text(b.Resource) || a.ETag != b.ETag || a.LastModified != b.LastModified || a.Location != b.Location {
			t.Errorf("no consent: %s\ndenied:     %s", text(a.Resource), text(b.Resource))
		}
	}
}

func TestEvaluateInABatch(t *testing.T) {
	s := open(t)
	got := s.want(200, s.post(batch(
		entry("", health("", `,"meta":{"tag":[{"code":"x"}]}`), "POST Consent"),
		entry("", example(t, "evaluate.json"), "POST Consent/$evaluate"),
		entry("", `{"resourceType":"Parameters"}`, "POST Consent/$evaluate"),
		entry("", "", "POST Consent/$evaluate"),
	)))
	for path, want := range map[string]string{
		"entry.1.response.status": "200 OK", "entry.1.resource.resourceType": "Parameters",
		"entry.3.response.status": "400 Bad Request",
	} {
		if v := at(got.Resource, path); v != want {
			t.Errorf("%s is %q, want %q", path, v, want)
		}
	}
	if status := at(got.Resource, "entry.2.response.status"); !strings.HasPrefix(status, "4") {
		t.Errorf("an empty question: %s", status)
	}
	s.want(422, s.post(transaction(entry("", example(t, "evaluate.json"), "POST Consent/$evaluate"))))
}

func TestBadQuestionsAreTold(t *testing.T) {
	s := open(t)
	for name, test := range map[string]struct{ from, to, want string }{
		"another resource":      {`"resourceType": "Parameters"`, `"resourceType": "Consent"`, "4"},
		"an unknown detail":     {`"valueCode": "audit"`, `"valueCode": "everything"`, "4"},
		"a wrong identity code": {person, "160350-900A", "4"},
	} {
		t.Run(name, func(t *testing.T) {
			got := s.evaluate(strings.Replace(example(t, "evaluate.json"), test.from, test.to, 1))
			if !strings.HasPrefix(fault(got), test.want) || strings.Contains(text(got.Resource), "160350") {
				t.Errorf("got %s: %s", fault(got), text(got.Resource))
			}
		})
	}
}

func TestStoredDeclarationThatCantBeReadFailsTheDecision(t *testing.T) {
	s := open(t)
	s.want(200, s.post(example(t, "consent-bundle.json")))
	broken, err := fhir.Parse([]byte(declaration("broken", "denial-of-a-future-version", deny)))
	must(t, err)
	must(t, s.store.Update(t.Context(), func(tx *storage.Tx) error {
		_, _, err := tx.Put(context.Background(), broken, storage.If{})
		return err
	}))
	got := s.want(500, s.evaluate(example(t, "evaluate.json")))
	if got.Err == nil || strings.Contains(got.Err.Error(), person) {
		t.Errorf("cause: %v", got.Err)
	}
}

func TestForeignConsentsTakeNoPart(t *testing.T) {
	s := open(t, keepForeign)
	s.want(200, s.post(example(t, "consent-bundle.json")))
	foreign := `{"resourceType":"Consent","status":"active","scope":{"text":"x"},"category":[{"text":"y"}],"policyRule":{"text":"z"},
		"patient":{"identifier":{"system":"urn:oid:1.2.246.21","value":"` + person + `"}},"provision":{"type":"deny"}}`
	s.want(201, s.ask("POST Consent", body(t, foreign)))
	for range 2 { // read, then compiled
		got := s.want(200, s.evaluate(example(t, "evaluate.json")))
		if decided(got.Resource, 0) != "permit consent" {
			t.Errorf("got %s", decided(got.Resource, 0))
		}
	}
}
