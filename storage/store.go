// Package storage is the versioned repository: what FHIR says about keeping
// resources, written once for all engines.
//
// An engine (package driver) appends documents and finds them by entries. This
// package adds what makes resources of them: version numbers and
// meta.lastUpdated, deletions that keep their history, the preconditions of
// conditional interactions, pages, includes, and errors in the words of
// package issue. It knows no consent and no HTTP.
//
// # Transactions
//
// Everything happens in a transaction: [Store.View] reads one consistent
// state, [Store.Update] reads and writes and is durable, wholly, when it
// returns nil. All verbs are methods of [Tx]; [Store.Read] is a shorter way to
// one of them. An engine may run the function given to Update again after a conflict,
// so it must have no effect but on the Tx.
//
// # Errors
//
// A method that fails because of what the client asked gives an [issue.Error]:
// NotFound, Gone, PreconditionFailed, MultipleMatches, Conflict, Invalid. An
// engine that can't serve now is issue.Unavailable. No error text holds an id
// or a value of a resource: they may be personal data.
//
// # Concurrency
//
// A [Store] is safe for any number of goroutines. A [Tx] is for the goroutine
// it was given to and ends with the function. Don't start a transaction inside
// another: the inner one may wait for the outer one forever.
package storage

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"sync"
	"time"

	"tahto/fhir"
	"tahto/fhir/search"
	"tahto/storage/driver"
)

// Options are what a Store is given from outside.
type Options struct {
	// Now is the clock. It is required.
	Now func() time.Time
	// Random is the source of keys and nonces; nil is crypto/rand. It must be
	// safe for concurrent use.
	Random io.Reader
}

// Store keeps resources on an engine.
type Store struct {
	engine   driver.Engine
	registry *search.Registry
	clock    clock
	seal     sealer
}

// New makes a Store of an engine. It looks up the newest version, so that time
// never goes back over a restart, and the key of page tokens, which it makes on
// a new engine. What a program of another search.IndexVersion wrote is indexed
// anew first, which reads all current resources once. The Store owns the engine
// from here on: close the Store.
func New(ctx context.Context, engine driver.Engine, registry *search.Registry, o Options) (*Store, error) {
	if o.Now == nil {
		return nil, errors.New("storage: a Store needs a clock")
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	s := &Store{engine: engine, registry: registry, clock: clock{now: o.Now}}
	if err := s.startClock(ctx); err != nil {
		return nil, fault(err)
	}
	if err := s.whole(ctx); err != nil {
		return nil, err
	}
	if err := s.index(ctx); err != nil {
		return nil, err
	}
	key, err := s.pageKey(ctx, o.Random)
	if err != nil {
		return nil, fault(err)
	}
	s.seal = sealer{key: key, random: o.Random}
	return s, nil
}

func (s *Store) startClock(ctx context.Context) error {
	return s.engine.View(ctx, func(r driver.Reader) error {
		for d, err := range r.Versions(ctx, driver.History{Limit: 1}) {
			if err != nil {
				return err
			}
			s.clock.last = d.Updated
		}
		return nil
	})
}

// errUnfinished says that what is stored must not be served.
var errUnfinished = errors.New("an import into this store was begun and is not finished, so that it may lack denials: run the import again, with the same file")

// whole tells whether no import is unfinished.
func (s *Store) whole(ctx context.Context) error {
	err := s.engine.View(ctx, func(r driver.Reader) error {
		d, err := r.Get(ctx, driver.Unfinished)
		if err == nil && !d.Deleted {
			return errUnfinished
		}
		return err
	})
	if errors.Is(err, driver.ErrNotFound) {
		return nil
	}
	return fault(err)
}

// View runs f on one consistent state. f's error is returned as it is; an
// engine that can't serve gives issue.Unavailable.
func (s *Store) View(ctx context.Context, f func(*Tx) error) error {
	return fault(s.engine.View(ctx, func(r driver.Reader) error {
		return f(&Tx{store: s, reader: r})
	}))
}

// Read is [Tx.Read] in a View of its own, for which an engine may have a shorter
// way.
func (s *Store) Read(ctx context.Context, key fhir.Key) (v Version, err error) {
	single, shorter := s.engine.(driver.Single)
	if !shorter {
		err = s.View(ctx, func(t *Tx) (err error) {
			v, err = t.Read(ctx, key)
			return err
		})
		return v, err
	}
	if driver.IsPrivate(key.Type) {
		return Version{}, notFound(key)
	}
	d, err := single.Newest(ctx, key)
	if errors.Is(err, driver.ErrNotFound) {
		return Version{}, notFound(key)
	}
	if err != nil {
		return Version{}, fault(err)
	}
	return present(d)
}

// Update runs f in one transaction. When it returns nil, everything f wrote is
// durable; otherwise nothing of it is there. f may be run again after a
// conflict with another transaction.
func (s *Store) Update(ctx context.Context, f func(*Tx) error) error {
	return fault(s.engine.Update(ctx, func(w driver.Writer) error {
		return f(&Tx{store: s, reader: w, writer: w})
	}))
}

// State names the newest state: as long as it gives the same name, and known,
// nothing has changed since. What was read in a View that began after State was
// asked is of that state or a later one. It costs nothing.
func (s *Store) State() (name uint64, known bool) { return s.engine.State() }

// readyWithin is how long the store may take to say that it is there: whoever
// asks sends requests elsewhere meanwhile.
const readyWithin = 2 * time.Second

// Ready tells whether the store can serve: nil, issue.Unavailable, or that an
// import is not finished.
func (s *Store) Ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	if err := s.engine.Ready(ctx); err != nil {
		return fault(err)
	}
	return s.whole(ctx)
}

