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
		txt(key.Type), txt(key.ID))
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
		txt(key.Type), txt(key.ID), num(int64(version)))
}

func (r *reader) one(key fhir.Key, sql string, args ...arg) (driver.Document, error) {
	s, err := r.c.query(sql, args...)
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
		Key: key, Version: uint64(s.int(0)), Updated: fromMillis(s.int(1)), Method: method(s.view(2)), Deleted: s.int(3) != 0,
	}
	if !d.Deleted {
		d.Body = s.bytes(4)
	}
	return d, nil
}

// body is the body of a version, by its row.
func (r *reader) body(row int64) ([]byte, error) {
	s, err := r.c.query("SELECT body FROM version WHERE row = ?", num(row))
	if err != nil {
		return nil, err
	}
	defer s.close()
	if _, err := s.next(); err != nil {
		return nil, err
	}
	return s.bytes(0), nil
}

// rows yields what a statement gives, row by row. The statement stops soon
// after ctx ends, however long it would have run to its next row.
func (r *reader) rows(ctx context.Context, start func() (*statement, error)) iter.Seq2[*statement, error] {
	return func(yield func(*statement, error) bool) {
		err := r.usable(ctx)
		if err != nil {
			yield(nil, err)
			return
		}
		defer r.watch(ctx)()
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

// watch stops what the connection runs when ctx ends, until the returned
// function is called.
func (r *reader) watch(ctx context.Context) (release func()) {
	if ctx.Done() == nil {
		return func() {}
	}
	flag := cInt(r.c.flag)
	stopped := make(chan struct{})
	stop := context.AfterFunc(ctx, func() { flag.Store(1); close(stopped) })
	return func() {
		if !stop() {
			<-stopped
			flag.Store(0)
		}
	}
}

// method gives the usual words without a copy.
func method(text []byte) string {
	switch string(text) {
	case "PUT":
		return "PUT"
	case "POST":
		return "POST"
	case "PATCH":
		return "PATCH"
	case "DELETE":
		return "DELETE"
	}
	return string(text)
}

func toMillis(t time.Time) int64    { return t.UnixMilli() }
func fromMillis(ms int64) time.Time { return time.UnixMilli(ms).UTC() }
