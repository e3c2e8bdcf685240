package mongotest_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"tahto/storage/mongo/mongotest"
)

func extended(t *testing.T, doc any) string {
	t.Helper()
	raw, err := bson.MarshalExtJSON(doc, false, false)
	must(t, err)
	return string(raw)
}

func TestUpdateOperators(t *testing.T) {
	for _, test := range []struct {
		update d
		want   string
	}{
		{e("$set", d{{Key: "n", Value: "x"}, {Key: "s.y", Value: 1}, {Key: "new.z", Value: 2}}), `{"_id":"a","n":"x","s":{"x":1,"y":1},"l":[1,2],"new":{"z":2}}`},
		{e("$set", d{{Key: "l.1", Value: 9}, {Key: "l.3", Value: 7}}), `{"_id":"a","n":1,"s":{"x":1},"l":[1,9,null,7]}`},
		{e("$unset", d{{Key: "n", Value: ""}, {Key: "s.x", Value: ""}, {Key: "no.no", Value: ""}}), `{"_id":"a","s":{},"l":[1,2]}`},
		{e("$unset", d{{Key: "l.0", Value: ""}, {Key: "s.x.y", Value: ""}}), `{"_id":"a","n":1,"s":{"x":1},"l":[null,2]}`},
		{e("$inc", e("n", math.MaxInt32)), `{"_id":"a","n":2147483648,"s":{"x":1},"l":[1,2]}`},
		{e("$inc", d{{Key: "n", Value: 2}, {Key: "c", Value: int64(5)}}), `{"_id":"a","n":3,"s":{"x":1},"l":[1,2],"c":5}`},
		{e("$inc", e("n", 0.5)), `{"_id":"a","n":1.5,"s":{"x":1},"l":[1,2]}`},
		{e("$max", d{{Key: "n", Value: 5}, {Key: "m", Value: 1}, {Key: "s.x", Value: 0}}), `{"_id":"a","n":5,"s":{"x":1},"l":[1,2],"m":1}`},
		{d{{Key: "$set", Value: e("n", 2)}, {Key: "$setOnInsert", Value: e("i", 1)}}, `{"_id":"a","n":2,"s":{"x":1},"l":[1,2]}`},
	} {
		s, c := collection(t)
		insert(t, c, d{{Key: "_id", Value: "a"}, {Key: "n", Value: int32(1)}, {Key: "s", Value: e("x", 1)}, {Key: "l", Value: a{1, 2}}})
		result, err := c.UpdateOne(t.Context(), e("_id", "a"), test.update)
		must(t, err)
		same(t, "modified", result.ModifiedCount, 1)
		same(t, fmt.Sprint(test.update), extended(t, s.Documents("db", "things")[0]), test.want)
	}
}

func TestUpdatesThatFail(t *testing.T) {
	_, c := collection(t)
	insert(t, c, d{{Key: "_id", Value: "a"}, {Key: "s", Value: "text"}})
	for _, test := range []struct {
		update d
		code   int
	}{
		{e("$push", e("l", 1)), 9},
		{e("$inc", e("s", 1)), 14},
		{e("$inc", e("n", "1")), 14},
		{e("$set", e("s.x", 1)), 28},
		{e("$set", e("_id", "b")), 66},
		{d{{Key: "$set", Value: e("n", 1)}, {Key: "$inc", Value: e("n.x", 1)}}, 40},
	} {
		_, err := c.UpdateOne(t.Context(), e("_id", "a"), test.update)
		hasCode(t, err, test.code, "")
	}
}

