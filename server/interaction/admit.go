package interaction

import (
	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/mapping"
	"tahto/profiles/validate"
)

// admit tells whether a resource may be stored, and gives it as it is to be
// stored, with what there is to say about it. A Consent must be readable as
// the declaration it is: nothing is stored that a decision could not read. A
// Consent that is no declaration at all is refused, or kept with a tag and a
// warning if the server was started for that (mapping.md §1).
func (s *Service) admit(c Call) (*fhir.Resource, []issue.Issue, error) {
	if err := isWhole(c.Body); err != nil {
		return nil, nil, err
	}
	named := c.named()
	switch {
	case c.Type == "Provenance":
		says, err := s.conform(named, s.readAs(named))
		return c.Body, says, err
	case c.Type != "Consent":
		return c.Body, nil, nil
	case mapping.IsDeclaration(c.Body):
		if isTagged(c.Body) {
			return nil, nil, issue.New(issue.Unprocessable, "Consent.meta.tag", "The tag not-a-declaration is for Consents without effect, but this one is a declaration. Remove the tag.").Coded(issue.CodeBusinessRule)
		}
		_, err := s.submitted(named)
		says, err := s.conform(named, err)
		return c.Body, says, err
	case s.ForeignConsents != KeepForeign:
		return nil, nil, issue.New(issue.Unprocessable, "Consent.category", "The Consent is no declaration of intent that this server knows: it has no category coding from "+mapping.DeclarationSystem+".").Coded(issue.CodeBusinessRule)
	}
	says := s.Validator.Validate(named, validate.Options{Now: s.Now()})
	if err := issue.List(issue.Unprocessable, says); err != nil {
		return nil, nil, err
	}
	return c.Body.WithTag(mapping.TagSystem, mapping.TagNotADeclaration), append(says, issue.Issue{
		Severity: issue.SeverityWarning, Code: issue.CodeBusinessRule, Expression: "Consent.category",
		Text: "The Consent is kept, but it is no declaration of intent that this server knows, and has no effect on any decision. It is tagged not-a-declaration.",
	}), nil
}

// named is the body with the references into the transaction already replaced
// by what the plan calls the resources, so that it shows what they are. What a
// conditional create finds may have another id.
func (c Call) named() *fhir.Resource {
	if c.planned == nil {
		return c.Body
	}
	work, from := c.planned.work, c.planned.step.FullURL
	return c.Body.MapReferences(func(reference string) string {
		if step, found := work.Named(reference, from); found && step.Key.Type != "" {
			return step.Key.String()
		}
		return reference
	})
}

func isTagged(r *fhir.Resource) bool {
	for tag := range r.Root().Get("meta").Each("tag") {
		if tag.Get("system").Text() == mapping.TagSystem && tag.Get("code").Text() == mapping.TagNotADeclaration {
			return true
		}
	}
	return false
}
