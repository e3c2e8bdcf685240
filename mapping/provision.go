package mapping

import (
	"tahto/fhir"
	"tahto/mapping/consent"
)

// writeProvision writes what is permitted or denied, and when.
func writeProvision(w *fhir.Writer, s *consent.Statement) {
	w.Object("provision")
	w.String("type", typeOf(s))
	if !s.From.IsZero() || !s.Until.IsZero() {
		w.Object("period")
		if !s.From.IsZero() {
			w.String("start", writeTime(s.From))
		}
		if !s.Until.IsZero() {
			w.String("end", writeTime(s.Until))
		}
		w.End()
	}
	switch {
	case s.Target != nil:
		writeTarget(w, s.Target)
	case s.Kind == consent.EmergencyHealth, s.Kind == consent.EmergencyPrescription:
		w.Array("purpose")
		w.Coding("", consent.ActReasonSystem, purposeEmergency)
		w.EndArray()
	case len(s.Grants) > 0:
		writeGrants(w, s.Grants)
	}
	w.End()
}

// typeOf is the type of the root provision. A consent between the sectors
// denies at its root unless it says "all": what it does not name stays shut.
func typeOf(s *consent.Statement) string {
	switch {
	case s.Kind.IsDenial(), s.Kind == consent.FindingContactDenial:
		return deny
	case s.Kind.IsCrossSector() && !s.Everything:
		return deny
	}
	return permit
}

func writeTarget(w *fhir.Writer, target *consent.Target) {
	for i := range sources {
		if sources[i].kind == target.Kind {
			writeSource(w, &sources[i], target)
			return
		}
	}
	if !target.Controller.IsZero() {
		w.Array("actor")
		w.Object("")
		writeRegister(w, target)
		writeConcept(w, "role", ParticipationSystem, roleCustodian)
		writeReference(w, target.Controller)
		w.End()
		w.EndArray()
	}
	if target.Kind == consent.TargetServiceTask {
		w.Array("class")
		w.Coding("", target.Task.System, target.Task.Code)
		w.EndArray()
	}
}

func writeSource(w *fhir.Writer, source *source, target *consent.Target) {
	w.Array("data")
	w.Object("")
	w.String("meaning", source.meaning)
	w.Object("reference")
	w.String("type", source.typ)
	writeIdentifier(w, "identifier", *source.of(target))
	w.End()
	w.End()
	w.EndArray()
}

func writeReference(w *fhir.Writer, to consent.Identifier) {
	w.Object("reference")
	writeIdentifier(w, "identifier", to)
	w.End()
}

// writeRegister writes Kanta's extensions of a register.
func writeRegister(w *fhir.Writer, target *consent.Target) {
	if !target.Register.IsKnown() {
		return
	}
	w.Array("extension")
	openExtension(w, RegisterTypeExtension)
	register := target.Register.Coding()
	w.Coding("valueCoding", register.System, register.Code)
	w.End()
	if !target.Employer.IsZero() {
		openExtension(w, RegisterSpecifierExtension)
		w.Array("extension")
		openExtension(w, registerSpecifier)
		writeIdentifier(w, "valueIdentifier", target.Employer)
		w.End()
		w.EndArray()
		w.End()
	}
	w.EndArray()
}

func writeGrants(w *fhir.Writer, grants []consent.Grant) {
	w.Array("provision")
	for i := range grants {
		w.Object("")
		w.String("type", permit)
		if !grants[i].Recorded.IsZero() {
			writePeriod(w, "period", grants[i].Recorded)
		}
		w.Array("actor")
		for _, recipient := range grants[i].Recipients {
			w.Object("")
			writeConcept(w, "role", ParticipationSystem, roleRecipient)
			writeReference(w, recipientName(recipient))
			w.End()
		}
		w.EndArray()
		w.Array("class")
		for _, data := range grants[i].Data {
			w.Coding("", data.System, data.Code)
		}
		w.EndArray()
		w.End()
	}
	w.EndArray()
}

func recipientName(recipient consent.Recipient) consent.Identifier {
	if recipient.Group != consent.NoGroup {
		return consent.Identifier{System: RecipientGroupSystem, Value: recipient.Group.String()}
	}
	return recipient.Organisation
}
