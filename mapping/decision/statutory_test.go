package decision_test

import (
	"testing"

	"tahto/mapping/consent"
	"tahto/mapping/decision"
)

func TestStatutoryRightsBeatDenials(t *testing.T) {
	denial := []consent.Statement{denies(t, consent.DenialSocial, controllerTarget(t, "B", "social")), denies(t, consent.DenialHealth, nil)}
	consents := []consent.Statement{informed(t, "2.0", "2024-01-10"), given(t, consent.ConsentSocial, "2024-02-01")}
	joint := answer{"R12", decision.Permit, decision.ReasonJointService, decision.UseLog | decision.Necessary, nil}
	social := answer{"R13a", decision.Permit, decision.ReasonStatutoryRightSocialAuthority, decision.DisclosureLog | decision.RecordBasis | decision.Necessary, nil}
	health := answer{"R13b", decision.Permit, decision.ReasonStatutoryRightSocialAuthority, decision.DisclosureLog | decision.RecordBasis, nil}
	protects := func(on ...int) answer {
		return answer{"R13c", decision.Permit, decision.ReasonSocialProtection56, decision.DisclosureLog | decision.RecordBasis, on}
	}
	denied := func(on int) answer {
		return answer{"R16", decision.Deny, decision.ReasonDenialInForce, decision.Hide, []int{on}}
	}
	none := answer{rule: "R26", reason: decision.ReasonNoConsent, obligations: decision.Hide}
	notCare := func(r *decision.Request) { r.Purpose = decision.NotCare }
	b55, b53 := claiming(decision.Basis55, 0), claiming(decision.Basis53, 0)
	b56 := func(ground uint8) func(*decision.Request) { return claiming(decision.Basis56, ground) }
	run(t, []scenario{
		{"joint service under a denial", asks(t, "A", "social", when(decision.JointService)), held(t, "A", "patient"), denial, joint},
		{"joint service is not for other purposes", asks(t, "A", "social", when(decision.JointService), notCare), held(t, "A", "patient"), nil, none},
		{"joint service is not for a pharmacy", asks(t, "PH", "", when(decision.JointService)), held(t, "A", "patient"), nil, none},
		{"authority and social data under a denial", asks(t, "A", "social", b55), held(t, "B", "social"), denial, social},
		{"one acting on behalf of the authority", asks(t, "S1", "social", actingFor(t, "A"), b55), held(t, "B", "social"), denial, social},
		{"one acting outside the assignment", asks(t, "S1", "social", actingFor(t, "A"), when(decision.OutsideAssignment), b55), held(t, "B", "social"), denial, denied(0)},
		{"a public health service is no social authority", asks(t, "A", "patient", b55), held(t, "B", "social"), denial, denied(0)},
		{"basis 55 does not reach patient data", asks(t, "A", "social", b55), held(t, "B", "patient"), denial, denied(1)},
		{"authority and patient data under a denial", asks(t, "A", "social", b53), held(t, "B", "patient"), denial, health},
		{"a private provider has no right to patient data", asks(t, "S1", "social", b53), held(t, "B", "patient"), denial, denied(1)},
		{"basis 53 does not reach social data", asks(t, "A", "social", b53), held(t, "B", "social"), denial, denied(0)},
		{"protection, client denies, ground 1", asks(t, "A", "social", b56(1)), held(t, "B", "social"), denial, protects(0)},
		{"protection, client refuses consent, ground 2", asks(t, "A", "social", b56(2), when(decision.ConsentRefused)), held(t, "B", "social"), nil, protects()},
		{"protection for another authority", asks(t, "A", "patient", b56(2)), held(t, "B", "social"), denial, protects(0)},
		{"protection, ground 3 without capacity", asks(t, "A", "social", b56(3), when(decision.NoCapacity)), held(t, "B", "social"), denial, protects(0)},
		{"protection, ground 3 with capacity", asks(t, "A", "social", b56(3)), held(t, "B", "social"), denial, denied(0)},
		{"protection needs a denial, refusal or incapacity", asks(t, "A", "social", b56(1)), held(t, "B", "social"), nil, none},
		{"protection does not replace a consent", asks(t, "A", "social", b56(1)), held(t, "B", "social"), consents, answer{"R20", decision.Permit, decision.ReasonConsent, fullConsent, []int{1}}},
		{"protection is of social data", asks(t, "A", "social", b56(1)), held(t, "B", "patient"), denial, denied(1)},
		{"private without need of immediate care", asks(t, "S1", "social", b56(1)), held(t, "B", "social"), denial, denied(0)},
		{"private in need of immediate care", asks(t, "S1", "social", b56(1), when(decision.ImmediateCare)), held(t, "B", "social"), denial, protects(0)},
		{"private on behalf of an authority", asks(t, "S1", "social", actingFor(t, "A"), b56(1)), held(t, "B", "social"), denial, protects(0)},
		{"a pharmacy is protected by nothing", asks(t, "PH", "", b56(1), when(decision.ImmediateCare)), held(t, "B", "social"), denial, denied(0)},
	})
}

const fullConsent = decision.DisclosureLog | decision.Necessary | decision.PreferKanta | decision.Special

func TestEmergencyPermissionLiftsADenialOfPatientData(t *testing.T) {
	denial, permission := denies(t, consent.DenialHealth, nil), given(t, consent.EmergencyHealth, "2024-03-01")
	both := []consent.Statement{permission, denial}
	unconscious := when(decision.Unconscious)
	denied := answer{"R16", decision.Deny, decision.ReasonDenialInForce, decision.Hide, []int{1}}
	run(t, []scenario{
		{"lifted when unconscious", asks(t, "B", "patient", unconscious), held(t, "A", "patient"), both, answer{"R15", decision.Permit, decision.ReasonEmergencyPermittedByDenial, decision.DisclosureLog | decision.RecordBasis, []int{0, 1}}},
		{"not lifted otherwise", asks(t, "B", "patient", when(decision.NoCapacity)), held(t, "A", "patient"), both, denied},
		{"not lifted for other purposes", asks(t, "B", "patient", unconscious, func(r *decision.Request) { r.Purpose = decision.NotCare }), held(t, "A", "patient"), both, denied},
		{"not lifted by the permission for prescriptions", asks(t, "B", "patient", unconscious), held(t, "A", "patient"), []consent.Statement{given(t, consent.EmergencyPrescription, "2024-03-01"), denial}, denied},
		{"not lifted by who may only view", asks(t, "B", "patient", unconscious), held(t, "A", "patient"), []consent.Statement{declaredBy(consent.ByInformationRecipient, permission), denial}, denied},
		{"not lifted by an unknown declarer", asks(t, "B", "patient", unconscious), held(t, "A", "patient"), []consent.Statement{declaredBy(99, permission), denial}, denied},
		{"not lifted for a pharmacy", asks(t, "PH", "", unconscious), held(t, "A", "patient"), both, denied},
		{"a denial of social data is not lifted", asks(t, "B", "social", unconscious), held(t, "A", "social"), []consent.Statement{permission, denies(t, consent.DenialSocial, nil)}, denied},
	})
}
