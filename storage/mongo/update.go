package mongo

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"

	"tahto/storage/driver"
)

// View reads in a session of read concern snapshot
// (https://www.mongodb.com/docs/manual/reference/read-concern-snapshot/): its
// first read chooses the state, and costs nothing more than any other. A
// standalone server has no snapshots: there each read sees what is newest.
func (e *Engine) View(ctx context.Context, f func(driver.Reader) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	session, err := e.session(options.Session().SetSnapshot(true))
	if err != nil {
		return fault(ctx, err)
	}
	defer finish(ctx, session)
	r := &reader{engine: e, session: session}
	defer func() { r.ended = true }()
	return f(r)
}

// session is nil on a standalone server.
func (e *Engine) session(o *options.SessionOptionsBuilder) (*mongo.Session, error) {
	if e.closed.Load() {
		return nil, errClosed
	}
	if !e.atomic {
		return nil, nil
	}
	return e.client.StartSession(o)
}

func finish(ctx context.Context, session *mongo.Session) {
	if session != nil {
		session.EndSession(context.WithoutCancel(ctx))
	}
}

// Update runs f in a transaction of read concern snapshot and write concern
// majority, as often as the driver's rules say (labels of errors, with growing
// pauses: https://www.mongodb.com/docs/manual/core/transactions-in-applications/).
// What a conflict of ids or versions ended is tried once more, since f may see
// now what it conflicted with.
func (e *Engine) Update(ctx context.Context, f func(driver.Writer) error) error {
	for tries := 1; ; tries++ {
		err := e.update(ctx, f)
		if errors.Is(err, errRetry) && tries < maxTries {
			continue
		}
		return plain(err)
	}
}

// maxTries is how often a transaction is run that another one outran at the end.
const maxTries = 5

// errRetry marks what another run may mend.
var errRetry = errors.New("mongo: run again")

func plain(err error) error {
	if again, ok := errors.AsType[outrun](err); ok {
		return again.error
	}
	return err
}

// outrun is a conflict found when a transaction was written.
type outrun struct{ error }

func (outrun) Is(target error) bool { return target == errRetry }
func (o outrun) Unwrap() error      { return o.error }

func (e *Engine) update(ctx context.Context, f func(driver.Writer) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if !e.atomic {
		return e.alone(ctx, f)
	}
	session, err := e.session(options.Session().SetCausalConsistency(true))
	if err != nil {
		return fault(ctx, err)
	}
	defer finish(ctx, session)
	t := transaction{engine: e, ctx: ctx, f: f, session: session}
	_, err = session.WithTransaction(context.WithoutCancel(ctx), t.run,
		options.Transaction().SetReadConcern(readconcern.Snapshot()).SetWriteConcern(writeconcern.Majority()))
	return t.result(err)
}

// transaction is one call of Update on a replica set or a sharded cluster.
type transaction struct {
	engine  *Engine
	ctx     context.Context
	f       func(driver.Writer) error
	session *mongo.Session
	// ran is what f gave the last time; written tells that f had ended well and
	// what it wrote was sent, so that only the commit was left.
	ran     error
	written bool
}

// run is one run of f. The error that it gives ends the transaction; one of the
// database comes first, since its labels tell whether to run again.
func (t *transaction) run(context.Context) (any, error) {
	t.ran, t.written = nil, false
	if t.ran = t.ctx.Err(); t.ran != nil {
		return nil, t.ran
	}
	w := t.engine.newWriter(t.session)
	defer func() { w.ended = true }()
	t.ran = safely(func() error { return t.f(w) })
	switch {
	case w.failed != nil && (t.ran == nil || isTransient(w.failed)):
		return nil, w.failed
	case t.ran != nil:
		return nil, t.ran
	}
	// From here on the end of the context changes nothing.
	if len(w.models) > 0 && w.send(context.WithoutCancel(t.ctx)) != nil {
		return nil, w.failed
	}
	t.written = true
	return nil, nil
}

// result is what Update gives: f's own error as it is, or what became of the
// transaction.
func (t *transaction) result(err error) error {
	switch {
	case err == nil:
		return nil
	case t.ran != nil && errors.Is(err, t.ran):
		return t.ran
	case t.written && !isTransient(err):
		return fmt.Errorf("%w: %w", driver.ErrInDoubt, fault(context.Background(), err))
	}
	err = fault(context.Background(), err)
	if errors.Is(err, driver.ErrConflict) {
		return outrun{err}
	}
	return err
}

// alone is an Update on a standalone server: f, and then the one write.
func (e *Engine) alone(ctx context.Context, f func(driver.Writer) error) error {
	if e.closed.Load() {
		return errClosed
	}
	w := e.newWriter(nil)
	defer func() { w.ended = true; w.release() }()
	if err := safely(func() error { return f(w) }); err != nil {
		return err
	}
	if w.failed != nil {
		return fault(ctx, w.failed)
	}
	if len(w.models) == 0 {
		return nil
	}
	err := w.send(context.WithoutCancel(ctx))
	switch {
	case errors.Is(err, driver.ErrConflict):
		return outrun{err}
	case mongo.IsNetworkError(err):
		return fmt.Errorf("%w: %w", driver.ErrInDoubt, err)
	}
	return err
}

// safely makes an error of a panic, which is the caller's alone.
func safely(f func() error) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("mongo: panic in a transaction: %v\n%s", cause, debug.Stack())
		}
	}()
	return f()
}

// readyWithin is how long the database may take to say that it is there.
const readyWithin = 2 * time.Second

// Ready asks the primary.
func (e *Engine) Ready(ctx context.Context) error {
	if e.closed.Load() {
		return errClosed
	}
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	if err := e.client.Ping(ctx, nil); err != nil {
		return fmt.Errorf("%w: %w", driver.ErrUnavailable, discreet{err})
	}
	return nil
}

// State is never known: other servers write to the same database.
func (e *Engine) State() (name uint64, known bool) { return 0, false }