func TestUpsert(t *testing.T) {
	s, c := collection(t)
	upsert := options.UpdateOne().SetUpsert(true)
	result, err := c.UpdateOne(t.Context(), d{{Key: "_id", Value: "a"}, {Key: "p", Value: "x"}, {Key: "q", Value: e("$gt", 1)}},
		d{{Key: "$inc", Value: e("n", 1)}, {Key: "$setOnInsert", Value: e("i", 1)}}, upsert)
	must(t, err)
	same(t, "id", result.UpsertedID, any("a"))
	same(t, "document", extended(t, s.Documents("db", "things")[0]), `{"_id":"a","p":"x","n":1,"i":1}`)
	result, err = c.UpdateOne(t.Context(), e("_id", "a"), e("$inc", e("n", 1)), upsert)
	must(t, err)
	same(t, "matched", result.MatchedCount, 1)
	same(t, "upserted", result.UpsertedCount, 0)

	_, err = c.ReplaceOne(t.Context(), d{{Key: "_id", Value: "b"}, {Key: "p", Value: 1}}, e("n", 5), options.Replace().SetUpsert(true))
	must(t, err)
	same(t, "replacement", extended(t, s.Documents("db", "things")[1]), `{"_id":"b","n":5}`)
	// What does not match is inserted, and is there already.
	_, err = c.ReplaceOne(t.Context(), d{{Key: "_id", Value: "b"}, {Key: "n", Value: 6}}, e("n", 7), options.Replace().SetUpsert(true))
	same(t, "duplicate", mongo.IsDuplicateKeyError(err), true)
	result, err = c.UpdateOne(t.Context(), e("p", "new"), set(1), upsert)
	must(t, err)
	if _, ok := result.UpsertedID.(bson.ObjectID); !ok {
		t.Errorf("got the id %v, want a new one", result.UpsertedID)
	}
}

func TestBulkWriteIsOneCommandOfEachKind(t *testing.T) {
	s, c := collection(t)
	result, err := c.BulkWrite(t.Context(), []mongo.WriteModel{
		mongo.NewReplaceOneModel().SetFilter(e("_id", "a")).SetReplacement(e("n", 1)).SetUpsert(true),
		mongo.NewUpdateOneModel().SetFilter(e("_id", "a")).SetUpdate(set(2)),
		mongo.NewUpdateOneModel().SetFilter(e("_id", "none")).SetUpdate(set(2)),
		mongo.NewReplaceOneModel().SetFilter(e("_id", "b")).SetReplacement(e("n", 1)).SetUpsert(true),
		mongo.NewDeleteOneModel().SetFilter(e("_id", "b")),
	})
	must(t, err)
	same(t, "matched", result.MatchedCount, 1)
	same(t, "upserted", result.UpsertedCount, 2)
	same(t, "second upserted", result.UpsertedIDs[3], any("b"))
	same(t, "deleted", result.DeletedCount, 1)
	if got := names(s); !slices.Equal(got, []string{"update", "delete"}) {
		t.Errorf("sent %v", got)
	}
	updates, ok := s.Commands()[0].Raw.Lookup("updates").ArrayOK()
	same(t, "has the statements", ok, true)
	list, _ := updates.Values()
	same(t, "statements", len(list), 4)
	same(t, "database", s.Commands()[0].Database, "db")
	same(t, "collection", s.Commands()[0].Collection, "things")
}

func TestOrderedWritesEndAtAFailure(t *testing.T) {
	for ordered, want := range map[bool]int{true: 2, false: 3} {
		s, c := collection(t)
		_, err := c.InsertMany(t.Context(), []any{e("_id", 1), e("_id", 2), e("_id", 1.0), e("_id", 3)}, options.InsertMany().SetOrdered(ordered))
		bulk, ok := errors.AsType[mongo.BulkWriteException](err)
		same(t, "is of a bulk", ok, true)
		same(t, "failures", len(bulk.WriteErrors), 1)
		same(t, "index", bulk.WriteErrors[0].Index, 2)
		same(t, "documents", len(s.Documents("db", "things")), want)
	}
}

