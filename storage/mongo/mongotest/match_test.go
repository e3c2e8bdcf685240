package mongotest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// op is a field with one operator.
func op(field, operator string, v any) d { return e(field, e(operator, v)) }

// ids are what a find gives.
func ids(t *testing.T, c *mongo.Collection, filter d, o ...options.Lister[options.FindOptions]) string {
	t.Helper()
	cursor, err := c.Find(t.Context(), filter, o...)
	must(t, err)
	var docs []struct {
		ID string `bson:"_id"`
	}
	must(t, cursor.All(t.Context(), &docs))
	list := make([]string, len(docs))
	for i, doc := range docs {
		list[i] = doc.ID
	}
	return strings.Join(list, "")
}

// values have one document for each kind of value of v.
var values = []any{
	d{{Key: "_id", Value: "0"}}, // no v
	d{{Key: "_id", Value: "n"}, {Key: "v", Value: nil}},
	d{{Key: "_id", Value: "1"}, {Key: "v", Value: int32(1)}},
	d{{Key: "_id", Value: "2"}, {Key: "v", Value: int64(2)}},
	d{{Key: "_id", Value: "3"}, {Key: "v", Value: 2.5}},
	d{{Key: "_id", Value: "s"}, {Key: "v", Value: "b"}},
	d{{Key: "_id", Value: "a"}, {Key: "v", Value: a{int32(1), int32(9)}}},
	d{{Key: "_id", Value: "e"}, {Key: "v", Value: a{}}},
	d{{Key: "_id", Value: "o"}, {Key: "v", Value: d{{Key: "x", Value: 1}, {Key: "y", Value: 2}}}},
	d{{Key: "_id", Value: "l"}, {Key: "v", Value: a{d{{Key: "x", Value: 1}, {Key: "y", Value: 8}}, d{{Key: "x", Value: 7}, {Key: "y", Value: 2}}}}},
	d{{Key: "_id", Value: "t"}, {Key: "v", Value: bson.DateTime(5)}},
	d{{Key: "_id", Value: "b"}, {Key: "v", Value: true}},
}

func TestOperators(t *testing.T) {
	_, c := collection(t)
	insert(t, c, values...)
	for _, test := range []struct {
		filter d
		want   string
	}{
		{d{}, "0n123saeoltb"},
		{e("v", 1), "1a"},
		{e("v", 1.0), "1a"},
		{e("v", "b"), "s"},
		{e("v", nil), "0n"},
		{e("v", a{1, 9}), "a"},
		{e("v", d{{Key: "x", Value: 1}, {Key: "y", Value: 2}}), "o"},
		{e("v", d{{Key: "y", Value: 2}, {Key: "x", Value: 1}}), ""},
		{op("v", "$eq", 2), "2"},
		{op("v", "$ne", 1), "0n23seoltb"},
		{op("v", "$ne", nil), "123saeoltb"},
		{op("v", "$in", a{1, "b"}), "1sa"},
		{op("v", "$in", a{nil}), "0n"},
		{op("v", "$in", a{}), ""},
		{op("v", "$nin", a{1, nil}), "23seoltb"},
		{op("v", "$gt", 2), "3a"},
		{op("v", "$gte", 2), "23a"},
		{op("v", "$lt", 2), "1a"},
		{op("v", "$lte", 2), "12a"},
		{op("v", "$gt", "a"), "s"},
		{op("v", "$lt", "a"), ""},
		{op("v", "$gte", bson.DateTime(5)), "t"},
		{op("v", "$gte", nil), "0n"},
		{op("v", "$gt", bson.MinKey{}), "0n123saeoltb"},
		{op("v", "$gt", a{1, 2}), "al"},                                  // documents come after numbers
		{e("v", d{{Key: "$gt", Value: 5}, {Key: "$lt", Value: 3}}), "a"}, // by different elements
		{op("v", "$elemMatch", d{{Key: "$gt", Value: 5}, {Key: "$lt", Value: 3}}), ""},
		{op("v", "$elemMatch", d{{Key: "$gt", Value: 5}, {Key: "$lt", Value: 10}}), "a"},
		{op("v", "$elemMatch", d{{Key: "x", Value: 1}, {Key: "y", Value: 8}}), "l"},
		{op("v", "$elemMatch", d{{Key: "x", Value: 1}, {Key: "y", Value: 2}}), ""},
		{op("v", "$elemMatch", e("$or", a{e("x", 7), e("x", 6)})), "l"},
		{op("v", "$exists", true), "n123saeoltb"},
		{op("v", "$exists", false), "0"},
		{op("v", "$not", e("$gte", 2)), "0n1seoltb"},
		{op("v", "$not", d{{Key: "$gt", Value: 0}, {Key: "$lt", Value: 2}}), "0n23seoltb"},
		{op("v.x", "$exists", true), "ol"},
		{op("v.x", "$exists", false), "0n123saetb"},
		{e("v.x", 1), "ol"},
		{d{{Key: "v.x", Value: 1}, {Key: "v.y", Value: 2}}, "ol"},
		{e("v.z", nil), "0n123soltb"}, // not what has arrays of no documents
		{e("v.0", 1), "a"},
		{e("v.1.x", 7), "l"},
		{e("$and", a{op("v", "$gt", 1), op("v", "$lt", 3)}), "23a"},
		{e("$or", a{e("v", 1), e("v", "b")}), "1sa"},
		{e("$nor", a{op("v", "$exists", false), op("v", "$gte", 0)}), "nseoltb"},
		{d{{Key: "v", Value: 1}, {Key: "$or", Value: a{e("_id", "a"), e("_id", "2")}}}, "a"},
		{e("_id", op("x", "$in", a{"s", "1", "s", "?"})[0].Value), "s1"},
		{op("_id", "$gte", "s"), "st"},
	} {
		got := []rune(ids(t, c, test.filter))
		want := []rune(test.want)
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%v: got %q, want %q", test.filter, string(got), string(want))
		}
	}
}

