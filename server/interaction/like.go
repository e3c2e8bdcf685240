package interaction

import (
	"context"
	"net/http"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/fhir/search"
)

// prepareUpdateLike is PUT [type]?[search], the conditional update
// (https://hl7.org/fhir/R4/http.html#cond-update): what the search finds is
// updated, and if it finds nothing the resource is created, under its own id if
// it has one. Several are 412.
func prepareUpdateLike(s *Service, c Call) (Action, error) {
	q, c, err := s.like(c)
	if err != nil {
		return Action{}, err
	}
	w, err := s.newWrite(c)
	if err != nil {
		return Action{}, err
	}
	w.like, w.key = q, fhir.Key{Type: c.Type, ID: c.Body.ID()}
	if w.named = w.key.ID != ""; !w.named {
		w.key.ID = c.name(s)
	} else if err := checkClientID(w.key); err != nil {
		return Action{}, err
	}
	return Action{Writes: true, write: w, Part: func(ctx context.Context, t *turn) (Response, error) {
		key, err := t.target(ctx, w)
		if err != nil {
			return Response{}, err
		}
		found := *w
		found.key, found.resource = key, w.resource.WithID(key.ID)
		return s.replace(ctx, t, &found)
	}}, nil
}

// prepareDeleteLike is DELETE [type]?[search], the conditional delete of one
// resource (https://hl7.org/fhir/R4/http.html#3.1.0.7.1). Several are 412, and
// none is no fault.
func prepareDeleteLike(s *Service, c Call) (Action, error) {
	q, c, err := s.like(c)
	if err != nil {
		return Action{}, err
	}
	w, err := s.newDeletion(c)
	if err != nil {
		return Action{}, err
	}
	w.like = q
	return Action{Writes: true, write: w, Part: func(ctx context.Context, t *turn) (Response, error) {
		key, err := t.target(ctx, w)
		if err != nil {
			return Response{}, err
		}
		if key.ID == "" {
			return deleted(w, 0, "", false), nil
		}
		found := *w
		found.key = key
		return s.delete(ctx, t, &found)
	}}, nil
}

// like reads the search of a conditional update or delete, and gives the call
// without it.
func (s *Service) like(c Call) (*search.Query, Call, error) {
	if err := s.checkURL(c); err != nil {
		return nil, c, issue.New(issue.Invalid, "http", "An identity code must not stand in a URL, where it ends up in logs. Send the request as an entry of a Bundle, whose request.url may hold it.").Coded(issue.CodeSecurity)
	}
	condition, form := map[string][]string{}, map[string][]string{}
	for name, values := range c.Query {
		if name == "_format" || name == "_pretty" || name == summaryParameter || name == elementsParameter {
			form[name] = values
		} else {
			condition[name] = values
		}
	}
	q, err := s.narrow(c.Type, condition, "http")
	c.Query = form
	return q, c, err
}

// target is the resource that a conditional update or delete is about. It stays
// the same throughout a transaction, whatever else that writes. Of a deletion
// that finds nothing it is no key.
func (t *turn) target(ctx context.Context, w *write) (fhir.Key, error) {
	if key, known := t.targets[w]; known {
		return key, nil
	}
	head, found, err := t.tx.MatchOne(ctx, *w.like)
	key := w.key
	switch {
	case err != nil:
		return fhir.Key{}, err
	case found && w.named && head.Key != w.key:
		return fhir.Key{}, issue.Newf(issue.Invalid, w.key.Type+".id", "The search finds another %s than the one with the id in the resource. Leave the id out, or update by id.", w.key.Type).Coded(issue.CodeValue)
	case found:
		key = head.Key
	}
	if t.targets == nil {
		t.targets = map[*write]fhir.Key{}
	}
	t.targets[w] = key
	return key, nil
}

// replace stores what replaces or makes a resource, and answers.
func (s *Service) replace(ctx context.Context, t *turn, w *write) (Response, error) {
	v, created, err := w.put(ctx, t)
	if err != nil {
		return Response{}, err
	}
	if created {
		return s.written(w, v, http.StatusCreated), nil
	}
	return s.written(w, v, http.StatusOK), nil
}
