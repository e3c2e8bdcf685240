package mongotest_test

import (
	"slices"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"tahto/storage/mongo/mongotest"
)

func numbered(n int) (docs []any) {
	for i := range n {
		docs = append(docs, d{{Key: "_id", Value: i}, {Key: "n", Value: i % 10}})
	}
	return docs
}

func count(t *testing.T, c *mongo.Collection, o ...options.Lister[options.FindOptions]) int {
	t.Helper()
	cursor, err := c.Find(t.Context(), d{}, o...)
	must(t, err)
	var docs []bson.Raw
	must(t, cursor.All(t.Context(), &docs))
	return len(docs)
}

func TestBatches(t *testing.T) {
	s, c := collection(t)
	insert(t, c, numbered(250)...)
	for _, test := range []struct {
		name        string
		o           *options.FindOptionsBuilder
		docs, trips int
	}{
		{"by default", options.Find(), 250, 2}, // 101, and the rest
		{"small", options.Find().SetBatchSize(100), 250, 3},
		{"just full, with nothing behind", options.Find().SetBatchSize(250), 250, 2},
		{"enough", options.Find().SetBatchSize(251), 250, 1},
		{"limited", options.Find().SetBatchSize(100).SetLimit(100), 100, 1},
		{"limited in the second", options.Find().SetBatchSize(100).SetLimit(150), 150, 2},
	} {
		s.Forget()
		same(t, test.name+": documents", count(t, c, test.o), test.docs)
		same(t, test.name+": round trips", len(s.Commands()), test.trips)
	}
	same(t, "collection of getMore", s.Commands()[1].Collection, "things")
}

func TestBatchesHoldAMessage(t *testing.T) {
	s, c := collection(t)
	large := strings.Repeat("x", 5<<20)
	for i := range 5 {
		insert(t, c, d{{Key: "_id", Value: i}, {Key: "x", Value: large}})
	}
	s.Forget()
	same(t, "documents", count(t, c), 5)
	same(t, "round trips", len(s.Commands()), 2)
}

func TestCursorReadsWhatWasThere(t *testing.T) {
	_, c := collection(t)
	insert(t, c, numbered(10)...)
	cursor, err := c.Find(t.Context(), d{}, options.Find().SetBatchSize(2))
	must(t, err)
	_, err = c.DeleteMany(t.Context(), d{})
	must(t, err)
	var docs []bson.Raw
	must(t, cursor.All(t.Context(), &docs))
	same(t, "documents", len(docs), 10)
}

func TestCursorInTransaction(t *testing.T) {
	_, c := collection(t)
	insert(t, c, numbered(10)...)
	tx, ctx := session(t, c)
	cursor, err := c.Find(ctx, d{}, options.Find().SetBatchSize(4))
	must(t, err)
	var docs []bson.Raw
	must(t, cursor.All(ctx, &docs))
	same(t, "documents", len(docs), 10)
	must(t, tx.CommitTransaction(t.Context()))
}

func TestClosedCursorIsGone(t *testing.T) {
	s, c := collection(t)
	insert(t, c, numbered(10)...)
	cursor, err := c.Find(t.Context(), d{}, options.Find().SetBatchSize(2))
	must(t, err)
	id := cursor.ID()
	must(t, cursor.Close(t.Context()))
	hasCode(t, serverError(t, s, d{{Key: "getMore", Value: id}, {Key: "collection", Value: "things"}}), 43, "")
}

func TestCount(t *testing.T) {
	_, c := collection(t)
	n, err := c.CountDocuments(t.Context(), d{})
	must(t, err)
	same(t, "of nothing", n, 0)
	insert(t, c, numbered(30)...)
	n, err = c.CountDocuments(t.Context(), op("n", "$lt", 5))
	must(t, err)
	same(t, "filtered", n, 15)
	n, err = c.CountDocuments(t.Context(), d{}, options.Count().SetSkip(10).SetLimit(15))
	must(t, err)
	same(t, "limited", n, 15)
}

func TestAggregate(t *testing.T) {
	_, c := collection(t)
	insert(t, c, numbered(30)...)
	cursor, err := c.Aggregate(t.Context(), a{
		e("$match", op("n", "$gte", 8)), e("$sort", e("_id", -1)), e("$limit", 2), e("$project", e("n", 1)),
	})
	must(t, err)
	var docs []struct{ ID, N int }
	must(t, cursor.All(t.Context(), &docs))
	same(t, "documents", len(docs), 2)
	same(t, "first", docs[0].N, 9)
	for _, stage := range []d{
		e("$unwind", "$n"), e("$group", e("_id", "$n")), e("$limit", 0), e("$match", op("n", "$near", 1)),
		e("$group", d{{Key: "_id", Value: 1}, {Key: "n", Value: e("$avg", 1)}}),
	} {
		if _, err := c.Aggregate(t.Context(), a{stage}); err == nil {
			t.Errorf("%v is no error", stage)
		}
	}
}

