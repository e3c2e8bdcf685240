package embedded

import (
	"context"
	"fmt"
	"math"

	"tahto/storage/driver"
)

// writer is a transaction's Writer: a reader of its own connection's state
// that also writes. It remembers the first fault of the engine, so that a
// function that looks over an error can't commit half of a document.
type writer struct {
	reader
	ids    *counters
	added  []word // words given out in this transaction
	broken error
}

// counters give out rowids. They only grow, so that what was rolled back leaves
// a gap and nothing else.
type counters struct{ doc, row int64 }

func (c *conn) counters() (*counters, error) {
	doc, err := c.number("SELECT coalesce(max(doc), 0) FROM resource")
	if err != nil {
		return nil, err
	}
	row, err := c.number("SELECT coalesce(max(row), 0) FROM version")
	return &counters{doc, row}, err
}

// Guard has nothing to do: transactions run one after the other.
func (w *writer) Guard(ctx context.Context, key string) error { return w.usable(ctx) }

// Append writes the version, makes it the newest, and replaces what the
// document is found by.
func (w *writer) Append(ctx context.Context, d driver.Document) error {
	if err := w.usable(ctx); err != nil {
		return err
	}
	if w.broken != nil {
		return w.broken // there may be no transaction any more to write in
	}
	now, err := w.newest(d)
	if err != nil {
		return w.note(err)
	}
	if d.Version != now.version+1 || d.Version > math.MaxInt64 {
		return fmt.Errorf("%w: version %d is not the next one", driver.ErrConflict, d.Version)
	}
	if err := w.write(d, now); err != nil {
		return w.note(err)
	}
	return nil
}

func (w *writer) note(err error) error {
	if w.broken == nil {
		w.broken = err
	}
	return err
}

// current is what there is of a document before a write; zero if nothing.
type current struct {
	doc     int64
	version uint64
	deleted bool
}

func (w *writer) newest(d driver.Document) (current, error) {
	s, err := w.c.query("SELECT doc, version, deleted FROM resource WHERE type = ? AND id = ?", txt(d.Key.Type), txt(d.Key.ID))
	if err != nil {
		return current{}, err
	}
	defer s.close()
	if more, err := s.next(); !more {
		return current{}, err
	}
	return current{doc: s.int(0), version: uint64(s.int(1)), deleted: s.int(2) != 0}, nil
}

func (w *writer) write(d driver.Document, now current) error {
	row := w.ids.row + 1
	w.ids.row = row
	if now.doc == 0 {
		w.ids.doc++
		now.doc, now.deleted = w.ids.doc, true
		if err := w.c.exec(`INSERT INTO resource (doc, type, id, deleted, version, updated, method, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
			num(now.doc), txt(d.Key.Type), txt(d.Key.ID), flagged(d.Deleted), num(int64(d.Version)), num(toMillis(d.Updated)), txt(d.Method), num(row)); err != nil {
			return err
		}
	} else if err := w.c.exec(`UPDATE resource SET deleted = ?, version = ?, updated = ?, method = ?, body = ? WHERE doc = ?`,
		flagged(d.Deleted), num(int64(d.Version)), num(toMillis(d.Updated)), txt(d.Method), num(row), num(now.doc)); err != nil {
		return err
	}
	if err := w.writeVersion(d, now.doc, row); err != nil {
		return err
	}
	if !now.deleted {
		if err := w.c.exec("DELETE FROM entry WHERE doc = ?", num(now.doc)); err != nil {
			return err
		}
	}
	if d.Deleted {
		return nil
	}
	return w.writeEntries(d, now.doc)
}

func (w *writer) writeVersion(d driver.Document, doc, row int64) error {
	kind, err := w.intern(word{kind: kindType, of: d.Key.Type})
	if err != nil {
		return err
	}
	s, err := w.c.query("INSERT INTO version (row, doc, kind, version, updated, deleted, method, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		num(row), num(doc), num(kind), num(int64(d.Version)), num(toMillis(d.Updated)), flagged(d.Deleted), txt(d.Method))
	if err != nil {
		return err
	}
	defer s.close()
	body := d.Body
	if d.Deleted {
		body = nil
	}
	s.blob(8, body)
	_, err = s.next()
	return err
}

// writeEntries writes each entry once: the same value twice in a resource is
// found once.
func (w *writer) writeEntries(d driver.Document, doc int64) error {
	for i := range d.Entries {
		e := &d.Entries[i]
		param, err := w.intern(word{kindParam, d.Key.Type, e.Param})
		if err != nil {
			return err
		}
		system, err := w.internSystem(e.System)
		if err != nil {
			return err
		}
		if err := w.c.exec("INSERT OR IGNORE INTO entry (doc, param, value, system, ver, low, high) VALUES (?, ?, ?, ?, ?, ?, ?)",
			num(doc), num(param), txt(e.Value), num(system), txt(e.Version), num(e.Low), num(e.High)); err != nil {
			return err
		}
	}
	return nil
}
