package interaction

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/fhir/patch"
	"tahto/mapping/consent"
	"tahto/server/audit"
	"tahto/storage"
)

// Action is an interaction that is ready: whatever could be done without
// storage is done.
type Action struct {
	// Writes tells that Part needs a transaction that may write.
	Writes bool
	// Part does it as part of a transaction, which may run it again after a
	// conflict. It is nil if it can't be part of one.
	Part func(ctx context.Context, t *turn) (Response, error)
	// Whole does it by itself; nil if that is Part in a transaction of its own.
	Whole func(ctx context.Context) (Response, error)
	// write is what Part will write; nil if nothing.
	write *write
}

// turn is one run of a transaction. What it gathers is good only if the
// transaction is.
type turn struct {
	tx      *storage.Tx
	links   *links
	changes []audit.Change
	// again tells that the changes were made when the same was sent before.
	again bool
	// submissions and accounts are what the law is asked about in the end;
	// submitted are where the former stand, by what they write, and ofPerson by
	// whose they are; persons are the declarations of those concerned, once they
	// were looked up.
	submissions []submission
	accounts    []account
	submitted   map[fhir.Key]int
	ofPerson    map[consent.Identifier][]*submission
	persons     map[consent.Identifier]*declared
	// targets are what conditional updates and deletes are about.
	targets map[*write]fhir.Key
	// patches are what patches have made of resources.
	patches map[fhir.Key]patched
	// patching is what they have cost, and patchedBytes how much was there before.
	patching     patch.Spent
	patchedBytes budget
	// stands are the resources that a transaction leaves as they are.
	stands map[fhir.Key]bool
	// spent is how much the answers of a transaction hold.
	spent budget
}

func (t *turn) changed(v storage.Version) {
	t.changes = append(t.changes, audit.Change{Method: v.Method, Reference: v.Reference()})
}

// Do performs one interaction. Failing is an answer, so there is no error; a
// panic is a failure like any other fault of ours.
func (s *Service) Do(ctx context.Context, r Request) (response Response) {
	defer func() {
		if cause := recover(); cause != nil {
			response = Failure(Panicked(cause), r.RequestID)
		}
	}()
	return s.do(ctx, Call{Request: r})
}

// Panicked is a recovered panic as an error for the log, with its stack. Its
// value may hold anything, a person's data as well: only the type is told, and
// the text only of a runtime error, whose words are known to be harmless.
func Panicked(cause any) error {
	if fault, ok := cause.(runtime.Error); ok {
		return fmt.Errorf("panic: %T: %w\n%s", cause, fault, debug.Stack())
	}
	return fmt.Errorf("panic: %T\n%s", cause, debug.Stack())
}

// do is Do of a request that may be an entry of a batch.
func (s *Service) do(ctx context.Context, from Call) Response {
	action, allow, err := s.prepare(from)
	if err == nil {
		var response Response
		if response, err = s.perform(ctx, action, from.RequestID); err == nil {
			return response
		}
	}
	response := Failure(err, from.RequestID)
	response.Allow = allow
	return response
}

// prepare matches the request and makes its action. from says where the
// request comes from.
func (s *Service) prepare(from Call) (action Action, allow []string, err error) {
	route, call, allow, err := s.match(from.Request)
	if err != nil {
		return Action{}, allow, err
	}
	call.inside, call.planned = from.inside, from.planned
	call.prefer = readPrefer(call.Prefer)
	if err := s.checkURL(call); err != nil {
		return Action{}, nil, err
	}
	if action, err = route.Prepare(s, call); call.planned != nil {
		action = action.counted()
	}
	return action, nil, err
}

// perform runs an action and records what it changed.
func (s *Service) perform(ctx context.Context, a Action, requestID string) (Response, error) {
	if a.Whole != nil {
		return a.Whole(ctx)
	}
	if !a.Writes {
		var response Response
		err := s.Store.View(ctx, func(tx *storage.Tx) (err error) {
			response, err = a.Part(ctx, s.turn(tx))
			return err
		})
		return response, err
	}
	return s.update(ctx, requestID, func(ctx context.Context, t *turn) (Response, error) {
		response, err := a.Part(ctx, t)
		if err != nil {
			return Response{}, err
		}
		said, err := s.judge(ctx, t)
		return noted(response, a.write, said[a.write.entry]), err
	})
}

// update runs part in a transaction and records the changes.
func (s *Service) update(ctx context.Context, requestID string, part func(context.Context, *turn) (Response, error)) (Response, error) {
	var response Response
	var changes []audit.Change
	again := false
	err := s.Store.Update(ctx, func(tx *storage.Tx) (err error) {
		t := s.turn(tx)
		response, err = part(ctx, t)
		changes, again = t.changes, t.again
		return err
	})
	if err != nil {
		return Response{}, err
	}
	if len(changes) == 0 {
		return response, nil
	}
	return response, s.record(ctx, audit.Entry{Time: s.Now(), RequestID: requestID, Changes: changes, Again: again})
}

// turn begins a run outside a transaction Bundle.
func (s *Service) turn(tx *storage.Tx) *turn {
	return &turn{tx: tx, links: &links{service: s, tx: tx}}
}

// record keeps the record, or fails: no record, no answer. What was done is
// told even if the client has gone away meanwhile.
func (s *Service) record(ctx context.Context, e audit.Entry) error {
	if err := s.Audit.Record(context.WithoutCancel(ctx), e); err != nil {
		return issue.New(issue.Unavailable, "", "The record of this request could not be kept, so it is not answered. A change it asked for may have been made: read before you repeat it.").Caused(err)
	}
	return nil
}
