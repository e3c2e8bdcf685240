package decision_test

import (
	"testing"

	"tahto/mapping/consent"
	"tahto/mapping/decision"
)

func TestPrescriptions(t *testing.T) {
	info := informed(t, "2.0", "2024-01-10")
	denial := denies(t, consent.DenialPrescription, &consent.Target{Kind: consent.TargetPrescription, Prescription: id("r1")})
	other := denies(t, consent.DenialPrescription, &consent.Target{Kind: consent.TargetPrescription, Prescription: id("r2")})
	all := denies(t, consent.DenialPrescription, nil)
	ofStorer := denies(t, consent.DenialPrescription, controllerTarget(t, "A", ""))
	ofMerged := denies(t, consent.DenialPrescription, controllerTarget(t, "M", ""))
	emergency := given(t, consent.EmergencyPrescription, "2024-03-01")
	on := func(s ...consent.Statement) []consent.Statement { return append([]consent.Statement{info}, s...) }
	permit := func(rule string, reason decision.Reason, rests ...int) answer {
		return answer{rule, decision.Permit, reason, decision.DisclosureLog, rests}
	}
	denied := func(rule string) answer {
		return answer{rule, decision.Deny, decision.ReasonPrescriptionDenied, decision.Hide, []int{1}}
	}
	deny := func(rule string, reason decision.Reason) answer { return answer{rule: rule, reason: reason} }
	care := permit("P8", decision.ReasonPrescriptionCareSituation)
	inform := care
	inform.obligations |= decision.Inform
	notCare := func(r *decision.Request) { r.Purpose = decision.NotCare }
	controlled := func(i *decision.Item) { i.ControlledDrug = true }
	storedBy := func(key string) func(*decision.Item) {
		return func(i *decision.Item) { i.StoredBy = org(t, key) }
	}
	item := prescribed(t)
	run(t, []scenario{
		{"pharmacy, nobody asked", asks(t, "PH", "", when(decision.NoPurchaserRequest)), item, on(denial), deny("P1", decision.ReasonNoPurchaserRequest)},
		{"pharmacy, too old", asks(t, "PH", ""), prescribed(t, func(i *decision.Item) { i.Recorded = wholeDay(t, "2021-06-15") }), on(denial), deny("P2", decision.ReasonPrescriptionTooOld)},
		{"pharmacy, denied, instructions shown", asks(t, "PH", "", when(decision.InstructionsPresented)), item, on(denial), permit("P3", decision.ReasonPrescriptionInstructions, 1)},
		{"pharmacy, denied", asks(t, "PH", ""), item, on(denial), denied("P4")},
		{"pharmacy", asks(t, "PH", ""), item, on(), permit("P5", decision.ReasonPrescriptionPharmacyRequest)},
		{"pharmacy, instructions of one not denied", asks(t, "PH", "", when(decision.InstructionsPresented)), item, on(other), permit("P5", decision.ReasonPrescriptionPharmacyRequest)},
		{"pharmacy, another purpose", asks(t, "PH", "", notCare), item, on(), deny("P7", decision.ReasonPrescriptionOtherPurpose)},
		{"social provider through Kanta", asks(t, "A", "social"), item, on(), deny("P6", decision.ReasonSharingNotAvailableViaKanta)},
		{"social provider another way", asks(t, "A", "social", by(decision.Other)), item, on(), care},
		{"another purpose, written consent", asks(t, "B", "patient", notCare, when(decision.WrittenConsent)), item, on(), permit("P7", decision.ReasonPrescriptionWrittenConsent)},
		{"another purpose", asks(t, "B", "patient", notCare), item, on(), deny("P7", decision.ReasonPrescriptionOtherPurpose)},
		{"care", asks(t, "B", "patient"), item, on(), care},
		{"care, without information", asks(t, "B", "patient"), item, nil, inform},
		{"care, other denials have no effect (Q12)", asks(t, "B", "patient"), item, on(denies(t, consent.DenialHealth, nil), other), care},
		{"care, old prescription", asks(t, "B", "patient"), prescribed(t, func(i *decision.Item) { i.Recorded = consent.Period{} }), on(), care},
		{"denied, own prescriber", asks(t, "B", "patient", when(decision.OwnPrescriber)), item, on(denial), permit("P9", decision.ReasonPrescriptionOwnPrescriber, 1)},
		{"denied, stored by requester", asks(t, "A", "patient"), item, on(denial), permit("P10", decision.ReasonPrescriptionStoringProvider, 1)},
		{"denied, stored by a provider merged into it", asks(t, "A", "patient"), prescribed(t, storedBy("M")), on(denial), permit("P10", decision.ReasonPrescriptionStoringProvider, 1)},
		{"denied, stored by the organiser acted for", asks(t, "P1", "patient", actingFor(t, "A")), item, on(denial), permit("P10", decision.ReasonPrescriptionStoringProvider, 1)},
		{"denied, before the merger", asks(t, "A", "patient", at(t, "2022-12-31")), prescribed(t, storedBy("M")), on(func() consent.Statement { s := denial; s.From = day(t, "2022-01-01"); return s }()), denied("P14")},
		{"denied, renewal", asks(t, "B", "patient", when(decision.Renewal)), item, on(denial), permit("P11", decision.ReasonPrescriptionRenewal, 1)},
		{"denied, both controlled drugs", asks(t, "B", "patient", when(decision.PrescribingControlledDrug)), prescribed(t, controlled), on(denial), permit("P12", decision.ReasonPrescriptionControlled, 1)},
		{"denied, only the denied one is controlled", asks(t, "B", "patient"), prescribed(t, controlled), on(denial), denied("P14")},
		{"denied, emergency with the permission", asks(t, "B", "patient", when(decision.Unconscious)), item, on(denial, emergency), permit("P13", decision.ReasonPrescriptionEmergency, 1, 2)},
		{"denied, emergency with the permission for patient data", asks(t, "B", "patient", when(decision.Unconscious)), item, on(denial, given(t, consent.EmergencyHealth, "2024-03-01")), denied("P14")},
		{"denied, no emergency", asks(t, "B", "patient"), item, on(denial, emergency), denied("P14")},
		{"all denied, if found", asks(t, "B", "patient"), item, on(all), denied("P14")},
		{"the storing provider denied, if found", asks(t, "B", "patient"), item, on(ofStorer), denied("P14")},
		{"a merged provider denied, if found", asks(t, "B", "patient"), prescribed(t, storedBy("M")), on(ofMerged), denied("P14")},
		{"a denial of another provider, if found", asks(t, "B", "patient"), prescribed(t, storedBy("U1")), on(ofStorer), care},
		{"a guardian's denial has no effect", asks(t, "B", "patient"), item, on(declaredBy(consent.ByGuardian, denial)), care},
		{"a minor's legal representative's denial has no effect", asks(t, "B", "patient", when(decision.Minor)), item, on(declaredBy(consent.ByLegalRepresentative, denial)), care},
		{"an adult's legal representative's denial has", asks(t, "B", "patient"), item, on(declaredBy(consent.ByLegalRepresentative, denial)), denied("P14")},
		{"a minor's own denial has", asks(t, "B", "patient", when(decision.Minor)), item, on(declaredBy(consent.ByMinor, denial)), denied("P14")},
	})
}
