package mongo

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

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
	if err := e.enter(); err != nil {
		return err
	}
	defer e.running.Done()
	session, err := e.session(options.Session().SetSnapshot(true))
	if err != nil {
		return fault(ctx, err)
	}
	defer e.finish(session)
	change, err := e.fence.pass(ctx, e.fences())
	if err != nil {
		return fault(ctx, err)
	}
	r := &reader{engine: e, session: session, snapshot: session != nil}
	defer func() { r.ended = true }()
	if err := f(r); err != nil {
		return err
	}
	return e.fence.still(change)
}

// session is nil on a standalone server.
func (e *Engine) session(o *options.SessionOptionsBuilder) (*mongo.Session, error) {
	if !e.atomic {
		return nil, nil
	}
	return e.client.StartSession(o)
}

// finish gives the session back. A transaction that is open in it is aborted.
func (e *Engine) finish(session *mongo.Session) {
	if session != nil {
		ctx, cancel := context.WithTimeout(context.Background(), min(e.patience, abortWithin))
		defer cancel()
		session.EndSession(ctx)
	}
}

// Update runs f in a transaction of read concern snapshot and write concern
// majority, as often as the driver's rules say (labels of errors, with growing
// pauses: https://www.mongodb.com/docs/manual/core/transactions-in-applications/)
// and its patience lasts. What a conflict of ids or versions ended is tried some
// times more, since f may see now what it conflicted with.
func (e *Engine) Update(ctx context.Context, f func(driver.Writer) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := e.enter(); err != nil {
		return err
	}
	defer e.running.Done()
	within, cancel := context.WithTimeout(context.WithoutCancel(ctx), e.patience)
	defer cancel()
	for tries := 1; ; tries++ {
		err := e.update(ctx, within, f)
		if errors.Is(err, errRetry) && tries < maxTries && within.Err() == nil {
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

func (e *Engine) update(ctx, within context.Context, f func(driver.Writer) error) error {
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
	t := transaction{engine: e, ctx: ctx, within: within, f: f, session: session}
	err = t.result(t.repeat())
	if !e.sharded || !errors.Is(err, driver.ErrInDoubt) {
		// Else an abort, which giving the session back sends, might go by another
		// router and meet the commit on its way: a cluster forgets the session by
		// itself. In a replica set the abort frees what is not committed.
		e.finish(session)
	}
	return err
}

// alone is an Update on a standalone server: f, and then the one write.
func (e *Engine) alone(ctx context.Context, f func(driver.Writer) error) error {
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
	case isUncertain(err):
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
