package interaction

import (
	"context"
	"net/http"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/mapping"
	"tahto/mapping/consent"
	"tahto/mapping/decision"
	"tahto/server/audit"
	"tahto/storage"
)

// prepareEvaluate is POST Consent/$evaluate (mapping.md §4), an operation as
// https://hl7.org/fhir/R4/operations.html has them: may this be shared with
// this requester now? It changes no resource, and is 200 for permit and deny
// alike: a denial is an answer.
func prepareEvaluate(s *Service, c Call) (Action, error) {
	if err := noParameters(c); err != nil {
		return Action{}, err
	}
	if c.Body == nil {
		return Action{}, issue.New(issue.Invalid, "", "Send Parameters as the body: patient, requester, relationship and accessRight at least.").Coded(issue.CodeRequired)
	}
	asked, err := mapping.ReadEvaluation(c.Body, s.Now())
	if err != nil {
		return Action{}, err
	}
	return Action{Whole: func(ctx context.Context) (Response, error) {
		return s.evaluate(ctx, asked, c.RequestID)
	}}, nil
}

func (s *Service) evaluate(ctx context.Context, asked *mapping.Evaluation, requestID string) (Response, error) {
	var declared []consent.Statement
	err := s.Store.View(ctx, func(tx *storage.Tx) (err error) {
		declared, err = s.statements.of(ctx, tx, asked.Person)
		return err
	})
	if err != nil {
		return Response{}, err
	}
	outcome := asked.Decide(&s.Setting, declared)
	decided := s.decided(asked, &outcome, declared)
	if err := s.record(ctx, audit.Entry{Time: s.Now(), RequestID: requestID, Decision: decided}); err != nil {
		return Response{}, err
	}
	return Response{Status: http.StatusOK, Resource: outcome.Parameters()}, nil
}

// decided is what the record keeps: the true reasons, and what they rest on.
func (s *Service) decided(asked *mapping.Evaluation, outcome *mapping.Outcome, declared []consent.Statement) *audit.Decision {
	names := references{declared: declared}
	d := &audit.Decision{
		Person: asked.Person, Request: asked.Request, Audit: asked.Audit, DenialView: outcome.DenialView,
	}
	if len(outcome.Items) > 0 {
		d.Items = make([]audit.Item, len(outcome.Items))
	}
	for i := range outcome.Items {
		d.Items[i] = audit.Item{
			ID: asked.Items[i].ID, Asked: asked.Items[i].Asked, Decided: outcome.Items[i],
			Declarations: names.of(outcome.Items[i].Declarations),
		}
	}
	for i := range outcome.Scopes {
		scope := &outcome.Scopes[i]
		d.Scopes = append(d.Scopes, audit.Scope{
			Sector: scope.Sector, Decided: scope.Decision, Declarations: names.of(scope.Decision.Declarations),
		})
	}
	return d
}

// references names declarations by their versions. A thousand items mostly
// rest on the same few, so each name is written once.
type references struct {
	declared []consent.Statement
	written  []string
	all      []string
}

func (r *references) of(set decision.Declarations) []string {
	if set.IsEmpty() {
		return nil
	}
	if r.written == nil {
		r.written = make([]string, len(r.declared))
	}
	from := len(r.all)
	for i := range set.All() {
		if r.written[i] == "" {
			r.written[i] = fhir.Key{Type: "Consent", ID: r.declared[i].ID}.Version(r.declared[i].Version)
		}
		r.all = append(r.all, r.written[i])
	}
	return r.all[from:len(r.all):len(r.all)]
}
