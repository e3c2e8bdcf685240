package interaction

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"tahto/fhir/issue"
	"tahto/fhir/search"
	"tahto/storage"
)

// prepareHistorySearch is POST [type]/_history with a form: all versions of what
// a search finds, newest first, as Kanta's guide has it for the declarations of a
// person (mapping.md §5). FHIR has no such interaction; the answer is a Bundle of
// type history. It takes _since and _at, and is divided into pages if _count says
// so; what is too much for one answer otherwise is refused.
func prepareHistorySearch(s *Service, c Call) (Action, error) {
	if err := isForm(c); err != nil {
		return Action{}, err
	}
	c, err := s.viewed(c, c.Type)
	if err != nil {
		return Action{}, err
	}
	values := url.Values{}
	a := asked{HistoryQuery: storage.HistoryQuery{Type: c.Type}}
	for name, given := range merged(c.Query, c.Form) {
		read := historyReaders[name]
		switch {
		case read == nil:
			values[name] = given
		case len(given) != 1:
			return Action{}, issue.Newf(issue.Invalid, "http."+name, "Give %s once.", name)
		default:
			if err := read(given[0], &a.HistoryQuery); err != nil {
				return Action{}, err
			}
		}
	}
	q, err := s.pastQuery(c, values)
	if err != nil {
		return Action{}, err
	}
	a.search = q
	c.Query = nil // the address of the answer shows nothing of whom it is about
	return s.histories(c, a), nil
}

// pastQuery is the search whose matches' versions are asked for: conditions, and
// nothing about the form of a result that it has not.
func (s *Service) pastQuery(c Call, values url.Values) (*search.Query, error) {
	for name := range values {
		switch base, _, _ := strings.Cut(name, ":"); base {
		case "_id", "_lastUpdated", "_tag", "_profile", "_security", "_source", "_has", "_format", "_pretty":
		default:
			if strings.HasPrefix(base, "_") {
				return nil, issue.New(issue.Invalid, "http", "The versions of what is searched for take conditions, such as patient:identifier and category, and _since, _at and _count.").Coded(issue.CodeNotSupported)
			}
		}
	}
	q, err := s.narrow(c.Type, values, "http")
	if err == nil {
		q.Count = 0 // all that it finds: _count is of versions
	}
	return q, err
}

// found reads a page of the versions of what is searched for, or only how many
// there are.
func (a asked) found(tx *storage.Tx, count bool) func(context.Context, storage.HistoryQuery) (storage.HistoryPage, error) {
	return func(ctx context.Context, q storage.HistoryQuery) (storage.HistoryPage, error) {
		p := pasts{query: q}
		for versions, err := range tx.Histories(ctx, *a.search) {
			if err != nil {
				return storage.HistoryPage{}, err
			}
			if err := p.gather(versions); err != nil {
				return storage.HistoryPage{}, err
			}
		}
		if count {
			return storage.HistoryPage{Total: p.total}, nil
		}
		return p.page(), nil
	}
}

// pasts are the versions of a page, which come resource by resource.
type pasts struct {
	query storage.HistoryQuery
	kept  []storage.Version
	bytes int
	total int // of all pages
}

// spare is how many versions are kept beyond those of a page, so that they are
// not put in order for each resource.
const spare = 100

// gather takes the versions of one resource, newest first, as far as they are
// asked for.
func (p *pasts) gather(versions []storage.Version) error {
	var next time.Time
	for _, v := range versions {
		if q := &p.query; !v.Updated.Before(q.Since) && q.At.Shows(v, next) {
			p.total++
			if q.Reaches(v) {
				p.kept = append(p.kept, v)
				p.bytes += weight(v)
			}
		}
		next = v.Updated
	}
	if n := p.query.Count; n > 0 && len(p.kept) > n+spare {
		p.first(n + 1)
	}
	if p.bytes > answerBytes {
		return tooManyVersions()
	}
	return nil
}

func tooManyVersions() error {
	return issue.New(issue.Unprocessable, "http", "These are too many versions for one answer. Name conditions that find less, a later _since, or a _count to get them in pages.").Coded(issue.CodeTooCostly)
}

// first puts in order, and leaves as many as are asked for.
func (p *pasts) first(n int) {
	slices.SortFunc(p.kept, storage.Version.ComparePast)
	if len(p.kept) <= n {
		return
	}
	clear(p.kept[n:])
	p.kept, p.bytes = p.kept[:n], 0
	for _, v := range p.kept {
		p.bytes += weight(v)
	}
}

// page is what was gathered: all of it, or as much as _count says.
func (p *pasts) page() storage.HistoryPage {
	n := p.query.Count
	if n == 0 {
		n = len(p.kept)
	}
	p.first(n + 1)
	page := storage.HistoryPage{Versions: p.kept, Total: p.total}
	if len(p.kept) > n {
		page.Versions = p.kept[:n]
		page.Next = p.kept[n-1].Mark()
	}
	return page
}

func weight(v storage.Version) int {
	if v.Resource == nil {
		return 0
	}
	return len(v.Resource.JSON())
}