// Close ends the engine after what is running.
func (s *Store) Close() error { return s.engine.Close() }

// Now is the store's time: the clock's, but never before that of anything that
// the store has written, so that what was just stored is never of the future.
func (s *Store) Now() time.Time { return s.clock.next() }

// clock gives times that never go back, whatever the clock behind it does.
type clock struct {
	now  func() time.Time
	mu   sync.Mutex
	last time.Time
}

func (c *clock) next() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := c.now().UTC().Truncate(time.Millisecond); now.After(c.last) {
		c.last = now
	}
	return c.last
}

// Version is one version of a resource.
type Version struct {
	Key     fhir.Key
	Version uint64    // 1, 2, 3 …; meta.versionId
	Updated time.Time // meta.lastUpdated: whole milliseconds, UTC
	Method  string    // the interaction that made it: POST, PUT, PATCH or DELETE
	Deleted bool      // it says that the resource was deleted; Resource is nil
	// Resource is the resource with its id and meta.
	Resource *fhir.Resource
}

// Head is a version without its resource.
func (v Version) Head() Head {
	return Head{Key: v.Key, Version: v.Version, Updated: v.Updated, Method: v.Method, Deleted: v.Deleted}
}

// ETag is the version as an entity tag, such as W/"3"
// (https://hl7.org/fhir/R4/http.html#versioning).
func (v Version) ETag() string { return v.Head().ETag() }

// Reference is the version-specific relative reference, such as
// Consent/1/_history/3.
func (v Version) Reference() string { return v.Key.Version(v.Version) }

// Head is what there is to know of a version without reading its resource.
type Head struct {
	Key     fhir.Key
	Version uint64
	Updated time.Time
	Method  string
	Deleted bool
}

func version(d driver.Document) Version {
	v := Version{Key: d.Key, Version: d.Version, Updated: d.Updated, Method: d.Method, Deleted: d.Deleted}
	if !d.Deleted {
		v.Resource = fhir.Stored(d.Body)
	}
	return v
}

func head(d driver.Document) Head {
	return Head{Key: d.Key, Version: d.Version, Updated: d.Updated, Method: d.Method, Deleted: d.Deleted}
}
