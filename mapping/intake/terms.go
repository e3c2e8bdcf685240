package intake

import (
	"slices"
	"time"

	"tahto/mapping/consent"
	"tahto/mapping/decision"
)

// scopes is V13 and V14: how far a consent reaches.
var scopes = []rule{
	{
		id: "V13", law: "L703 54(1), 55(1)", code: "consent-scope-not-limitable", element: atProvision, deeds: setting,
		text: "A consent covers all data of its sector and every provider. Give it in full and deny what is not to be shared.",
		broken: func(m *matter) bool {
			d := m.declared
			return m.kind.IsConsent() && !m.kind.IsCrossSector() && (len(d.Grants) > 0 || d.Everything || d.Target != nil)
		},
	},
	{
		id: "V14", law: "L703 53(2)-(3); D457 25; X-16", code: "scope-required", element: atProvision, deeds: setting,
		text:   "The consent does not say what may be shared with whom. Name the recipients and the data, or say everything (root permit).",
		broken: func(m *matter) bool { return m.kind.IsCrossSector() && !m.scoped() },
	},
}

// scoped reports that a cross-sector consent says what it covers: everything,
// or in each part the recipients and the data.
func (m *matter) scoped() bool {
	if m.declared.Everything {
		return len(m.declared.Grants) == 0
	}
	unsaid := func(g consent.Grant) bool { return len(g.Recipients) == 0 || len(g.Data) == 0 }
	return len(m.declared.Grants) > 0 && !slices.ContainsFunc(m.declared.Grants, unsaid)
}

const fixedTerm = "fixed-term-not-supported"

// terms is V15, for how long, and V1, what had to come before.
var terms = []rule{
	{
		id: "V15", law: "L703 58(1)", code: fixedTerm, element: atPeriod + ".end", deeds: setting,
		text:   "The declaration is in force until further notice and can't end on a day that is set in advance. Leave the end out, and withdraw it when it is to end.",
		broken: func(m *matter) bool { return m.law.open && !m.declared.Until.IsZero() },
	},
	{
		id: "V15", law: "L703 58(1), INFERENCE", code: fixedTerm, element: atPeriod + ".start", deeds: declaring,
		text:   "The declaration can't begin in the future. Leave the start out, or declare it on that day.",
		broken: func(m *matter) bool { return m.law.open && m.future(m.declared.From) && !m.future(m.declared.Declared) },
	},
	{
		id: "V15", law: "L703 58(1), INFERENCE", code: fixedTerm, element: atDateTime, deeds: declaring,
		text:   "The declaration is dated in the future. Give the time at which it was made.",
		broken: func(m *matter) bool { return m.future(m.declared.Given()) },
	},
	{
		id: "V15", law: "L703 58(1); M36", code: fixedTerm, element: atPeriod + ".end", deeds: withdrawing,
		text:   "A withdrawal has effect from when it is recorded and can't be set in advance. Leave the end out, or give a time that has passed.",
		broken: func(m *matter) bool { return m.future(m.declared.Until) },
	},
	{
		id: "V15", law: "rules 2.3", code: fixedTerm, element: atPeriod, deeds: withdrawing,
		text:   "The declaration would end before it began. Correct the start or the end; if it never was in force, annul it.",
		broken: func(m *matter) bool { return !m.declared.Until.IsZero() && m.declared.Until.Before(m.declared.From) },
	},
	{
		id: "V1", law: "L703 58(1)-(2), 68; S3.6; S1.4", code: "information-not-received", element: atDateTime, deeds: setting,
		text:   "The client had not received the information about Kanta by that day. Give the information, record that it was received, and then declare this.",
		broken: func(m *matter) bool { return m.law.informed && !m.informed() },
	},
	{
		id: "V1", law: "L703 68", code: "information-not-received", element: "Consent.policyRule", deeds: setting,
		text: "Say which version of the information was received (policyRule).",
		broken: func(m *matter) bool {
			return m.kind == consent.Information && m.declared.Information == consent.NoInformation
		},
	},
}

// informed reports that some information was received on the day of the
// declaration or earlier, and counted then.
func (m *matter) informed() bool {
	return slices.ContainsFunc(m.Others, func(o consent.Statement) bool {
		late := decision.DateInFinland(m.at).Before(decision.DateInFinland(receivedAt(&o)))
		return m.received(&o) && !late && (o.Until.IsZero() || o.Until.After(m.at))
	})
}

// newest is the newest version of the information that was received by now.
func (m *matter) newest() consent.InformationVersion {
	newest := consent.NoInformation
	for i := range m.Others {
		o := &m.Others[i]
		if m.received(o) && o.InForce(m.Now) {
			newest = max(newest, o.Information)
		}
	}
	return newest
}

// received reports whether another declaration of the same person says that
// information was received.
func (m *matter) received(o *consent.Statement) bool {
	return o.Kind == consent.Information && o.Information != consent.NoInformation && o.Person == m.declared.Person &&
		!o.From.IsZero() && o.DeclaredBy != consent.ByInformationRecipient &&
		(o.Status == consent.Active || o.Status == consent.Withdrawn && !o.Until.IsZero())
}

// receivedAt is when the information was received.
func receivedAt(o *consent.Statement) time.Time {
	if o.Declared.After(o.From) {
		return o.Declared
	}
	return o.From
}
