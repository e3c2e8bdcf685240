package mapping

import (
	"strings"

	"tahto/fhir/issue"
	"tahto/mapping/consent"
)

// source is one kind of data a denial can name in provision.data: what meaning
// and Reference.type stand for it (mapping.md §1).
type source struct {
	kind    consent.TargetKind
	denial  consent.Kind
	meaning string // http://hl7.org/fhir/consent-data-meaning
	typ     string
	of      func(*consent.Target) *consent.Identifier
}

// sources is the table both ways: it is read by type and written by kind.
var sources = [...]source{
	{consent.TargetServiceEvent, consent.DenialHealth, "related", "Encounter",
		func(t *consent.Target) *consent.Identifier { return &t.ServiceEvent }},
	{consent.TargetDocument, consent.DenialSocial, "instance", "DocumentReference",
		func(t *consent.Target) *consent.Identifier { return &t.Document }},
	{consent.TargetPrescription, consent.DenialPrescription, "instance", "MedicationRequest",
		func(t *consent.Target) *consent.Identifier { return &t.Prescription }},
}

// targetNotAvailable is the reason code of a denial that is aimed at what that
// denial can't be aimed at (rules V9, 703/2023 section 59, 61/2007 section 13).
const targetNotAvailable = "target-not-available"

// target reads what a denial is aimed at; nil is all data of its sector.
func (f *findings) target(provision *place, kind consent.Kind) *consent.Target {
	before := f.count
	actors, data, classes := f.list(provision, "actor"), f.list(provision, "data"), f.list(provision, "class")
	if f.denialRecipients(&actors) {
		return nil
	}
	f.atMostOne(&actors, &data, &classes)
	if kind == consent.DenialPrescription && data.Len() == 0 && f.count == before {
		f.add(&data, issue.CodeBusinessRule, targetNotAvailable, "A denial of prescriptions names one; give data with the prescription's identifier.")
	}
	if f.count > before {
		return nil
	}
	target := &consent.Target{}
	switch {
	case data.Len() > 0:
		f.dataTarget(&data, kind, target)
	case classes.Len() > 0:
		f.taskTarget(&classes, kind, target)
		if actors.Len() > 0 {
			f.controller(&actors, kind, target)
		}
	case actors.Len() > 0:
		target.Kind = consent.TargetController
		f.controller(&actors, kind, target)
	default:
		return nil
	}
	return target
}

// atMostOne refuses a second target. A service task may be that of one
// controller: class and actor are then one target together.
func (f *findings) atMostOne(actors, data, classes *place) {
	const why = "A denial has one target; send a Consent of its own for each."
	for _, list := range [...]*place{actors, data, classes} {
		if list.Len() > 1 {
			second := list.item(1)
			f.fault(&second, issue.CodeInvariant, why)
		}
	}
	if data.Len() > 0 && actors.Len()+classes.Len() > 0 {
		f.fault(data, issue.CodeInvariant, why+" A document, service event or prescription stands without actor and class.")
	}
}

func (f *findings) dataTarget(list *place, kind consent.Kind, target *consent.Target) {
	at, ok := f.entry(list, 0)
	if !ok {
		return
	}
	f.only(&at, "meaning", "reference")
	meaning := f.need(&at, "meaning", "Say how the data is meant: related for a service event, instance for a document or prescription.")
	reference, ok := f.object(&at, "reference")
	if !ok {
		if !reference.Exists() {
			f.fault(&reference, issue.CodeRequired, "Say which data is meant; give reference with type and identifier.")
		}
		return
	}
	typ := f.need(&reference, "type", "Say what is meant: give reference.type Encounter, DocumentReference or MedicationRequest.")
	source := f.source(&reference, typ, kind)
	if source == nil {
		return
	}
	if meaning != "" && meaning != source.meaning {
		wrong := at.member("meaning")
		f.fault(&wrong, issue.CodeValue, "For this type of data the meaning is "+source.meaning+".")
	}
	target.Kind = source.kind
	if id, ok := f.referred(&reference, "data"); ok {
		*source.of(target) = own(id)
	}
}

// source finds the row of the type that a denial of that kind may be aimed at.
func (f *findings) source(reference *place, typ string, kind consent.Kind) *source {
	if typ == "" {
		return nil
	}
	at := reference.member("type")
	for i := range sources {
		if sources[i].typ != typ {
			continue
		}
		if sources[i].denial != kind {
			f.add(&at, issue.CodeBusinessRule, targetNotAvailable, "This denial can't be aimed at this type of data: a service event is denied in health care, "+
				"a document in social care, a prescription by its own denial.")
			return nil
		}
		return &sources[i]
	}
	f.add(&at, issue.CodeBusinessRule, targetNotAvailable, "A denial can't be aimed at this type of data; use Encounter, DocumentReference or MedicationRequest.")
	return nil
}

// referred reads the identifier of a Reference to something this server does
// not keep: a literal reference could not be followed.
func (f *findings) referred(reference *place, what string) (consent.Identifier, bool) {
	at, ok := f.object(reference, "identifier")
	if !ok {
		if !at.Exists() {
			f.fault(&at, issue.CodeRequired, "The "+what+" is known by its identifier only; give reference.identifier with system and value.")
		}
		return consent.Identifier{}, false
	}
	return f.identifier(&at)
}

