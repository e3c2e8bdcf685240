package decision

// Decision is the answer about one item, for the audit log. The zero Decision
// denies. Tell a requester only what [Decision.ForRequester] gives.
type Decision struct {
	// Rule is the id of the rule that decided, e.g. "R20" or "P8".
	Rule         string
	Declarations Declarations // what the decision rests on
	Obligations  Obligations
	Effect       Effect
	Reason       Reason
	// Unconfirmed marks a permit by the Uusimaa right after 2025, whose
	// continuation could not be verified (rules Q1, X-1).
	Unconfirmed bool
	shown       View
}

// View is what a requester may see of a decision.
type View struct {
	Effect      Effect
	Reason      Reason
	Obligations Obligations
}

// ForRequester tells what the requester may see: nothing from which a denial
// could be inferred (rules Q20, section 3.4).
//
// A deny carries no obligations, and if its reason tells of declarations it
// reads nothing-available, so that "denied" and "no consent" are the same. A
// permit in spite of a denial (R15, P3, P9-P13) reads as the same request
// does without any denial. O-HIDE and O-CHECK-LEGACY are never shown.
//
// R13c alone cannot be hidden wholly. It permits because consent cannot be had
// or the client denies, so a requester that claims L703 56, states no refusal
// and gets a permit can infer a denial. Its reason and obligations are the same
// whichever of the two it was.
func (d Decision) ForRequester() View { return d.shown }

const neverShown = Hide | CheckLegacy

// answer makes the decision of a rule that holds.
func (r *Rule) answer(f facts) Decision {
	d := Decision{Rule: r.ID, Effect: r.Effect, Reason: r.Reason, Obligations: r.obligations(f)}
	d.shown = r.view(f)
	return d
}

func (r *Rule) obligations(f facts) Obligations {
	o := r.Obligations
	if r.informs && f&uninformed != 0 {
		o |= Inform
	}
	if r.checksLegacy && f&legacyUnknown != 0 {
		o |= CheckLegacy
	}
	return o
}

func (r *Rule) view(f facts) View {
	if r.Effect == Deny {
		if r.tells {
			return View{Effect: Deny, Reason: ReasonNothingAvailable}
		}
		return View{Effect: Deny, Reason: r.Reason}
	}
	shown := r
	if r.lifts {
		shown = firstThatHolds(f &^ denied)
	}
	return View{Effect: r.Effect, Reason: shown.Reason, Obligations: shown.obligations(f) &^ neverShown}
}
