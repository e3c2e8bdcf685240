package mongotest_test

import (
	"context"
	"slices"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"tahto/storage/mongo/mongotest"
)

const (
	transient = "TransientTransactionError"
	unknown   = "UnknownTransactionCommitResult"
	retryable = "RetryableWriteError"
)

func TestTransactionIsSeenWhenCommitted(t *testing.T) {
	s, c := collection(t)
	tx, ctx := session(t, c)
	_, err := c.InsertOne(ctx, d{{Key: "_id", Value: "a"}, {Key: "n", Value: 1}})
	must(t, err)
	same(t, "inside", value(t, ctx, c, "a"), 1)
	same(t, "outside", value(t, t.Context(), c, "a"), -1)
	must(t, tx.CommitTransaction(t.Context()))
	same(t, "afterwards", value(t, t.Context(), c, "a"), 1)
	same(t, "documents", len(s.Documents("db", "things")), 1)
}

func TestTransactionReadsItsSnapshot(t *testing.T) {
	_, c := collection(t)
	insert(t, c, d{{Key: "_id", Value: "a"}, {Key: "n", Value: 1}})
	tx, ctx := session(t, c)
	same(t, "first", value(t, ctx, c, "a"), 1)
	_, err := c.UpdateOne(t.Context(), e("_id", "a"), set(2))
	must(t, err)
	insert(t, c, d{{Key: "_id", Value: "b"}, {Key: "n", Value: 2}})
	same(t, "again", value(t, ctx, c, "a"), 1)
	n, err := c.CountDocuments(ctx, d{})
	must(t, err)
	same(t, "count", n, 1)
	must(t, tx.CommitTransaction(t.Context()))
	same(t, "afterwards", value(t, t.Context(), c, "a"), 2)
}

func TestDuplicateKeyAbortsTheTransaction(t *testing.T) {
	s, c := collection(t)
	insert(t, c, e("_id", "a"))
	tx, ctx := session(t, c)
	_, err := c.InsertOne(ctx, e("_id", "b"))
	must(t, err)
	_, err = c.InsertOne(ctx, e("_id", "a"))
	hasCode(t, err, 11000, "")
	same(t, "duplicate", mongo.IsDuplicateKeyError(err), true)
	_, err = c.InsertOne(ctx, e("_id", "c"))
	hasCode(t, err, 251, transient)
	hasCode(t, tx.CommitTransaction(t.Context()), 251, transient)
	same(t, "documents", len(s.Documents("db", "things")), 1)
}

