package mongo

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/event"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"tahto/storage/driver"
)

// fence keeps a new primary from being read before it knows all that was
// acknowledged by the one before it.
//
// A snapshot is of what the primary knows that a majority has. The primary that
// acknowledged a write knows that of it; one that is elected then has the write
// and may, for a moment, not yet know that a majority has it too
// (https://www.mongodb.com/docs/manual/reference/read-concern-majority/). As soon
// as a majority has a write of its own, it knows. So whenever the primary
// changes, one such write comes before the next View.
type fence struct {
	mu      sync.Mutex
	primary string        // the one that was seen last, and its election
	changes atomic.Uint64 // how often another was seen
	passed  atomic.Uint64 // the change after which a write has passed
}

// watch is what the driver tells when it sees the servers' roles change.
func (f *fence) watch(e *event.TopologyDescriptionChangedEvent) {
	for _, server := range e.NewDescription.Servers {
		if server.Kind != "RSPrimary" {
			continue
		}
		seen := server.Addr.String() + " " + server.ElectionID.Hex()
		f.mu.Lock()
		if seen != f.primary {
			f.primary = seen
			f.changes.Add(1)
		}
		f.mu.Unlock()
	}
}

const fenceID = "tahto"

// pass makes sure that a write has passed since the primary changed, and names
// the change.
func (f *fence) pass(ctx context.Context, fences *mongo.Collection) (change uint64, err error) {
	change = f.changes.Load()
	if f.passed.Load() == change {
		return change, nil
	}
	count := bson.D{{Key: "$inc", Value: bson.D{{Key: "passed", Value: int64(1)}}}}
	_, err = fences.UpdateOne(ctx, equal(fieldID, fenceID), count, options.UpdateOne().SetUpsert(true))
	if err != nil && !mongo.IsDuplicateKeyError(err) { // then another's write has passed
		return change, err
	}
	f.passed.Store(change)
	return change, nil
}

// errMoved says that the primary changed while a View was reading.
var errMoved = fmt.Errorf("%w: the primary changed", driver.ErrUnavailable)

// still tells whether the primary is the one of the change.
func (f *fence) still(change uint64) error {
	if f.changes.Load() != change {
		return errMoved
	}
	return nil
}
