package interaction

import (
	"context"
	"net/http"

	"tahto/fhir"
	"tahto/fhir/issue"
)

// prepareUpdate is PUT [type]/[id] (https://hl7.org/fhir/R4/http.html#update).
// An id that is not in use is created under (update as create,
// https://hl7.org/fhir/R4/http.html#upsert), and one that was deleted comes
// back as the next version. If-Match and If-None-Match: * are honoured.
func prepareUpdate(s *Service, c Call) (Action, error) {
	if c.IfNoneExist != "" {
		return Action{}, issue.New(issue.Invalid, "http.If-None-Exist", "If-None-Exist goes with POST; for PUT use If-None-Match: *.")
	}
	w, err := s.newWrite(c)
	if err != nil {
		return Action{}, err
	}
	if err := sameID(c); err != nil {
		return Action{}, err
	}
	w.key = c.key()
	return Action{Writes: true, write: w, Part: func(ctx context.Context, t *turn) (Response, error) {
		v, created, err := w.put(ctx, t)
		if err != nil {
			return Response{}, err
		}
		if created {
			return s.written(w, v, http.StatusCreated), nil
		}
		return s.written(w, v, http.StatusOK), nil
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
