package mongo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"

	"tahto/storage/driver"
)

// transaction is one call of Update on a replica set or a sharded cluster. It
// does what the driver's WithTransaction does; that one waits for the answer to a
// commit or an abort without end.
type transaction struct {
	engine  *Engine
	ctx     context.Context
	f       func(driver.Writer) error
	session *mongo.Session
	within  context.Context // nothing is begun after its end, which is not ctx's
	// ran is what f gave the last time; written tells that f had ended well and
	// what it wrote was sent, so that only the commit was left.
	ran     error
	written bool
}

// The pauses between runs, which grow and are each another part of the most, so
// that two that conflict do not meet again.
const (
	firstPause = 5 * time.Millisecond
	maxPause   = 500 * time.Millisecond
	pauseParts = 16
)

// repeat runs the transaction until its error is none that another run may mend.
func (t *transaction) repeat() error {
	for most := firstPause; ; most = min(most*3/2, maxPause) {
		err := t.once()
		if !isTransient(err) {
			return err
		}
		part := time.Duration(t.engine.pauses.Add(1)%pauseParts + 1)
		if t.pause(most * part / pauseParts); t.within.Err() != nil {
			return err
		}
	}
}

// pause waits, unless there is no time left, or nobody who waits for the answer.
func (t *transaction) pause(d time.Duration) {
	ctx, cancel := context.WithCancel(t.within)
	defer context.AfterFunc(t.ctx, cancel)()
	wait(ctx, d)
}

func wait(ctx context.Context, d time.Duration) {
	over, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	<-over.Done()
}

func (t *transaction) once() error {
	err := t.session.StartTransaction(options.Transaction().
		SetReadConcern(readconcern.Snapshot()).SetWriteConcern(writeconcern.Majority()))
	if err != nil {
		return err
	}
	if err := t.run(); err != nil {
		t.engine.abort(t.session)
		return err
	}
	// The commit has time of its own, whatever f has used, and whatever became of ctx.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.ctx), t.engine.patience)
	defer cancel()
	for {
		err := t.session.CommitTransaction(ctx)
		if !hasLabel(err, unknownCommit) || hasCode(err, codeMaxTimeExpired) || ctx.Err() != nil {
			return err
		}
		wait(ctx, firstPause)
	}
}

// abortWithin is how long an abort may take: the server forgets what is not
// committed in any case.
const abortWithin = 2 * time.Second

// abort ends the transaction that is open in the session, if one is.
func (e *Engine) abort(session *mongo.Session) {
	ctx, cancel := context.WithTimeout(context.Background(), min(e.patience, abortWithin))
	defer cancel()
	_ = session.AbortTransaction(ctx)
}

// run is one run of f. The error that it gives ends the transaction; one of the
// database comes first, since its labels tell whether to run again.
func (t *transaction) run() error {
	t.ran, t.written = nil, false
	if t.ran = t.ctx.Err(); t.ran != nil {
		return t.ran
	}
	w := t.engine.newWriter(t.session)
	defer func() { w.ended = true }()
	t.ran = safely(func() error { return t.f(w) })
	switch {
	case w.failed != nil && (t.ran == nil || isTransient(w.failed)):
		return w.failed
	case t.ran != nil:
		return t.ran
	}
	// From here on the end of the context changes nothing.
	if w.unsent() && w.send(context.WithoutCancel(t.ctx)) != nil {
		return w.failed
	}
	t.written = w.sent
	return nil
}

// result is what Update gives: f's own error as it is, or what became of the
// transaction. In doubt, it is of no other kind.
func (t *transaction) result(err error) error {
	switch {
	case err == nil:
		return nil
	case t.ran != nil && errors.Is(err, t.ran):
		return t.ran
	case t.written && !isTransient(err):
		return fmt.Errorf("%w: %w", driver.ErrInDoubt, discreet{err})
	}
	err = fault(context.Background(), err)
	if errors.Is(err, driver.ErrConflict) {
		return outrun{err}
	}
	return err
}
