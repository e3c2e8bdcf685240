// Package mongo is the engine for production: a MongoDB replica set or sharded
// cluster, which several servers may share. README.md tells how it is laid out,
// which index answers what, and how it is sharded.
//
// # What is promised how
//
// A transaction is one of MongoDB's, of read concern snapshot and write concern
// majority, so that what Update returned nil for outlives the loss of any
// minority of the servers. It is run again as the driver's rules say: by the
// labels of errors, never by their text. A View reads one snapshot. All reading
// and writing is done at the primary: a decision never rests on a server that
// lags behind.
//
// What a transaction writes is held until its end and sent as one command. A
// transaction costs a round trip for each look, one for what it writes, and one
// for the commit.
//
// # Standalone servers
//
// A standalone MongoDB has no transactions. It is refused, unless
// [Options.Standalone] asks for what it can do: one document in an Update, and
// reads that each see what is newest. [driver.ErrOneDocument] is the answer to
// more. Guard keeps guarded transactions of this process apart, not those of
// several servers.
package mongo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"tahto/storage/driver"
)

var (
	errClosed = fmt.Errorf("%w: closed", driver.ErrUnavailable)
	errEnded  = errors.New("mongo: a transaction was used after it had ended")
)

// Options tune the engine. The zero Options are right for a server.
type Options struct {
	// Standalone allows a MongoDB that is no replica set.
	Standalone bool
	// Patience is how long an operation may go on, with its retries, when its
	// context sets no end, and a transaction in all; 0 is 20 seconds.
	Patience time.Duration
	// Gather is how many documents a search in an order of its own may gather
	// before it is thought quicker to walk over all of the type, in an order that
	// an index has; 0 is 4,000.
	Gather int
	// Sent is told each command that is sent, by its name and whole, if it is not
	// nil: it may hold personal data. It is called by many goroutines.
	Sent func(name string, command bson.Raw)
}

// Engine keeps documents in a MongoDB. It is safe for any number of goroutines.
type Engine struct {
	client    *mongo.Client
	resources *mongo.Collection
	atomic    bool // it has transactions
	sharded   bool
	gather    int
	patience  time.Duration
	pauses    atomic.Uint64
	fence     *fence
	guard     chan struct{} // what Guard holds where there are none
	closed    atomic.Bool
	entering  sync.Mutex
	running   sync.WaitGroup // the transactions
}

// Open connects to the MongoDB that the URI names
// (https://www.mongodb.com/docs/manual/reference/connection-string/), and makes
// what isn't there in the database of the URI's path, or in tahto. Within ten
// seconds it has found its MongoDB, or gives an error that says what is wrong and
// holds nothing of the URI's password. Only where there are indexes to be made for
// what is stored already does it take longer.
func Open(ctx context.Context, uri string, o Options) (*Engine, error) {
	o.Patience = cmp.Or(o.Patience, defaultPatience)
	f := &fence{}
	client, name, err := connect(uri, o, f)
	if err != nil {
		return nil, err
	}
	e := &Engine{client: client, fence: f, gather: cmp.Or(o.Gather, enough), patience: o.Patience, guard: make(chan struct{}, 1)}
	e.resources = client.Database(name).Collection(resourceCollection)
	if err := e.begin(ctx, o); err != nil {
		return nil, errors.Join(err, disconnect(client))
	}
	return e, nil
}

// begin looks at what kind of MongoDB it is, and brings it to this version.
func (e *Engine) begin(ctx context.Context, o Options) error {
	kind, err := greet(ctx, e.client)
	if err != nil {
		return err
	}
	if err := kind.usable(o.Standalone); err != nil {
		return err
	}
	e.sharded = kind.isSharded()
	e.atomic = e.sharded || kind.isReplicaSet()
	return unreachable(e.prepare(ctx))
}

// prepare brings the database to this version. Its end is the program's, not
// that of a patience: what is stopped on the way begins anew the next time.
func (e *Engine) prepare(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, prepareWithin)
	defer cancel()
	db := e.resources.Database()
	if err := migrate(ctx, db, steps); err != nil {
		return err
	}
	if err := e.createIndexes(ctx); err != nil {
		return err
	}
	_, err := e.fence.pass(ctx, e.fences())
	return err
}

func (e *Engine) fences() *mongo.Collection {
	return e.resources.Database().Collection(fenceCollection)
}

// enter counts a transaction in, unless the engine is closed; whoever entered
// leaves by e.running.Done.
func (e *Engine) enter() error {
	e.entering.Lock()
	defer e.entering.Unlock()
	if e.closed.Load() {
		return errClosed
	}
	e.running.Add(1)
	return nil
}

// Close waits for the transactions that run, and ends the engine. What comes
// later is driver.ErrUnavailable. Closing twice is harmless.
func (e *Engine) Close() error {
	e.entering.Lock()
	before := e.closed.Swap(true)
	e.entering.Unlock()
	e.running.Wait()
	if before {
		return nil
	}
	return disconnect(e.client)
}

// closeWithin is how long the goodbyes to the servers may take.
const closeWithin = 5 * time.Second

func disconnect(client *mongo.Client) error {
	ctx, cancel := context.WithTimeout(context.Background(), closeWithin)
	defer cancel()
	return client.Disconnect(ctx)
}
