package interaction

import (
	"context"
	"errors"
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
	if c.Type == "Bundle" {
		return s.rehearseBundle(ctx, Call{Request: e.request(c), inside: true}, e.resource)
	}
	do, err := s.attempt(ctx, c, e)
	if err == nil {
		var said []issue.Issue
		if said, err = s.undone(ctx, do); err == nil {
			return said, nil
		}
	}
	found, err := issuesOf(err)
	return withoutProvenance(found), err
}

// undone does something in a transaction and takes it back.
func (s *Service) undone(ctx context.Context, do attempt) (said []issue.Issue, err error) {
	err = s.Store.Update(ctx, func(tx *storage.Tx) (err error) {
		if said, err = do(ctx, s.turn(tx)); err == nil {
			err = errRehearsed
		}
		return err
	})
	if errors.Is(err, errRehearsed) {
		return said, nil
	}
	return nil, err
}

func (s *Service) attempt(ctx context.Context, c Call, e examination) (attempt, error) {
	call := Call{Request: e.request(c), inside: true}
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

func (s *Service) rehearseBundle(ctx context.Context, call Call, sent *fhir.Resource) ([]issue.Issue, error) {
	work, err := bundle.Plan(sent, s.NewID)
	switch {
	case err != nil:
		return issuesOf(err)
	case !work.Transaction:
		return s.rehearseEach(ctx, call, work)
	}
	parts, err := s.parts(call, work)
	if err == nil {
		_, err = s.undone(ctx, func(ctx context.Context, t *turn) ([]issue.Issue, error) {
			_, err := s.runAll(ctx, t, work, parts)
			return nil, err
		})
	}
	return issuesOf(err)
}

// rehearseEach tries the entries of a batch that write, each as if it came
// alone: other writers have their turn between them.
func (s *Service) rehearseEach(ctx context.Context, call Call, work *bundle.Work) ([]issue.Issue, error) {
	var found []issue.Issue
	for _, step := range work.Steps {
		said, err := s.rehearseStep(ctx, call, step)
		faults, err := issuesOf(underEntry(step.Entry, err))
		if err != nil {
			return nil, err
		}
		for _, one := range said {
			one.Expression = inEntry(step.Entry, one.Expression)
			found = append(found, one)
		}
		if found = append(found, faults...); len(found) > enoughFaults {
			break
		}
	}
	return found, nil
}

func (s *Service) rehearseStep(ctx context.Context, call Call, step bundle.Step) ([]issue.Issue, error) {
	if step.Fault != nil {
		return nil, step.Fault
	}
	action, err := s.preparePart(inside(call, step))
	if err != nil || !action.Writes {
		return nil, err
	}
	return s.undone(ctx, s.attemptOne(action))
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
		before, err := t.previous(ctx, e.key)
		if err != nil {
			return err
		}
		t.submit(submission{key: e.key, before: before.declaration, after: &after})
		said, err = s.judge(ctx, t)
		return err
	})
	found, err := issuesOf(err)
	return withoutProvenance(append(said[0], found...)), err
}
