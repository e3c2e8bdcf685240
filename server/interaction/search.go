package interaction

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"

	"tahto/fhir"
	"tahto/fhir/bundle"
	"tahto/fhir/issue"
	"tahto/fhir/search"
	"tahto/storage"
)

// prepareSearch is GET [type] and POST [type]/_search
// (https://hl7.org/fhir/R4/http.html#search). The parameters of a form and of
// the URL count together.
func prepareSearch(s *Service, c Call) (Action, error) {
	if err := isForm(c); err != nil {
		return Action{}, err
	}
	q, says, err := s.query(s.Registry, c)
	if err != nil {
		return Action{}, err
	}
	return Action{Part: func(ctx context.Context, t *turn) (Response, error) {
		page, err := t.tx.Search(ctx, q)
		if err != nil {
			return Response{}, err
		}
		return Response{Status: http.StatusOK, Resource: bundle.SearchSet(s.page(q, says, page))}, nil
	}}, nil
}

// isForm refuses a resource as the body of a search.
func isForm(c Call) error {
	if c.Body != nil {
		return issue.New(issue.UnknownMedia, "", "A search is sent as a form, application/x-www-form-urlencoded.")
	}
	return nil
}

// query reads the search: from its parameters, or from the token of a page.
func (s *Service) query(registry *search.Registry, c Call) (search.Query, []issue.Issue, error) {
	values := merged(c.Query, c.Form)
	if !values.Has(cursorParameter) {
		return registry.Parse(c.Type, values, search.ParseOptions{Lenient: c.prefer.lenient, Base: s.Base})
	}
	c.Query = values
	plain, err := s.open(c, searchToken)
	if err != nil {
		return search.Query{}, nil, err
	}
	q, err := search.DecodeQuery(plain)
	if err == nil && q.Type != c.Type {
		err = foreignCursor()
	}
	return q, nil, err
}

func merged(query, form url.Values) url.Values {
	if len(form) == 0 {
		return query
	}
	all := maps.Clone(form)
	for name, values := range query {
		all[name] = slices.Concat(all[name], values)
	}
	return all
}

func (s *Service) page(q search.Query, says []issue.Issue, page storage.Page) bundle.Page {
	answer := bundle.Page{Total: bundle.UnknownTotal, Links: bundle.Links{Self: s.self(q)}}
	if page.Total != nil {
		answer.Total = *page.Total
	}
	if page.Next != nil {
		next := q
		next.After = page.Next
		answer.Links.Next = s.sealedSearch(next)
	}
	answer.Found = make([]bundle.Found, 0, len(page.Matches)+len(page.Included)+1)
	for _, v := range page.Matches {
		answer.Found = append(answer.Found, bundle.Found{FullURL: s.Base + "/" + v.Key.String(), Mode: bundle.Match, Resource: v.Resource})
	}
	for _, v := range page.Included {
		answer.Found = append(answer.Found, bundle.Found{FullURL: s.Base + "/" + v.Key.String(), Mode: bundle.Include, Resource: v.Resource})
	}
	if len(says) > 0 {
		answer.Found = append(answer.Found, bundle.Found{Mode: bundle.Outcome, Resource: fhir.OperationOutcome(says)})
	}
	return answer
}

// self shows what was understood of the search
// (https://hl7.org/fhir/R4/search.html#conformance), unless that tells an
// identity code: then it is sealed, like the place of a page.
func (s *Service) self(q search.Query) string {
	if q.After != nil || q.Sensitive() {
		return s.sealedSearch(q)
	}
	shown := q.Canonical()
	if shown == "" {
		return s.Base + "/" + q.Type
	}
	return s.Base + "/" + q.Type + "?" + shown
}

func (s *Service) sealedSearch(q search.Query) string {
	return s.Base + "/" + q.Type + "?" + cursorParameter + "=" + s.seal(searchToken, search.EncodeQuery(q))
}

// checkURL refuses an identity code in a URL: URLs end up in logs, histories
// and caches on the way (mapping.md §5).
func (s *Service) checkURL(c Call) error {
	if c.inside || s.IdentifiersInURL || len(c.Query) == 0 || !search.Sensitive(c.Query) {
		return nil
	}
	// A token is ciphertext, in which anything may show by chance.
	plain := maps.Clone(c.Query)
	delete(plain, cursorParameter)
	if !search.Sensitive(plain) {
		return nil
	}
	return issue.New(issue.Invalid, "http", "An identity code must not stand in a URL, where it ends up in logs. Send the search as a form: POST [type]/_search.").Coded(issue.CodeSecurity)
}
