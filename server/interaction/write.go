package interaction

import (
	"context"
	"net/http"
	"strings"

	"tahto/fhir"
	"tahto/fhir/bundle"
	"tahto/fhir/issue"
	"tahto/fhir/search"
	"tahto/storage"
)

// write is a resource that is to be stored or deleted.
type write struct {
	key      fhir.Key
	resource *fhir.Resource // nil for a deletion
	cond     storage.If
	// like is the search of a conditional update or delete, whose key is that of
	// what it finds; named tells that the resource has an id of its own.
	like  *search.Query
	named bool
	// amend is what a PATCH makes of the current version; nil for other writes.
	amend amendment
	// entry is where it stands in a transaction.
	entry int
	// looks tells that the resource has conditional references.
	looks bool
	// from is the fullUrl of the entry, from which its relative references go.
	from string
	// says are warnings about the resource, for an answer that has a place for them.
	says   []issue.Issue
	prefer prefer
	inside bool
	view   *view // what the answer shows of it
}

// planned is where a request stands in a transaction.
type planned struct {
	work *bundle.Work
	step bundle.Step
}

// name is the id of a resource to be created: the one that the transaction's
// plan gave it, or a new one.
func (c Call) name(s *Service) string {
	if c.planned != nil {
		return c.planned.step.Key.ID
	}
	return s.NewID()
}

// newWrite checks the body of a create or update as far as that goes without
// storage.
func (s *Service) newWrite(c Call) (*write, error) {
	c, err := s.onlyViewed(c)
	if err != nil {
		return nil, err
	}
	if c.Body == nil {
		return nil, issue.Newf(issue.Invalid, "", "Send the %s as the body.", c.Type).Coded(issue.CodeRequired)
	}
	if c.Body.Type() != c.Type {
		return nil, issue.Newf(issue.Invalid, "resourceType", "The address is for %s, but the body is another resource.", c.Type)
	}
	if err := c.Body.CheckForm(); err != nil {
		return nil, err
	}
	w := &write{prefer: c.prefer, inside: c.inside, view: c.view}
	if c.planned != nil {
		w.entry, w.from = c.planned.step.Entry, c.planned.step.FullURL
	}
	if w.resource, w.says, err = s.admit(c); err != nil {
		return nil, err
	}
	if c.planned != nil {
		for i := range w.says {
			w.says[i].Expression = inEntry(w.entry, w.says[i].Expression)
		}
	}
	w.looks = hasConditional(w.resource)
	w.cond, err = preconditions(c)
	return w, err
}

// preconditions reads If-Match and If-None-Match of a write. If-Modified-Since
// is for reads alone, and HTTP leaves it aside elsewhere (RFC 9110 §13.1.3).
func preconditions(c Call) (storage.If, error) {
	for _, one := range [...]struct{ condition, header, value string }{
		{"ifMatch", "If-Match", c.IfMatch}, {"ifNoneMatch", "If-None-Match", c.IfNoneMatch}, {"ifNoneExist", "If-None-Exist", c.IfNoneExist},
	} {
		if methods, ok := bundle.Fits(one.condition, c.Method); !ok && one.value != "" {
			return storage.If{}, issue.Newf(issue.Invalid, "http."+one.header, "%s means nothing with %s; it goes with %s.", one.header, c.Method, methods)
		}
	}
	match, err := storage.ETags(c.IfMatch)
	if err != nil {
		return storage.If{}, issue.Under("http.If-Match", err)
	}
	none, err := storage.ETags(c.IfNoneMatch)
	if err != nil {
		return storage.If{}, issue.Under("http.If-None-Match", err)
	}
	return storage.If{Match: match, NoneMatch: none}, nil
}

// written answers with a version that was written, or that was there already.
func (s *Service) written(w *write, v storage.Version, status int) Response {
	response := s.about(v)
	response.Status = status
	response.Location = s.Base + "/" + v.Reference()
	terse := w.prefer.minimal || w.inside && !w.prefer.representation
	if w.prefer.outcome || len(w.says) > 0 {
		response.outcome = fhir.OperationOutcome(w.says)
	}
	if w.prefer.outcome {
		response.Resource = response.outcome
		return response
	}
	for _, said := range w.says {
		response.Warnings = append(response.Warnings, said.Text)
	}
	if !terse {
		response.Resource = s.show(w.view, v.Resource)
		response.Warnings = append(response.Warnings, w.view.warnings()...)
	}
	return response
}

// about is the answer's head for a version.
func (s *Service) about(v storage.Version) Response {
	return Response{Status: http.StatusOK, ETag: v.ETag(), LastModified: v.Updated, key: v.Key}
}

func hasConditional(r *fhir.Resource) bool {
	found := false
	r.MapReferences(func(reference string) string {
		found = found || strings.Contains(reference, "?")
		return reference
	})
	return found
}

// put stores the resource under its id, with its references made real.
func (w *write) put(ctx context.Context, t *turn) (v storage.Version, created bool, err error) {
	resource, err := t.links.settle(ctx, w.resource, w.from)
	if err != nil {
		return storage.Version{}, false, err
	}
	if v, stands, err := t.standing(ctx, w, resource); stands || err != nil {
		return v, false, err
	}
	before, err := t.previous(ctx, w.key)
	if err == nil && before.live && before.declaration != nil {
		err = t.links.service.mayReplace(w, before.declaration)
	}
	if err != nil {
		return storage.Version{}, false, err
	}
	if v, created, err = w.store(ctx, t, resource); err != nil {
		return storage.Version{}, false, err
	}
	return v, created, t.wrote(w, before, v)
}
