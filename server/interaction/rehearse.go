package interaction

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"tahto/fhir"
	"tahto/fhir/bundle"
	"tahto/fhir/issue"
	"tahto/mapping"
	"tahto/storage"
)

// errRehearsed undoes a rehearsal.
var errRehearsed = errors.New("rehearsed")

// attempt does something in a transaction and tells what there is to say.
type attempt func(ctx context.Context, t *turn) ([]issue.Issue, error)

// rehearse does what the mode says, as if it had been sent, and undoes it: who
// may declare what depends on what else is there.
func (s *Service) rehearse(ctx context.Context, c Call, e examination) ([]issue.Issue, error) {
	do, err := s.attempt(ctx, c, e)
	var said []issue.Issue
	if err == nil {
		err = s.Store.Update(ctx, func(tx *storage.Tx) (err error) {
			if said, err = do(ctx, s.turn(tx)); err == nil {
				err = errRehearsed
			}
			return err
		})
	}
	if errors.Is(err, errRehearsed) {
		return said, nil
	}
	found, err := told(err)
	if c.Type != "Bundle" {
		found = withoutProvenance(found)
	}
	return found, err
}

func (s *Service) attempt(ctx context.Context, c Call, e examination) (attempt, error) {
	call := Call{Request: e.request(c), inside: true}
	if c.Type == "Bundle" {
		return s.attemptBundle(call, e.resource)
	}
	if e.mode == "update" {
		// It would be sent with the version that was read, if there is one.
		switch stored, err := s.stored(ctx, e.key); {
		case err == nil:
			call.IfMatch = stored.ETag()
		case !isAbsent(err):
			return nil, err
		}
	}
	action, _, err := s.prepare(call)
	return s.attemptOne(action), err
}

func (s *Service) attemptOne(action Action) attempt {
	return func(ctx context.Context, t *turn) ([]issue.Issue, error) {
		if _, err := action.Part(ctx, t); err != nil {
			return nil, err
		}
		said, err := s.judge(ctx, t)
		return said[action.write.entry], err
	}
}

func (s *Service) attemptBundle(call Call, sent *fhir.Resource) (attempt, error) {
	work, err := bundle.Plan(sent, s.NewID)
	if err != nil {
		return nil, err
	}
	if !work.Transaction {
		return func(ctx context.Context, t *turn) ([]issue.Issue, error) { return s.attemptEach(ctx, t, call, work) }, nil
	}
	parts, err := s.parts(call, work)
	return func(ctx context.Context, t *turn) ([]issue.Issue, error) {
		_, err := s.runAll(ctx, t, work, parts)
		return nil, err
	}, err
}

// attemptEach tries the entries of a batch that write, one after the other. What
// fails fails alone.
func (s *Service) attemptEach(ctx context.Context, t *turn, call Call, work *bundle.Work) ([]issue.Issue, error) {
	var found []issue.Issue
	for _, step := range work.Steps {
		err := step.Fault
		var said []issue.Issue
		if err == nil {
			var action Action
			if action, err = s.preparePart(inside(call, step)); err == nil && action.Writes {
				said, err = s.attemptOne(action)(ctx, s.turn(t.tx))
			}
		}
		faults, err := told(underEntry(step.Entry, err))
		if err != nil {
			return nil, err
		}
		for _, one := range said {
			one.Expression = inEntry(fmt.Sprintf("Bundle.entry[%d]", step.Entry), one.Expression)
			found = append(found, one)
		}
		found = append(found, faults...)
	}
	return found, nil
}

// isAbsent tells whether an error says that a resource is not there, or no more.
func isAbsent(err error) bool {
	kind := issue.KindOf(err)
	return err != nil && (kind == issue.NotFound || kind == issue.Gone)
}

// request is what would have been sent.
func (e *examination) request(c Call) Request {
	r := Request{Method: http.MethodPost, Path: c.Type, Body: e.resource, RequestID: c.RequestID}
	switch e.mode {
	case "update":
		r.Method, r.Path = http.MethodPut, e.key.String()
	case "delete":
		r.Method, r.Path, r.Body = http.MethodDelete, e.key.String(), nil
	}
	return r
}

// withoutProvenance takes back that a declaration lacks its Provenance: one
// that is sent to be validated alone has none, and is not at fault.
func withoutProvenance(found []issue.Issue) []issue.Issue {
	for i := range found {
		if found[i].Reason == "provenance-required" {
			found[i].Severity, found[i].Code = issue.SeverityInformation, issue.CodeInformational
			found[i].Text = "Who recorded the declaration is told by its Provenance, which comes with it in one transaction: who may declare this is not said here. Validate the Bundle of both to know."
		}
	}
	return found
}

// askLaw tells what the law says of a declaration that could not be sent, since
// it does not conform: whoever corrects it wants to know all at once. It says
// nothing of what can't be read.
func (s *Service) askLaw(ctx context.Context, e examination) ([]issue.Issue, error) {
	if e.resource == nil || e.resource.Type() != "Consent" || !mapping.IsDeclaration(e.resource) {
		return nil, nil
	}
	after, err := s.submitted(e.resource)
	if err != nil {
		return nil, nil // that is among the faults of the content
	}
	var said map[int][]issue.Issue
	err = s.Store.View(ctx, func(tx *storage.Tx) error {
		t := s.turn(tx)
		before, _, err := t.previous(ctx, e.key)
		if err != nil {
			return err
		}
		t.submissions = []submission{{key: e.key, before: before, after: &after}}
		said, err = s.judge(ctx, t)
		return err
	})
	found, err := told(err)
	return withoutProvenance(append(said[0], found...)), err
}
