package decision

// ground is which declarations a rule's decision rests on, for the audit log.
type ground uint8

const (
	onNothing     ground = iota // on the law and the request alone
	onDenials                   // denials that match
	onEmergency                 // the same, and the emergency permission
	onConsent                   // consents that cover the item, else those that count
	onInForce                   // consents of the kind needed, in force
	onWithdrawn                 // consents of the kind needed, withdrawn
	onPending                   // consents of the kind needed, to come
	onElsewhere                 // consents in force for something else
	onInformation               // information receipts of 1.1 or later
	onSummary                   // patient summary consents
)

func (h *Hearing) restedOn(g ground, m *matter) Declarations {
	switch g {
	case onDenials:
		return m.matched
	case onEmergency:
		return m.matched.union(h.emergency[m.sector])
	case onElsewhere:
		return h.consents
	case onInformation:
		return h.receipts.grounding
	case onSummary:
		return h.summary
	}
	needed := &h.standing[m.needed]
	switch g {
	case onConsent:
		if m.covering.IsEmpty() {
			return needed.counting
		}
		return m.covering
	case onInForce:
		return needed.inForce
	case onWithdrawn:
		return needed.withdrawn
	case onPending:
		return needed.pending
	}
	return Declarations{}
}
