package embedded

import (
	"context"
	"sync"

	"tahto/fhir"
	"tahto/storage/driver"
)

// shelf has the documents that were read last at hand, so that reading one again
// asks SQLite nothing. A document is there only while no commit that changes it
// has begun: the committer takes it off before, and nothing is put there of a
// state that is not the newest. So what is found was current when it was looked
// for. It is safe for any number of goroutines.
type shelf struct {
	mu sync.RWMutex
	// young is filled; when it is full it becomes old, and what was old is gone
	// unless it was asked for meanwhile.
	young, old map[fhir.Key]driver.Document
	bytes      int // of young
	limit      int // of young
	shut       bool
}

// overhead is about what a document takes beside its body.
const overhead = 256

func newShelf(bytes int) *shelf {
	return &shelf{young: map[fhir.Key]driver.Document{}, limit: bytes / 2}
}

func (s *shelf) find(key fhir.Key) (driver.Document, bool) {
	s.mu.RLock()
	d, young := s.young[key]
	if young {
		s.mu.RUnlock()
		return d, true
	}
	_, old := s.old[key]
	s.mu.RUnlock()
	if !old {
		return driver.Document{}, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if d, old = s.old[key]; old {
		delete(s.old, key)
		s.add(d)
		return d, true
	}
	d, young = s.young[key]
	return d, young
}

// put keeps what was read, unless a commit has begun since: isNewest tells, and is
// asked while none can begin.
func (s *shelf) put(d driver.Document, isNewest func() bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.shut && isNewest() {
		s.add(d)
	}
}

func (s *shelf) add(d driver.Document) {
	if s.bytes > s.limit {
		s.old, s.young, s.bytes = s.young, map[fhir.Key]driver.Document{}, 0
	}
	s.young[d.Key] = d
	s.bytes += len(d.Body) + overhead
}

// take takes off what a commit changes; begun is called while nothing is put there.
func (s *shelf) take(changed map[fhir.Key]struct{}, begun func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	begun()
	for key := range changed {
		delete(s.young, key)
		delete(s.old, key)
	}
}

// close takes everything off, and nothing is put there any more.
func (s *shelf) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.young, s.old, s.shut = nil, nil, true
}

// Newest is [driver.Single]: from the shelf, or from the file by a View. The
// document's body is shared and must not be changed.
func (e *Engine) Newest(ctx context.Context, key fhir.Key) (d driver.Document, err error) {
	if err := ctx.Err(); err != nil {
		return driver.Document{}, err
	}
	if d, found := e.shelf.find(key); found {
		return d, nil
	}
	state, known := e.State()
	err = e.view(ctx, func(r driver.Reader) (err error) {
		d, err = r.Get(ctx, key)
		return err
	})
	if err == nil && known {
		e.shelf.put(d, func() bool { return e.writer.state.Load() == state })
	}
	return d, err
}
