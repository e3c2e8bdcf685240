package mapping

import (
	"strings"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/mapping/consent"
	"tahto/mapping/intake"
)

// ReadRecording reads of a Provenance who recorded the declaration that it is
// about, for which service unit, and when (mapping.md §2). A Provenance that
// [CheckProvenance] takes as that of a declaration can be read; of any other
// the error, of kind Unprocessable, says what is missing.
//
// Who acted in MyKanta is known by the personal identity code in who.identifier
// or in the contained resource that who points at, whatever its type.
//
// The unit is known by the identifier of its agent, who.identifier; a unit that
// is only pointed at or named is none, and then package intake can't look it up.
func ReadRecording(provenance *fhir.Resource) (intake.Recording, error) {
	var f findings
	var all recorders
	var recording intake.Recording
	p := root(provenance)
	recording.At = f.recorded(&p)
	list := f.some(&p, "agent", "A Provenance says who did it: give agent, with who and role.")
	for i := range list.Len() {
		agent, ok := f.entry(&list, i)
		if !ok {
			continue
		}
		var has recorders
		f.roles(&agent, &has)
		who := agent.Get("who")
		if has.unit > 0 && recording.Unit.IsZero() {
			recording.Unit = namedOrganisation(who.Get("identifier"))
		}
		if has.representative+has.client > 0 && recording.Person.IsZero() {
			recording.Person = personOf(p.Element, who)
		}
		all.add(has)
	}
	f.recorder(&p, all)
	if all.unit > 1 {
		f.add(&list, issue.CodeBusinessRule, "provenance-ambiguous",
			"The professional records for one service unit; keep one agent with role 7.")
	}
	if err := f.err(issue.Unprocessable); err != nil {
		return intake.Recording{}, err
	}
	switch {
	case all.professional > 0:
		recording.Recorder = intake.Professional
	case all.representative > 0:
		recording.Recorder = intake.Representative
	case all.client > 0:
		recording.Recorder = intake.Client
	}
	return recording, nil
}

// personOf is the personal identity code that a reference names, or that stands
// in the contained resource that it points at.
func personOf(provenance, who fhir.Element) consent.Identifier {
	if id := identityIn(who.Get("identifier")); !id.IsZero() {
		return id
	}
	local, is := strings.CutPrefix(who.Get("reference").Text(), "#")
	if !is || local == "" {
		return consent.Identifier{}
	}
	for contained := range provenance.Each("contained") {
		if contained.Get("id").Text() != local {
			continue
		}
		for identifier := range contained.Each("identifier") {
			if id := identityIn(identifier); !id.IsZero() {
				return id
			}
		}
	}
	return consent.Identifier{}
}

// identityIn is an Identifier if it is a personal identity code, or none.
func identityIn(identifier fhir.Element) consent.Identifier {
	if identifier.Get("system").Text() != fhir.IdentitySystem {
		return consent.Identifier{}
	}
	return consent.Identifier{System: fhir.IdentitySystem, Value: strings.Clone(identifier.Get("value").Text())}
}

// namedOrganisation is an Identifier of which both parts are there, or none.
func namedOrganisation(id fhir.Element) consent.Identifier {
	named := consent.Identifier{System: id.Get("system").Text(), Value: id.Get("value").Text()}
	if named.System == "" || named.Value == "" {
		return consent.Identifier{}
	}
	return ownShared(named)
}
