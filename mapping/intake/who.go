package intake

import "tahto/mapping/consent"

const (
	personOnly   = "Only the person may make this declaration; a guardian, a legal representative or an authorised person can't do it on behalf."
	mandateOnly  = "An authorised person (Suomi.fi) can't give consent to sharing between health and social care; it needs the client or a legal representative."
	capacityText = "A minor decides alone only when a professional has assessed the capacity to decide. Record the assessment (capacity-assessed true); when the capacity is lacking, a guardian or legal representative decides."
)

// who is rules section 2.2, V3 to V8: whether this person may declare this for
// that one.
var who = []rule{
	{
		id: "V6", law: "S0.12", code: "not-a-decision-maker", element: atExtension, deeds: personally,
		text:   "A person who is only entitled to information may look but decides nothing. The client, a guardian or a legal representative has to declare it.",
		broken: func(m *matter) bool { return m.by == consent.ByInformationRecipient },
	},
	{
		id: "V7", law: "K-minor-old; K-suomi-minor; L703 50", code: "mandate-not-for-minors", element: atExtension, deeds: personally,
		text:   "There is no mandate (Suomi.fi) for the affairs of a minor. The minor, a guardian or a legal representative declares it in person at a service.",
		broken: func(m *matter) bool { return m.stage == minor && m.by == consent.ByAuthorisedPerson },
	},
	{
		id: "V7", law: "K-dvv; K-will; L703 50; N-FHIR, Q24", code: "proxy-not-allowed", element: atExtension, deeds: personally,
		broken: func(m *matter) bool {
			return m.law.who != 0 && !m.law.who.has(m.by) && m.by != consent.ByInformationRecipient
		},
		tell: func(m *matter) string {
			if m.kind.IsCrossSector() {
				return mandateOnly
			}
			return personOnly
		},
	},
	{
		id: "V3", law: "S0.9; S0.10; S0.11; K-minor", code: "minor-in-person-only", element: atAgent, deeds: personally,
		text:   "For a minor this can't be declared, withdrawn or annulled in MyKanta, neither by the minor nor by anybody else. It is done in person at a service, where a professional assesses the minor's capacity to decide.",
		broken: func(m *matter) bool { return m.ofMinor() && m.inMyKanta() },
	},
	{
		id: "V5", law: "L61 13(2); L703 58(1)", code: "guardian-cannot-deny-prescription", element: atExtension, deeds: declaring,
		text: "A guardian or legal representative can't decide about the denials of a minor's prescriptions. Only a minor who has the capacity to decide can.",
		broken: func(m *matter) bool {
			return m.ofMinor() && m.guarded() && (m.kind == consent.DenialPrescription || m.kind == consent.EmergencyPrescription)
		},
	},
	{
		id: "V4", law: "L703 51; S0.11", code: "minor-in-person-only", element: atExtension, deeds: declaring, text: capacityText,
		broken: func(m *matter) bool {
			return m.ofMinor() && m.oneself() && m.declared.Capacity != consent.CapacityFound
		},
	},
	{
		id: "V3", law: "S0.11; X-8", code: "minor-in-person-only", element: atExtension, deeds: declaring,
		text: "A guardian or legal representative decides about denials only when a professional has assessed the minor's capacity to decide and found it lacking. Record that it was assessed (capacity-assessed).",
		broken: func(m *matter) bool {
			return m.ofMinor() && m.guarded() && denying(m.kind) && m.declared.Capacity == consent.CapacityNotAssessed
		},
	},
	{
		id: "V4", law: "L703 51", code: "not-a-decision-maker", element: atExtension, deeds: replacing | withdrawing | retracting,
		text: "The minor declared this alone, found capable to decide; a guardian or legal representative can't replace or withdraw it. The minor does so in person.",
		broken: func(m *matter) bool {
			return m.ofMinor() && m.guarded() && m.Before != nil && m.Before.Capacity == consent.CapacityFound &&
				(m.Before.DeclaredBy == consent.ByMinor || m.Before.DeclaredBy == consent.ByClient)
		},
	},
	{
		id: "V4", law: "INFERENCE: guardianship ends at 18", code: "not-a-decision-maker", element: atExtension, deeds: personally,
		text:   "The person was an adult on that day, and a guardian of a child decides nothing for an adult. The client, a legal representative or an authorised person has to declare it.",
		broken: func(m *matter) bool { return m.stage == adult && m.by == consent.ByGuardian },
	},
	{
		id: "V8", law: "L703 3(10), 53-55", code: "not-a-decision-maker", element: atExtension, deeds: declaring,
		text: "The client was assessed to lack the capacity to decide; then the legal representative's declaration counts. Correct the assessment or let the representative declare.",
		broken: func(m *matter) bool {
			return m.stage == adult && m.oneself() && m.declared.Capacity == consent.CapacityLacking && m.kind != consent.Information
		},
	},
	{
		id: "V3", law: "INFERENCE: fail closed", code: "recorder-contradiction", element: atExtension, deeds: declaring,
		text:   "The person was an adult on that day, but the declaration says that it was made by a minor. Correct declared-by or the date.",
		broken: func(m *matter) bool { return m.stage == adult && m.by == consent.ByMinor },
	},
	{
		id: "2.2", law: "N-FHIR TIP-PROV-3, TIP-PROV-4", code: "recorder-contradiction", element: atAgent, deeds: personally,
		text:   "The client (role 12) recorded it in MyKanta, but the declaration says that somebody else made it. Use role 5 for a representative, or correct declared-by.",
		broken: func(m *matter) bool { return m.recorder == Client && !m.oneself() },
	},
	{
		id: "2.2", law: "N-FHIR TIP-PROV-3, TIP-PROV-4", code: "recorder-contradiction", element: atAgent, deeds: personally,
		text:   "A representative (role 5) recorded it in MyKanta, but the declaration does not say who: give declared-by, such as authorised-person or legal-representative. The client has role 12.",
		broken: func(m *matter) bool { return m.recorder == Representative && m.oneself() },
	},
	{
		id: "2.2", law: "INFERENCE: fail closed", code: "recorder-contradiction", element: atAgent, deeds: personally,
		text:   "The person who recorded it in MyKanta is not the one who declared it: the client (role 12) declares one's own, a representative (role 5) somebody else's and under one's own name (acting-person). Correct the Provenance or the declaration.",
		broken: func(m *matter) bool { return m.inMyKanta() && !m.isDeclarer(m.Recording.Person) },
	},
	{
		id: "V7", law: "S0.15; L703 74(3)", code: "acting-person-required", element: atExtension, deeds: declaring,
		text:   "The client is to see who acted on behalf. Give the name of the authorised person (acting-person, with display).",
		broken: func(m *matter) bool { return m.by == consent.ByAuthorisedPerson && !m.actorNamed() },
	},
	{
		id: "V7", law: "S0.13; L703 50", code: "mandate-not-valid", element: atExtension, deeds: personally,
		text:   "The mandate (Suomi.fi) is missing, does not say for which time it is, or was not in force when this was declared. An authorised person needs one that is in force; its last day counts in full.",
		broken: func(m *matter) bool { return m.by == consent.ByAuthorisedPerson && !m.mandated() },
	},
}

// isDeclarer reports that nothing speaks against a person, if one is told,
// having declared it in MyKanta.
func (m *matter) isDeclarer(recorded consent.Identifier) bool {
	if recorded.IsZero() {
		return true
	}
	if m.recorder == Client {
		return recorded == m.declared.Person
	}
	acting := m.declared.Acting
	other := acting != nil && acting.Identifier.System == recorded.System && acting.Identifier != recorded
	return recorded != m.declared.Person && !other
}

func (m *matter) actorNamed() bool {
	return m.declared.Acting != nil && m.declared.Acting.Display != ""
}

// mandated reports that the mandate was in force when it was declared, and, in
// MyKanta, when it was recorded, since there both are one.
func (m *matter) mandated() bool {
	mandate := m.declared.Mandate
	if mandate == nil || mandate.Identifier.IsZero() || mandate.Period.IsZero() || !mandate.Period.Contains(m.at) {
		return false
	}
	return !m.inMyKanta() || m.Recording.At.IsZero() || mandate.Period.Contains(m.Recording.At)
}
