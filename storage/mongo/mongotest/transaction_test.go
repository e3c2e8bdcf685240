package mongotest_test

import (
	"context"
	"slices"
	"testing"
	"time"

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

func TestWriteConflicts(t *testing.T) {
	update := func(ctx context.Context, c *mongo.Collection) error {
		_, err := c.UpdateOne(ctx, e("_id", "a"), e("$inc", e("n", 1)))
		return err
	}
	add := func(ctx context.Context, c *mongo.Collection) error {
		_, err := c.InsertOne(ctx, e("_id", "new"))
		return err
	}
	upsert := func(ctx context.Context, c *mongo.Collection) error {
		_, err := c.ReplaceOne(ctx, e("_id", "new"), e("n", 1), options.Replace().SetUpsert(true))
		return err
	}
	remove := func(ctx context.Context, c *mongo.Collection) error {
		_, err := c.DeleteOne(ctx, e("_id", "a"))
		return err
	}
	for name, writes := range map[string][2]func(context.Context, *mongo.Collection) error{
		"update and update": {update, update},
		"update and delete": {update, remove},
		"delete and update": {remove, update},
		"insert and insert": {add, add},
		"insert and upsert": {add, upsert},
	} {
		t.Run(name+" of an open one", func(t *testing.T) {
			_, c := collection(t)
			insert(t, c, d{{Key: "_id", Value: "a"}, {Key: "n", Value: 1}})
			first, one := session(t, c)
			second, two := session(t, c)
			must(t, writes[0](one, c))
			hasCode(t, writes[1](two, c), 112, transient)
			hasCode(t, writes[1](two, c), 251, transient)
			hasCode(t, second.CommitTransaction(t.Context()), 251, transient)
			must(t, first.CommitTransaction(t.Context()))
		})
		t.Run(name+" of a committed one", func(t *testing.T) {
			_, c := collection(t)
			insert(t, c, d{{Key: "_id", Value: "a"}, {Key: "n", Value: 1}})
			_, two := session(t, c)
			value(t, two, c, "other") // takes the snapshot
			must(t, writes[0](t.Context(), c))
			hasCode(t, writes[1](two, c), 112, transient)
		})
	}
}

func TestNothingConflictsAfterAbort(t *testing.T) {
	_, c := collection(t)
	insert(t, c, d{{Key: "_id", Value: "a"}, {Key: "n", Value: 1}})
	first, one := session(t, c)
	second, two := session(t, c)
	value(t, two, c, "a")
	_, err := c.UpdateOne(one, e("_id", "a"), set(2))
	must(t, err)
	must(t, first.AbortTransaction(t.Context()))
	_, err = c.UpdateOne(two, e("_id", "a"), set(3))
	must(t, err)
	must(t, second.CommitTransaction(t.Context()))
	same(t, "value", value(t, t.Context(), c, "a"), 3)
}

// What changes nothing writes nothing.
func TestUpdateToTheSameDoesNotConflict(t *testing.T) {
	_, c := collection(t)
	insert(t, c, d{{Key: "_id", Value: "a"}, {Key: "n", Value: 1}})
	_, one := session(t, c)
	_, two := session(t, c)
	for _, ctx := range []context.Context{one, two} {
		result, err := c.UpdateOne(ctx, e("_id", "a"), set(1))
		must(t, err)
		same(t, "matched", result.MatchedCount, 1)
		same(t, "modified", result.ModifiedCount, 0)
	}
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

func TestStatementOutsideWaitsForTransaction(t *testing.T) {
	_, c := collection(t)
	insert(t, c, d{{Key: "_id", Value: "a"}, {Key: "n", Value: 1}})
	tx, ctx := session(t, c)
	_, err := c.UpdateOne(ctx, e("_id", "a"), set(10))
	must(t, err)
	done := make(chan error, 2)
	for range 2 {
		go func() {
			_, err := c.UpdateOne(t.Context(), e("_id", "a"), e("$inc", e("n", 1)))
			done <- err
		}()
	}
	select {
	case err := <-done:
		t.Fatalf("the update did not wait: %v", err)
	case <-time.After(100 * time.Millisecond):
	}
	must(t, tx.CommitTransaction(t.Context()))
	must(t, <-done)
	must(t, <-done)
	same(t, "value", value(t, t.Context(), c, "a"), 12)
}

func TestWithTransactionUnderContention(t *testing.T) {
	_, c := collection(t)
	insert(t, c, d{{Key: "_id", Value: "a"}, {Key: "n", Value: 0}})
	const workers, each = 4, 10
	done := make(chan error, workers)
	for range workers {
		go func() {
			done <- increments(t.Context(), c, each)
		}()
	}
	for range workers {
		must(t, <-done)
	}
	same(t, "value", value(t, t.Context(), c, "a"), workers*each)
}

func increments(ctx context.Context, c *mongo.Collection, n int) error {
	s, err := c.Database().Client().StartSession()
	if err != nil {
		return err
	}
	defer s.EndSession(ctx)
	for range n {
		_, err := s.WithTransaction(ctx, func(ctx context.Context) (any, error) {
			var doc struct{ N int }
			if err := c.FindOne(ctx, e("_id", "a")).Decode(&doc); err != nil {
				return nil, err
			}
			return c.UpdateOne(ctx, e("_id", "a"), set(doc.N+1))
		})
		if err != nil {
			return err
		}
	}
	return nil
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
