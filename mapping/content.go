package mapping

import (
	"tahto/fhir/issue"
	"tahto/mapping/consent"
)

// shape is what provision of a kind of declaration looks like (mapping.md §1).
type shape struct {
	typ    string   // provision.type
	known  []string // what may stand in provision beside type and period
	free   bool     // the decision reads nothing of it but when it is in force
	reason string   // the reason code when something else stands there
	why    string   // and the sentence
}

const (
	notLimitable = "A consent covers all data of its sector and every provider; it can't be narrowed here. " +
		"Leave this out and deny what is not to be shared (703/2023 sections 54 and 55)."
	notNarrowed = "This declaration can't be narrowed; leave this out."
)

// shapeOf is the table of the shapes.
func shapeOf(kind consent.Kind) shape {
	switch kind {
	case consent.ConsentHealth, consent.ConsentSocial:
		return shape{typ: permit, reason: "consent-scope-not-limitable", why: notLimitable}
	case consent.Information, consent.PatientSummary:
		return shape{typ: permit, why: notNarrowed}
	case consent.EmergencyHealth, consent.EmergencyPrescription:
		return shape{typ: permit, known: []string{"purpose"}, why: notNarrowed}
	case consent.DenialHealth, consent.DenialSocial, consent.DenialPrescription:
		return shape{typ: deny, known: []string{"actor", "data", "class"}}
	case consent.ConsentHealthToSocial, consent.ConsentSocialToHealth:
		return shape{known: []string{"provision"}}
	}
	return shape{free: true}
}

// narrowing lists R4's elements of a provision that make it apply to less
// (https://hl7.org/fhir/R4/consent-definitions.html#Consent.provision).
var narrowing = []string{"actor", "action", "securityLabel", "purpose", "class", "code", "dataPeriod", "data", "provision"}

// content reads what is declared: provision, and policyRule of an information
// receipt.
func (f *findings) content(p *place, s *consent.Statement) {
	if s.Kind == consent.UnknownKind {
		return
	}
	s.From = s.Declared
	shape := shapeOf(s.Kind)
	if s.Kind == consent.Information {
		s.Information = f.information(p)
	}
	provision, ok := f.object(p, "provision")
	if !ok {
		if !provision.Exists() && !shape.free {
			f.fault(&provision, issue.CodeRequired, "A declaration says what is permitted or denied; give provision.")
		}
		return
	}
	f.inForce(&provision, s)
	if shape.free {
		return
	}
	f.shaped(&provision, shape)
	switch {
	case s.Kind.IsDenial():
		s.Target = f.target(&provision, s.Kind)
	case s.Kind.IsCrossSector():
		f.crossSector(&provision, s)
	case s.Kind == consent.EmergencyHealth, s.Kind == consent.EmergencyPrescription:
		f.emergency(&provision)
	}
}

// shaped holds provision to its shape: the type, and nothing that the
// declaration can't have.
func (f *findings) shaped(provision *place, shape shape) {
	typ := f.provisionType(provision)
	if typ != "" && shape.typ != "" && typ != shape.typ {
		at := provision.member("type")
		f.fault(&at, issue.CodeInvariant, "This declaration is of type "+shape.typ+"; correct provision.type or the category.")
	}
	if shape.why != "" {
		for _, name := range narrowing {
			if at := provision.member(name); at.Exists() && !listed(shape.known, name) {
				f.add(&at, issue.CodeBusinessRule, shape.reason, shape.why)
			}
		}
		f.only(provision, append([]string{"type", "period"}, append(narrowing, shape.known...)...)...)
		return
	}
	f.only(provision, append([]string{"type", "period"}, shape.known...)...)
}

func (f *findings) provisionType(provision *place) string {
	typ := f.need(provision, "type", "Say whether the provision permits or denies; give type.")
	if typ != "" && typ != permit && typ != deny {
		at := provision.member("type")
		f.fault(&at, issue.CodeCodeInvalid, "The type is neither permit nor deny; use one of them.")
		return ""
	}
	return typ
}

// inForce reads provision.period: in force from, by default when it was
// declared, and withdrawn at.
func (f *findings) inForce(provision *place, s *consent.Statement) {
	period, ok := f.object(provision, "period")
	if !ok {
		return
	}
	f.only(&period, "start", "end")
	if start, ok := f.moment(&period, "start"); ok {
		s.From = start.Start.UTC()
	}
	end, ok := f.moment(&period, "end")
	if !ok {
		return
	}
	if s.Until = end.Start.UTC(); s.Until.Before(s.From) {
		f.backwards(&period)
	}
}

// information reads which version of the notice was received. A version newer
// than those known today is readable: versions are ordered.
func (f *findings) information(p *place) consent.InformationVersion {
	const why = "An information receipt says which version of the notice was received; give policyRule with a coding of " +
		InformationVersionSystem + ", such as 2.0."
	rule, ok := f.object(p, "policyRule")
	if !ok {
		if !rule.Exists() {
			f.fault(&rule, issue.CodeRequired, why)
		}
		return consent.NoInformation
	}
	coding, ok := f.single(&rule, InformationVersionSystem, why)
	if !ok {
		return consent.NoInformation
	}
	code := f.need(&coding, "code", why)
	version, known := consent.ParseInformationVersion(code)
	if code != "" && !known {
		at := coding.member("code")
		f.fault(&at, issue.CodeCodeInvalid, "This is no version of the notice; write major and minor number, such as 1.1 or 2.0.")
	}
	return version
}

// emergency wants the one purpose that makes a permission an emergency's.
func (f *findings) emergency(provision *place) {
	const why = "An emergency permission has the one purpose ETREAT of " + consent.ActReasonSystem + "."
	list := f.some(provision, "purpose", why)
	for i := range list.Len() {
		at, ok := f.entry(&list, i)
		if !ok {
			continue
		}
		purpose, ok := f.coding(&at)
		if ok && (i > 0 || purpose != consent.Coding{System: consent.ActReasonSystem, Code: purposeEmergency}) {
			f.fault(&at, issue.CodeBusinessRule, why)
		}
	}
}
