package storage

import (
	"context"
	"time"

	"tahto/fhir"
	"tahto/storage/driver"
)

// HistoryQuery asks for versions, newest first
// (https://hl7.org/fhir/R4/http.html#history).
type HistoryQuery struct {
	Type, ID string       // both, only the type, or neither: instance, type, system
	Since    time.Time    // versions at or after it; zero for all
	Count    int          // at most so many on a page; 0 for as many as fit
	Before   *driver.Mark // where the page before ended; nil on the first
}

// HistoryPage is one page of a history.
type HistoryPage struct {
	Versions []Version
	// Next is where the next page begins, for [HistoryQuery.Before]; nil on the
	// last page. It stays right while others write.
	Next *driver.Mark
	// Total is the number of versions on all pages, -1 where it would have to be
	// counted: it is known of one resource without Since, and of what fits on
	// one page.
	Total int
}

// History is a page of the history of a resource, a type, or everything,
// deletions included, at most q.Count versions and at most [PageBytes]. The
// history of a resource that never was is issue.NotFound; that of a deleted one
// is there.
func (t *Tx) History(ctx context.Context, q HistoryQuery) (HistoryPage, error) {
	page := HistoryPage{Total: unknownTotal}
	if q.ID != "" || driver.IsPrivate(q.Type) {
		newest, err := t.get(ctx, fhir.Key{Type: q.Type, ID: q.ID})
		if err != nil {
			return HistoryPage{}, err
		}
		if q.Since.IsZero() {
			page.Total = int(newest.Version) // versions count from 1 without a gap
		}
	}
	h := driver.History{Type: q.Type, ID: q.ID, Since: q.Since, After: q.Before}
	if q.Count > 0 {
		h.Limit = q.Count + 1
	}
	size := 0
	for more := true; more; {
		read := 0
		for d, err := range t.reader.Versions(ctx, h) {
			if err != nil {
				return HistoryPage{}, fault(err)
			}
			read++
			at := d.Mark()
			h.After = &at
			if size += len(d.Body); page.full(q.Count, size) && !driver.IsPrivate(d.Key.Type) {
				page.Next = page.last()
				return page, nil
			}
			page.add(d)
		}
		// What is private took places of those that were asked for.
		more = h.Limit > 0 && read == h.Limit
	}
	if q.Before == nil {
		page.Total = len(page.Versions)
	}
	return page, nil
}

// full tells whether nothing more fits: so many versions, or so many bytes with
// the next one. One alone always fits.
func (p *HistoryPage) full(count, size int) bool {
	n := len(p.Versions)
	return n > 0 && (n == count || size > PageBytes)
}

func (p *HistoryPage) add(d driver.Document) {
	if !driver.IsPrivate(d.Key.Type) {
		p.Versions = append(p.Versions, version(d))
	}
}

const unknownTotal = -1

func (p HistoryPage) last() *driver.Mark {
	v := p.Versions[len(p.Versions)-1]
	return &driver.Mark{Updated: v.Updated, Key: v.Key, Version: v.Version}
}