func TestCommitAgain(t *testing.T) {
	s, c := collection(t)
	tx, ctx := session(t, c)
	_, err := c.InsertOne(ctx, e("_id", "a"))
	must(t, err)
	must(t, tx.CommitTransaction(t.Context()))
	must(t, tx.CommitTransaction(t.Context()))
	if got, want := names(s), []string{"insert", "commitTransaction", "commitTransaction"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	for _, command := range s.Commands() {
		same(t, command.Name+" in a transaction", command.Transaction, true)
	}
}

func TestCommitAndAbortOfUnknownTransactions(t *testing.T) {
	s, _ := collection(t)
	lsid := bson.E{Key: "lsid", Value: e("id", bson.Binary{Subtype: 4, Data: make([]byte, 16)})}
	of := func(name string, number int64) d {
		return d{{Key: name, Value: 1}, lsid, {Key: "txnNumber", Value: number}, {Key: "autocommit", Value: false}}
	}
	hasCode(t, serverError(t, s, of("commitTransaction", 5)), 251, transient)
	hasCode(t, serverError(t, s, of("abortTransaction", 5)), 251, transient)
	hasCode(t, serverError(t, s, of("abortTransaction", 4)), 225, "")
	find := append(d{{Key: "find", Value: "things"}}, of("x", 5)[1:]...)
	hasCode(t, serverError(t, s, find), 251, transient)
}

func TestSnapshotSession(t *testing.T) {
	_, c := collection(t)
	insert(t, c, d{{Key: "_id", Value: "a"}, {Key: "n", Value: 1}})
	for name, first := range map[string]func(context.Context){
		"find":      func(ctx context.Context) { value(t, ctx, c, "a") },
		"aggregate": func(ctx context.Context) { _, err := c.CountDocuments(ctx, d{}); must(t, err) },
	} {
		t.Run(name, func(t *testing.T) {
			ctx := mongo.NewSessionContext(t.Context(), plainSession(t, c, options.Session().SetSnapshot(true)))
			first(ctx)
			before := value(t, ctx, c, "a")
			_, err := c.UpdateOne(t.Context(), e("_id", "a"), e("$inc", e("n", 1)))
			must(t, err)
			insert(t, c, e("n", 1))
			same(t, "again", value(t, ctx, c, "a"), before)
			same(t, "outside", value(t, t.Context(), c, "a"), before+1)
		})
	}
}

func TestStandaloneHasNoTransactions(t *testing.T) {
	s := mongotest.Start(t, mongotest.Options{Standalone: true})
	c := client(t, s).Database("db").Collection("things")
	insert(t, c, d{{Key: "_id", Value: "a"}, {Key: "n", Value: 1}})
	same(t, "value", value(t, t.Context(), c, "a"), 1)
	_, ctx := session(t, c)
	_, err := c.InsertOne(ctx, e("_id", "b"))
	hasCode(t, err, 20, "")
	snapshot := mongo.NewSessionContext(t.Context(), plainSession(t, c, options.Session().SetSnapshot(true)))
	hasCode(t, c.FindOne(snapshot, d{}).Err(), 123, "")
}

func TestShardedHasTransactions(t *testing.T) {
	s := mongotest.Start(t, mongotest.Options{Sharded: true})
	c := client(t, s).Database("db").Collection("things")
	tx, ctx := session(t, c)
	_, err := c.InsertOne(ctx, e("_id", "a"))
	must(t, err)
	must(t, tx.CommitTransaction(t.Context()))
	same(t, "documents", len(s.Documents("db", "things")), 1)
}

func TestOwnWritesAreSeen(t *testing.T) {
	_, c := collection(t)
	insert(t, c, numbered(4)...)
	tx, ctx := session(t, c)
	_, err := c.DeleteOne(ctx, e("_id", 0))
	must(t, err)
	_, err = c.InsertOne(ctx, e("_id", 0)) // again, in place of the one it deleted
	must(t, err)
	_, err = c.DeleteOne(ctx, e("_id", 1))
	must(t, err)
	_, err = c.UpdateMany(ctx, op("n", "$gte", 2), set(7))
	must(t, err)
	n, err := c.CountDocuments(ctx, e("n", 7))
	must(t, err)
	same(t, "changed", n, 2)
	n, err = c.CountDocuments(ctx, d{})
	must(t, err)
	same(t, "all", n, 3)
	must(t, tx.CommitTransaction(t.Context()))
	n, err = c.CountDocuments(t.Context(), d{})
	must(t, err)
	same(t, "afterwards", n, 3)
}

// What a session left open does not lock anything after it.
func TestSessionThatEndsAborts(t *testing.T) {
	s, c := collection(t)
	of := func(number int64, starts bool) d {
		return d{
			{Key: "insert", Value: "things"}, {Key: "documents", Value: a{e("_id", number)}}, {Key: "lsid", Value: e("id", 1)},
			{Key: "txnNumber", Value: number}, {Key: "autocommit", Value: false}, {Key: "startTransaction", Value: starts},
		}
	}
	must(t, serverError(t, s, of(1, true)))
	hasCode(t, serverError(t, s, of(1, true)), 50911, "")
	must(t, serverError(t, s, of(2, true))) // ends the first
	must(t, serverError(t, s, d{{Key: "endSessions", Value: a{e("id", 1)}}}))
	hasCode(t, serverError(t, s, of(2, false)), 251, transient)
	insert(t, c, e("_id", 1), e("_id", 2))
}
