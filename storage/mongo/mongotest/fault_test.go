package mongotest_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"tahto/storage/mongo/mongotest"
)

// add inserts one document in a transaction, by the driver's own rules of what to
// run again.
func add(t *testing.T, c *mongo.Collection) error {
	t.Helper()
	_, err := plainSession(t, c).WithTransaction(t.Context(), func(ctx context.Context) (any, error) {
		return c.InsertOne(ctx, e("_id", "a"))
	})
	return err
}

// The driver mends each of these faults; what it sends for that is the proof that
// it understood them.
func TestFaultsTheDriverMends(t *testing.T) {
	const ins, com, abo = "insert", "commitTransaction", "abortTransaction"
	for name, test := range map[string]struct {
		fault mongotest.Fault
		sent  []string
	}{
		"transient error":       {mongotest.Fault{Command: ins, Code: 112, Labels: []string{transient}}, []string{ins, abo, ins, com}},
		"twice":                 {mongotest.Fault{Command: ins, Times: 2, Code: 112, Labels: []string{transient}}, []string{ins, abo, ins, abo, ins, com}},
		"dropped statement":     {mongotest.Fault{Command: ins, Drop: mongotest.DropBefore}, []string{ins, abo, ins, com}},
		"dropped answer":        {mongotest.Fault{Command: ins, Drop: mongotest.DropAfter}, []string{ins, abo, ins, com}},
		"transient commit":      {mongotest.Fault{Command: com, Code: 251, Labels: []string{transient}}, []string{ins, com, ins, com}},
		"unknown commit":        {mongotest.Fault{Command: com, Code: 64, Labels: []string{unknown}}, []string{ins, com, com}},
		"unknown, yet done":     {mongotest.Fault{Command: com, Code: 64, Labels: []string{unknown}, Executed: true}, []string{ins, com, com}},
		"dropped before commit": {mongotest.Fault{Command: com, Drop: mongotest.DropBefore}, []string{ins, com, com}},
		"dropped after commit":  {mongotest.Fault{Command: com, Drop: mongotest.DropAfter}, []string{ins, com, com}},
		"commit not primary":    {mongotest.Fault{Command: com, Code: 10107, Labels: []string{retryable}}, []string{ins, com, com}},
		"any command":           {mongotest.Fault{Code: 112, Labels: []string{transient}}, []string{ins, abo, ins, com}},
	} {
		t.Run(name, func(t *testing.T) {
			s, c := collection(t)
			s.Inject(test.fault)
			must(t, add(t, c))
			same(t, "documents", len(s.Documents("db", "things")), 1)
			if got := names(s); !slices.Equal(got, test.sent) {
				t.Errorf("sent %v, want %v", got, test.sent)
			}
		})
	}
}

func TestFaultLetsPassAndEnds(t *testing.T) {
	s, c := collection(t)
	s.Inject(mongotest.Fault{Command: "insert", After: 1, Times: 2, Code: 14031})
	for i, fails := range []bool{false, true, true, false} {
		_, err := c.InsertOne(t.Context(), e("_id", i))
		same(t, fmt.Sprint("failure of ", i), err != nil, fails)
	}
	var executed []bool
	for _, command := range s.Commands() {
		executed = append(executed, command.Executed)
	}
	if want := []bool{true, false, false, true}; !slices.Equal(executed, want) {
		t.Errorf("executed %v, want %v", executed, want)
	}
}

func TestDiskFull(t *testing.T) {
	s, c := collection(t)
	s.Inject(mongotest.Fault{Command: "insert", Code: 14031})
	_, err := c.InsertOne(t.Context(), e("_id", "a"))
	hasCode(t, err, 14031, "")
	command, ok := errors.AsType[mongo.CommandError](err)
	same(t, "is a command's error", ok, true)
	same(t, "name", command.Name, "OutOfDiskSpace")
	same(t, "documents", len(s.Documents("db", "things")), 0)
}

func TestFaultOfAStatement(t *testing.T) {
	s, c := collection(t)
	s.Inject(mongotest.Fault{Command: "insert", Code: 11000, WriteError: true, Times: 2})
	_, err := c.InsertOne(t.Context(), e("_id", "a"))
	same(t, "duplicate", mongo.IsDuplicateKeyError(err), true)
	if _, ok := errors.AsType[mongo.WriteException](err); !ok {
		t.Errorf("got %T, want a WriteException", err)
	}
	_, ctx := session(t, c)
	value(t, ctx, c, "a")
	_, err = c.InsertOne(ctx, e("_id", "a"))
	hasCode(t, err, 11000, "")
	_, err = c.InsertOne(ctx, e("_id", "a"))
	hasCode(t, err, 251, transient)
}

// Without the label the transaction goes on.
func TestFaultWithoutLabelKeepsTheTransaction(t *testing.T) {
	s, c := collection(t)
	tx, ctx := session(t, c)
	_, err := c.InsertOne(ctx, e("_id", "a"))
	must(t, err)
	s.Inject(mongotest.Fault{Command: "insert", Code: 8000, Name: "AtlasError"})
	_, err = c.InsertOne(ctx, e("_id", "b"))
	hasCode(t, err, 8000, "")
	must(t, tx.CommitTransaction(t.Context()))
	same(t, "documents", len(s.Documents("db", "things")), 1)
}

func TestSlowAnswer(t *testing.T) {
	s, c := collection(t)
	insert(t, c, e("_id", "a"))
	s.Inject(mongotest.Fault{Command: "find", Delay: 200 * time.Millisecond})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	err := c.FindOne(ctx, d{}).Err()
	same(t, "timeout", mongo.IsTimeout(err), true)
	must(t, c.FindOne(t.Context(), d{}).Err())
}

