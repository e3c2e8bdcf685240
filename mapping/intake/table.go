package intake

import (
	"slices"

	"tahto/mapping/consent"
)

// rule is one thing that may not be done. All rules are asked in their order,
// and each that is broken is a finding that refuses.
type rule struct {
	id      string // as in the rule base
	law     string // section of the law, or source, it comes from
	code    string
	element string
	deeds   deed // which it is asked about
	text    string
	broken  func(*matter) bool
	tell    func(*matter) string // instead of text
}

func (r *rule) asked(m *matter) bool { return r.deeds&m.deed != 0 }

func (r *rule) finding(m *matter) Finding {
	text := r.text
	if r.tell != nil {
		text = r.tell(m)
	}
	return Finding{Rule: r.id, Code: r.code, Element: r.element, Severity: Refuse, Text: text}
}

// table is all rules in their order: whether it can be done at all, who did it,
// where, at what it is aimed, for how long, what had to come before, and whether its times agree. The
// nearer to the person the question, the earlier it is asked, so that who may
// not declare at all is told so first.
var table = slices.Concat(standing, who, where, targets, scopes, terms, times)

// Elements that findings point at.
const (
	atStatus    = "Consent.status"
	atCategory  = "Consent.category"
	atPatient   = "Consent.patient"
	atDateTime  = "Consent.dateTime"
	atExtension = "Consent.extension"
	atProvision = "Consent.provision"
	atActor     = "Consent.provision.actor"
	atPeriod    = "Consent.provision.period"
	atAgent     = "Provenance.agent"
	nowhere     = "Provenance"
)

// standing is whether the declaration can take this step at all.
var standing = []rule{
	{
		id: "2.3", law: "L703 58; INFERENCE for the steps", code: "status-transition", element: atStatus, deeds: everything,
		broken: func(m *matter) bool { return !m.mayFollow() },
		tell:   transitionText,
	},
	{
		id: "2.3", law: "rules 2.1, INFERENCE", code: "status-transition", element: atStatus, deeds: withdrawing,
		text:   "That the information was received can't be withdrawn; receiving a newer version supersedes it. If it was recorded by mistake, annul it (entered-in-error, or delete it).",
		broken: func(m *matter) bool { return m.kind == consent.Information },
	},
	{
		id: "2.2", law: "INFERENCE: fail closed", code: "declaration-not-known", element: atCategory, deeds: everything,
		text:   "Nobody may make this declaration here, because it is not one that the law or the national service knows. Correct the category.",
		broken: func(m *matter) bool { return m.law.who == 0 },
	},
	{
		id: "V2", law: "L703 58(2); N-FHIR TIP-PROV-3", code: "provenance-required", element: nowhere, deeds: effective,
		text:   "Nothing says who recorded the declaration and where it was made. Send its Provenance in the same transaction: an agent with role 2 and the service unit with role 7, or role 5 or 12 for MyKanta.",
		broken: func(m *matter) bool { return m.recorder == NotRecorded },
	},
	{
		id: "V3", law: "INFERENCE: fail closed", code: "person-unknown", element: atPatient, deeds: effective,
		text:   "From the identity code and the date of the declaration it can't be told whether the person was a minor. Correct the identity code or the date.",
		broken: func(m *matter) bool { return m.stage == ageUnknown },
	},
}
