package interaction

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"

	"tahto/fhir/issue"
	"tahto/fhir/search"
	"tahto/storage"
)

// prepareHistorySearch is POST [type]/_history with a form: all versions of what
// a search finds, newest first, as Kanta's guide has it for the declarations of a
// person (mapping.md §5). FHIR has no such interaction; the answer is a Bundle of
// type history. It takes _since, and is not divided into pages: what is too much
// for one answer is refused.
func prepareHistorySearch(s *Service, c Call) (Action, error) {
	if err := isForm(c); err != nil {
		return Action{}, err
	}
	c, err := s.viewed(c, c.Type)
	if err != nil {
		return Action{}, err
	}
	values := url.Values{}
	var since storage.HistoryQuery
	for name, given := range merged(c.Query, c.Form) {
		switch {
		case name != "_since":
			values[name] = given
		case len(given) != 1:
			return Action{}, issue.New(issue.Invalid, "http._since", "Give _since once.")
		default:
			if err := readSince(given[0], &since); err != nil {
				return Action{}, err
			}
		}
	}
	q, err := s.pastQuery(c, values)
	if err != nil {
		return Action{}, err
	}
	return Action{Part: func(ctx context.Context, t *turn) (Response, error) {
		versions, err := pastOf(t.tx.Histories(ctx, *q), since)
		if err != nil {
			return Response{}, err
		}
		page := storage.HistoryPage{Versions: versions, Total: len(versions)}
		if c.view.counts() {
			page.Versions = nil
		}
		c.Query = nil // the address of the answer shows nothing of whom it is about
		return s.historyOf(c, storage.HistoryQuery{}, page), nil
	}}, nil
}

// pastQuery is the search whose matches' versions are asked for: conditions, and
// nothing about the form of a result that it has not.
func (s *Service) pastQuery(c Call, values url.Values) (*search.Query, error) {
	for name := range values {
		switch base, _, _ := strings.Cut(name, ":"); base {
		case "_id", "_lastUpdated", "_format", "_pretty":
		default:
			if strings.HasPrefix(base, "_") {
				return nil, issue.New(issue.Invalid, "http", "The versions of what is searched for take conditions, such as patient:identifier and category, and _since.").Coded(issue.CodeNotSupported)
			}
		}
	}
	return s.narrow(c.Type, values, "http")
}

func tooManyVersions() error {
	return issue.New(issue.Unprocessable, "http", "These are too many versions for one answer. Name conditions that find less, or a later _since.").Coded(issue.CodeTooCostly)
}

// pastOf are the versions, newest first, that are not older than since.
func pastOf(found func(func([]storage.Version, error) bool), since storage.HistoryQuery) ([]storage.Version, error) {
	var all []storage.Version
	size := 0
	for versions, err := range found {
		if err != nil {
			return nil, err
		}
		for _, v := range versions {
			if v.Updated.Before(since.Since) {
				continue
			}
			if v.Resource != nil {
				size += len(v.Resource.JSON())
			}
			all = append(all, v)
		}
		if size > answerBytes {
			return nil, tooManyVersions()
		}
	}
	slices.SortFunc(all, func(a, b storage.Version) int {
		return cmp.Or(b.Updated.Compare(a.Updated), strings.Compare(b.Key.String(), a.Key.String()), cmp.Compare(b.Version, a.Version))
	})
	return all, nil
}
