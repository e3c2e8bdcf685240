package interaction

import (
	"context"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/mapping/consent"
)

// prepareUpdate is PUT [type]/[id] (https://hl7.org/fhir/R4/http.html#update).
// An id that is not in use is created under (update as create,
// https://hl7.org/fhir/R4/http.html#upsert), and one that was deleted comes
// back as the next version. If-Match and If-None-Match: * are honoured.
func prepareUpdate(s *Service, c Call) (Action, error) {
	w, err := s.newWrite(c)
	if err != nil {
		return Action{}, err
	}
	if err := sameID(c); err != nil {
		return Action{}, err
	}
	w.key = c.key()
	return Action{Writes: true, write: w, Part: func(ctx context.Context, t *turn) (Response, error) {
		return s.replace(ctx, t, w)
	}}, nil
}

// sameID holds the id of the body against that of the address
// (https://hl7.org/fhir/R4/http.html#update: the two SHALL be equal).
func sameID(c Call) error {
	switch id := c.Body.Root().Get("id"); {
	case !id.Exists():
		return issue.Newf(issue.Invalid, c.Type+".id", "The resource must carry its id, the one in the address.").Coded(issue.CodeRequired)
	case id.Kind() != fhir.String || id.Text() != c.ID:
		return issue.Newf(issue.Invalid, c.Type+".id", "The id of the resource is not the one in the address.").Coded(issue.CodeValue)
	}
	return checkClientID(c.key())
}

// mayReplace refuses an update that makes a declaration of one person that of
// another, or another declaration: the one that was there would be gone without
// anybody having withdrawn it (rules section 2.3(4)). In strict intake it must
// say which one version it replaces, so that nobody undoes what another has
// recorded meanwhile (mapping.md §2).
func (s *Service) mayReplace(w *write, before *consent.Statement) error {
	after, err := s.submitted(w.resource)
	switch {
	case err != nil || after.Kind != before.Kind:
		return issue.New(issue.Unprocessable, "Consent.category", "An update can't make a declaration another one. Withdraw or annul this one, and send the other as a Consent of its own.").Coded(issue.CodeBusinessRule)
	case after.Person != before.Person:
		return issue.New(issue.Unprocessable, "Consent.patient", "An update can't make a declaration somebody else's. Annul this one, and send the other as a Consent of its own.").Coded(issue.CodeBusinessRule)
	case s.Intake == Strict && (len(w.cond.Match) != 1 || w.cond.Match[0] == "*"):
		return issue.New(issue.PreconditionFailed, "http.If-Match", "A declaration is replaced or withdrawn only with If-Match (ifMatch in a Bundle), which names the version that was read, such as W/\"1\".").Because("version-required")
	}
	return nil
}
