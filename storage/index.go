package storage

import (
	"context"
	"errors"

	"tahto/fhir"
	"tahto/fhir/search"
	"tahto/storage/driver"
)

// index brings what current resources are found by to what this program knows
// (search.IndexVersion), if another one wrote them. It begins anew if it was
// interrupted, does no harm if another server does the same, and leaves the
// resources as they are. What a later program wrote is refused: what this one
// would write could not be found there.
func (s *Store) index(ctx context.Context) error {
	version := 0
	err := s.engine.View(ctx, func(r driver.Reader) (err error) {
		version, err = driver.IndexedBy(ctx, r)
		return err
	})
	if err != nil || version == search.IndexVersion {
		return fault(err)
	}
	for _, resourceType := range s.registry.Types() {
		if err := s.reindex(ctx, resourceType); err != nil {
			return fault(err)
		}
	}
	return fault(s.engine.Update(ctx, func(w driver.Writer) error { return driver.NoteIndexed(ctx, w, s.clock.next()) }))
}

// So many resources, or so many bytes of them, are indexed in one transaction at
// the most.
const (
	indexedAtOnce = 100
	indexedBytes  = 8 << 20
)

func (s *Store) reindex(ctx context.Context, resourceType string) error {
	walk := indexing{store: s, query: search.Query{Type: resourceType, Count: indexedAtOnce}}
	for more := true; more; {
		err := s.engine.Update(ctx, func(w driver.Writer) (err error) {
			more, err = walk.batch(ctx, w)
			return err
		})
		switch {
		case errors.Is(err, driver.ErrOneDocument) && walk.query.Count > 1:
			walk.query.Count, more = 1, true
		case err != nil:
			return err
		default:
			walk.query.After = walk.last
		}
	}
	return nil
}

// indexing is a walk over all current resources of a type, in the order of ids.
type indexing struct {
	store *Store
	query search.Query
	last  *search.Position // of the last batch
}

// batch indexes the next resources, and tells whether there may be more.
func (x *indexing) batch(ctx context.Context, w driver.Writer) (more bool, err error) {
	var docs []driver.Document
	size := 0
	for d, err := range w.Find(ctx, x.query, driver.Whole) {
		if err != nil {
			return false, err
		}
		docs = append(docs, d)
		if size += len(d.Body); size > indexedBytes {
			break
		}
	}
	for _, d := range docs {
		if err := w.Index(ctx, d.Key, x.store.registry.Entries(fhir.Stored(d.Body))); err != nil {
			return false, err
		}
		x.last = &search.Position{ID: d.Key.ID}
	}
	return len(docs) > 0, nil
}
