package mongotest

import (
	"sync"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// session is what the server knows of a client's session: the last number it
// used, and what became of it. A number is either a transaction's or a retryable
// write's.
type session struct {
	turn   sync.Mutex // one numbered command at a time
	number int64
	txn    *transaction // nil if the number is a retryable write's
	done   bson.D       // what that write was answered
}

// open is the transaction in progress, or nil.
func (s *session) open() *transaction {
	if s.txn != nil && s.txn.state == open {
		return s.txn
	}
	return nil
}

func (s *Server) turn(r *request) *sync.Mutex {
	s.mu.Lock()
	defer s.mu.Unlock()
	return &s.session(r).turn
}

func (s *Server) session(r *request) *session {
	known := s.sessions[r.lsid]
	if known == nil {
		known = &session{number: -1}
		s.sessions[r.lsid] = known
	}
	return known
}

// advance makes the number the session's last one. A transaction that is still
// open under an earlier number ends.
func (s *Server) advance(known *session, r *request) error {
	if r.number < known.number {
		return failed(codeTransactionTooOld, "Cannot use txnNumber %d: the session has used %d", r.number, known.number)
	}
	if r.number > known.number {
		s.abort(known.open())
		known.number, known.txn, known.done = r.number, nil, nil
	}
	return nil
}

// once executes a retryable write unless it was executed before: then the answer
// is the same again (https://www.mongodb.com/docs/manual/core/retryable-writes/).
func (s *Server) once(r *request, handle handler) (bson.D, error) {
	known := s.session(r)
	if err := s.advance(known, r); err != nil {
		return nil, err
	}
	if known.txn != nil {
		return nil, failed(codeNumberInUse, "txnNumber %d is a transaction's", r.number)
	}
	if known.done != nil {
		return known.done, nil
	}
	reply, err := handle(s, r)
	if err == nil && known.number == r.number {
		known.done = reply[:len(reply):len(reply)]
	}
	return reply, err
}

// inTransaction executes a command that belongs to a transaction.
func (s *Server) inTransaction(r *request, handle handler) (bson.D, error) {
	known := s.session(r)
	if err := s.advance(known, r); err != nil {
		return nil, err
	}
	if r.starts {
		if known.txn != nil || known.done != nil {
			return nil, failed(codeNumberInUse, "Cannot start a transaction: txnNumber %d was used before", r.number)
		}
		known.txn = s.begin()
	}
	switch {
	case known.txn == nil || known.txn.state == aborted:
		return nil, failed(codeNoSuchTransaction, "Given transaction number %d does not match any in-progress transactions", r.number)
	case r.name == commitCommand:
		s.commit(known.txn)
		return bson.D{}, nil
	case known.txn.state == committed:
		return nil, failed(codeCommitted, "Transaction with txnNumber %d has been committed", r.number)
	case r.name == abortCommand:
		s.abort(known.txn)
		return bson.D{}, nil
	}
	r.txn = known.txn
	return handle(s, r)
}

// current is the transaction in progress that the request belongs to, or nil.
func (s *Server) current(r *request) *transaction {
	if known := s.sessions[r.lsid]; known != nil && r.transactional && known.number == r.number {
		return known.open()
	}
	return nil
}

func (s *Server) endSessions(r *request) (bson.D, error) {
	ended, err := r.documents("endSessions")
	if err != nil {
		return nil, err
	}
	for _, lsid := range ended {
		if known := s.sessions[string(lsid)]; known != nil {
			s.abort(known.open())
		}
	}
	return bson.D{}, nil
}
