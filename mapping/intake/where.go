package intake

import (
	"time"

	"tahto/mapping/consent"
	"tahto/mapping/decision"
)

const notAvailable = "channel-not-available"

// where is rule V2: in MyKanta, or given to a provider that has joined Kanta
// and whose system can record it.
var where = []rule{
	{
		id: "V2", law: "rules 2.1; K-ps; L703 73(3)", code: notAvailable, element: atAgent, deeds: declaring,
		text:   "This is declared in MyKanta only, not at a service. Ask the client to do it there.",
		broken: func(m *matter) bool { return m.inPerson() && m.law.who != 0 && m.law.service == noService },
	},
	{
		id: "V2", law: "rules 2.1; K-will", code: notAvailable, element: atAgent, deeds: declaring,
		text:   "This is declared at a health service only, not in MyKanta.",
		broken: func(m *matter) bool { return m.inMyKanta() && m.law.who != 0 && !m.law.myKanta },
	},
	{
		id: "V2", law: "L703 58(2)", code: notAvailable, element: atAgent, deeds: effective,
		text:   "The service unit is not in the directory of organisations, so that nobody knows whether it has joined Kanta. Give the identifier of a unit or provider that is listed (agent with role 7), or have it listed.",
		broken: func(m *matter) bool { return m.inPerson() && !m.listed },
	},
	{
		id: "V2", law: "L703 58(2)", code: notAvailable, element: atAgent, deeds: effective,
		text: "The provider has not joined Kanta, so that declarations can't be made there. The client can do it in MyKanta or at a provider that has joined.",
		broken: func(m *matter) bool {
			return m.inPerson() && m.listed && !m.rules.Directory.HasJoined(m.unit.Identifier)
		},
	},
	{
		id: "V2", law: "L703 58(2); INFERENCE for pharmacies", code: notAvailable, element: atAgent, deeds: effective,
		text:   "Declarations are made in MyKanta or at a provider of social or health services; this organisation is none.",
		broken: func(m *matter) bool { return m.inPerson() && m.listed && m.unit.Kind != decision.Provider },
	},
	{
		id: "V2", law: "L552 55(5)", code: notAvailable, element: atAgent, deeds: declaring,
		text:   "This is declared in MyKanta or in writing at a public health unit, not at a private provider.",
		broken: func(m *matter) bool { return m.inPerson() && m.law.service == publicService && !m.unit.Public },
	},
	{
		id: "V2", law: "S0.8; S1.14; S2.7; X-6", code: notAvailable, element: atAgent, deeds: declaring,
		text: "The system of this service could not record denials in social care on that day. The client can set or withdraw the denial in MyKanta.",
		broken: func(m *matter) bool {
			return m.kind == consent.DenialSocial && m.lacks(decision.SocialDenials, or(m.rules.Calendar.SocialDenials, 2025, time.January))
		},
	},
	{
		id: "V2", law: "S1.14; S1.15; S2.2; L784 52", code: notAvailable, element: atAgent, deeds: declaring,
		text: "The system of this service could not record consents in social care on that day. The client can give or withdraw the consent in MyKanta.",
		broken: func(m *matter) bool {
			return m.kind == consent.ConsentSocial && m.lacks(decision.SocialConsents, or(m.rules.Calendar.SocialConsents, 2023, time.January))
		},
	},
}

// lacks reports that it was recorded at a service whose system did not have the
// function; where the directory does not tell, it has it from the given day on.
func (m *matter) lacks(f decision.Function, otherwise time.Time) bool {
	return m.inPerson() && !m.rules.Directory.Function(m.unit.Identifier, f).At(m.at, otherwise)
}
