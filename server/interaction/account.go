package interaction

import (
	"slices"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/mapping"
	"tahto/mapping/consent"
)

// account is a Provenance that a transaction has written or deleted, and where
// it stands.
type account struct {
	entry    int
	resource *fhir.Resource // nil if it was deleted
	before   *fhir.Resource // what it replaced; nil if nothing was there
}

// written is one version of a resource.
type written struct {
	key     fhir.Key
	version uint64
}

// told are the Provenances of the transaction by the versions they tell about.
func (t *turn) told() map[written][]account {
	all := map[written][]account{}
	for _, a := range t.accounts {
		if a.resource == nil {
			continue
		}
		for target := range a.resource.Root().Each("target") {
			key, version, local := readRelative(target.Get("reference").Text())
			of := written{key, version}
			if known := all[of]; local && (len(known) == 0 || known[len(known)-1].entry != a.entry) {
				all[of] = append(known, a)
			}
		}
	}
	return all
}

// ambiguous is what is wrong with a second Provenance.
var ambiguous = issue.Issue{
	Severity: issue.SeverityError, Code: issue.CodeBusinessRule, Reason: "provenance-ambiguous", Expression: "Provenance.target",
	Text: "Two Provenances of this transaction tell about the same version of a declaration, so that it is not known who recorded it. Send one for each declaration.",
}

// misplaced refuses the Provenances that the law could not be asked about: who
// recorded a declaration is told once, in the transaction that writes or annuls
// the version, by a Provenance of its own (mapping.md §2). One that came later,
// or was changed or deleted, would say what nobody has judged.
func (s *Service) misplaced(t *turn) []issue.Issue {
	var faults []issue.Issue
	for i := range t.accounts {
		if element, why := s.misplacement(t, &t.accounts[i]); why != "" {
			faults = append(faults, t.inBundle(t.accounts[i].entry, issue.Issue{
				Severity: issue.SeverityError, Code: issue.CodeBusinessRule, Reason: "provenance-misplaced", Expression: element, Text: why,
			}))
		}
	}
	return faults
}

// misplacement says why a Provenance is misplaced; nothing if it is not.
func (s *Service) misplacement(t *turn, a *account) (element, why string) {
	foreign := s.ForeignConsents == KeepForeign
	about := func(r *fhir.Resource) bool { return r != nil && mapping.IsAboutDeclaration(r, foreign) }
	switch {
	case a.before != nil && (about(a.before) || about(a.resource)):
		return "Provenance", "The Provenance of a declaration is neither changed nor deleted. What was declared is replaced, withdrawn or annulled with a new Provenance."
	case !about(a.resource):
		return "", ""
	}
	switch persons := t.toldBy(a); {
	case len(persons) == 0 && t.links.tellsOfFound(a.resource) != "":
		return "Provenance.target", "The condition finds a declaration that is stored already, and this Provenance is not the one that was stored with it. Send the pair again exactly as it was sent, or declare anew, under an identifier of its own."
	case len(persons) == 0 && !foreign:
		return "Provenance.target", "The Provenance tells about a version that this transaction does not write or annul. Send it together with its declaration."
	case slices.ContainsFunc(persons, func(other consent.Identifier) bool { return other != persons[0] }):
		return "Provenance.target", "The Provenance tells about declarations of several persons. Send one for each."
	}
	return "", ""
}

// toldBy are the persons whose declarations a Provenance tells about; nil if
// there is none, or if a target is a Consent that the transaction leaves alone.
func (t *turn) toldBy(a *account) []consent.Identifier {
	var persons []consent.Identifier
	for target := range a.resource.Root().Each("target") {
		key, version, local := readRelative(target.Get("reference").Text())
		if !local || key.Type != "Consent" {
			continue
		}
		one := t.submission(key, version)
		if one == nil {
			return nil
		}
		persons = append(persons, one.person())
	}
	return persons
}
