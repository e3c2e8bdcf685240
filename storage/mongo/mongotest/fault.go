package mongotest

import (
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// Drop tells when a fault closes the connection.
type Drop int

// The times at which a fault closes the connection.
const (
	// DropNever answers.
	DropNever Drop = iota
	// DropBefore closes the connection before the command was executed: nothing
	// happened.
	DropBefore
	// DropAfter executes the command and closes the connection instead of an
	// answer: to the client it looks the same.
	DropAfter
)

// Fault is something that goes wrong with a command. Unless it says otherwise,
// the command is not executed and an error document is the answer.
type Fault struct {
	// Command is the name of the command it waits for ("commitTransaction"; all
	// forms of the handshake are "hello"). Empty: any command that Commands lists.
	Command string
	// Times is how many executions it strikes; 0 is one.
	Times int
	// After is how many executions it lets pass before.
	After int
	// Code is the error's, and Name its name; without one, it is the code's own
	// if that is known.
	Code int32
	Name string
	// Labels are the error's. If TransientTransactionError is among them, the
	// transaction of the command is aborted.
	Labels []string
	// Drop closes the connection; there is no answer then.
	Drop Drop
	// Delay is a pause before anything else. A fault with nothing but a delay
	// makes the command slow.
	Delay time.Duration
	// WriteError has the error in the writeErrors of an answer that is otherwise
	// good, as when a statement, not the command, failed. In a transaction it
	// aborts it.
	WriteError bool
	// Executed executes the command before the error is answered, as when a
	// commit was written but not confirmed.
	Executed bool
}

// Inject makes the fault strike the next executions of its command. Of several
// faults for one command the first to be injected strikes first, and the next
// waits until it is used up.
func (s *Server) Inject(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f.Times = max(1, f.Times)
	s.faults = append(s.faults, &f)
}

// strike is the fault that strikes the command now, if one does.
func (s *Server) strike(r *request) *Fault {
	for i, f := range s.faults {
		if f.Command != r.name && (f.Command != "" || isNoise(r.name)) {
			continue
		}
		if f.After > 0 {
			f.After--
			return nil
		}
		if f.Times--; f.Times == 0 {
			s.faults = append(s.faults[:i:i], s.faults[i+1:]...)
		}
		return f
	}
	return nil
}

// suffer does with a command what a fault says. keep tells whether the
// connection lives on.
func (s *Server) suffer(r *request, f *Fault) (reply bson.D, keep bool) {
	if !s.pause(f.Delay) {
		return nil, false
	}
	switch {
	case f.Drop == DropBefore:
		return nil, false
	case f.Drop == DropAfter:
		s.perform(r)
		return nil, false
	case f.Code == 0:
		return s.perform(r), true
	case f.Executed:
		s.perform(r)
		return s.stamp(f.failure().document()), true
	}
	return s.refuse(r, f), true
}

// executes tells whether the command is executed in spite of the fault.
func (f *Fault) executes() bool {
	return f == nil || f.Drop == DropAfter || f.Drop == DropNever && (f.Executed || f.Code == 0)
}

func (f *Fault) failure() *failure {
	return &failure{code: f.Code, name: f.Name, message: "injected by the test", labels: f.Labels}
}

// refuse answers the error without executing the command.
func (s *Server) refuse(r *request, f *Fault) bson.D {
	s.mu.Lock()
	defer s.mu.Unlock()
	failure := f.failure()
	if f.WriteError || slices.Contains(f.Labels, labelTransient) {
		s.abort(s.current(r))
	}
	if !f.WriteError {
		return s.stampLocked(failure.document())
	}
	reply := bson.D{{Key: "n", Value: int32(0)}, {Key: "writeErrors", Value: bson.A{failure.writeError(0)}}}
	if len(f.Labels) > 0 {
		reply = append(reply, bson.E{Key: "errorLabels", Value: f.Labels})
	}
	return s.stampLocked(append(reply, bson.E{Key: "ok", Value: 1.0}))
}

// pause waits, and tells whether the server still runs then.
func (s *Server) pause(d time.Duration) bool {
	if d <= 0 {
		return true
	}
	select {
	case <-time.After(d):
		return true
	case <-s.stopped:
		return false
	}
}
