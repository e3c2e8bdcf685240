package mongo_test

import (
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"tahto/storage/mongo"
	"tahto/storage/mongo/mongotest"
)

// indexView is the indexes of the resources, past the engine.
func indexView(t *testing.T, s *mongotest.Server) driver.IndexView {
	t.Helper()
	client, err := driver.Connect(options.Client().ApplyURI(s.URI()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Disconnect(t.Context()) })
	return client.Database("tahto").Collection("resource").Indexes()
}

func TestAStartMakesTheIndexesThatAreMissing(t *testing.T) {
	t.Parallel()
	s := mongotest.Start(t, mongotest.Options{})
	engine(t, s, mongo.Options{})
	before := len(declaredIndexes(t, s))
	s.Forget()
	engine(t, s, mongo.Options{})
	for _, c := range s.Commands() {
		if c.Name == "createIndexes" {
			t.Error("a start that finds all indexes makes some")
		}
	}
	if before < 15 {
		t.Errorf("%d indexes", before)
	}
}

func TestAnIndexOfAnotherKindIsNamed(t *testing.T) {
	t.Parallel()
	s := mongotest.Start(t, mongotest.Options{})
	other := driver.IndexModel{Keys: bson.D{{Key: "c", Value: 1}}, Options: options.Index().SetName("walk")}
	if _, err := indexView(t, s).CreateOne(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	e, err := mongo.Open(t.Context(), s.URI(), mongo.Options{})
	if err == nil {
		t.Fatal(e.Close())
	}
	if !strings.Contains(err.Error(), "drop it") {
		t.Errorf("got %v, want to be told what to do", err)
	}
}

// TestAClusterHasTheIndexOfItsShardKey, so that a database that has data can be
// sharded.
func TestAClusterHasTheIndexOfItsShardKey(t *testing.T) {
	t.Parallel()
	s := mongotest.Start(t, mongotest.Options{Sharded: true})
	engine(t, s, mongo.Options{})
	if got := declaredIndexes(t, s)["shards"]; len(got) != 1 || got[0] != "h" {
		t.Errorf("the index of the shard key has %v", got)
	}
}
