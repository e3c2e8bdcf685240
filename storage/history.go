package storage

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"tahto/fhir"
	"tahto/storage/driver"
)

// HistoryQuery asks for versions, newest first
// (https://hl7.org/fhir/R4/http.html#history).
type HistoryQuery struct {
	Type, ID string       // both, only the type, or neither: instance, type, system
	Since    time.Time    // versions at or after it; zero for all
	At       Span         // versions that were current at some time in it; zero for all
	Count    int          // at most so many on a page; 0 for as many as fit
	Before   *driver.Mark // where the page before ended; nil on the first
}

// Span is a time from an instant up to but not including another. The zero Span
// is all of time.
type Span struct{ From, Until time.Time }

// Shows tells whether a version is to be shown of what was in the span: one with
// content that was current at some moment of it, or a deletion that was made in
// it. next is when the version was replaced; zero if it is the newest.
func (s Span) Shows(v Version, next time.Time) bool {
	switch {
	case s.isAll():
		return true
	case !v.Updated.Before(s.Until):
		return false
	case !v.Updated.Before(s.From):
		return true
	}
	return !v.Deleted && (next.IsZero() || next.After(s.From))
}

func (s Span) isAll() bool { return s.From.IsZero() && s.Until.IsZero() }

// HistoryPage is one page of a history.
type HistoryPage struct {
	Versions []Version
	// Next is where the next page begins, for [HistoryQuery.Before]; nil on the
	// last page. It stays right while others write.
	Next *driver.Mark
	// Total is the number of versions on all pages, -1 where it would have to be
	// counted: it is known of one resource without Since and At, and of what fits
	// on one page.
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
		if q.Since.IsZero() && q.At.isAll() {
			page.Total = int(newest.Version) // versions count from 1 without a gap
		}
	}
	h := driver.History{Type: q.Type, ID: q.ID, Since: q.Since, After: q.Before}
	if h.After == nil && !q.At.isAll() {
		h.After = &driver.Mark{Updated: q.At.Until.Add(time.Millisecond - 1).Truncate(time.Millisecond)} // as versions have it
	}
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
			switch shown, err := t.shows(ctx, q.At, d); {
			case err != nil:
				return HistoryPage{}, err
			case !shown:
				continue
			}
			if size += len(d.Body); page.full(q.Count, size) {
				page.Next = page.last()
				return page, nil
			}
			page.Versions = append(page.Versions, version(d))
		}
		// What is not shown took places of those that were asked for.
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

// shows tells whether a version is to be shown. That it was replaced is looked up
// where it matters, since its successor may be on another page.
func (t *Tx) shows(ctx context.Context, at Span, d driver.Document) (bool, error) {
	if driver.IsPrivate(d.Key.Type) {
		return false, nil
	}
	var replaced time.Time
	if !at.isAll() && d.Updated.Before(at.From) {
		next, err := t.reader.GetVersion(ctx, d.Key, d.Version+1)
		switch {
		case err == nil:
			replaced = next.Updated
		case !errors.Is(err, driver.ErrNotFound):
			return false, fault(err)
		}
	}
	return at.Shows(Version{Updated: d.Updated, Deleted: d.Deleted}, replaced), nil
}

const unknownTotal = -1

func (p HistoryPage) last() *driver.Mark { return p.Versions[len(p.Versions)-1].Mark() }

// Mark is the version's place in a history, for [HistoryQuery.Before].
func (v Version) Mark() *driver.Mark {
	return &driver.Mark{Updated: v.Updated, Key: v.Key, Version: v.Version}
}

// ComparePast orders versions as a history does, the newest first.
func (v Version) ComparePast(other Version) int {
	return cmp.Or(other.Updated.Compare(v.Updated), strings.Compare(other.Key.Type, v.Key.Type),
		strings.Compare(other.Key.ID, v.Key.ID), cmp.Compare(other.Version, v.Version))
}

// Reaches tells whether a version comes after the page before.
func (q HistoryQuery) Reaches(v Version) bool {
	if q.Before == nil {
		return true
	}
	return v.ComparePast(Version{Updated: q.Before.Updated, Key: q.Before.Key, Version: q.Before.Version}) > 0
}
