package decision_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"tahto/mapping/consent"
	"tahto/mapping/decision"
)

func TestProfileIsWhatOrdinaryItemsGet(t *testing.T) {
	info := informed(t, "2.0", "2024-01-10")
	health, social := given(t, consent.ConsentHealth, "2024-02-01"), given(t, consent.ConsentSocial, "2024-02-01")
	event := denies(t, consent.DenialHealth, &consent.Target{Kind: consent.TargetServiceEvent, ServiceEvent: id("e1")})
	over := declared(t, consent.DenialSocial, "2024-03-01", "2025-01-01")
	ignored := declaredBy(consent.ByInformationRecipient, denies(t, consent.DenialSocial, nil))
	rx := denies(t, consent.DenialPrescription, &consent.Target{Kind: consent.TargetPrescription, Prescription: id("r1")})
	everything := given(t, consent.ConsentHealthToSocial, "2024-09-01")
	everything.Everything = true
	tests := []struct {
		name       string
		request    decision.Request
		statements []consent.Statement
		rules      []string
		exceptions [][]int
	}{
		{"nothing declared", asks(t, "B", "patient"), nil, []string{"R26", "R26", "P8"}, [][]int{nil, nil, nil}},
		{"consent with exceptions", asks(t, "B", "patient"), []consent.Statement{info, health, event, over, ignored, rx}, []string{"R20", "R26", "P8"}, [][]int{{2}, nil, {5}}},
		{"all denied", asks(t, "B", "patient"), []consent.Statement{info, health, denies(t, consent.DenialHealth, nil)}, []string{"R16", "R26", "P8"}, [][]int{{2}, nil, nil}},
		{"social provider", asks(t, "B", "social"), []consent.Statement{info, health, social}, []string{"R26", "R20", "P6"}, [][]int{nil, nil, nil}},
		{"across with everything", asks(t, "S1", "social", by(decision.Other)), []consent.Statement{info, everything}, []string{"R17", "R26", "P8"}, [][]int{nil, nil, nil}},
		{"pharmacy", asks(t, "PH", ""), []consent.Statement{info, health}, []string{"R26", "R26", "P5"}, [][]int{nil, nil, nil}},
		{"no access right", asks(t, "B", "patient", func(r *decision.Request) { r.AccessRight = false }), []consent.Statement{info, health}, []string{"R07", "R07", "R07"}, [][]int{nil, nil, nil}},
		{"Uusimaa is not everywhere", asks(t, "HUS", "patient"), []consent.Statement{info}, []string{"R26", "R26", "P8"}, [][]int{nil, nil, nil}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			hearing := setting.Hear(tt.request, tt.statements)
			var rules []string
			var exceptions [][]int
			for i, scope := range hearing.Profile() {
				rules = append(rules, scope.Decision.Rule)
				exceptions = append(exceptions, indexes(scope.Exceptions))
				if want := []decision.Sector{decision.Health, decision.Social, decision.Prescription}[i]; scope.Sector != want {
					t.Errorf("scope %d: got sector %v, want %v", i, scope.Sector, want)
				}
			}
			if diff := cmp.Diff(tt.rules, rules); diff != "" {
				t.Errorf("rules (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.exceptions, exceptions); diff != "" {
				t.Errorf("exceptions (-want +got):\n%s", diff)
			}
		})
	}
}