func TestManyAtOnce(t *testing.T) {
	s, c := collection(t)
	insert(t, c, d{{Key: "_id", Value: 1}, {Key: "n", Value: 1}}, d{{Key: "_id", Value: 2}, {Key: "n", Value: 1}}, e("_id", 3))
	updated, err := c.UpdateMany(t.Context(), e("n", 1), set(2))
	must(t, err)
	same(t, "modified", updated.ModifiedCount, 2)
	deleted, err := c.DeleteMany(t.Context(), e("n", 2))
	must(t, err)
	same(t, "deleted", deleted.DeletedCount, 2)
	same(t, "left", len(s.Documents("db", "things")), 1)
}

func TestFindAndModify(t *testing.T) {
	_, c := collection(t)
	insert(t, c, d{{Key: "_id", Value: 1}, {Key: "n", Value: 1}}, d{{Key: "_id", Value: 2}, {Key: "n", Value: 5}})
	before, err := c.FindOneAndUpdate(t.Context(), d{}, e("$inc", e("n", 1)), options.FindOneAndUpdate().SetSort(e("n", -1))).Raw()
	must(t, err)
	same(t, "before", extended(t, before), `{"_id":2,"n":5}`)
	after, err := c.FindOneAndUpdate(t.Context(), e("_id", 3), e("$inc", e("n", 1)),
		options.FindOneAndUpdate().SetUpsert(true).SetReturnDocument(options.After)).Raw()
	must(t, err)
	same(t, "after", extended(t, after), `{"_id":3,"n":1}`)
	replaced, err := c.FindOneAndReplace(t.Context(), e("_id", 3), e("m", 1),
		options.FindOneAndReplace().SetReturnDocument(options.After).SetProjection(e("_id", 0))).Raw()
	must(t, err)
	same(t, "replaced", extended(t, replaced), `{"m":1}`)
	removed, err := c.FindOneAndDelete(t.Context(), e("_id", 3)).Raw()
	must(t, err)
	same(t, "removed", extended(t, removed), `{"_id":3,"m":1}`)
	same(t, "gone", errors.Is(c.FindOneAndDelete(t.Context(), e("_id", 3)).Err(), mongo.ErrNoDocuments), true)
}

// What grows too large through an update is the server's to refuse: the client
// does not know it.
func TestTooLarge(t *testing.T) {
	_, c := collection(t)
	half := strings.Repeat("x", 9<<20)
	insert(t, c, d{{Key: "_id", Value: "a"}, {Key: "one", Value: half}})
	_, err := c.UpdateOne(t.Context(), e("_id", "a"), e("$set", e("two", half)))
	hasCode(t, err, 17419, "")
}

// The client of an unacknowledged write waits for nothing.
func TestUnacknowledged(t *testing.T) {
	s := mongotest.Start(t, mongotest.Options{})
	silent := client(t, s, func(o *options.ClientOptions) { o.ApplyURI(s.URI() + "&w=0") })
	_, err := silent.Database("db").Collection("things").InsertOne(t.Context(), e("_id", "a"))
	must(t, err)
	for len(s.Documents("db", "things")) == 0 && t.Context().Err() == nil {
		time.Sleep(time.Millisecond)
	}
}

// What changes a meaning, and is not understood, is refused.
func TestOptionsThatAreRefused(t *testing.T) {
	s, _ := collection(t)
	odd := bson.E{Key: "collation", Value: e("locale", "de")}
	for _, command := range []d{
		{{Key: "find", Value: "things"}, odd},
		{{Key: "aggregate", Value: "things"}, {Key: "pipeline", Value: a{}}, odd},
		{{Key: "findAndModify", Value: "things"}, {Key: "remove", Value: true}, odd},
		{{Key: "createIndexes", Value: "things"}, {Key: "indexes", Value: a{d{{Key: "name", Value: "n"}, {Key: "key", Value: e("n", 1)}, odd}}}},
	} {
		hasCode(t, serverError(t, s, command), 72, "")
	}
	must(t, serverError(t, s, d{{Key: "find", Value: "things"}, {Key: "comment", Value: 1}, {Key: "maxTimeMS", Value: 5}, {Key: "let", Value: d{}}}))
}
