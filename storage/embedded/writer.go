package embedded

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"tahto/fhir"
	"tahto/fhir/search"
	"tahto/storage/driver"
)

// writer is a transaction's Writer: a reader of its own connection's state
// that also writes. It remembers the first fault of the engine, so that a
// function that looks over an error can't commit half of a document.
type writer struct {
	reader
	ids   *counters
	added []word // words given out in this transaction
	// changed are the documents that are written before the next commit.
	changed map[fhir.Key]struct{}
	broken  error
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
	w.changed[d.Key] = struct{}{}
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
	s, err := w.c.query(unhurried, "SELECT doc, version, deleted FROM resource WHERE type = ? AND id = ?", d.Key.Type, d.Key.ID)
	if err != nil {
		return current{}, err
	}
	defer s.close()
	if more, err := s.next(); !more {
		return current{}, err
	}
	return current{doc: s.int(0), version: uint64(s.int(1)), deleted: s.int(2) != 0}, nil
}

// Index replaces the entries of the newest version.
func (w *writer) Index(ctx context.Context, key fhir.Key, entries []search.Entry) error {
	if err := w.usable(ctx); err != nil {
		return err
	}
	if w.broken != nil {
		return w.broken
	}
	d := driver.Document{Key: key, Entries: entries}
	now, err := w.newest(d)
	switch {
	case err != nil:
		return w.note(err)
	case now.doc == 0 || now.deleted:
		return driver.ErrNotFound
	}
	if err := w.c.exec("DELETE FROM entry WHERE doc = ?", now.doc); err != nil {
		return w.note(err)
	}
	if err := w.writeEntries(d, now.doc); err != nil {
		return w.note(err)
	}
	return nil
}

func (w *writer) write(d driver.Document, now current) error {
	row := w.ids.row + 1
	w.ids.row = row
	if now.doc == 0 {
		w.ids.doc++
		now.doc, now.deleted = w.ids.doc, true
		if err := w.c.exec(`INSERT INTO resource (doc, type, id, deleted, version, updated, method, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
			now.doc, d.Key.Type, d.Key.ID, d.Deleted, int64(d.Version), toMillis(d.Updated), d.Method, row); err != nil {
			return err
		}
	} else if err := w.c.exec(`UPDATE resource SET deleted = ?, version = ?, updated = ?, method = ?, body = ? WHERE doc = ?`,
		d.Deleted, int64(d.Version), toMillis(d.Updated), d.Method, row, now.doc); err != nil {
		return err
	}
	if err := w.writeVersion(d, now.doc, row); err != nil {
		return err
	}
	if !now.deleted {
		if err := w.c.exec("DELETE FROM entry WHERE doc = ?", now.doc); err != nil {
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
	body := d.Body
	if d.Deleted || body == nil {
		body = []byte{} // nil would be NULL
	}
	return w.c.exec("INSERT INTO version (row, doc, kind, version, updated, deleted, method, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		row, doc, kind, int64(d.Version), toMillis(d.Updated), d.Deleted, d.Method, body)
}

// rowsAtOnce is how many entries one statement writes at most.
const rowsAtOnce = 16

// writeEntries writes each entry once: the same value twice in a resource is
// found once.
func (w *writer) writeEntries(d driver.Document, doc int64) error {
	for entries := range slices.Chunk(d.Entries, rowsAtOnce) {
		args := make([]any, 0, 7*rowsAtOnce)
		for i := range entries {
			e := &entries[i]
			param, err := w.intern(word{kindParam, d.Key.Type, e.Param})
			if err != nil {
				return err
			}
			system, err := w.internSystem(e.System)
			if err != nil {
				return err
			}
			args = append(args, doc, param, e.Value, system, e.Version, e.Low, e.High)
		}
		if err := w.c.exec(insertEntries[len(entries)], args...); err != nil {
			return err
		}
	}
	return nil
}

// insertEntries are the statements that write so many entries.
var insertEntries = func() (list [rowsAtOnce + 1]string) {
	for n := 1; n <= rowsAtOnce; n++ {
		list[n] = "INSERT OR IGNORE INTO entry (doc, param, value, system, ver, low, high) VALUES " +
			strings.Repeat("(?, ?, ?, ?, ?, ?, ?), ", n-1) + "(?, ?, ?, ?, ?, ?, ?)"
	}
	return list
}()
