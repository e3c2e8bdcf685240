package interaction

import (
	"context"
	"slices"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/mapping"
	"tahto/mapping/consent"
)

// misplaced refuses the Provenances that the law could not be asked about: who
// recorded a declaration is told once, in the transaction that writes or annuls
// the version, by a Provenance of its own (mapping.md §2). One that came later,
// or was changed or deleted, would say what nobody has judged.
func (s *Service) misplaced(t *turn) []issue.Issue {
	var faults []issue.Issue
	for i := range t.accounts {
		a := &t.accounts[i]
		if !mapping.IsAboutDeclaration(a.resource, s.ForeignConsents == KeepForeign) {
			continue
		}
		switch persons := t.toldBy(a); {
		case !a.fresh:
			faults = append(faults, t.placed(a.entry, misplacedBy("Provenance", "The Provenance of a declaration is neither changed nor deleted. What was declared is replaced, withdrawn or annulled with a new Provenance.")))
		case len(persons) == 0 && s.ForeignConsents != KeepForeign:
			faults = append(faults, t.placed(a.entry, misplacedBy("Provenance.target", "The Provenance tells about a version that this transaction does not write or annul. Send it together with its declaration.")))
		case slices.ContainsFunc(persons, func(other consent.Identifier) bool { return other != persons[0] }):
			faults = append(faults, t.placed(a.entry, misplacedBy("Provenance.target", "The Provenance tells about declarations of several persons. Send one for each.")))
		}
	}
	return faults
}

func misplacedBy(element, text string) issue.Issue {
	return issue.Issue{Severity: issue.SeverityError, Code: issue.CodeBusinessRule, Reason: "provenance-misplaced", Expression: element, Text: text}
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
		i := slices.IndexFunc(t.submissions, func(one submission) bool { return one.key == key && one.version == version })
		if i < 0 {
			return nil
		}
		persons = append(persons, t.submissions[i].person())
	}
	return persons
}

// unwritten notes a Provenance that the transaction has deleted or replaced.
func (t *turn) unwritten(w *write, was *fhir.Resource) {
	if was != nil {
		t.accounts = append(t.accounts, account{entry: w.entry, resource: was})
	}
}

// provenance is the Provenance that is about to be deleted or replaced, nil if it is none or
// not there.
func (t *turn) provenance(ctx context.Context, key fhir.Key) (*fhir.Resource, error) {
	if key.Type != "Provenance" {
		return nil, nil
	}
	stored, err := t.tx.Read(ctx, key)
	if isAbsent(err) {
		return nil, nil
	}
	return stored.Resource, err
}
