package intake

import "tahto/mapping/consent"

// Act is what is done to a declaration. The zero Act is none, and nothing may
// be done by it.
type Act uint8

// The acts, with the Finnish word of each.
const (
	NoAct    Act = iota
	Prepare      // valmistellaan: a draft, a proposal or its rejection, none of which has effect
	Give         // annetaan: it comes in force
	Replace      // korvataan: a newer version stays in force
	Withdraw     // peruutetaan: it was in force and is no longer
	Annul        // mitätöidään: it was recorded by mistake and never was in force
	actCount
)

var actNames = [actCount]string{
	Prepare: "prepare", Give: "give", Replace: "replace", Withdraw: "withdraw", Annul: "annul",
}

// String names the act, "" for none.
func (a Act) String() string { return consent.CodeOf(actNames[:], a) }

// ActOf tells what is done by storing after in the place of before; before is
// nil for a new declaration, and after for one that is deleted, which annuls
// it. Whether it may be done is not said: see [Transitions] and [Rules.Judge].
func ActOf(before, after *consent.Statement) Act {
	switch {
	case before == nil && after == nil:
		return NoAct
	case after == nil:
		return Annul
	}
	switch after.Status {
	case consent.Active:
		if before != nil && before.Status == consent.Active {
			return Replace
		}
		return Give
	case consent.Withdrawn:
		return Withdraw
	case consent.EnteredInError:
		return Annul
	case consent.Draft, consent.Proposed, consent.Rejected:
		return Prepare
	}
	return NoAct
}
