package mongotest_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"tahto/storage/mongo/mongotest"
)

type (
	d = bson.D
	a = bson.A
)

// e is a document of one field.
func e(key string, value any) d { return d{{Key: key, Value: value}} }

// client is the real driver, connected to the server until the test ends.
func client(t testing.TB, s *mongotest.Server, more ...func(*options.ClientOptions)) *mongo.Client {
	t.Helper()
	o := options.Client().ApplyURI(s.URI()).SetServerSelectionTimeout(10 * time.Second)
	for _, f := range more {
		f(o)
	}
	c, err := mongo.Connect(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Disconnect(context.Background()) })
	return c
}

// collection is one of a new replica set.
func collection(t testing.TB) (*mongotest.Server, *mongo.Collection) {
	t.Helper()
	s := mongotest.Start(t, mongotest.Options{})
	return s, client(t, s).Database("db").Collection("things")
}

func insert(t testing.TB, c *mongo.Collection, docs ...any) {
	t.Helper()
	if _, err := c.InsertMany(t.Context(), docs); err != nil {
		t.Fatal(err)
	}
}

// session is a session with a transaction that has begun, and the context to use
// it by.
func session(t testing.TB, c *mongo.Collection) (*mongo.Session, context.Context) {
	t.Helper()
	s := plainSession(t, c)
	if err := s.StartTransaction(); err != nil {
		t.Fatal(err)
	}
	return s, mongo.NewSessionContext(t.Context(), s)
}

func plainSession(t testing.TB, c *mongo.Collection, o ...options.Lister[options.SessionOptions]) *mongo.Session {
	t.Helper()
	s, err := c.Database().Client().StartSession(o...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.EndSession(context.Background()) })
	return s
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// hasCode requires an error of the server with the code and, if there is one
// named, the label.
func hasCode(t testing.TB, err error, code int, label string) {
	t.Helper()
	server, ok := errors.AsType[mongo.ServerError](err)
	if !ok || !server.HasErrorCode(code) {
		t.Fatalf("got the error %v, want code %d", err, code)
	}
	if label != "" && !server.HasErrorLabel(label) {
		t.Fatalf("the error %v does not have the label %s", err, label)
	}
}

// value is the field n of the document, as ctx sees it; -1 without a document.
func value(t testing.TB, ctx context.Context, c *mongo.Collection, id any) int {
	t.Helper()
	var doc struct{ N int }
	switch err := c.FindOne(ctx, e("_id", id)).Decode(&doc); {
	case errors.Is(err, mongo.ErrNoDocuments):
		return -1
	case err != nil:
		t.Fatal(err)
	}
	return doc.N
}

func same[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func names(s *mongotest.Server) (list []string) {
	for _, c := range s.Commands() {
		list = append(list, c.Name)
	}
	return list
}

func set(n int) d { return e("$set", e("n", n)) }
