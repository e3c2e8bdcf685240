package mongotest

import (
	"go.mongodb.org/mongo-driver/v2/bson"
)

// handler executes a command while the state is locked.
type handler func(*Server, *request) (bson.D, error)

var handlers = map[string]handler{
	"hello":           (*Server).hello,
	"ping":            (*Server).ping,
	"buildInfo":       (*Server).buildInfo,
	"endSessions":     (*Server).endSessions,
	"find":            (*Server).find,
	"getMore":         (*Server).getMore,
	"killCursors":     (*Server).killCursors,
	"aggregate":       (*Server).aggregate,
	"insert":          (*Server).insert,
	"update":          (*Server).update,
	"delete":          (*Server).delete,
	"findAndModify":   (*Server).findAndModify,
	"createIndexes":   (*Server).createIndexes,
	"listIndexes":     (*Server).listIndexes,
	"listCollections": (*Server).listCollections,
	"drop":            (*Server).drop,
	"dropDatabase":    (*Server).dropDatabase,
	commitCommand:     nil, // by inTransaction
	abortCommand:      nil,
}

// answer is what a connection does with one message. keep tells whether the
// connection lives on.
func (s *Server) answer(body bson.Raw, connection int64) (reply bson.D, keep bool) {
	r := newRequest(body, connection)
	if f := s.note(r); f != nil {
		return s.suffer(r, f)
	}
	return s.perform(r), true
}

// perform executes the command. Commands of one session that carry a number run
// one after the other, so that the second of two equal ones finds what the first
// has done.
func (s *Server) perform(r *request) bson.D {
	if r.numbered {
		turn := s.turn(r)
		turn.Lock()
		defer turn.Unlock()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	reply, err := s.execute(r)
	if err != nil {
		f := asFailure(err)
		f.label(r)
		s.abort(r.txn) // MongoDB goes on with no transaction in which a statement failed
		return s.stampLocked(f.document())
	}
	return s.stampLocked(append(reply, bson.E{Key: "ok", Value: 1.0}))
}

func (s *Server) execute(r *request) (bson.D, error) {
	handle, known := handlers[r.name]
	switch {
	case !known:
		return nil, failed(codeCommandNotFound, "no such command: '%s'", r.name)
	case isNoise(r.name):
		return handle(s, r)
	case s.down():
		return nil, notPrimary()
	case s.options.Standalone && r.numbered:
		return nil, failed(codeIllegalOperation, "Transaction numbers are only allowed on a replica set member or mongos")
	case r.transactional:
		return s.inTransaction(r, handle)
	case handle == nil:
		return nil, failed(codeInvalidOptions, "%s must be run in a transaction", r.name)
	case r.numbered:
		return s.once(r, handle)
	}
	return handle(s, r)
}

func (s *Server) stamp(reply bson.D) bson.D {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stampLocked(reply)
}

// stampLocked adds the times by which a client reads what it wrote. A standalone
// server has none.
func (s *Server) stampLocked(reply bson.D) bson.D {
	if s.options.Standalone {
		return reply
	}
	now := s.timestamp(s.clock)
	return append(reply, bson.E{Key: "operationTime", Value: now}, bson.E{Key: "$clusterTime", Value: bson.D{
		{Key: "clusterTime", Value: now},
		{Key: "signature", Value: bson.D{
			{Key: "hash", Value: bson.Binary{Data: make([]byte, 20)}},
			{Key: "keyId", Value: int64(0)},
		}},
	}})
}

// timestamp is a commit's number as the protocol has it: the seconds are those
// of the start, and the commits are counted in it.
func (s *Server) timestamp(commit uint64) bson.Timestamp {
	return bson.Timestamp{T: uint32(s.started.Unix()), I: uint32(commit)}
}
