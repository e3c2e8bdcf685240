package interaction

import (
	"cmp"
	"errors"
	"slices"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/mapping"
	"tahto/mapping/consent"
	"tahto/profiles/validate"
)

const structures = fhir.Base + "/StructureDefinition/"

// profilesOf are the profiles that a resource is held to whether it claims them
// or not: a Consent that of the declaration it is, and a Provenance that of what
// tells about one.
func (s *Service) profilesOf(r *fhir.Resource) []string {
	switch {
	case r.Type() == "Consent" && mapping.IsDeclaration(r):
		if kind := mapping.KindOf(r); kind != consent.UnknownKind {
			return []string{structures + kind.String()}
		}
		return []string{structures + "declaration"}
	case r.Type() == "Provenance" && mapping.IsAboutDeclaration(r, s.ForeignConsents == KeepForeign):
		return []string{structures + "declaration-provenance"}
	}
	return nil
}

// conform holds a resource that is to be stored to R4 and to its profiles, as
// far as the intake asks for it. fault is what was found when it was read as a
// declaration. What there is only to warn of comes with a nil error.
func (s *Service) conform(r *fhir.Resource, fault error) ([]issue.Issue, error) {
	if s.Intake != Strict {
		return nil, fault
	}
	issues, err := joined(fault, s.Validator.Validate(r, validate.Options{Profiles: s.profilesOf(r), Now: s.Now()}))
	if err != nil {
		return nil, err
	}
	return issues, issue.List(issue.Unprocessable, issues)
}

// joined puts what was found as a declaration before what was found by the
// definitions. Of one element, and of one rule, the former is told alone: it
// says what the law needs, and why.
func joined(fault error, found []issue.Issue) ([]issue.Issue, error) {
	e, ours := errors.AsType[*issue.Error](fault)
	if fault != nil && !ours {
		return nil, fault
	}
	if fault == nil {
		return found, nil
	}
	read := slices.Clone(e.Issues)
	known := func(i issue.Issue) bool {
		at := slices.IndexFunc(read, func(of issue.Issue) bool {
			return of.Expression == i.Expression || of.Reason != "" && of.Reason == i.Reason
		})
		if at >= 0 && read[at].Reason == "" && i.Severity == issue.SeverityError {
			read[at].Reason = i.Reason // a client goes by the code, whoever says it
		}
		return at >= 0
	}
	rest := slices.DeleteFunc(found, known)
	for i := range read {
		if read[i].Reason == "" {
			read[i].Reason = cmp.Or(reasonsOf[read[i].Code], "declaration-not-readable")
		}
	}
	return append(read, rest...), nil
}

// reasonsOf are the codes that the definitions' faults have, for those of the
// same sort that only the reading of a declaration finds.
var reasonsOf = map[issue.Code]string{
	issue.CodeRequired: "element-missing", issue.CodeValue: "format", issue.CodeStructure: "type-mismatch",
	issue.CodeCodeInvalid: "code-not-in-value-set", issue.CodeExtension: "extension-unknown",
}

// readAs reads a resource as what it is here, for what is wrong with it: a
// declaration, what tells about one, or nothing of ours.
func (s *Service) readAs(r *fhir.Resource) error {
	switch {
	case r.Type() == "Provenance":
		return mapping.CheckProvenance(r, s.ForeignConsents == KeepForeign)
	case r.Type() == "Consent" && mapping.IsDeclaration(r):
		_, err := mapping.ReadStatement(r)
		return err
	}
	return nil
}

// submitted reads a declaration that is sent in. In strict intake the law says
// why one is refused that is aimed at a recipient.
func (s *Service) submitted(r *fhir.Resource) (consent.Statement, error) {
	if s.Intake == Strict {
		return mapping.ReadSubmission(r)
	}
	return mapping.ReadStatement(r)
}