func (f *findings) taskTarget(list *place, kind consent.Kind, target *consent.Target) {
	at, ok := f.entry(list, 0)
	if !ok {
		return
	}
	if kind != consent.DenialSocial {
		f.add(&at, issue.CodeBusinessRule, targetNotAvailable, "Only a denial in social care can be aimed at a service task (palvelutehtävä).")
		return
	}
	target.Kind = consent.TargetServiceTask
	target.Task = f.serviceTask(&at)
}

// controller reads the actor of a denial: whose data, and of which register.
func (f *findings) controller(list *place, kind consent.Kind, target *consent.Target) {
	at, ok := f.entry(list, 0)
	if !ok {
		return
	}
	f.only(&at, "role", "reference")
	if kind == consent.DenialPrescription {
		f.add(&at, issue.CodeBusinessRule, targetNotAvailable, "A denial of prescriptions is aimed at a prescription, not at an organisation.")
		return
	}
	if !f.custodian(&at) {
		return
	}
	if named, ok := f.actorIdentifier(&at); ok {
		id, _ := f.organisation(&named)
		target.Controller = ownShared(id)
	}
	f.register(&at, kind, target)
}

// custodian checks the role of a denial's actor.
func (f *findings) custodian(actor *place) bool {
	const why = "A denial names whose data is denied: give the controller the role CST of " + ParticipationSystem + "."
	code, at := f.role(actor, why)
	switch code {
	case roleCustodian:
		return true
	case "":
	default:
		f.fault(&at, issue.CodeCodeInvalid, why)
	}
	return false
}

// role reads the code of an actor's role and tells where it stands.
func (f *findings) role(actor *place, why string) (string, place) {
	role, ok := f.object(actor, "role")
	if !ok {
		if !role.Exists() {
			f.fault(&role, issue.CodeRequired, why)
		}
		return "", role
	}
	coding, ok := f.single(&role, ParticipationSystem, why)
	if !ok {
		return "", role
	}
	code := f.need(&coding, "code", why)
	return code, place{Element: coding.Get("code"), up: &coding, name: "code", index: -1}
}

// actorIdentifier is the identifier of an actor's reference, the one way an
// organisation is named here.
func (f *findings) actorIdentifier(actor *place) (place, bool) {
	const why = "Say which organisation is meant: give reference.identifier with system urn:ietf:rfc:3986 and the OID."
	reference, ok := f.object(actor, "reference")
	if !ok {
		if !reference.Exists() {
			f.fault(&reference, issue.CodeRequired, why)
		}
		return reference, false
	}
	at, ok := f.object(&reference, "identifier")
	if !ok && !at.Exists() {
		f.fault(&at, issue.CodeRequired, why)
	}
	return at, ok
}

// register reads which data file of the controller is meant, and of an
// occupational one whose employer.
func (f *findings) register(actor *place, kind consent.Kind, target *consent.Target) {
	specifier, specified := f.extension(actor, RegisterSpecifierExtension)
	at, typed := f.extension(actor, RegisterTypeExtension)
	if typed && f.valued(&at, "valueCoding") {
		if value, ok := f.object(&at, "valueCoding"); ok {
			target.Register = f.registerOf(&value, kind)
		}
	}
	if !specified {
		return
	}
	if target.Register != consent.Occupational {
		f.fault(&specifier, issue.CodeInvariant, "Only an occupational health register has a specifier (the employer); "+
			"give RegisterType 4 or leave RegisterSpecifier out.")
		return
	}
	target.Employer = f.employer(&specifier)
}

func (f *findings) registerOf(value *place, kind consent.Kind) consent.Register {
	coding, ok := f.coding(value)
	if !ok {
		return consent.UnknownRegister
	}
	register, known := consent.ParseRegister(coding)
	if !known {
		f.fault(value, issue.CodeCodeInvalid, "No register type has this code; use 2, 3 or 4 of "+consent.HealthRegisterSystem+
			" or 1 of "+consent.SocialRegisterSystem+".")
		return register
	}
	if register.IsHealth() != (kind == consent.DenialHealth) {
		f.fault(value, issue.CodeBusinessRule, "The register is of the other sector than the denial; correct one of them.")
	}
	return register
}

// employer reads the identifier in RegisterSpecifier, which Kanta nests in an
// extension of the same name.
func (f *findings) employer(extension *place) consent.Identifier {
	at, ok := f.extension(extension, registerSpecifier)
	if !ok {
		f.fault(extension, issue.CodeRequired, "Say which employer is meant: give the extension RegisterSpecifier with valueIdentifier.")
		return consent.Identifier{}
	}
	if !f.valued(&at, "valueIdentifier") {
		return consent.Identifier{}
	}
	value, ok := f.object(&at, "valueIdentifier")
	if !ok {
		return consent.Identifier{}
	}
	id, _ := f.identifier(&value)
	return consent.Identifier{System: intern(id.System), Value: strings.Clone(id.Value)}
}
