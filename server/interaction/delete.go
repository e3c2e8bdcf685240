package interaction

import (
	"context"
	"net/http"

	"tahto/fhir"
	"tahto/fhir/issue"
)

// prepareDelete is DELETE [type]/[id] (https://hl7.org/fhir/R4/http.html#delete).
// The resource is gone afterwards (410) and its history stays. Deleting what
// is not there is no fault, so that a client can repeat it. If-Match is
// honoured.
func prepareDelete(s *Service, c Call) (Action, error) {
	w, err := s.newDeletion(c)
	if err != nil {
		return Action{}, err
	}
	w.key = c.key()
	return Action{Writes: true, write: w, Part: func(ctx context.Context, t *turn) (Response, error) {
		return s.delete(ctx, t, w)
	}}, nil
}

// newDeletion checks a deletion as far as that goes without storage.
func (s *Service) newDeletion(c Call) (*write, error) {
	if err := noParameters(c); err != nil {
		return nil, err
	}
	cond, err := preconditions(c)
	if err != nil {
		return nil, err
	}
	w := &write{cond: cond, prefer: c.prefer, inside: c.inside}
	if c.planned != nil {
		w.entry = c.planned.step.Entry
	}
	return w, nil
}

func (s *Service) delete(ctx context.Context, t *turn, w *write) (Response, error) {
	before, err := t.previous(ctx, w.key)
	if err != nil {
		return Response{}, err
	}
	v, existed, err := t.tx.Delete(ctx, w.key, w.cond)
	if err != nil {
		return Response{}, err
	}
	if existed {
		t.removed(w, before, v)
	}
	return deleted(w, v.Version, v.ETag(), existed), nil
}

func deleted(w *write, version uint64, etag string, existed bool) Response {
	response := Response{Status: http.StatusNoContent}
	if version > 0 {
		response.ETag = etag
	}
	if !w.prefer.outcome {
		return response
	}
	text := "Deleted. The history of the resource stays."
	if !existed {
		text = "There was nothing to delete."
	}
	response.outcome = fhir.OperationOutcome([]issue.Issue{{Severity: issue.SeverityInformation, Code: issue.CodeInformational, Text: text}})
	response.Status, response.Resource = http.StatusOK, response.outcome
	return response
}