func TestRetryableWriteIsDoneOnce(t *testing.T) {
	for name, drop := range map[string]mongotest.Drop{"before": mongotest.DropBefore, "after": mongotest.DropAfter} {
		t.Run(name, func(t *testing.T) {
			s, c := collection(t)
			insert(t, c, d{{Key: "_id", Value: "a"}, {Key: "n", Value: 1}})
			s.Forget()
			s.Inject(mongotest.Fault{Command: "update", Drop: drop})
			result, err := c.UpdateOne(t.Context(), e("_id", "a"), e("$inc", e("n", 1)))
			must(t, err)
			same(t, "modified", result.ModifiedCount, 1)
			same(t, "value", value(t, t.Context(), c, "a"), 2)
			if got, want := names(s), []string{"update", "update", "find"}; !slices.Equal(got, want) {
				t.Errorf("sent %v, want %v", got, want)
			}
		})
	}
}

func TestRetryableWriteThatIsNotRetried(t *testing.T) {
	s := mongotest.Start(t, mongotest.Options{})
	c := client(t, s, func(o *options.ClientOptions) { o.SetRetryWrites(false) }).Database("db").Collection("things")
	s.Inject(mongotest.Fault{Command: "insert", Drop: mongotest.DropAfter})
	_, err := c.InsertOne(t.Context(), e("_id", "a"))
	same(t, "network error", mongo.IsNetworkError(err), true)
	same(t, "documents", len(s.Documents("db", "things")), 1)
}

func TestStepDown(t *testing.T) {
	s, c := collection(t)
	insert(t, c, d{{Key: "_id", Value: "a"}, {Key: "n", Value: 1}})
	tx, ctx := session(t, c)
	_, err := c.UpdateOne(ctx, e("_id", "a"), set(2))
	must(t, err)
	s.StepDown(700 * time.Millisecond)
	err = c.FindOne(ctx, d{}).Err()
	hasCode(t, err, 10107, transient)
	must(t, tx.AbortTransaction(t.Context()))
	// The driver waits for a primary, and then does it.
	_, err = c.UpdateOne(t.Context(), e("_id", "a"), e("$inc", e("n", 10)))
	must(t, err)
	same(t, "value", value(t, t.Context(), c, "a"), 11)
	must(t, add(t, c.Database().Collection("others")))
}

// Refused as a write that may be sent again, and as a read.
func TestStepDownRefuses(t *testing.T) {
	s := mongotest.Start(t, mongotest.Options{})
	s.StepDown(time.Minute)
	write := d{{Key: "insert", Value: "things"}, {Key: "documents", Value: a{e("_id", 1)}}, {Key: "lsid", Value: e("id", 1)}, {Key: "txnNumber", Value: int64(1)}}
	hasCode(t, serverError(t, s, write), 10107, retryable)
	hasCode(t, serverError(t, s, e("find", "things")), 10107, "")
	hello, err := exchange(t, s, d{{Key: "hello", Value: 1}, {Key: "$db", Value: "admin"}})
	must(t, err)
	same(t, "primary", hello.Lookup("isWritablePrimary").Boolean(), false)
	same(t, "secondary", hello.Lookup("secondary").Boolean(), true)
}

// What waited for a transaction that the step down aborted is not written by a
// server that is no primary.
func TestStepDownWhileAStatementWaits(t *testing.T) {
	s, c := collection(t)
	insert(t, c, d{{Key: "_id", Value: "a"}, {Key: "n", Value: 1}})
	_, ctx := session(t, c)
	_, err := c.UpdateOne(ctx, e("_id", "a"), set(2))
	must(t, err)
	done := make(chan error)
	go func() {
		statement := d{{Key: "q", Value: e("_id", "a")}, {Key: "u", Value: set(3)}}
		done <- serverError(t, s, d{{Key: "update", Value: "things"}, {Key: "updates", Value: a{statement}}})
	}()
	time.Sleep(50 * time.Millisecond)
	s.StepDown(500 * time.Millisecond)
	hasCode(t, <-done, 10107, "")
	same(t, "value", value(t, t.Context(), c, "a"), 1)
}

// impatient is a client that soon gives up waiting for a server.
func impatient(o *options.ClientOptions) { o.SetServerSelectionTimeout(200 * time.Millisecond) }

func TestStopIsTheEnd(t *testing.T) {
	s := mongotest.Start(t, mongotest.Options{})
	c := client(t, s, impatient).Database("db").Collection("things")
	insert(t, c, e("_id", "a"))
	s.Stop()
	s.Stop()
	same(t, "fails", c.FindOne(t.Context(), d{}).Err() != nil, true)
	same(t, "documents", len(s.Documents("db", "things")), 1)
}

// A statement that waits for a lock does not keep the server from stopping.
func TestStopWhileAStatementWaits(t *testing.T) {
	s := mongotest.Start(t, mongotest.Options{})
	c := client(t, s, impatient).Database("db").Collection("things")
	insert(t, c, d{{Key: "_id", Value: "a"}, {Key: "n", Value: 1}})
	_, ctx := session(t, c)
	_, err := c.UpdateOne(ctx, e("_id", "a"), set(2))
	must(t, err)
	done := make(chan error)
	short, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	go func() {
		_, err := c.UpdateOne(short, e("_id", "a"), set(3))
		done <- err
	}()
	time.Sleep(50 * time.Millisecond)
	began := time.Now()
	s.Stop()
	same(t, "stopped at once", time.Since(began) < time.Second, true)
	same(t, "fails", <-done != nil, true)
}
