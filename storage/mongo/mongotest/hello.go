package mongotest

import (
	"encoding/binary"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// hello tells the client what the server is. It has no topologyVersion: a driver
// that finds none asks again from time to time, and does not wait for news.
func (s *Server) hello(r *request) (bson.D, error) {
	reply := bson.D{{Key: "helloOk", Value: true}}
	switch {
	case s.options.Standalone:
		reply = append(reply, primacy(true)...)
	case s.options.Sharded:
		reply = append(append(reply, primacy(true)...), bson.E{Key: "msg", Value: "isdbgrid"})
	default:
		reply = append(reply, s.member()...)
	}
	return append(reply, bson.D{
		{Key: "maxBsonObjectSize", Value: int32(maxDocument)},
		{Key: "maxMessageSizeBytes", Value: int32(maxMessage)},
		{Key: "maxWriteBatchSize", Value: int32(maxStatements)},
		{Key: "localTime", Value: bson.NewDateTimeFromTime(time.Now())},
		{Key: "logicalSessionTimeoutMinutes", Value: int32(30)},
		{Key: "connectionId", Value: int32(r.connection)},
		{Key: "minWireVersion", Value: int32(0)},
		{Key: "maxWireVersion", Value: int32(21)},
		{Key: "readOnly", Value: false},
	}...), nil
}

// primacy has both names: what answers isMaster answers in its words.
func primacy(yes bool) bson.D {
	return bson.D{{Key: "isWritablePrimary", Value: yes}, {Key: "ismaster", Value: yes}}
}

func (s *Server) member() bson.D {
	primary := !s.down()
	d := append(primacy(primary), bson.D{
		{Key: "secondary", Value: !primary},
		{Key: "setName", Value: setName},
		{Key: "setVersion", Value: int32(1)},
		{Key: "hosts", Value: bson.A{s.address()}},
		{Key: "me", Value: s.address()},
	}...)
	if primary {
		d = append(d, bson.E{Key: "primary", Value: s.address()}, bson.E{Key: "electionId", Value: s.electionID()})
	}
	return d
}

// electionID grows with each election, by which a driver tells an old primary
// from the new one.
func (s *Server) electionID() bson.ObjectID {
	id := bson.ObjectID{0x7f, 0xff, 0xff, 0xff}
	binary.BigEndian.PutUint32(id[8:], s.term)
	return id
}

func (s *Server) down() bool { return time.Now().Before(s.downUntil) }

// StepDown makes the server no primary for a while, as when a replica set elects
// another one: it refuses reads and writes (code 10107 NotWritablePrimary), says
// so in hello, and aborts the transactions in progress. What was committed stays,
// and so does what it remembers of commits and of retryable writes. A standalone
// server and a mongos refuse in the same way but go on saying that they can be
// written to.
func (s *Server) StepDown(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.downUntil = time.Now().Add(d)
	s.term++
	for _, session := range s.sessions {
		s.abort(session.open())
	}
	clear(s.cursors)
}

func (s *Server) ping(*request) (bson.D, error) { return bson.D{}, nil }

func (s *Server) buildInfo(*request) (bson.D, error) {
	return bson.D{
		{Key: "version", Value: "7.0.0"},
		{Key: "versionArray", Value: bson.A{int32(7), int32(0), int32(0), int32(0)}},
		{Key: "maxBsonObjectSize", Value: int32(maxDocument)},
	}, nil
}
