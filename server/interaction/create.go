package interaction

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/fhir/search"
)

// prepareCreate is POST [type] (https://hl7.org/fhir/R4/http.html#create), and
// with If-None-Exist the conditional create
// (https://hl7.org/fhir/R4/http.html#ccreate): if one resource matches, that
// one is the answer and nothing is written.
func prepareCreate(s *Service, c Call) (Action, error) {
	w, err := s.newWrite(c)
	if err != nil {
		return Action{}, err
	}
	w.key = fhir.Key{Type: c.Type, ID: c.name(s)}
	if c.IfNoneExist != "" {
		if w.cond.NoneLike, err = s.condition(c.Type, c.IfNoneExist); err != nil {
			return Action{}, err
		}
	}
	return Action{Writes: true, write: w, Part: func(ctx context.Context, t *turn) (Response, error) {
		return s.create(ctx, t, w)
	}}, nil
}

func (s *Service) create(ctx context.Context, t *turn, w *write) (Response, error) {
	resource, err := t.links.settle(ctx, w.resource, w.from)
	if err != nil {
		return Response{}, err
	}
	if twin, found, err := t.twin(ctx, w, resource); err != nil || found {
		return s.alreadyThere(t, w, twin), err
	}
	v, created, err := t.tx.Create(ctx, resource, w.key.ID, w.cond)
	if err != nil {
		return Response{}, err
	}
	if !created {
		return s.written(w, v, http.StatusOK), t.links.expect(w, v.Key)
	}
	return s.written(w, v, http.StatusCreated), t.wrote(w, earlier{}, v)
}

// condition reads the search that decides whether something is created. It is
// always strict: what is left out of it would widen it.
func (s *Service) condition(resourceType, text string) (*search.Query, error) {
	// The specification has the search alone; many send it as they would a URL.
	text = strings.TrimPrefix(strings.TrimPrefix(text, resourceType), "?")
	values, err := url.ParseQuery(text)
	if err != nil {
		return nil, issue.New(issue.Invalid, "http.If-None-Exist", "The search of If-None-Exist is not well escaped.")
	}
	return s.narrow(resourceType, values, "http.If-None-Exist")
}

// narrow reads the search of a condition, which must name something to look
// for and nothing about pages.
func (s *Service) narrow(resourceType string, values url.Values, at string) (*search.Query, error) {
	q, _, err := s.Registry.Parse(resourceType, values, search.ParseOptions{Base: s.Base})
	if err != nil {
		return nil, placed(at, err)
	}
	if len(q.Clauses)+len(q.Links) == 0 {
		return nil, issue.New(issue.Invalid, at, "The condition names nothing to look for; it would match everything. Give a search parameter such as identifier.")
	}
	return &q, nil
}
