package mapping

import (
	"errors"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/mapping/consent"
)

// recipientNotSupported is the reason code of a denial towards somebody (rules
// V16). The law knows denials of a source, not of a recipient.
const recipientNotSupported = "recipient-target-not-supported"

// denialRecipients refuses the actors of a denial that are recipients, and
// tells whether there were any. Such a denial is not stored and decided by as
// the broader one that it would be without them: nobody asked for that, and who
// meant one recipient is told at once that the law has no such denial.
func (f *findings) denialRecipients(actors *place) bool {
	found := false
	for i := range actors.Len() {
		actor := actors.item(i)
		if code, is := recipientRole(&actor); is {
			found = true
			f.add(&code, issue.CodeBusinessRule, recipientNotSupported,
				"The law knows no denial against a recipient; deny the source of the data, or withdraw the consent.")
		}
	}
	return found
}

// recipientRole finds the role of an actor that makes it a recipient.
func recipientRole(actor *place) (place, bool) {
	role := actor.member("role")
	codings := role.member("coding")
	for i := range codings.Len() {
		coding := codings.item(i)
		code := coding.member("code")
		if coding.Get("system").Text() == ParticipationSystem && (code.Text() == roleRecipient || code.Text() == "IRCP") {
			return code, true
		}
	}
	return place{}, false
}

// ReadSubmission is [ReadStatement] of a Consent that somebody asks to have
// stored and that package intake is going to judge. It differs in one thing: a
// denial towards a recipient, which is refused in any case, is read with the
// first recipient in Target.Recipient, so that intake can look up what the
// recipient is to the source and say why it is refused (rules V9, V12, V16).
// What it reads with a recipient must not be stored.
func ReadSubmission(r *fhir.Resource) (consent.Statement, error) {
	s, err := ReadStatement(r)
	if err == nil || !onlyRecipients(err) {
		return s, err
	}
	recipient, there := firstRecipient(r)
	if !there {
		return s, err
	}
	if s, err = ReadStatement(withoutRecipients(r)); err != nil {
		return s, err
	}
	if s.Target == nil {
		s.Target = &consent.Target{}
	}
	s.Target.Recipient = recipient
	return s, nil
}

// onlyRecipients tells whether recipients are all that is wrong.
func onlyRecipients(err error) bool {
	e, ok := errors.AsType[*issue.Error](err)
	if !ok {
		return false
	}
	for _, i := range e.Issues {
		if i.Reason != recipientNotSupported {
			return false
		}
	}
	return true
}

func firstRecipient(r *fhir.Resource) (consent.Identifier, bool) {
	for actor := range r.Root().Get("provision").Each("actor") {
		if _, is := recipientRole(&place{Element: actor, index: -1}); is {
			named := namedOrganisation(actor.Get("reference").Get("identifier"))
			return named, !named.IsZero()
		}
	}
	return consent.Identifier{}, false
}

// withoutRecipients is the denial that remains when the recipients are left
// out.
func withoutRecipients(r *fhir.Resource) *fhir.Resource {
	w := fhir.NewWriter(r.Type())
	for name, element := range r.Root().Members() {
		switch name {
		case "resourceType":
		case "provision":
			w.Object(name)
			writeSources(w, element)
			w.End()
		default:
			w.Raw(name, element.JSON())
		}
	}
	return w.Resource()
}

// writeSources writes a provision and of its actors those that are no
// recipients.
func writeSources(w *fhir.Writer, provision fhir.Element) {
	for name, element := range provision.Members() {
		if name == "actor" || name == "_actor" {
			continue
		}
		w.Raw(name, element.JSON())
	}
	open := false
	for actor := range provision.Each("actor") {
		if _, is := recipientRole(&place{Element: actor, index: -1}); is {
			continue
		}
		if !open {
			w.Array("actor")
			open = true
		}
		w.Raw("", actor.JSON())
	}
	if open {
		w.EndArray()
	}
}
