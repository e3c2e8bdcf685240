package mapping

import (
	"strings"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/mapping/consent"
)

// person reads whose declaration it is: the identifier of Consent.patient, or
// that of the contained Patient it points at.
func (f *findings) person(p *place) consent.Identifier {
	patient, ok := f.object(p, "patient")
	if !ok {
		if !patient.Exists() {
			f.fault(&patient, issue.CodeRequired, "A declaration says whose it is; give patient.identifier with system "+fhir.IdentitySystem+".")
		}
		return consent.Identifier{}
	}
	f.resourceType(&patient, "Patient")
	named := f.patientIdentifier(&patient)
	reference := f.text(&patient, "reference")
	id, local := strings.CutPrefix(reference, "#")
	switch {
	case local:
		return f.sameContained(p, &patient, id, named)
	case patient.Get("identifier").Exists():
		return named
	case reference != "":
		at := patient.member("reference")
		f.fault(&at, issue.CodeNotSupported, "This server keeps no Patient resources, so the reference can't be followed. "+
			"Give patient.identifier with system "+fhir.IdentitySystem+", or contain the Patient.")
	case !patient.Get("reference").Exists():
		f.fault(&patient, issue.CodeRequired, "The patient has no identifier; give patient.identifier with system "+fhir.IdentitySystem+".")
	}
	return consent.Identifier{}
}

// resourceType checks Reference.type where it is given.
func (f *findings) resourceType(reference *place, want string) {
	if got := f.text(reference, "type"); got != "" && got != want {
		at := reference.member("type")
		f.fault(&at, issue.CodeValue, "The reference is of the wrong type; a "+want+" is wanted here.")
	}
}

func (f *findings) patientIdentifier(reference *place) consent.Identifier {
	at, ok := f.object(reference, "identifier")
	if !ok {
		return consent.Identifier{}
	}
	return f.identity(&at)
}

// identity reads an Identifier that must be a personal identity code.
func (f *findings) identity(at *place) consent.Identifier {
	id, ok := f.identifier(at)
	if !ok {
		return consent.Identifier{}
	}
	if id.System != fhir.IdentitySystem {
		system := at.member("system")
		f.fault(&system, issue.CodeCodeInvalid, "A person is known by the personal identity code (henkilötunnus); use system "+fhir.IdentitySystem+".")
		return consent.Identifier{}
	}
	return consent.Identifier{System: fhir.IdentitySystem, Value: strings.Clone(id.Value)}
}

// sameContained reads the contained Patient; an identifier beside the
// reference must name the same person.
func (f *findings) sameContained(p, patient *place, id string, named consent.Identifier) consent.Identifier {
	at := patient.member("reference")
	contained, ok := f.containedPatient(p, id)
	if !ok {
		f.fault(&at, issue.CodeInvariant, "No contained Patient has this id; contain the Patient or give patient.identifier.")
		return consent.Identifier{}
	}
	found := f.containedIdentity(&contained)
	if !named.IsZero() && !found.IsZero() && named != found {
		f.fault(patient, issue.CodeInvariant, "The identifier and the contained Patient name different persons; correct one of them.")
	}
	return found
}

func (f *findings) containedPatient(p *place, id string) (place, bool) {
	list := f.list(p, "contained")
	for i := range list.Len() {
		contained := list.item(i)
		if id != "" && contained.Get("id").Text() == id && contained.Get("resourceType").Text() == "Patient" {
			return contained, true
		}
	}
	return place{}, false
}

func (f *findings) containedIdentity(patient *place) consent.Identifier {
	var found consent.Identifier
	list := f.list(patient, "identifier")
	for i := range list.Len() {
		at, ok := f.entry(&list, i)
		if !ok || at.Get("system").Text() != fhir.IdentitySystem {
			continue
		}
		id := f.identity(&at)
		if !found.IsZero() && !id.IsZero() && id != found {
			f.fault(&at, issue.CodeInvariant, "The contained Patient has two personal identity codes; keep the right one.")
		}
		found = id
	}
	if found.IsZero() && !hasIdentity(list.Element) {
		f.fault(patient, issue.CodeRequired, "The contained Patient has no personal identity code; add an identifier with system "+fhir.IdentitySystem+".")
	}
	return found
}

func hasIdentity(identifiers fhir.Element) bool {
	for _, id := range identifiers.Items() {
		if id.Get("system").Text() == fhir.IdentitySystem {
			return true
		}
	}
	return false
}

// declarer reads in what role the declaration was made, and by whom and under
// which mandate if it was made for somebody. A capacity-assessed of false says
// that the capacity was assessed and found lacking; not assessed is no
// extension at all.
func (f *findings) declarer(p *place, s *consent.Statement) {
	if at, ok := f.extension(p, DeclaredByExtension); ok && f.valued(&at, "valueCode") {
		code, known := f.text(&at, "valueCode"), false
		if s.DeclaredBy, known = consent.ParseDeclaredBy(code); code != "" && !known {
			value := at.member("valueCode")
			f.fault(&value, issue.CodeCodeInvalid, "Nobody declares in this role; use client, minor, guardian, "+
				"legal-representative, authorised-person or information-recipient.")
		}
	}
	if at, ok := f.extension(p, CapacityAssessedExtension); ok && f.valued(&at, "valueBoolean") {
		s.Capacity = consent.CapacityLacking
		if f.flag(&at, "valueBoolean") {
			s.Capacity = consent.CapacityFound
		}
	}
	if at, ok := f.extension(p, MandateExtension); ok {
		s.Mandate = f.mandate(&at)
	}
	if at, ok := f.extension(p, ActingPersonExtension); ok && f.valued(&at, "valueReference") {
		s.Acting = f.acting(&at)
	}
}

// mandate reads the Suomi.fi authorisation (Suomi.fi-valtuus), whose last day
// counts in full.
func (f *findings) mandate(extension *place) *consent.Mandate {
	var mandate consent.Mandate
	at, ok := f.extension(extension, "identifier")
	if !ok {
		f.fault(extension, issue.CodeRequired, "A mandate has an identifier; give it as the extension identifier with valueIdentifier.")
		return nil
	}
	if !f.valued(&at, "valueIdentifier") {
		return nil
	}
	if value, ok := f.object(&at, "valueIdentifier"); ok {
		id, _ := f.identifier(&value)
		mandate.Identifier = own(id)
	}
	if at, ok := f.extension(extension, "period"); ok && f.valued(&at, "valuePeriod") {
		if value, ok := f.object(&at, "valuePeriod"); ok {
			mandate.Period = f.stretch(&value)
		}
	}
	return &mandate
}

func (f *findings) acting(extension *place) *consent.ActingPerson {
	value, ok := f.object(extension, "valueReference")
	if !ok {
		return nil
	}
	acting := consent.ActingPerson{Display: strings.Clone(f.text(&value, "display"))}
	if at, ok := f.object(&value, "identifier"); ok {
		id, _ := f.identifier(&at)
		acting.Identifier = own(id)
	}
	if !value.Get("display").Exists() && !value.Get("identifier").Exists() {
		f.fault(&value, issue.CodeRequired, "Say who acted: give identifier, display or both.")
	}
	return &acting
}

// own gives an identifier that shares no memory with the resource: the system
// is one of few, the value is not.
func own(id consent.Identifier) consent.Identifier {
	return consent.Identifier{System: intern(id.System), Value: strings.Clone(id.Value)}
}

// ownShared is [own] for organisations, of which there are few as well.
func ownShared(id consent.Identifier) consent.Identifier {
	return consent.Identifier{System: intern(id.System), Value: intern(id.Value)}
}
