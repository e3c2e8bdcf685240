package decision_test

import (
	"slices"
	"strings"
	"testing"

	"tahto/mapping/consent"
	"tahto/mapping/decision"
)

// ruleIDs is every rule of the rule base, sections 3.2 and 3.3.
const ruleIDs = "R01 R02a R02b R03 R04 R05 R06 R07 R08 R09 R10 R11 R12 R13a R13b R13c R14a R14b R14c R14d R14e " +
	"R15 R16 R17 R17b R18 R19 R20 R21 R22 R23 R24 R25 R26 P1 P2 P3 P4 P5 P6 P7 P8 P9 P10 P11 P12 P13 P14"

func TestTableHasEveryRuleAndEachCitesItsLaw(t *testing.T) {
	found := map[string]bool{}
	for _, r := range decision.Rules() {
		found[r.ID] = true
		if r.Law == "" || !strings.HasSuffix(r.Text, ".") {
			t.Errorf("%s %v: cites %q and says %q, want both", r.ID, r.Reason, r.Law, r.Text)
		}
		if r.Step && (r.Effect != decision.Deny || r.Obligations != 0) {
			t.Errorf("%s is a step and decides", r.ID)
		}
	}
	want := strings.Fields(ruleIDs)
	for _, id := range want {
		if !found[id] {
			t.Errorf("rule %s is missing", id)
		}
		delete(found, id)
	}
	for id := range found {
		t.Errorf("rule %s is not in the rule base", id)
	}
}

func TestCallersCannotChangeTheTable(t *testing.T) {
	decision.Rules()[0].Effect = decision.Permit
	if got := decide(decision.Request{}, nil, &decision.Item{}); got.Effect != decision.Deny {
		t.Errorf("got %v, want deny", got.Effect)
	}
}

func TestZeroValuesDeny(t *testing.T) {
	var d decision.Decision
	if d.Effect != decision.Deny || d.ForRequester().Effect != decision.Deny || d.Reason.String() != "invalid-input" {
		t.Errorf("zero decision: got %v %v, want deny, invalid-input", d.Effect, d.Reason)
	}
	if got := decision.Effect(99).String() + " " + decision.Reason(99).String(); got != "deny invalid-input" {
		t.Errorf("out of range: got %q", got)
	}
	var unset decision.Setting
	if got := unset.Decide(asks(t, "B", "patient"), nil, held(t, "A", "patient")); got.Effect != decision.Deny {
		t.Errorf("without a directory: got %v, want deny", got.Effect)
	}
}

func TestReasonsAndObligationsHaveDistinctCodes(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range decision.Reasons() {
		if r.String() == "" || seen[r.String()] {
			t.Errorf("reason %d: code %q is empty or used twice", r, r)
		}
		seen[r.String()] = true
	}
	var codes []string
	for o := range decision.AllObligations().All() {
		codes = append(codes, o.String())
	}
	want := []string{"O-USE-LOG", "O-DISC-LOG", "O-NECESSARY", "O-SPECIAL", "O-BASIS", "O-CHECK-DENIALS", "O-CHECK-LEGACY", "O-PREFER-KANTA", "O-INFORM", "O-HIDE"}
	if !slices.Equal(codes, want) {
		t.Errorf("got %v, want %v", codes, want)
	}
	if got := (decision.UseLog | decision.Hide).String() + decision.Obligations(1<<15).String() + decision.Obligations(0).String(); got != "" {
		t.Errorf("what is no single obligation has a code: %q", got)
	}
	for range decision.AllObligations().All() {
		break // stopping early is allowed
	}
}

func TestCodesAreReadStrictly(t *testing.T) {
	for code, want := range map[string]decision.Circumstances{"unconscious": decision.Unconscious, "kept-apart": decision.KeptApart, "written-consent": decision.WrittenConsent} {
		if got, ok := decision.ParseCircumstance(code); !ok || got != want {
			t.Errorf("%s: got %v %v, want %v", code, got, ok, want)
		}
	}
	purposes := map[string]decision.Purpose{"TREAT": decision.Care, "ETREAT": decision.Care, "CAREMGT": decision.Care, "COVERAGE": decision.NotCare, "HRESCH": decision.NotCare, "HMARKT": decision.NotCare}
	for code, want := range purposes {
		if got, ok := decision.ParsePurpose(consent.Coding{System: consent.ActReasonSystem, Code: code}); !ok || got != want {
			t.Errorf("%s: got %v %v, want %v", code, got, ok, want)
		}
	}
	for _, c := range []consent.Coding{{}, {System: consent.ActReasonSystem}, {Code: "TREAT"}, {System: consent.ActReasonSystem, Code: "treat"}, {System: consent.ActReasonSystem, Code: "TREAT CAREMGT"}, {System: consent.ActReasonSystem, Code: " "}} {
		if got, ok := decision.ParsePurpose(c); ok || got != decision.UnknownPurpose {
			t.Errorf("%v: got %v, want unknown", c, got)
		}
	}
	for _, code := range []string{"", "x", "Kanta", "health "} {
		_, operation := decision.ParseOperation(code)
		_, channel := decision.ParseChannel(code)
		_, basis := decision.ParseBasis(code)
		_, sector := decision.ParseSector(code)
		_, circumstance := decision.ParseCircumstance(code)
		if operation || channel || basis || sector || circumstance || decision.ParseDenialViewPurpose(code) != decision.NoDenialViewPurpose {
			t.Errorf("%q is read as a code", code)
		}
	}
	for _, code := range []string{"health", "social", "prescription", "declaration"} {
		if got := read(t, decision.ParseSector, code).String(); got != code {
			t.Errorf("got %q, want %q", got, code)
		}
	}
	if got := read(t, decision.ParseChannel, "local").String() + decision.Channel(99).String(); got != "local" {
		t.Errorf("got %q, want local", got)
	}
}

// TestManyDeclarations has more than a set holds in place, with what decides
// at the end.
func TestManyDeclarations(t *testing.T) {
	statements := make([]consent.Statement, 0, 200)
	for range 150 {
		statements = append(statements, denies(t, consent.DenialHealth, controllerTarget(t, "U1", "")))
	}
	statements = append(statements, informed(t, "2.0", "2024-01-10"), given(t, consent.ConsentHealth, "2024-02-01"))
	permit := decide(asks(t, "B", "patient"), statements, held(t, "A", "patient"))
	if permit.Rule != "R20" || !slices.Equal(indexes(permit.Declarations), []int{151}) {
		t.Errorf("got %s resting on %v, want R20 on 151", permit.Rule, indexes(permit.Declarations))
	}
	statements = append(statements, denies(t, consent.DenialHealth, nil), given(t, consent.EmergencyHealth, "2024-03-01"))
	deny := decide(asks(t, "B", "patient"), statements, held(t, "A", "patient"))
	if deny.Rule != "R16" || !slices.Equal(indexes(deny.Declarations), []int{152}) || deny.Declarations.Len() != 1 || deny.Declarations.IsEmpty() {
		t.Errorf("got %s resting on %v, want R16 on 152", deny.Rule, indexes(deny.Declarations))
	}
	emergency := decide(asks(t, "B", "patient", when(decision.Unconscious)), statements, held(t, "U1", "patient"))
	if got := emergency.Declarations.Len(); emergency.Rule != "R15" || got != 152 {
		t.Errorf("got %s resting on %d declarations, want R15 on 152", emergency.Rule, got)
	}
	for i := range emergency.Declarations.All() {
		if i != 0 {
			t.Errorf("the first is %d, want 0", i)
		}
		break
	}
}
