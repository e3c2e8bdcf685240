package mongo

import (
	"context"
	"errors"
	"iter"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"tahto/fhir"
	"tahto/storage/driver"
)

// reader reads in one session: of a View, or of a transaction.
type reader struct {
	engine  *Engine
	session *mongo.Session // nil on a standalone server
	// snapshot says that the session is of read concern snapshot, and read that
	// its state was chosen.
	snapshot, read bool
	// failed is the first error of the database, which f may have swallowed: a
	// transaction in which it happened can't be committed.
	failed error
	ended  bool
}

// What is read of a record, by field.
var (
	// withoutIndex leaves out what a document is found by.
	withoutIndex = bson.D{{Key: fieldKeys, Value: 0}, {Key: fieldDates, Value: 0}}
	// toReplace leaves out what an older version does not keep.
	toReplace = bson.D{{Key: fieldDates, Value: 0}}
	// headOnly is what there is to know without the body.
	headOnly = bson.D{
		{Key: fieldType, Value: 1}, {Key: fieldKey, Value: 1}, {Key: fieldVersion, Value: 1},
		{Key: fieldUpdated, Value: 1}, {Key: "m", Value: 1}, {Key: "x", Value: 1},
	}
	// headAndIndex is a head with what it is sorted by.
	headAndIndex = append(bson.D{{Key: fieldKeys, Value: 1}, {Key: fieldDates, Value: 1}}, headOnly...)
)

// Get finds the newest version by the id of its record.
func (r *reader) Get(ctx context.Context, key fhir.Key) (driver.Document, error) {
	stored, err := r.one(ctx, equal(fieldID, key.String()), withoutIndex)
	return stored.document(), err
}

// GetVersion looks under both ids that the version may have.
func (r *reader) GetVersion(ctx context.Context, key fhir.Key, version uint64) (driver.Document, error) {
	n := number(version)
	stored, err := r.one(ctx, bson.D{
		{Key: fieldID, Value: in([]string{key.String(), pastID(key.String(), n)})},
		{Key: fieldVersion, Value: n},
	}, withoutIndex)
	return stored.document(), err
}

func (r *reader) one(ctx context.Context, filter, fields bson.D) (record, error) {
	for stored, err := range r.stream(ctx, filter, options.Find().SetLimit(1).SetProjection(fields)) {
		return stored, err
	}
	return record{}, driver.ErrNotFound
}

// batch is how many records a reply holds at most: of the declarations of a
// person, all.
const batch = 1000

// stream reads records. Each reply of the database is of at most 16 MiB.
func (r *reader) stream(ctx context.Context, filter bson.D, o *options.FindOptionsBuilder) iter.Seq2[record, error] {
	return func(yield func(record, error) bool) {
		cursor, err := r.find(ctx, filter, o)
		if err != nil {
			yield(record{}, r.fault(ctx, err))
			return
		}
		defer r.close(context.WithoutCancel(ctx), cursor)
		for cursor.Next(r.in(ctx)) {
			var stored record
			if err := cursor.Decode(&stored); err != nil {
				yield(record{}, r.fault(ctx, err))
				return
			}
			if !yield(stored, nil) {
				return
			}
		}
		if err := cursor.Err(); err != nil {
			yield(record{}, r.fault(ctx, err))
		}
	}
}

func (r *reader) find(ctx context.Context, filter bson.D, o *options.FindOptionsBuilder) (*mongo.Cursor, error) {
	if r.ended {
		return nil, errEnded
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := r.begin(ctx); err != nil {
		return nil, err
	}
	return r.engine.resources.Find(r.in(ctx), filter, options.Find().SetBatchSize(batch), o)
}

// begin comes before the first read. In a sharded cluster a snapshot is of the
// time that the router knows, which may be idle while others write: what any
// shard answers to an ordinary read tells it theirs.
func (r *reader) begin(ctx context.Context) error {
	if r.read || !r.snapshot || !r.engine.sharded {
		return nil
	}
	err := r.engine.resources.FindOne(ctx, equal(fieldID, "")).Err()
	if err != nil && !errors.Is(err, mongo.ErrNoDocuments) {
		return err
	}
	r.read = true
	return nil
}

// close ends a cursor. Of one that a snapshot session has not read to its end the
// driver would send the session's read concern along, which a server refuses for
// killCursors: the cursor would stay as long as the session.
func (r *reader) close(ctx context.Context, cursor *mongo.Cursor) {
	if r.snapshot && !r.engine.sharded && cursor.ID() != 0 {
		kill := bson.D{{Key: "killCursors", Value: resourceCollection}, {Key: "cursors", Value: bson.A{cursor.ID()}}}
		_ = r.engine.resources.Database().RunCommand(ctx, kill).Err()
	}
	_ = cursor.Close(ctx)
}

// in is the context of one operation in the session.
func (r *reader) in(ctx context.Context) context.Context {
	if r.session == nil {
		return ctx
	}
	return mongo.NewSessionContext(ctx, r.session)
}

// fault remembers the error and gives it in the words of package driver.
func (r *reader) fault(ctx context.Context, err error) error {
	if r.failed == nil && err != nil {
		r.failed = err
	}
	return fault(ctx, err)
}
