package intake

import (
	"tahto/mapping/consent"
	"tahto/mapping/decision"
)

// said is what there is to say about a submission that nothing refuses.
func (m *matter) said() []Finding {
	if m.deed == preparing {
		return nil
	}
	found := []Finding{m.recorded()}
	if m.deed&setting != 0 && m.law.sharing() && m.newest() < m.current() {
		found = append(found, Finding{
			Rule: "M40", Code: "information-update-needed", Element: atDateTime, Severity: Warn,
			Text: "The client has not received the newest information about Kanta. Give it, and record that it was received.",
		})
	}
	if m.deed&declaring != 0 && m.law.sharing() && m.inPerson() {
		found = append(found, Finding{
			Rule: "V17", Code: "print-on-request", Element: atCategory, Severity: Note,
			Text: "If the client asks, print a copy of the consent or a summary of the denials. It is not signed and not archived.",
		})
	}
	return found
}

// recorded says that it was recorded, and how far it reaches: a guardian's
// denial of a minor's patient data has no effect when care is urgent and the
// minor's will can't be had (703/2023 section 58(1), 785/1992 section 8).
func (m *matter) recorded() Finding {
	if m.deed&setting != 0 && m.kind == consent.DenialHealth && m.stage == minor && m.guarded() {
		return Finding{
			Rule: "V5", Code: "declaration-recorded-limited", Element: atExtension, Severity: Warn,
			Text: "The denial is recorded. Set by a guardian or legal representative it has no effect when a minor needs urgent care and the minor's will can't be had.",
		}
	}
	text := "The declaration is recorded and in force until further notice."
	switch m.deed {
	case withdrawing:
		text = "The withdrawal is recorded; it does not undo what was shared before."
	case correcting, retracting:
		text = "The annulment is recorded; the declaration counts as never made."
	}
	return Finding{Rule: "V17", Code: "declaration-recorded", Element: atCategory, Severity: Note, Text: text}
}

// current is the newest version of the information there is.
func (m *matter) current() consent.InformationVersion {
	if m.rules.CurrentInformation != consent.NoInformation {
		return m.rules.CurrentInformation
	}
	return decision.CurrentInformation(m.Now)
}
