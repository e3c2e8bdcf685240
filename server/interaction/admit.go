package interaction

import (
	"slices"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/mapping"
)

// admit tells whether a resource may be stored, and gives it as it is to be
// stored, with what there is to say about it. A Consent must be readable as
// the declaration it is: nothing is stored that a decision could not read. A
// Consent that is no declaration at all is refused, or kept with a tag and a
// warning if the server was started for that (mapping.md §1).
func (s *Service) admit(c Call) (*fhir.Resource, []issue.Issue, error) {
	switch {
	case c.Type == "Provenance":
		return c.Body, nil, mapping.CheckProvenance(c.named(), s.ForeignConsents == KeepForeign)
	case c.Type != "Consent":
		return c.Body, nil, nil
	case mapping.IsDeclaration(c.Body):
		if isTagged(c.Body) {
			return nil, nil, issue.New(issue.Unprocessable, "Consent.meta.tag", "The tag not-a-declaration is for Consents without effect, but this one is a declaration. Remove the tag.").Coded(issue.CodeBusinessRule)
		}
		_, err := mapping.ReadStatement(c.Body)
		return c.Body, nil, err
	case s.ForeignConsents != KeepForeign:
		return nil, nil, issue.New(issue.Unprocessable, "Consent.category", "The Consent is no declaration of intent that this server knows: it has no category coding from "+mapping.DeclarationSystem+".").Coded(issue.CodeBusinessRule)
	}
	if err := checkForeign(c.Body); err != nil {
		return nil, nil, err
	}
	return c.Body.WithTag(mapping.TagSystem, mapping.TagNotADeclaration), []issue.Issue{{
		Severity: issue.SeverityWarning, Code: issue.CodeBusinessRule, Expression: "Consent.category",
		Text: "The Consent is kept, but it is no declaration of intent that this server knows, and has no effect on any decision. It is tagged not-a-declaration.",
	}}, nil
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

// consentStates are http://hl7.org/fhir/ValueSet/consent-state-codes.
var consentStates = []string{"draft", "proposed", "active", "rejected", "inactive", "entered-in-error"}

// checkForeign holds a Consent that is no declaration to what R4 demands of
// any (https://hl7.org/fhir/R4/consent.html): status, scope, category, and a
// policy or a policyRule (ppc-1).
func checkForeign(r *fhir.Resource) error {
	root := r.Root()
	var faults []issue.Issue
	need := func(ok bool, element string, code issue.Code, text string) {
		if !ok {
			faults = append(faults, issue.Issue{Severity: issue.SeverityError, Code: code, Expression: "Consent." + element, Text: text})
		}
	}
	status := root.Get("status")
	need(status.Kind() == fhir.String && slices.Contains(consentStates, status.Text()), "status", issue.CodeCodeInvalid, "A Consent needs its status: draft, proposed, active, rejected, inactive or entered-in-error.")
	need(root.Get("scope").Kind() == fhir.Object, "scope", issue.CodeRequired, "A Consent needs one scope, a CodeableConcept.")
	need(isObjects(root.Get("category")), "category", issue.CodeRequired, "A Consent needs at least one category, a CodeableConcept.")
	need(isObjects(root.Get("policy")) || root.Get("policyRule").Kind() == fhir.Object, "policy", issue.CodeInvariant, "A Consent needs a policy or a policyRule (ppc-1).")
	for _, element := range []string{"patient", "organization", "verification", "performer", "identifier"} {
		e := root.Get(element)
		repeats := element != "patient"
		need(!e.Exists() || repeats && isObjects(e) || !repeats && e.Kind() == fhir.Object, element, issue.CodeStructure, "The element does not have the form that FHIR gives it.")
	}
	tag := root.Get("meta").Get("tag")
	need(!tag.Exists() || isObjects(tag), "meta.tag", issue.CodeStructure, "meta.tag is an array of Codings.")
	provision := root.Get("provision")
	need(!provision.Exists() || provision.Kind() == fhir.Object, "provision", issue.CodeStructure, "A Consent has one root provision, an object.")
	at := root.Get("dateTime")
	if at.Exists() {
		_, err := fhir.ParseDateTime(at.Text())
		need(at.Kind() == fhir.String && err == nil, "dateTime", issue.CodeValue, "This is not a date or time that exists.")
	}
	return issue.List(issue.Unprocessable, faults)
}

// isObjects tells whether an element is an array of objects.
func isObjects(e fhir.Element) bool {
	if e.Kind() != fhir.Array {
		return false
	}
	for _, item := range e.Items() {
		if item.Kind() != fhir.Object {
			return false
		}
	}
	return true
}
