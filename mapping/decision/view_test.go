package decision_test

import (
	"testing"

	"tahto/mapping/consent"
	"tahto/mapping/decision"
)

func TestRequesterSeesTheSameForDeniedAndForNoConsent(t *testing.T) {
	info := informed(t, "2.0", "2024-01-10")
	denial := denies(t, consent.DenialHealth, nil)
	item := held(t, "A", "patient")
	want := decision.View{Effect: decision.Deny, Reason: decision.ReasonNothingAvailable}
	kinds := map[string][]consent.Statement{
		"nothing":             nil,
		"information":         {info},
		"denial":              {info, denial},
		"consent and denial":  {info, given(t, consent.ConsentHealth, "2024-02-01"), denial},
		"withdrawn consent":   {info, declared(t, consent.ConsentHealth, "2024-02-01", "2025-01-01")},
		"consent to come":     {info, given(t, consent.ConsentHealth, "2026-01-01")},
		"consent unread":      {given(t, consent.ConsentHealth, "2024-02-01")},
		"other consent":       {info, given(t, consent.ConsentSocial, "2024-02-01")},
		"unknown coverage":    {info, denies(t, consent.DenialHealth, controllerTarget(t, "N", "")), denial},
		"emergency permitted": {info, denial, given(t, consent.EmergencyHealth, "2024-03-01")},
	}
	for name, statements := range kinds {
		t.Run(name, func(t *testing.T) {
			if got := decide(asks(t, "B", "patient"), statements, item).ForRequester(); got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
	gates := map[string]struct {
		request    decision.Request
		item       *decision.Item
		statements []consent.Statement
	}{
		"sharing gate":    {asks(t, "B", "social", when(decision.FunctionMissing)), held(t, "A", "social"), []consent.Statement{info, given(t, consent.ConsentSocial, "2024-02-01")}},
		"Uusimaa local":   {asks(t, "HUS", "patient", by(decision.Local)), held(t, "U1", "patient"), nil},
		"channel":         {asks(t, "B", "patient", by(decision.Other)), item, []consent.Statement{informed(t, "1.0", "2021-12-01"), given(t, consent.ConsentHealth, "2022-01-01")}},
		"scope too small": {asks(t, "B", "social"), item, []consent.Statement{info, given(t, consent.ConsentHealthToSocial, "2024-09-01")}},
		"abroad":          {asks(t, "NCP-EE", ""), item, []consent.Statement{info}},
		"pharmacy":        {asks(t, "PH", ""), prescribed(t), []consent.Statement{denies(t, consent.DenialPrescription, nil)}},
	}
	for name, g := range gates {
		t.Run(name, func(t *testing.T) {
			if got := decide(g.request, g.statements, g.item).ForRequester(); got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
}

func TestPermitInSpiteOfADenialLooksAsWithoutIt(t *testing.T) {
	rx := denies(t, consent.DenialPrescription, nil)
	health := denies(t, consent.DenialHealth, nil)
	unconscious := when(decision.Unconscious)
	item := held(t, "A", "patient")
	tests := []struct {
		name       string
		request    decision.Request
		item       *decision.Item
		denial     consent.Statement
		statements []consent.Statement
		rule       string
		shown      decision.Reason
	}{
		{"emergency, no consent", asks(t, "B", "patient", unconscious), item, health, []consent.Statement{given(t, consent.EmergencyHealth, "2024-03-01")}, "R15", decision.ReasonIncapacityOrUnconscious},
		{"emergency, consent", asks(t, "B", "patient", unconscious), item, health, []consent.Statement{informed(t, "2.0", "2024-01-10"), given(t, consent.ConsentHealth, "2024-02-01"), given(t, consent.EmergencyHealth, "2024-03-01")}, "R15", decision.ReasonConsent},
		{"emergency, Uusimaa", asks(t, "HUS", "patient", unconscious), held(t, "U1", "patient"), health, []consent.Statement{informed(t, "2.0", "2024-01-10"), given(t, consent.EmergencyHealth, "2024-03-01")}, "R15", decision.ReasonUusimaaInformation},
		{"instructions", asks(t, "PH", "", when(decision.InstructionsPresented)), prescribed(t), rx, nil, "P3", decision.ReasonPrescriptionPharmacyRequest},
		{"own prescriber", asks(t, "B", "patient", when(decision.OwnPrescriber)), prescribed(t), rx, nil, "P9", decision.ReasonPrescriptionCareSituation},
		{"storing provider", asks(t, "A", "patient"), prescribed(t), rx, nil, "P10", decision.ReasonPrescriptionCareSituation},
		{"renewal", asks(t, "B", "patient", when(decision.Renewal)), prescribed(t), rx, nil, "P11", decision.ReasonPrescriptionCareSituation},
		{"controlled drugs", asks(t, "B", "patient", when(decision.PrescribingControlledDrug)), prescribed(t, func(i *decision.Item) { i.ControlledDrug = true }), rx, nil, "P12", decision.ReasonPrescriptionCareSituation},
		{"emergency prescription", asks(t, "B", "patient", unconscious), prescribed(t), rx, []consent.Statement{given(t, consent.EmergencyPrescription, "2024-03-01")}, "P13", decision.ReasonPrescriptionCareSituation},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			without := decide(tt.request, tt.statements, tt.item)
			with := decide(tt.request, append(tt.statements, tt.denial), tt.item)
			if with.Rule != tt.rule || with.Effect != decision.Permit {
				t.Fatalf("got %s %v, want a permit by %s", with.Rule, with.Effect, tt.rule)
			}
			if got, want := with.ForRequester(), without.ForRequester(); got != want || got.Reason != tt.shown {
				t.Errorf("got %+v, want %+v with reason %v", got, want, tt.shown)
			}
		})
	}
}

func TestProtectionOfTheClientLooksTheSameWhateverItRestsOn(t *testing.T) {
	claim := claiming(decision.Basis56, 2)
	denied := decide(asks(t, "A", "social", claim), []consent.Statement{denies(t, consent.DenialSocial, nil)}, held(t, "B", "social"))
	refused := decide(asks(t, "A", "social", claim, when(decision.ConsentRefused)), nil, held(t, "B", "social"))
	if denied.ForRequester() != refused.ForRequester() || denied.Rule != "R13c" {
		t.Errorf("got %+v and %+v, want the same", denied.ForRequester(), refused.ForRequester())
	}
}

func TestLookUpOfAnOldDenialIsForTheAuditOnly(t *testing.T) {
	statements := []consent.Statement{informed(t, "2.0", "2024-01-10"), given(t, consent.ConsentHealth, "2024-02-01"), denies(t, consent.DenialHealth, controllerTarget(t, "N", ""))}
	got := decide(asks(t, "B", "patient"), statements, held(t, "A", "patient"))
	if !got.Obligations.Has(decision.CheckLegacy) || got.ForRequester() != decide(asks(t, "B", "patient"), statements[:2], held(t, "A", "patient")).ForRequester() {
		t.Errorf("got %+v, shown %+v", got, got.ForRequester())
	}
}

func TestReasonsOfTheRequestItselfAreShown(t *testing.T) {
	own := held(t, "A", "patient")
	tests := map[decision.Reason]decision.Decision{
		decision.ReasonInvalidInput:               decide(asks(t, "B", "patient"), nil, &decision.Item{}),
		decision.ReasonNoAccessRight:              decide(asks(t, "A", "patient", func(r *decision.Request) { r.AccessRight = false }), nil, own),
		decision.ReasonNoCareOrClientRelationship: decide(asks(t, "A", "patient", func(r *decision.Request) { r.Relationship = false }), nil, own),
		decision.ReasonSubjectDeceased:            decide(asks(t, "A", "patient", when(decision.Deceased)), nil, own),
		decision.ReasonRequesterOutOfScope:        decide(asks(t, "POL", ""), nil, own),
		decision.ReasonDenialViewNotJustified:     decide(asks(t, "A", "patient", viewing(0)), nil, nil),
		decision.ReasonPrescriptionOtherPurpose:   decide(asks(t, "B", "patient", func(r *decision.Request) { r.Purpose = decision.NotCare }), nil, prescribed(t)),
		decision.ReasonSharingNotAvailableViaKanta: decide(asks(t, "A", "social"), []consent.Statement{denies(t, consent.DenialPrescription, nil)},
			prescribed(t)),
		decision.ReasonNoPurchaserRequest: decide(asks(t, "PH", "", when(decision.NoPurchaserRequest)), nil, prescribed(t)),
	}
	for want, d := range tests {
		if got := d.ForRequester(); got != (decision.View{Effect: decision.Deny, Reason: want}) {
			t.Errorf("got %+v, want deny, %v and no obligation", got, want)
		}
	}
	permit := decide(asks(t, "A", "patient"), nil, own)
	if got := permit.ForRequester(); got != (decision.View{Effect: permit.Effect, Reason: permit.Reason, Obligations: permit.Obligations}) {
		t.Errorf("own register: got %+v, want as decided", got)
	}
}