func TestUnknownOperatorsAreErrors(t *testing.T) {
	_, c := collection(t)
	insert(t, c, values...)
	for _, filter := range []d{
		op("v", "$near", 1), op("v", "$size", 1), op("v", "$regex", "b"), e("$expr", true), e("$and", a{}), e("$or", 1),
		op("v", "$in", 1), op("v", "$not", 1), op("v", "$elemMatch", 1), e("v", bson.Regex{Pattern: "b"}),
		e("v", d{{Key: "$gt", Value: 1}, {Key: "x", Value: 1}}), op("v", "$elemMatch", e("$near", 1)),
		op("v", "$not", e("$near", 1)), e("$nor", a{op("v", "$near", 1)}),
	} {
		t.Run(fmt.Sprint(filter), func(t *testing.T) { hasCode(t, c.FindOne(t.Context(), filter).Err(), 2, "") })
	}
}

func TestNumbersAreComparedExactly(t *testing.T) {
	_, c := collection(t)
	const big = 1<<53 + 1
	insert(t, c, d{{Key: "_id", Value: "b"}, {Key: "v", Value: int64(big)}})
	same(t, "equal", ids(t, c, e("v", float64(big))), "")
	same(t, "greater", ids(t, c, op("v", "$gt", float64(big))), "b")
}

func TestSort(t *testing.T) {
	_, c := collection(t)
	insert(t, c, values...)
	by := func(sort d) options.Lister[options.FindOptions] { return options.Find().SetSort(sort) }
	// An empty array comes before null, documents by their first field, and an
	// array by its least element, or by its greatest.
	same(t, "ascending", ids(t, c, d{}, by(d{{Key: "v", Value: 1}, {Key: "_id", Value: 1}})), "e0n1a23solbt")
	same(t, "descending", ids(t, c, d{}, by(d{{Key: "v", Value: -1}, {Key: "_id", Value: -1}})), "tblosa321n0e")
	same(t, "of several", ids(t, c, d{}, by(e("_id", -1)).(*options.FindOptionsBuilder).SetSkip(1).SetLimit(3)), "son")
}

func TestProjection(t *testing.T) {
	_, c := collection(t)
	insert(t, c, d{
		{Key: "_id", Value: "a"}, {Key: "n", Value: 1},
		{Key: "s", Value: d{{Key: "x", Value: 1}, {Key: "y", Value: 2}}},
		{Key: "l", Value: a{d{{Key: "x", Value: 1}, {Key: "y", Value: 2}}, 5}},
	})
	for _, test := range []struct {
		projection d
		want       string
	}{
		{d{}, `{"_id":"a","n":1,"s":{"x":1,"y":2},"l":[{"x":1,"y":2},5]}`},
		{e("n", 1), `{"_id":"a","n":1}`},
		{d{{Key: "n", Value: true}, {Key: "_id", Value: 0}}, `{"n":1}`},
		{e("_id", 1), `{"_id":"a"}`},
		{e("_id", 0), `{"n":1,"s":{"x":1,"y":2},"l":[{"x":1,"y":2},5]}`},
		{d{{Key: "s", Value: 0}, {Key: "l", Value: 0}}, `{"_id":"a","n":1}`},
		{d{{Key: "s.x", Value: 1}, {Key: "l.y", Value: 1}}, `{"_id":"a","s":{"x":1},"l":[{"y":2}]}`},
		{d{{Key: "s.x", Value: 0}, {Key: "l.y", Value: 0}}, `{"_id":"a","n":1,"s":{"y":2},"l":[{"x":1},5]}`},
	} {
		raw, err := c.FindOne(t.Context(), d{}, options.FindOne().SetProjection(test.projection)).Raw()
		must(t, err)
		got, err := bson.MarshalExtJSON(raw, false, false)
		must(t, err)
		same(t, fmt.Sprint(test.projection), string(got), test.want)
	}
	for _, wrong := range []d{{{Key: "n", Value: 1}, {Key: "s", Value: 0}}, e("n", "$s"), op("l", "$slice", 1)} {
		if c.FindOne(t.Context(), d{}, options.FindOne().SetProjection(wrong)).Err() == nil {
			t.Errorf("%v is no error", wrong)
		}
	}
}

// All types in MongoDB's order.
func TestTypeOrder(t *testing.T) {
	_, c := collection(t)
	order := []any{
		bson.MinKey{}, nil, int64(-1), 0.5, "a", "b", d{}, e("a", 1), e("b", 1), e("a", "x"), bson.Binary{Data: []byte{2}}, bson.Binary{Data: []byte{1, 1}},
		bson.ObjectID{1}, false, true, bson.DateTime(-5), bson.DateTime(5), bson.Timestamp{T: 1, I: 2}, bson.Timestamp{T: 2}, bson.MaxKey{},
	}
	for i := range order {
		at := (i*7 + 3) % len(order) // in some other order
		insert(t, c, d{{Key: "_id", Value: string(rune('a' + at))}, {Key: "v", Value: order[at]}})
	}
	same(t, "order", ids(t, c, d{}, options.Find().SetSort(e("v", 1))), "abcdefghijklmnopqrst")
	same(t, "equal documents", ids(t, c, e("v", e("a", 1.0))), "h")
	same(t, "binaries", ids(t, c, op("v", "$lt", bson.Binary{Data: []byte{1, 1}})), "k")
}
