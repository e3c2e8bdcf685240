package intake

import (
	"time"

	"tahto/mapping/consent"
	"tahto/mapping/decision"
)

// targets is V9 to V12 and V16: at what a denial may be aimed (rules section
// 2.1). Of a withdrawal
// nothing of it is asked, save that it names no recipient.
var targets = []rule{
	{
		id: "V9", law: "S3.32; K-denial-pat-old", code: "target-inside-one-file", element: atActor, deeds: setting,
		text:   "Inside one register nothing can be denied, such as between two health centres of a county: the denial names the controller (rekisterinpitäjä), not a unit of it. Deny the controller's data towards others, or leave it.",
		broken: func(m *matter) bool { return m.aimed() == insideOneFile },
	},
	{
		id: "V12", law: "S0.6; K-denial-pat-old; K-osva; X-15", code: "outsourced-sharing-cannot-be-denied", element: atActor, deeds: setting,
		text:   "The one produces services for the other (outsourced or voucher service); sharing between them can't be denied.",
		broken: func(m *matter) bool { return m.aimed() == outsourced },
	},
	{
		id: "V16", law: "L703 59, INFERENCE", code: "recipient-target-not-supported", element: atActor, deeds: setting,
		text:   "The law knows no denial against one recipient. Deny the source of the data, which then holds towards everybody else, or withdraw the consent.",
		broken: func(m *matter) bool { return m.aimed() == atRecipient },
	},
	{
		// Nothing with a recipient is ever stored, whatever its status: it could
		// not be read again.
		id: "V16", law: "L703 59, INFERENCE", code: "recipient-target-not-supported", element: atActor, deeds: everything &^ setting,
		text:   "The law knows no denial against one recipient, in a draft or in what is withdrawn or annulled neither. Leave the recipient out.",
		broken: func(m *matter) bool { return m.After != nil && !m.target().Recipient.IsZero() },
	},
	{
		id: "V9", law: "L703 59; L61 13", code: "target-not-available", element: atProvision, deeds: setting,
		text:   "The declaration can't be aimed at this. A denial in health care names a service event, a controller or nothing; one in social care a document, a service task or a controller; one of prescriptions a prescription.",
		broken: func(m *matter) bool { return !m.targetFits() },
	},
	{
		id: "V9", law: "L703 59(1); X-5", code: "target-not-available", element: atProvision, deeds: setting,
		text:   "All social welfare data can't be denied at once. Set one denial for each controller, or deny a service task or a document.",
		broken: func(m *matter) bool { return m.kind == consent.DenialSocial && m.target() == consent.Target{} },
	},
	{
		id: "V9", law: "L703 13, 59", code: "target-not-available", element: atActor, deeds: setting,
		text:   "This organisation keeps no register of social or health care, so that there is nothing to deny. Name the controller of the data.",
		broken: func(m *matter) bool { return m.controls() && m.controller().Kind != decision.Provider },
	},
	{
		id: "V10", law: "S3.17; S3.18; L703 59(2)", code: "private-service-event-only", element: atActor, deeds: setting,
		text: "In private health care single service events can be denied, and the register of occupational health; not the patient register as a whole. Set a denial for each service event.",
		broken: func(m *matter) bool {
			return m.kind == consent.DenialHealth && m.controls() && !m.controller().Public && m.target().Register != consent.Occupational
		},
	},
	{
		id: "V11", law: "L703 102(2); L784 52(2); K-denial-pat", code: "target-not-yet-available", element: atProvision, deeds: setting,
		text: "A denial of all patient data could not be set before 2024, or the system of this service can't record it. Deny service events or controllers, or use MyKanta.",
		broken: func(m *matter) bool {
			return m.kind == consent.DenialHealth && m.target().Kind == consent.TargetAll &&
				m.early(decision.AllHealthDenials, m.rules.Calendar.AllHealthDenials)
		},
	},
	{
		id: "V11", law: "L703 102(2); K-denial-pat", code: "target-not-yet-available", element: atActor, deeds: setting,
		text: "A private register of occupational health could not be denied before 2024, or the system of this service can't record it. Deny service events, or use MyKanta.",
		broken: func(m *matter) bool {
			return m.kind == consent.DenialHealth && m.controls() && !m.controller().Public && m.target().Register == consent.Occupational &&
				m.early(decision.PrivateOccupationalDenials, m.rules.Calendar.PrivateOccupationalDenials)
		},
	},
}

// aim is whom a denial is aimed at beside its source.
type aim uint8

const (
	atSource      aim = iota // nobody: as it is to be
	insideOneFile            // source and recipient have one controller
	outsourced               // one produces for the other
	atRecipient              // somebody else
)

// aimed looks up what the recipient of a denial is to its source. A unit as the
// source is a part of one file.
func (m *matter) aimed() aim {
	target, directory := m.target(), m.rules.Directory
	from, to := target.Controller, target.Recipient
	switch {
	case to.IsZero():
		if unit, listed := directory.Find(from); listed && !unit.PartOf.IsZero() {
			return insideOneFile
		}
		return atSource
	case from.IsZero():
		return atRecipient
	case directory.Controller(from) == directory.Controller(to):
		return insideOneFile
	case directory.Produces(to, from), directory.Produces(from, to):
		return outsourced
	}
	return atRecipient
}

// fitting says which targets a kind of denial may have.
var fitting = [...]struct {
	kind   consent.Kind
	target consent.TargetKind
}{
	{consent.DenialHealth, consent.TargetAll},
	{consent.DenialHealth, consent.TargetController},
	{consent.DenialHealth, consent.TargetServiceEvent},
	{consent.DenialSocial, consent.TargetAll}, // refused by a rule of its own
	{consent.DenialSocial, consent.TargetController},
	{consent.DenialSocial, consent.TargetDocument},
	{consent.DenialSocial, consent.TargetServiceTask},
	{consent.DenialPrescription, consent.TargetPrescription},
}

// targetFits reports whether the declaration may have its target; of what is no
// denial, that it has none.
func (m *matter) targetFits() bool {
	d := m.declared
	switch {
	case !m.kind.IsCrossSector() && (len(d.Grants) > 0 || d.Everything):
		return m.kind.IsConsent() // refused by V13
	case !m.kind.IsDenial():
		return d.Target == nil || m.kind.IsConsent() && !m.kind.IsCrossSector()
	}
	for _, f := range fitting {
		if f.kind == m.kind && f.target == m.target().Kind {
			return true
		}
	}
	return false
}

// controls reports that the target is a controller, or something of one.
func (m *matter) controls() bool { return !m.target().Controller.IsZero() }

// controller is what is known of the target's controller; of one that is not
// listed, that it is a private provider.
func (m *matter) controller() decision.Organisation {
	o, _ := m.rules.Directory.Find(m.target().Controller)
	return o
}

// early reports that a target was denied before the law had it, or at a service
// whose system did not have the function.
func (m *matter) early(f decision.Function, from time.Time) bool {
	from = or(from, 2024, time.January)
	return m.at.Before(from) || m.lacks(f, from)
}
