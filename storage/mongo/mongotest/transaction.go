package mongotest

import (
	"errors"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
)

type state int

const (
	open state = iota
	committed
	aborted
)

// transaction is a view of the data as of one commit, with what was written
// through it. A statement outside of transactions is one that is committed at
// once.
type transaction struct {
	at     uint64 // sees what was committed up to here
	state  state
	alone  bool // one statement: it waits for others rather than fail
	writes map[*entry]bson.Raw
}

// entry is a document with its history.
type entry struct {
	versions []version
	owner    *transaction // the open one that has written it
}

type version struct {
	commit uint64
	doc    bson.Raw // nil: deleted
}

func (s *Server) begin() *transaction {
	return &transaction{at: s.clock, writes: map[*entry]bson.Raw{}}
}

// now is a view of what is committed.
func (s *Server) now() *transaction { return &transaction{at: s.clock} }

// sees is the document as the transaction sees it, nil if it does not.
func (t *transaction) sees(e *entry) bson.Raw {
	if own, written := t.writes[e]; written {
		return own
	}
	for i := len(e.versions) - 1; i >= 0; i-- {
		if e.versions[i].commit <= t.at {
			return e.versions[i].doc
		}
	}
	return nil
}

// newest is the committed document.
func (e *entry) newest() version {
	if len(e.versions) == 0 {
		return version{}
	}
	return e.versions[len(e.versions)-1]
}

// errLocked tells a statement outside of transactions to wait.
var errLocked = errors.New("mongotest: an open transaction has written the document")

// put writes a document, nil to delete it. The first writer wins: MongoDB has no
// locks of documents that a transaction waits for.
func (t *transaction) put(e *entry, doc bson.Raw) error {
	switch {
	case e.owner == t:
	case e.owner != nil:
		return t.conflict()
	case e.newest().commit > t.at:
		return writeConflict()
	}
	e.owner = t
	t.writes[e] = doc
	return nil
}

// conflict is what it means that another open transaction has written something.
func (t *transaction) conflict() error {
	if t.alone {
		return errLocked
	}
	return writeConflict()
}

// commit makes what was written visible to whoever begins from now on. A
// transaction that is committed stays so.
func (s *Server) commit(t *transaction) {
	if t.state != open {
		return
	}
	if len(t.writes) > 0 {
		s.clock++
	}
	for e, doc := range t.writes {
		e.versions = append(e.versions, version{s.clock, doc})
	}
	s.end(t, committed)
}

// abort forgets what was written; nil and what has ended already stay as they are.
func (s *Server) abort(t *transaction) {
	if t != nil && t.state == open {
		s.end(t, aborted)
	}
}

func (s *Server) end(t *transaction, as state) {
	for e := range t.writes {
		e.owner = nil
	}
	t.state = as
	t.writes = nil
	if t.alone {
		return // nobody has seen its locks; to wake who waits would have two that wait wake each other
	}
	close(s.changed)
	s.changed = make(chan struct{})
}

// lockWait is how long a statement outside of transactions waits for one.
const lockWait = 5 * time.Second

// statement runs one statement of a write: in the transaction of the request, or
// alone, again and again until no open transaction is in its way.
func statement[T any](s *Server, r *request, do func(*transaction) (T, error)) (T, error) {
	if r.txn != nil {
		return do(r.txn)
	}
	for deadline := time.Now().Add(lockWait); ; {
		t := s.begin()
		t.alone = true
		result, err := do(t)
		if err == nil {
			s.commit(t)
			return result, nil
		}
		s.abort(t)
		if err != errLocked {
			return result, err
		}
		switch inTime := s.await(deadline); {
		case s.down():
			return result, notPrimary() // what it waited for was aborted by the step down
		case !inTime:
			return result, writeConflict()
		}
	}
}

// await lets go of the state until a lock was released, and tells whether it was
// in time.
func (s *Server) await(deadline time.Time) bool {
	changed := s.changed
	s.mu.Unlock()
	defer s.mu.Lock()
	timer := time.NewTimer(time.Until(deadline))
	defer timer.Stop()
	select {
	case <-changed:
		return true
	case <-timer.C:
		return false
	case <-s.stopped:
		return false
	}
}

// reading is the view that a read has: its transaction's, that of the snapshot it
// asks for, or what is committed now. snapshot is the time to tell the client, if
// it reads a snapshot outside of a transaction.
func (s *Server) reading(r *request) (t *transaction, snapshot *bson.Timestamp, err error) {
	if r.txn != nil {
		return r.txn, nil, nil
	}
	t = s.now()
	concern := r.document("readConcern")
	if level, _ := concern.Lookup("level").StringValueOK(); level != "snapshot" {
		return t, nil, nil
	}
	if s.options.Standalone {
		return nil, nil, failed(codeNotAReplicaSet, "node needs to be a replica set member to use read concern")
	}
	if seconds, commit, ok := concern.Lookup("atClusterTime").TimestampOK(); ok {
		if seconds != s.timestamp(0).T || uint64(commit) > s.clock {
			return nil, nil, failed(codeSnapshotUnavailable, "there is no snapshot of the time %d.%d", seconds, commit)
		}
		t.at = uint64(commit)
	}
	at := s.timestamp(t.at)
	return t, &at, nil
}
