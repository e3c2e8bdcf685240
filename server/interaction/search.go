package interaction

import (
	"bytes"
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"

	"tahto/fhir"
	"tahto/fhir/bundle"
	"tahto/fhir/issue"
	"tahto/fhir/search"
	"tahto/fhir/subset"
	"tahto/storage"
)

// prepareSearch is GET [type] and POST [type]/_search
// (https://hl7.org/fhir/R4/http.html#search). The parameters of a form and of
// the URL count together.
func prepareSearch(s *Service, c Call) (Action, error) {
	if err := isForm(c); err != nil {
		return Action{}, err
	}
	q, err := s.query(s.Registry, c)
	if err != nil {
		return Action{}, err
	}
	return Action{Part: func(ctx context.Context, t *turn) (Response, error) {
		page, err := t.tx.Search(ctx, q.Query)
		if err != nil {
			return Response{}, err
		}
		return Response{Status: http.StatusOK, Resource: bundle.SearchSet(s.page(q, page))}, nil
	}}, nil
}

// isForm refuses a resource as the body of a search.
func isForm(c Call) error {
	if c.Body != nil {
		return issue.New(issue.UnknownMedia, "", "A search is sent as a form, application/x-www-form-urlencoded.")
	}
	return nil
}

// query is a search as it was understood: what is looked for, how much is shown
// of what is found, and what there is to say about it.
type query struct {
	search.Query
	view *view
	says []issue.Issue
}

// query reads the search: from its parameters, or from the token of a page.
func (s *Service) query(registry *search.Registry, c Call) (query, error) {
	c, err := s.viewed(c, c.Type)
	if err != nil {
		return query{}, err
	}
	values := merged(c.Query, c.Form)
	if values.Has(cursorParameter) {
		c.Query = values
		return s.unsealedSearch(c)
	}
	q, says, err := registry.Parse(c.Type, values, search.ParseOptions{Lenient: c.prefer.lenient, Base: s.Base})
	if err != nil {
		return query{}, err
	}
	all := query{q, c.view, slices.Concat(says, c.view.leftOut())}
	return all, all.agree()
}

// agree refuses a view that does not go with the rest of the search, and asks
// for no page where only the total is wanted.
func (q *query) agree() error {
	switch {
	case q.view.counts() && q.Total == search.TotalNone:
		return issue.New(issue.Invalid, "http._summary", "_summary=count asks for the total alone, which _total=none leaves out.")
	case q.view.counts():
		q.Count, q.Include, q.RevInclude = 0, nil, nil
	case q.view.is(subset.Text) && len(q.Include)+len(q.RevInclude) > 0:
		return issue.New(issue.Invalid, "http._summary", "_summary=text does not go with _include and _revinclude (https://hl7.org/fhir/R4/search.html#summary); leave one out.")
	}
	return nil
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

func (s *Service) page(q query, page storage.Page) bundle.Page {
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
		answer.Found = append(answer.Found, bundle.Found{FullURL: s.Base + "/" + v.Key.String(), Mode: bundle.Match, Resource: s.show(q.view, v.Resource)})
	}
	for _, v := range page.Included {
		answer.Found = append(answer.Found, bundle.Found{FullURL: s.Base + "/" + v.Key.String(), Mode: bundle.Include, Resource: s.showIncluded(q.view, v.Resource)})
	}
	if len(q.says) > 0 {
		answer.Found = append(answer.Found, bundle.Found{Mode: bundle.Outcome, Resource: fhir.OperationOutcome(q.says)})
	}
	return answer
}

// self shows what was understood of the search
// (https://hl7.org/fhir/R4/search.html#conformance), unless that tells an
// identity code: then it is sealed, like the place of a page.
func (s *Service) self(q query) string {
	if q.After != nil || q.Sensitive() {
		return s.sealedSearch(q)
	}
	shown := q.view.query(q.Canonical())
	if shown == "" {
		return s.Base + "/" + q.Type
	}
	return s.Base + "/" + q.Type + "?" + shown
}

// sealedSearch is a link with the search, its place and its view in a token: the
// view as a query, a line feed, which no query has, and the rest.
func (s *Service) sealedSearch(q query) string {
	plain := append([]byte(q.view.query("")+"\n"), search.EncodeQuery(q.Query)...)
	return s.Base + "/" + q.Type + "?" + cursorParameter + "=" + s.seal(searchToken, plain)
}

// unsealedSearch reads what [Service.sealedSearch] wrote.
func (s *Service) unsealedSearch(c Call) (query, error) {
	plain, err := s.open(c, searchToken)
	if err != nil {
		return query{}, err
	}
	shown, encoded, _ := bytes.Cut(plain, []byte("\n"))
	q, err := search.DecodeQuery(encoded)
	if err != nil {
		return query{}, err
	}
	if q.Type != c.Type {
		return query{}, foreignCursor()
	}
	v, err := s.unsealedView(string(shown), c.Type)
	return query{Query: q, view: v}, err
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
