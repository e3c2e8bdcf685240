package interaction

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/storage"
)

// prepareRead is GET [type]/[id] (https://hl7.org/fhir/R4/http.html#read), also
// conditional (https://hl7.org/fhir/R4/http.html#cread).
func prepareRead(s *Service, c Call) (Action, error) {
	return s.reading(c, lookup{
		within: func(ctx context.Context, tx *storage.Tx) (storage.Version, error) { return tx.Read(ctx, c.key()) },
		alone:  func(ctx context.Context) (storage.Version, error) { return s.Store.Read(ctx, c.key()) },
	})
}

// lookup is how one version is looked up: within a transaction, and alone if there
// is a shorter way.
type lookup struct {
	within func(context.Context, *storage.Tx) (storage.Version, error)
	alone  func(context.Context) (storage.Version, error)
}

// reading is the action that gives one version, unless the client has it.
func (s *Service) reading(c Call, l lookup) (Action, error) {
	c, err := s.onlyViewed(c)
	if err != nil {
		return Action{}, err
	}
	has, err := storage.ETags(c.IfNoneMatch)
	if err != nil {
		return Action{}, issue.Under("http.If-None-Match", err)
	}
	given := func(v storage.Version, err error) (Response, error) {
		if err != nil {
			return Response{}, err
		}
		response := s.about(v)
		if isFresh(v, has, c.IfModifiedSince) {
			response.Status = http.StatusNotModified
			return response, nil
		}
		response.Resource, response.Warnings = s.show(c.view, v.Resource), c.view.warnings()
		return response, nil
	}
	action := Action{Part: func(ctx context.Context, t *turn) (Response, error) { return given(l.within(ctx, t.tx)) }}
	if l.alone != nil {
		action.Whole = func(ctx context.Context) (Response, error) { return given(l.alone(ctx)) }
	}
	return action, nil
}

// isFresh tells whether the client has the version already. If-None-Match goes
// before If-Modified-Since, and a date that can't be read is left aside
// (https://www.rfc-editor.org/rfc/rfc9110#section-13.1.3). In a Bundle the date
// is an instant.
func isFresh(v storage.Version, has []string, since string) bool {
	if has != nil {
		return slices.Contains(has, "*") || slices.Contains(has, strconv.FormatUint(v.Version, 10))
	}
	if since == "" {
		return false
	}
	at, err := http.ParseTime(since)
	if err != nil {
		if at, err = fhir.ParseInstant(since); err != nil {
			return false
		}
		return !v.Updated.After(at)
	}
	return !v.Updated.Truncate(time.Second).After(at)
}

// noParameters refuses parameters where none has a meaning, but for those
// about the form of the answer.
func noParameters(c Call) error { return noneBut(c, "_format and _pretty") }

func noneBut(c Call, those string) error {
	for name := range c.Query {
		if name != "_format" && name != "_pretty" && !c.prefer.lenient {
			return issue.Newf(issue.Invalid, "http", "This address takes no parameters but %s; leave the others out.", those).Coded(issue.CodeNotSupported)
		}
	}
	return nil
}
