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
	now := s.Store.Now()
	asked, err := mapping.ReadEvaluation(c.Body, now)
	if err != nil {
		return Action{}, err
	}
	return Action{Whole: func(ctx context.Context) (Response, error) {
		return s.evaluate(ctx, asked, asked.Request.At.Equal(now), c.RequestID)
	}}, nil
}

// evaluate decides. Now is not before the newest of the person's declarations was
// written, whatever this server's clock says: it counts from the next question on.
func (s *Service) evaluate(ctx context.Context, asked *mapping.Evaluation, now bool, requestID string) (Response, error) {
	declared, latest, err := s.statements.of(ctx, s.Store, asked.Person)
	if err != nil {
		return Response{}, err
	}
	if now && latest.After(asked.Request.At) {
		moved := *asked
		moved.Request.At = latest
		asked = &moved
	}
	outcome := asked.Decide(&s.Setting, declared)
	if asked.Audit {
		if err := checkSize(&outcome); err != nil {
			return Response{}, err
		}
	}
	decided := s.decided(asked, &outcome, declared)
	if err := s.record(ctx, audit.Entry{Time: s.Now(), RequestID: requestID, Decision: decided}); err != nil {
		return Response{}, err
	}
	return Response{Status: http.StatusOK, Resource: outcome.Parameters()}, nil
}

// evaluateBytes is how much an answer to $evaluate may say of declarations, in
// bytes. Only an audit's answer does: whoever may not know of them must not
// learn from a refusal how many there are.
const evaluateBytes = 16 << 20

// What naming a declaration takes, and telling a denial as the exception of a
// sector but for its target's own words, in bytes of JSON, about.
const (
	referenceBytes = 120
	exceptionBytes = 1000
)

// checkSize refuses to answer what would grow without bounds: every item names
// what its decision rests on, and that may be thousands of declarations each.
func checkSize(o *mapping.Outcome) error {
	size := 0
	for i := range o.Items {
		size += referenceBytes * o.Items[i].Declarations.Len()
	}
	for i := range o.Scopes {
		size += referenceBytes * o.Scopes[i].Decision.Declarations.Len()
		for denial := range o.Declarations(o.Scopes[i].Exceptions) {
			size += exceptionBytes + words(denial.Target)
		}
	}
	if size <= evaluateBytes {
		return nil
	}
	return issue.New(issue.Unprocessable, "Parameters.parameter", "The decisions rest on more declarations than one answer can name. Ask about fewer items at a time; a search gives the Consents in pages.").
		Coded(issue.CodeTooCostly)
}

// words is how much text a target holds that nobody bounds.
func words(t *consent.Target) (bytes int) {
	if t == nil {
		return 0
	}
	for _, i := range [...]consent.Identifier{t.Controller, t.ServiceEvent, t.Document, t.Prescription} {
		bytes += len(i.System) + len(i.Value)
	}
	return bytes + len(t.Task.System) + len(t.Task.Code)
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
		item := audit.Item{ID: asked.Items[i].ID, Asked: asked.Items[i].Asked, Decided: outcome.Items[i]}
		item.Declarations, item.More = names.of(outcome.Items[i].Declarations)
		d.Items[i] = item
	}
	for i := range outcome.Scopes {
		scope := &outcome.Scopes[i]
		of := audit.Scope{Sector: scope.Sector, Decided: scope.Decision}
		of.Declarations, of.More = names.of(scope.Decision.Declarations)
		d.Scopes = append(d.Scopes, of)
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

// namedAtMost is how many declarations a record names for one answer. One
// denial is enough to deny; a person with thousands must not make every record
// as long.
const namedAtMost = 100

func (r *references) of(set decision.Declarations) (names []string, more int) {
	if set.IsEmpty() {
		return nil, 0
	}
	if r.written == nil {
		r.written = make([]string, len(r.declared))
	}
	from := len(r.all)
	for i := range set.All() {
		if len(r.all)-from == namedAtMost {
			more = set.Len() - namedAtMost
			break
		}
		if r.written[i] == "" {
			r.written[i] = fhir.Key{Type: "Consent", ID: r.declared[i].ID}.Version(r.declared[i].Version)
		}
		r.all = append(r.all, r.written[i])
	}
	return r.all[from:len(r.all):len(r.all)], more
}
