package mongotest_test

import (
	"context"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

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

func TestFindAndModifyConflicts(t *testing.T) {
	_, c := collection(t)
	insert(t, c, d{{Key: "_id", Value: "a"}, {Key: "n", Value: 1}})
	_, one := session(t, c)
	_, two := session(t, c)
	must(t, c.FindOneAndUpdate(one, e("_id", "a"), set(2)).Err())
	hasCode(t, c.FindOneAndUpdate(two, e("_id", "a"), set(3)).Err(), 112, transient)
}

// A drop waits for the transaction, and the catalog is not its to change.
func TestDropAndTransactions(t *testing.T) {
	s, c := collection(t)
	tx, ctx := session(t, c)
	_, err := c.InsertOne(ctx, e("_id", "a"))
	must(t, err)
	done := make(chan error)
	go func() { done <- c.Drop(t.Context()) }()
	time.Sleep(50 * time.Millisecond)
	must(t, tx.CommitTransaction(t.Context()))
	must(t, <-done)
	same(t, "documents", len(s.Documents("db", "things")), 0)
	_, ctx = session(t, c)
	_, err = c.Indexes().CreateOne(ctx, mongo.IndexModel{Keys: e("n", 1)})
	hasCode(t, err, 263, "")
}
