// Package mongotest is a test double at the database's boundary: a server in
// memory that speaks MongoDB's wire protocol on a loopback port, so that the
// official driver, and whatever is written on top of it, runs unchanged.
//
// To the driver it is a replica set of one member
// (https://www.mongodb.com/docs/manual/replication/). It has what an engine with
// transactions depends on: snapshots, write conflicts, commits that may be sent
// twice, statements that are done once though they arrive twice, and the labels
// of errors by which a client knows what to run again. What a real database does
// rarely, and never when a test wants it, Inject and StepDown make it do; what a
// client sent, Commands tells.
//
// It is no MongoDB. A query language is there as far as the comments say, and
// everything beyond is refused with an error rather than half understood. There
// are no plans and no locks of collections; an index is only remembered, kept
// unique, and checked by name. Nothing that was committed is ever forgotten, so
// a snapshot never becomes too old; a transaction never times out.
package mongotest

import (
	"fmt"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// Options are what the server pretends to be. Without any it is a replica set of
// one member.
type Options struct {
	// Standalone is a server without a replica set: it has sessions, but neither
	// transactions nor snapshots, and no write is retried.
	Standalone bool
	// Sharded is a mongos, the router of a sharded cluster: it has transactions
	// and snapshots, and no name of a set.
	Sharded bool
}

// Server is one running server with its data. Its methods may be called from any
// goroutine.
type Server struct {
	options  Options
	listener net.Listener
	started  time.Time
	stopped  chan struct{} // closed by Stop
	stop     sync.Once
	running  sync.WaitGroup // the goroutines
	serial   atomic.Int64   // numbers connections

	mu          sync.Mutex // everything below
	clients     map[net.Conn]bool
	collections map[string]*collection // by "database.collection"
	sessions    map[string]*session    // by the bytes of lsid
	cursors     map[int64]*cursor
	lastCursor  int64
	clock       uint64        // the number of the newest commit
	changed     chan struct{} // closed, and made anew, when a lock is released
	faults      []*Fault
	commands    []Command
	downUntil   time.Time // not primary until then
	term        uint32    // how often a primary was elected
}

// Start starts a server, and stops it when the test ends.
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("mongotest: %v", err)
	}
	s := &Server{
		options: o, listener: listener, started: time.Now(),
		stopped: make(chan struct{}), changed: make(chan struct{}),
		clients: map[net.Conn]bool{}, collections: map[string]*collection{},
		sessions: map[string]*session{}, cursors: map[int64]*cursor{},
		clock: 1, term: 1,
	}
	s.running.Add(1)
	go s.accept()
	t.Cleanup(s.Stop)
	return s
}

const setName = "mongotest"

// URI is the connection string of the server.
func (s *Server) URI() string {
	if s.options.Standalone || s.options.Sharded {
		return fmt.Sprintf("mongodb://%s/", s.address())
	}
	return fmt.Sprintf("mongodb://%s/?replicaSet=%s", s.address(), setName)
}

func (s *Server) address() string { return s.listener.Addr().String() }

// Stop closes the port and every connection, and returns when nothing of the
// server runs any more: to a client the database is gone. It may be called
// several times. Documents and Commands still answer.
func (s *Server) Stop() {
	s.stop.Do(func() {
		close(s.stopped)
		_ = s.listener.Close()
		s.mu.Lock()
		for c := range s.clients {
			_ = c.Close()
		}
		s.mu.Unlock()
	})
	s.running.Wait()
}

func (s *Server) accept() {
	defer s.running.Done()
	for {
		c, err := s.listener.Accept()
		if err != nil {
			return
		}
		if !s.admitClient(c) {
			return
		}
		go s.serve(c)
	}
}

// admitClient counts the connection in, unless Stop has closed the others
// already.
func (s *Server) admitClient(c net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.stopped:
		_ = c.Close()
		return false
	default:
	}
	s.clients[c] = true
	s.running.Add(1)
	return true
}

// serve answers one connection until it ends, from either side.
func (s *Server) serve(c net.Conn) {
	defer s.running.Done()
	defer func() {
		_ = c.Close()
		s.mu.Lock()
		delete(s.clients, c)
		s.mu.Unlock()
	}()
	id := s.serial.Add(1)
	for {
		m, err := readMessage(c)
		if err != nil {
			return
		}
		reply, keep := s.answer(m.body, id)
		if !keep {
			return
		}
		if m.silent {
			continue
		}
		if err := m.reply(c, reply); err != nil {
			return
		}
	}
}

// Documents are the committed documents of a collection, in the order in which
// they were first written.
func (s *Server) Documents(db, collection string) []bson.Raw {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.collections[db+"."+collection]
	if c == nil {
		return nil
	}
	now := s.now()
	var all []bson.Raw
	for _, e := range c.entries {
		if doc := now.sees(e); doc != nil {
			all = append(all, slices.Clone(doc))
		}
	}
	return all
}
