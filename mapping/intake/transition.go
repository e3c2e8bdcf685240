package intake

import (
	"slices"
	"strings"

	"tahto/mapping/consent"
)

// Transition is one step that a declaration's status may take, and the act that
// takes it. From is UnknownStatus for a declaration that was not there before.
type Transition struct {
	From, To consent.Status
	What     Act
}

// transitions is the whole state machine (rules section 2.3). A new declaration
// is prepared or given; one that is withdrawn or in error was something else
// before. What was withdrawn is given again as a new declaration, so that the
// time between stays as it was, and nothing comes back from an error. Deleting
// goes where entered-in-error goes.
var transitions = [...]Transition{
	{consent.UnknownStatus, consent.Draft, Prepare},
	{consent.UnknownStatus, consent.Proposed, Prepare},
	{consent.UnknownStatus, consent.Active, Give},

	{consent.Draft, consent.Draft, Prepare},
	{consent.Draft, consent.Proposed, Prepare},
	{consent.Draft, consent.Active, Give},
	{consent.Draft, consent.Rejected, Prepare},
	{consent.Draft, consent.EnteredInError, Annul},

	{consent.Proposed, consent.Proposed, Prepare},
	{consent.Proposed, consent.Active, Give},
	{consent.Proposed, consent.Rejected, Prepare},
	{consent.Proposed, consent.EnteredInError, Annul},

	{consent.Active, consent.Active, Replace},
	{consent.Active, consent.Withdrawn, Withdraw},
	{consent.Active, consent.EnteredInError, Annul},

	{consent.Withdrawn, consent.EnteredInError, Annul},
	{consent.Rejected, consent.EnteredInError, Annul},
}

// Transitions lists every step that may be taken, in a stable order: by the
// life of a declaration, the new one first.
func Transitions() []Transition { return slices.Clone(transitions[:]) }

// Allowed lists the statuses that may follow one, in the order of
// [Transitions]; none for entered-in-error.
func Allowed(from consent.Status) []consent.Status {
	var to []consent.Status
	for _, t := range transitions {
		if t.From == from {
			to = append(to, t.To)
		}
	}
	return to
}

// allowedWords are the codes of the statuses that may follow one.
func allowedWords(from consent.Status) string {
	var words []string
	for _, to := range Allowed(from) {
		words = append(words, to.String())
	}
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}
