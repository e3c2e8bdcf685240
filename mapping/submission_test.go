package mapping_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/mapping"
	"tahto/mapping/consent"
)

const county = "urn:oid:1.2.246.10.99000011.19.1"

// actorOf writes an actor of that role.
func actorOf(code, oid string) string {
	return `{"role":` + strings.Replace(role, "CST", code, 1) + `,"reference":` + strings.Replace(controller, county, oid, 1) + `}`
}

func denialOf(kind string, actors ...string) string {
	return declaration(kind, `"provision":{"type":"deny","period":{"start":"2024-02-01"},"actor":[`+strings.Join(actors, ",")+`]}`)
}

func TestADenialTowardsARecipientIsReadOnlyToBeJudged(t *testing.T) {
	organisation := func(oid string) consent.Identifier { return consent.Identifier{System: consent.URISystem, Value: oid} }
	for _, test := range []struct {
		name, text string
		want       consent.Target
	}{
		{"from a controller", denialOf("denial-health", actorOf("CST", county), actorOf("PRCP", "urn:oid:1.2.3")),
			consent.Target{Kind: consent.TargetController, Controller: organisation(county), Recipient: organisation("urn:oid:1.2.3")}},
		{"the other way round", denialOf("denial-social", actorOf("IRCP", "urn:oid:1.2.3"), actorOf("CST", county)),
			consent.Target{Kind: consent.TargetController, Controller: organisation(county), Recipient: organisation("urn:oid:1.2.3")}},
		{"from everybody", denialOf("denial-health", actorOf("PRCP", "urn:oid:1.2.3")), consent.Target{Recipient: organisation("urn:oid:1.2.3")}},
		{"towards two", denialOf("denial-health", actorOf("PRCP", "urn:oid:1.2.3"), actorOf("PRCP", "urn:oid:1.2.4")), consent.Target{Recipient: organisation("urn:oid:1.2.3")}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := parse(t, test.text).Stamp("x", 3, now)
			if _, err := mapping.ReadStatement(r); err == nil {
				t.Fatal("was read as a declaration")
			} else {
				for _, i := range issues(t, err) {
					if i.Reason != "recipient-target-not-supported" || i.Code != issue.CodeBusinessRule {
						t.Errorf("got %s at %s", i.Reason, i.Expression)
					}
				}
			}
			s, err := mapping.ReadSubmission(r)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(&test.want, s.Target); diff != "" {
				t.Error(diff)
			}
			if s.ID != "x" || s.Version != 3 || s.Person.Value != "160350-900N" || !s.From.Equal(s.Declared) || s.Status != consent.Active {
				t.Errorf("got %+v", s)
			}
		})
	}
}

func TestEachRecipientIsRefusedInItsPlace(t *testing.T) {
	_, err := mapping.ReadStatement(parse(t, denialOf("denial-prescription", actorOf("CST", county), actorOf("PRCP", "urn:oid:1.2.3"))))
	got := issues(t, err)
	if len(got) != 1 || got[0].Expression != "Consent.provision.actor[1].role.coding[0].code" {
		t.Errorf("got %v", err)
	}
}

func TestASubmissionIsReadAsStrictlyAsADeclaration(t *testing.T) {
	for _, text := range []string{healthConsent, denial, socialDenial, prescription, receipt, emergency, toSocial, toHealth, will} {
		got, err := mapping.ReadSubmission(parse(t, text))
		if diff := cmp.Diff(read(t, text), got); err != nil || diff != "" {
			t.Errorf("%v %s", err, diff)
		}
	}
	unnamed := `{"role":` + strings.Replace(role, "CST", "PRCP", 1) + `,"reference":{"display":"HUS"}}`
	for name, text := range map[string]string{
		"another fault":           withPart(t, denialOf("denial-health", actorOf("PRCP", "urn:oid:1.2.3")), `"active"`, `"on"`),
		"a fault behind it":       denialOf("denial-health", actorOf("PRCP", "urn:oid:1.2.3"), actorOf("CST", "1.2.3")),
		"two sources":             denialOf("denial-health", actorOf("PRCP", "urn:oid:1.2.3"), actorOf("CST", county), actorOf("CST", county)),
		"a recipient without OID": denialOf("denial-health", unnamed),
		"no declaration":          `{"resourceType":"Consent"}`,
		"another resource":        `{"resourceType":"Patient"}`,
	} {
		r := parse(t, text)
		s, err := mapping.ReadSubmission(r)
		if issue.KindOf(err) != issue.Unprocessable || !cmp.Equal(s, consent.Statement{}) {
			t.Errorf("%s: got %+v %v", name, s, err)
		}
	}
}

func TestReasonsOfTargetsThatADenialCannotHave(t *testing.T) {
	for name, text := range map[string]string{
		"a document in health care":       withPart(t, denial, `"type":"deny"`, `"type":"deny",`+document),
		"a service event in social care":  declaration("denial-social", `"provision":{"type":"deny",`+event+`}`),
		"something else":                  withPart(t, denial, `"type":"deny"`, `"type":"deny",`+strings.Replace(event, "Encounter", "Observation", 1)),
		"a service task in health care":   withPart(t, denial, `"type":"deny"`, `"type":"deny",`+task),
		"no prescription":                 declaration("denial-prescription", `"provision":{"type":"deny"}`),
		"an organisation's prescriptions": declaration("denial-prescription", `"provision":{"type":"deny",`+actor+`}`),
		"a service event's prescriptions": declaration("denial-prescription", `"provision":{"type":"deny",`+event+`}`),
	} {
		_, err := mapping.ReadStatement(parse(t, text))
		if got := issues(t, err); len(got) != 1 || got[0].Reason != "target-not-available" {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// FuzzReadSubmission: what can be read as a declaration is read as the same;
// what can't is refused, or is a denial with a recipient.
func FuzzReadSubmission(f *testing.F) {
	for _, text := range []string{healthConsent, denial, denialOf("denial-health", actorOf("CST", county), actorOf("PRCP", "urn:oid:1.2.3")), toSocial} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := fhir.Parse(data)
		if err != nil {
			return
		}
		declared, refusal := mapping.ReadStatement(r)
		s, err := mapping.ReadSubmission(r)
		switch {
		case refusal == nil && (err != nil || !cmp.Equal(s, declared)):
			t.Fatalf("was read as %+v, %v", s, err)
		case refusal != nil && err == nil && (!s.Kind.IsDenial() || s.Target == nil || s.Target.Recipient.IsZero()):
			t.Fatalf("%v, and yet it was read as %+v", refusal, s)
		}
	})
}