func TestHints(t *testing.T) {
	_, c := collection(t)
	hint := func(h any) error {
		return c.FindOne(t.Context(), d{}, options.FindOne().SetHint(h)).Err()
	}
	insert(t, c, numbered(3)...)
	hasCode(t, hint("by-n"), 2, "")
	key := d{{Key: "n", Value: 1}, {Key: "_id", Value: -1}}
	name, err := c.Indexes().CreateOne(t.Context(), mongo.IndexModel{Keys: key, Options: options.Index().SetName("by-n")})
	must(t, err)
	same(t, "name", name, "by-n")
	must(t, hint("by-n"))
	must(t, hint(key))
	must(t, hint("_id_"))
	hasCode(t, hint(d{{Key: "n", Value: 1}}), 2, "")
	_, err = c.CountDocuments(t.Context(), d{}, options.Count().SetHint("none"))
	hasCode(t, err, 2, "")
	_, err = c.UpdateOne(t.Context(), d{}, set(1), options.UpdateOne().SetHint("none"))
	hasCode(t, err, 2, "")
}

func TestIndexes(t *testing.T) {
	_, c := collection(t)
	create := func(name string, key d, unique bool) error {
		_, err := c.Indexes().CreateOne(t.Context(), mongo.IndexModel{Keys: key, Options: options.Index().SetName(name).SetUnique(unique)})
		return err
	}
	must(t, create("n", e("n", 1), false))
	must(t, create("n", e("n", 1), false))
	hasCode(t, create("n", e("n", -1), false), 86, "")
	hasCode(t, create("m", e("n", 1), false), 85, "")
	cursor, err := c.Indexes().List(t.Context())
	must(t, err)
	var list []struct{ Name string }
	must(t, cursor.All(t.Context(), &list))
	same(t, "indexes", len(list), 2)
	same(t, "name", list[1].Name, "n")
	insert(t, c, numbered(20)...)
	hasCode(t, create("u", d{{Key: "n", Value: 1}, {Key: "x", Value: 1}}, true), 11000, "")
}

func TestUniqueIndex(t *testing.T) {
	_, c := collection(t)
	_, err := c.Indexes().CreateOne(t.Context(), mongo.IndexModel{Keys: d{{Key: "k", Value: 1}, {Key: "l", Value: 1}}, Options: options.Index().SetUnique(true)})
	must(t, err)
	doc := func(id string, k int, l any) d {
		return d{{Key: "_id", Value: id}, {Key: "k", Value: k}, {Key: "l", Value: l}}
	}
	insert(t, c, doc("a", 1, a{1, 2}), doc("b", 1, a{3}), doc("c", 2, 1))
	_, err = c.InsertOne(t.Context(), doc("d", 1, a{3, 4}))
	same(t, "duplicate", mongo.IsDuplicateKeyError(err), true)
	_, err = c.UpdateOne(t.Context(), e("_id", "c"), e("$set", e("k", 1)))
	same(t, "duplicate by an update", mongo.IsDuplicateKeyError(err), true)
	_, one := session(t, c)
	_, two := session(t, c)
	_, err = c.InsertOne(one, doc("e", 5, 1))
	must(t, err)
	_, err = c.InsertOne(two, doc("f", 5, 1))
	hasCode(t, err, 112, transient)
}

func TestParallelArraysHaveNoIndex(t *testing.T) {
	_, c := collection(t)
	_, err := c.Indexes().CreateOne(t.Context(), mongo.IndexModel{Keys: d{{Key: "k.x", Value: 1}, {Key: "k.y", Value: 1}, {Key: "l", Value: 1}}})
	must(t, err)
	insert(t, c, e("k", a{d{{Key: "x", Value: 1}, {Key: "y", Value: 1}}}))
	_, err = c.InsertOne(t.Context(), d{{Key: "k", Value: a{1}}, {Key: "l", Value: a{1}}})
	hasCode(t, err, 171, "")
}

func TestCatalog(t *testing.T) {
	s, c := collection(t)
	insert(t, c, e("_id", 1))
	insert(t, c.Database().Collection("others"), e("_id", 1))
	list := func() []string {
		names, err := c.Database().ListCollectionNames(t.Context(), d{})
		must(t, err)
		return names
	}
	if got := list(); !slices.Equal(got, []string{"others", "things"}) {
		t.Errorf("got %v", got)
	}
	some, err := c.Database().ListCollectionNames(t.Context(), e("name", "things"))
	must(t, err)
	same(t, "filtered", len(some), 1)
	must(t, c.Drop(t.Context()))
	must(t, c.Drop(t.Context()))
	same(t, "left", len(list()), 1)
	must(t, c.Database().Drop(t.Context()))
	same(t, "left", len(list()), 0)
	same(t, "documents", len(s.Documents("db", "things")), 0)
}

func TestUnknownCommand(t *testing.T) {
	s, c := collection(t)
	hasCode(t, c.Database().RunCommand(t.Context(), e("distinct", "things")).Err(), 59, "")
	var info struct{ Version string }
	must(t, c.Database().RunCommand(t.Context(), e("buildInfo", 1)).Decode(&info))
	same(t, "version", info.Version, "7.0.0")
	must(t, c.Database().Client().Ping(t.Context(), nil))
	if got := names(s); !slices.Equal(got, []string{"distinct", "buildInfo"}) {
		t.Errorf("got %v", got)
	}
}

func TestServersAreApart(t *testing.T) {
	_, c := collection(t)
	insert(t, c, e("_id", 1))
	other := mongotest.Start(t, mongotest.Options{})
	same(t, "documents", len(other.Documents("db", "things")), 0)
}
