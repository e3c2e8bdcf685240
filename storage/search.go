package storage

import (
	"context"
	"errors"

	"tahto/fhir/search"
	"tahto/storage/driver"
)

// PageBytes is how large a page of a search or of a history may be: the bytes of
// its resources' JSON, 4 MiB. A page ends early, with a next one, rather than
// grow over it, which R4 allows: a server need not give as many as _count says
// (https://hl7.org/fhir/R4/search.html#count). A resource that is larger makes a
// page of its own.
const PageBytes = 4 << 20

// includesOfOne is how much one match may bring along by _include and
// _revinclude, in bytes of JSON: R4 has no pages of these, and they can't be
// left out without a word.
const includesOfOne = 4 * PageBytes

// Page is one page of a search.
type Page struct {
	// Matches are the resources that match, in the order of the query.
	Matches []Version
	// Included are what the matches refer to or are referred to by, as the
	// query asked (_include, _revinclude), each once and none that is a match
	// of this page. They are of the same state as the matches.
	Included []Version
	// Next is where the next page begins, for [search.Query.After]; nil on the
	// last page.
	Next *search.Position
	// Total is the number of all matches, nil if the query did not ask for it.
	Total *int
}

// Search is a page of the current resources that q matches
// (https://hl7.org/fhir/R4/search.html), at most q.Count of them and, with what
// they bring along, at most [PageBytes]; a Count of 0 gives only the total
// (_summary=count, _count=0). If they bring too much, the page has fewer
// matches. What one match alone brings may be as much as four pages; if it is
// more, the search is issue.Unprocessable.
func (t *Tx) Search(ctx context.Context, q search.Query) (Page, error) {
	if driver.IsPrivate(q.Type) {
		return Page{Total: new(int)}, nil
	}
	q, err := t.resolve(ctx, q)
	if err != nil {
		return Page{}, err
	}
	var page Page
	if q.Count > 0 {
		if err := t.matches(ctx, q, &page); err != nil {
			return Page{}, err
		}
	}
	if err := t.included(ctx, q, &page); err != nil {
		return Page{}, err
	}
	if err := t.total(ctx, q, &page); err != nil {
		return Page{}, err
	}
	return page, nil
}

// matches reads one more than fit, to know whether there is a next page.
func (t *Tx) matches(ctx context.Context, q search.Query, page *Page) error {
	more := q
	more.Count = q.Count + 1
	size := 0
	for d, err := range t.reader.Find(ctx, more, driver.Whole) {
		if err != nil {
			return fault(err)
		}
		size += len(d.Body)
		if n := len(page.Matches); n == q.Count || n > 0 && size > PageBytes {
			t.end(q, page, n)
			return nil
		}
		page.Matches = append(page.Matches, version(d))
	}
	return nil
}

// end makes the page one of its first n matches, and the next begin after them.
func (t *Tx) end(q search.Query, page *Page, n int) {
	clear(page.Matches[n:])
	page.Matches = page.Matches[:n]
	page.Next = t.position(q, page.Matches[n-1])
}

func (t *Tx) position(q search.Query, v Version) *search.Position {
	p := &search.Position{ID: v.Key.ID}
	if len(q.Sort) > 0 {
		p.Keys = q.SortKeys(t.store.registry.Entries(v.Resource))
	}
	return p
}

// total counts, unless the first page is the only one and has counted already.
func (t *Tx) total(ctx context.Context, q search.Query, page *Page) error {
	if q.Total == search.TotalNone {
		return nil
	}
	n := len(page.Matches)
	if q.Count == 0 || q.After != nil || page.Next != nil {
		var err error
		if n, err = t.reader.Count(ctx, q); err != nil {
			return fault(err)
		}
	}
	page.Total = &n
	return nil
}

// included reads what the matches bring along, all at once. If that is too much
// for the page it tries with half of the matches, which leaves the rest to the
// next page.
func (t *Tx) included(ctx context.Context, q search.Query, page *Page) error {
	if len(q.Include) == 0 && len(q.RevInclude) == 0 {
		return nil
	}
	for {
		in := inclusion{tx: t, page: page, seen: map[string]bool{}, room: page.room()}
		err := in.all(ctx, q)
		switch {
		case !errors.Is(err, errFull):
			return err
		case len(page.Matches) == 1:
			return broughtTooMuch(page.Matches[0].Key)
		}
		page.Included = nil
		t.end(q, page, len(page.Matches)/2)
	}
}

// room is how many bytes of includes the page can take.
func (p *Page) room() int {
	if len(p.Matches) == 1 {
		return includesOfOne
	}
	room := PageBytes
	for _, match := range p.Matches {
		room -= len(match.Resource.JSON())
	}
	return room
}
