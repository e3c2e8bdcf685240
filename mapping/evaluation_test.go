package mapping_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"tahto/fhir"
	"tahto/mapping"
	"tahto/mapping/consent"
	"tahto/mapping/decision"
)

const atCountyA = `"actor":[{"extension":[{"url":"https://gen.kanta.fi/fhir/StructureDefinition/extension/RegisterType",` +
	`"valueCoding":{"system":"urn:oid:1.2.246.537.5.40150.2009","code":"2"}}],"role":` + role + `,"reference":` + controller + `}]`

// declarations reads Consents as if stored in version 7.
func declarations(t testing.TB, texts ...string) []consent.Statement {
	t.Helper()
	var all []consent.Statement
	for i, text := range texts {
		s, err := mapping.ReadStatement(parse(t, text).Stamp(string(rune('a'+i)), 7, now))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	return all
}

// names are the names of a parameter's parts, each with its value in short.
func names(e fhir.Element, list string) []string {
	var all []string
	for p := range e.Each(list) {
		value := p.Get("valueCode").Text() + p.Get("valueString").Text() + p.Get("valueCoding").Get("code").Text() +
			p.Get("valueReference").Get("reference").Text() + p.Get("valueIdentifier").Get("value").Text()
		all = append(all, p.Get("name").Text()+"="+value)
	}
	return all
}

func check(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: got\n%s\nwant\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

const audit = `{"name":"detail","valueCode":"audit"}`

func TestAuditOfAnItemTellsEverything(t *testing.T) {
	declared := declarations(t, receipt, healthConsent, denial)
	answer := decide(t, setting(t), ask(audit, itemPart), declared).Root()
	check(t, "denied", names(answer.Get("parameter").At(0), "part"),
		"id=a", "decision=deny", "reason=denial-in-force", "obligation=O-HIDE", "rule=R16", "declaration=Consent/c/_history/7")
	answer = decide(t, setting(t), ask(audit, itemPart), declared[:2]).Root()
	got := names(answer.Get("parameter").At(0), "part")
	for _, want := range []string{"decision=permit", "reason=consent", "obligation=O-DISC-LOG", "rule=R20", "declaration=Consent/b/_history/7"} {
		if !slices.Contains(got, want) {
			t.Errorf("permitted: %v lacks %s", got, want)
		}
	}
}

func TestAuditOfAMalformedItemNamesTheRule(t *testing.T) {
	wrong := strings.Replace(itemPart, `"health"`, `"dental"`, 1)
	answer := decide(t, setting(t), ask(audit, wrong), declarations(t, receipt, healthConsent)).Root()
	check(t, "malformed", names(answer.Get("parameter").At(0), "part"), "id=a", "decision=deny", "reason=invalid-input", "rule=R01")
}

func TestRequesterIsToldTheDecisionAndItsObligations(t *testing.T) {
	answer := decide(t, setting(t), ask(itemPart), declarations(t, receipt, healthConsent)).Root()
	got := names(answer.Get("parameter").At(0), "part")
	check(t, "permitted", got[:4], "id=a", "decision=permit", "reason=consent", "obligation=O-DISC-LOG")
	for _, part := range got[4:] {
		if !strings.HasPrefix(part, "obligation=") {
			t.Errorf("the requester is told %s", part)
		}
	}
}

func TestWithoutItemsTheScopeOfSharingIsTold(t *testing.T) {
	denied := declaration("denial-health", `"provision":{"type":"deny",`+atCountyA+`}`)
	task := declaration("denial-social", `"provision":{"type":"deny",`+task+`}`)
	declared := declarations(t, receipt, healthConsent, denied, task, prescription)
	answer := decide(t, setting(t), ask(audit, `{"name":"channel","valueCode":"kanta"}`), declared).Root().Get("parameter")
	if answer.Len() != 3 {
		t.Fatalf("got %d parameters, want a scope for each sector:\n%s", answer.Len(), answer.JSON())
	}
	check(t, "health", names(answer.At(0), "part"), "sector=health", "channel=kanta", "decision=permit", "reason=consent",
		"rule=R20", "ground=Consent/b/_history/7", "except=")
	check(t, "health exception", names(part(answer.At(0), "part", "except"), "part"), "target=controller",
		"controller=urn:oid:1.2.246.10.99000011.19.1", "register=2", "declaration=Consent/c/_history/7")
	check(t, "social exception", names(part(answer.At(1), "part", "except"), "part"), "target=service-task",
		"serviceTask=families", "declaration=Consent/d/_history/7")
	check(t, "prescription exception", names(part(answer.At(2), "part", "except"), "part"), "target=prescription",
		"prescription=urn:oid:1.2.3", "declaration=Consent/e/_history/7")
	answer = decide(t, setting(t), ask(), declared).Root().Get("parameter")
	check(t, "health as a requester sees it", names(answer.At(0), "part"), "sector=health", "channel=kanta", "decision=permit", "reason=consent")
}

func TestScopeOfADeniedSectorLooksLikeNoConsent(t *testing.T) {
	setting := setting(t)
	with := decide(t, setting, ask(), declarations(t, receipt, healthConsent, denial)).JSON()
	without := decide(t, setting, ask(), nil).JSON()
	if !bytes.Equal(with, without) {
		t.Errorf("with a denial:\n%s\nwithout any declaration:\n%s", with, without)
	}
}

func TestViewOfDenials(t *testing.T) {
	event := declaration("denial-health", `"provision":{"type":"deny",`+event+`}`)
	declared := declarations(t, denial, event)
	view := `{"name":"operation","valueCode":"view-denials"}`
	purpose := func(code string) string {
		return `{"name":"purpose","valueCoding":{"system":"https://tahto.example/fhir/CodeSystem/denial-view-purpose","code":"` + code + `"}}`
	}
	answer := decide(t, setting(t), ask(view, purpose("client-wants-change"), audit), declared).Root()
	check(t, "justified", names(answer, "parameter"), "decision=permit", "reason=denial-view-justified", "obligation=O-USE-LOG",
		"rule=R02a", "scope=", "scope=", "scope=")
	health := part(answer, "parameter", "scope")
	check(t, "health", names(health, "part"), "sector=health", "channel=kanta", "decision=permit", "reason=denial-view-justified",
		"rule=R02a", "except=", "except=")
	check(t, "event", names(health.Get("part").At(6), "part"), "target=service-event", "serviceEvent=urn:oid:1.2.3", "declaration=Consent/b/_history/7")
	for _, why := range []string{purpose("ordinary-care"),
		`{"name":"purpose","valueCoding":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActReason","code":"TREAT"}}`} {
		answer = decide(t, setting(t), ask(view, why, audit), declared).Root()
		if got := names(answer, "parameter")[:2]; !slices.Equal(got, []string{"decision=deny", "reason=denial-view-not-justified"}) {
			t.Errorf("%s: got %v", why, got)
		}
		if bytes.Contains(answer.JSON(), []byte("except")) {
			t.Errorf("%s: the denials are listed without a justified purpose", why)
		}
	}
	answer = decide(t, setting(t), ask(view, purpose("client-wants-change")), declared).Root()
	if bytes.Contains(answer.JSON(), []byte("except")) {
		t.Error("the denials are listed though only the requester's detail is asked for")
	}
}

func TestItemsWithOneIdAreEachAnswered(t *testing.T) {
	own := strings.Replace(itemPart, "99000011", "99000022", 1)
	answer := decide(t, setting(t), ask(itemPart, own, itemPart), nil).Root().Get("parameter")
	var got []string
	for _, item := range answer.Items() {
		got = append(got, part(item, "part", "id").Get("valueString").Text()+" "+part(item, "part", "decision").Get("valueCode").Text())
	}
	check(t, "answers", got, "a deny", "a not-a-disclosure", "a deny")
}

func TestOutcomeTellsTheLogWhatTheRequesterIsNotTold(t *testing.T) {
	e, err := mapping.ReadEvaluation(parse(t, ask(itemPart)), now)
	if err != nil {
		t.Fatal(err)
	}
	o := e.Decide(setting(t), declarations(t, receipt, healthConsent, denial))
	d := o.Items[0]
	if d.Effect != decision.Deny || d.Reason != decision.ReasonDenialInForce || d.Rule != "R16" {
		t.Errorf("got %v %v %s, want the true reason", d.Effect, d.Reason, d.Rule)
	}
	for s := range o.Declarations(d.Declarations) {
		if s.ID != "c" || s.Version != 7 {
			t.Errorf("got declaration %s version %d, want c version 7", s.ID, s.Version)
		}
	}
	if o.Scopes != nil || o.DenialView != nil || d.Declarations.Len() != 1 {
		t.Errorf("got %+v", o)
	}
}
