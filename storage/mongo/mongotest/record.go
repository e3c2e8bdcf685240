package mongotest

import (
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// Command is one command that a client sent, and so one round trip.
type Command struct {
	// Name is the command's: "find", "commitTransaction".
	Name string
	// Database and Collection are what it is about; a command about no
	// collection has none.
	Database   string
	Collection string
	// Raw is the whole command. Documents that were sent behind it are in it as
	// the array of their name.
	Raw bson.Raw
	// Transaction tells whether it belongs to a transaction.
	Transaction bool
	// Executed is false if a fault kept it from being executed.
	Executed bool
}

// Commands are the commands in the order in which they arrived, without those
// that a driver sends for itself: handshakes, ping, endSessions, killCursors.
func (s *Server) Commands() []Command {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.commands)
}

// Forget empties what Commands gives.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.commands = nil
}

func isNoise(name string) bool {
	switch name {
	case "hello", "ping", "endSessions", "killCursors":
		return true
	}
	return false
}

// note remembers the command and tells which fault strikes it.
func (s *Server) note(r *request) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.strike(r)
	if !isNoise(r.name) {
		s.commands = append(s.commands, Command{
			Name: r.name, Database: r.db, Collection: r.collection, Raw: slices.Clone(r.body),
			Transaction: r.transactional, Executed: f.executes(),
		})
	}
	return f
}
