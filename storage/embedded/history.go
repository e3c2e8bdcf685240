package embedded

import (
	"context"
	"iter"
	"math"

	"tahto/fhir"
	"tahto/storage/driver"
)

// Versions reads the history index backwards, or forwards for the oldest first.
// Versions of the same millisecond
// are few, so their order among each other is made when they are read; the
// index has only the time.
func (r *reader) Versions(ctx context.Context, h driver.History) iter.Seq2[driver.Document, error] {
	return func(yield func(driver.Document, error) bool) {
		for s, err := range r.rows(ctx, func() (*statement, error) { return r.history(ctx, h) }) {
			if err != nil {
				yield(driver.Document{}, err)
				return
			}
			d, err := r.past(s)
			if !yield(d, err) || err != nil {
				return
			}
		}
	}
}

func (r *reader) past(s *statement) (driver.Document, error) {
	d := driver.Document{
		Key:     fhir.Key{Type: s.string(0), ID: s.string(1)},
		Version: uint64(s.int(2)), Updated: fromMillis(s.int(3)), Method: s.string(4), Deleted: s.int(5) != 0,
	}
	if d.Deleted {
		return d, nil
	}
	var err error
	d.Body, err = r.body(s.int(6))
	return d, err
}

func (r *reader) history(ctx context.Context, h driver.History) (*statement, error) {
	b := r.c.builder()
	if err := r.askHistory(b, h); err != nil {
		return nil, err
	}
	return r.c.start(ctx, b)
}

func (r *reader) askHistory(b *builder, h driver.History) error {
	b.add("SELECT r.type, r.id, v.version, v.updated, v.method, v.deleted, v.row FROM ")
	switch {
	case h.ID != "":
		b.add("resource r CROSS JOIN version v ON v.doc = r.doc WHERE r.type = ? AND r.id = ?", h.Type, h.ID)
	case h.Type != "":
		kind, err := r.number(word{kind: kindType, of: h.Type})
		if err != nil {
			return err
		}
		b.add("version v INDEXED BY version_kind CROSS JOIN resource r ON r.doc = v.doc WHERE v.kind = ?", kind)
	default:
		b.add("version v INDEXED BY version_updated CROSS JOIN resource r ON r.doc = v.doc WHERE TRUE")
	}
	if !h.Since.IsZero() {
		// A version has whole milliseconds, so at or after a broken one is
		// after its whole part.
		since := toMillis(h.Since)
		if fromMillis(since).Before(h.Since) {
			since++
		}
		b.add(" AND v.updated >= ?", since)
	}
	order := backwards
	if h.OldestFirst {
		order = forwards
	}
	if m := h.After; m != nil {
		at := toMillis(m.Updated)
		b.add(order.after, at, at, m.Key.Type, m.Key.ID, int64(min(m.Version, math.MaxInt64)))
	}
	b.add(order.by, limit(h.Limit))
	return nil
}

// direction is how the history index is read: what is after a place, and what
// the order is.
type direction struct{ after, by string }

var (
	backwards = direction{
		" AND v.updated <= ? AND (v.updated < ? OR (r.type, r.id, v.version) < (?, ?, ?))",
		" ORDER BY v.updated DESC, r.type DESC, r.id DESC, v.version DESC LIMIT ?",
	}
	forwards = direction{
		" AND v.updated >= ? AND (v.updated > ? OR (r.type, r.id, v.version) > (?, ?, ?))",
		" ORDER BY v.updated, r.type, r.id, v.version LIMIT ?",
	}
)

// limit is LIMIT's value for a count where 0 means all.
func limit(count int) int64 {
	if count <= 0 {
		return -1
	}
	return int64(count)
}
