package intake

import (
	"slices"

	"tahto/mapping/consent"
)

// to is the status that the declaration takes; deleting it is an error's.
func (m *matter) to() consent.Status {
	if m.After == nil {
		return consent.EnteredInError
	}
	return m.After.Status
}

func (m *matter) mayFollow() bool {
	if m.deed == noDeed || m.Before != nil && m.from == consent.UnknownStatus {
		return false
	}
	return slices.Contains(Allowed(m.from), m.to())
}

// transitionText names what is allowed instead.
func transitionText(m *matter) string {
	switch {
	case m.Before == nil:
		return "A new declaration is " + allowedWords(consent.UnknownStatus) + ". Withdraw or annul the one that is already stored, by its id."
	case m.from == consent.EnteredInError:
		return "The declaration was annulled (entered-in-error), and nothing comes back from there. Give it again as a new declaration."
	case m.from == consent.Withdrawn:
		return "The declaration was withdrawn (inactive); from there it can only become " + allowedWords(m.from) + ". Give it again as a new declaration."
	case len(Allowed(m.from)) == 0:
		return "From its present status the declaration can't become anything else. Send a new declaration."
	}
	return "From " + m.from.String() + " the declaration can become " + allowedWords(m.from) + " only. Use one of these, or send a new declaration."
}
