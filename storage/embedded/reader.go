package embedded

import (
	"context"
	"errors"
	"iter"
	"math"
	"time"

	"tahto/fhir"
	"tahto/storage/driver"
)

// reader reads the state of its connection's transaction.
type reader struct {
	c     *conn
	words *dictionary
	fresh map[word]int64 // words of the writer's open transaction; nil for a reader
	rank  *ranking
	ended bool
}

var errEnded = errors.New("embedded: used after the end of its transaction")

// usable refuses a call that comes too late to read the right state, or that
// nobody waits for.
func (r *reader) usable(ctx context.Context) error {
	if r.ended {
		return errEnded
	}
	return ctx.Err()
}

// end makes the reader unusable.
func (r *reader) end() {
	r.ended = true
	r.c.endStatements()
}

func (r *reader) Get(ctx context.Context, key fhir.Key) (driver.Document, error) {
	if err := r.usable(ctx); err != nil {
		return driver.Document{}, err
	}
	return r.one(key, `SELECT v.version, v.updated, v.method, v.deleted, v.body
		FROM resource r CROSS JOIN version v ON v.row = r.body WHERE r.type = ? AND r.id = ?`,
		key.Type, key.ID)
}

func (r *reader) GetVersion(ctx context.Context, key fhir.Key, version uint64) (driver.Document, error) {
	if err := r.usable(ctx); err != nil {
		return driver.Document{}, err
	}
	if version > math.MaxInt64 {
		return driver.Document{}, driver.ErrNotFound
	}
	return r.one(key, `SELECT v.version, v.updated, v.method, v.deleted, v.body
		FROM resource r CROSS JOIN version v ON v.doc = r.doc WHERE r.type = ? AND r.id = ? AND v.version = ?`,
		key.Type, key.ID, int64(version))
}

func (r *reader) one(key fhir.Key, sql string, args ...any) (driver.Document, error) {
	s, err := r.c.query(unhurried, sql, args...)
	if err != nil {
		return driver.Document{}, err
	}
	defer s.close()
	more, err := s.next()
	if err != nil {
		return driver.Document{}, err
	}
	if !more {
		return driver.Document{}, driver.ErrNotFound
	}
	d := driver.Document{
		Key: key, Version: uint64(s.int(0)), Updated: fromMillis(s.int(1)), Method: s.string(2), Deleted: s.int(3) != 0,
	}
	if !d.Deleted {
		d.Body = s.bytes(4)
	}
	return d, nil
}

// body is the body of a version, by its row.
func (r *reader) body(row int64) ([]byte, error) {
	s, err := r.c.query(unhurried, "SELECT body FROM version WHERE row = ?", row)
	if err != nil {
		return nil, err
	}
	defer s.close()
	if more, err := s.next(); !more {
		return nil, err
	}
	return s.bytes(0), nil
}

// rows yields what a statement gives, row by row, until ctx ends. What may run
// long is started under ctx, and does its work before its first row: see walk.
func (r *reader) rows(ctx context.Context, start func() (*statement, error)) iter.Seq2[*statement, error] {
	return func(yield func(*statement, error) bool) {
		err := r.usable(ctx)
		if err != nil {
			yield(nil, err)
			return
		}
		s, err := start()
		if err != nil {
			yield(nil, err)
			return
		}
		defer s.close()
		for {
			more, err := s.next()
			if err == nil {
				err = r.usable(ctx)
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if !more || !yield(s, nil) {
				return
			}
		}
	}
}

func toMillis(t time.Time) int64    { return t.UnixMilli() }
func fromMillis(ms int64) time.Time { return time.UnixMilli(ms).UTC() }
