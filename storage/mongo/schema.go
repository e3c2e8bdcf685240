package mongo

import (
	"context"
	"fmt"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"tahto/fhir/search"
)

// The collections: everything that is kept, with what transactions guard; the
// version of the schema; and what fence writes.
const (
	resourceCollection = "resource"
	schemaCollection   = "schema"
	fenceCollection    = "fence"
)

// The indexes by name; README.md tells which interaction uses which.
const (
	indexID              = "_id_" // MongoDB's own
	indexKeys            = "keys"
	indexWalk            = "walk"
	indexHistory         = "history"
	indexTypeHistory     = "history-type"
	indexInstanceHistory = "history-instance"
	indexShards          = "shards" // of a sharded cluster: that of the shard key
)

// walked are the date parameters that have indexes: to find by, and to walk over
// a whole type in their order.
var walked = []string{"_lastUpdated", "date", "period", "recorded", "when"}

func isWalked(param string) bool { return slices.Contains(walked, param) }

// dateIndex is the index that has the order of a sort by a date: oldest first by
// the earliest beginning, newest first by the latest end. What has no such date
// is at one end of it, and is read last.
type dateIndex struct {
	name, field string
	order       bson.D
}

func dateWalk(s search.Sort) dateIndex {
	if s.Descending {
		field := dateFields(s.Param).high
		return dateIndex{"newest-" + s.Param, field, bson.D{{Key: field, Value: -1}, {Key: fieldKey, Value: 1}}}
	}
	field := dateFields(s.Param).low
	return dateIndex{"oldest-" + s.Param, field, bson.D{{Key: field, Value: 1}, {Key: fieldKey, Value: 1}}}
}

// indexes are all indexes of the collection of resources, beside that of _id and
// that of the shard key, which a sharded cluster makes.
func indexes() []mongo.IndexModel {
	type keys = bson.D
	list := []mongo.IndexModel{
		named(indexKeys, keys{{Key: fieldCurrent, Value: 1}, {Key: fieldKeys, Value: 1}, {Key: fieldKey, Value: 1}}),
		named(indexWalk, keys{{Key: fieldCurrent, Value: 1}, {Key: fieldKey, Value: 1}}),
		named(indexHistory, newestFirst(fieldUpdated, fieldType, fieldKey, fieldVersion)),
		named(indexTypeHistory, append(keys{{Key: fieldType, Value: 1}}, newestFirst(fieldUpdated, fieldKey, fieldVersion)...)),
		named(indexInstanceHistory, append(keys{{Key: fieldType, Value: 1}, {Key: fieldKey, Value: 1}}, newestFirst(fieldUpdated, fieldVersion)...)),
	}
	for _, param := range walked {
		for _, descending := range []bool{false, true} {
			d := dateWalk(search.Sort{Param: param, Date: true, Descending: descending})
			list = append(list, named(d.name, append(keys{{Key: fieldCurrent, Value: 1}}, d.order...)))
		}
	}
	return list
}

func newestFirst(fields ...string) (keys bson.D) {
	for _, field := range fields {
		keys = append(keys, bson.E{Key: field, Value: -1})
	}
	return keys
}

func named(name string, keys bson.D) mongo.IndexModel {
	return mongo.IndexModel{Keys: keys, Options: options.Index().SetName(name)}
}

// steps bring a database from the version of the schema that is their place in
// the list to the next one. Each may have been done already, by another server
// that starts at the same time, and must do no harm then. The first version is
// what is written into an empty database.
var steps = []func(context.Context, *mongo.Database) error{
	func(context.Context, *mongo.Database) error { return nil },
	// The second tells by driver.Indexed of which version it is what documents are
	// found by, which a program that knows the first only does not look at.
	func(context.Context, *mongo.Database) error { return nil },
}

// createIndexes makes the indexes that are not there, at each start: every query
// names the one that it is made for. A server that finds them all does nothing.
// A build ends when a majority has it, so that a member that is away keeps no
// server from starting.
func (e *Engine) createIndexes(ctx context.Context) error {
	declared := indexes()
	if e.sharded {
		declared = append(declared, named(indexShards, bson.D{{Key: fieldPart, Value: "hashed"}}))
	}
	declared, err := e.missing(ctx, declared)
	if err != nil || len(declared) == 0 {
		return err
	}
	o := options.CreateIndexes()
	if e.atomic {
		o.SetCommitQuorumMajority()
	}
	_, err = e.resources.Indexes().CreateMany(ctx, declared, o)
	if hasCode(err, codeKeySpecsConflict, codeOptionsConflict) {
		return fmt.Errorf("an index of the collection %q differs from the one this version declares; drop it, it is made anew at the next start: %w", resourceCollection, discreet{err})
	}
	return err
}

// missing are the indexes that are not there, or are there with other keys.
func (e *Engine) missing(ctx context.Context, declared []mongo.IndexModel) ([]mongo.IndexModel, error) {
	present, err := e.resources.Indexes().ListSpecifications(ctx)
	if err != nil {
		return nil, err
	}
	there := map[string]bool{}
	for _, spec := range present {
		there[spec.KeysDocument.String()] = true
	}
	var missing []mongo.IndexModel
	for _, one := range declared {
		keys, err := bson.Marshal(one.Keys)
		if err != nil {
			return nil, err
		}
		if !there[bson.Raw(keys).String()] {
			missing = append(missing, one)
		}
	}
	return missing, nil
}

// schema is the document that tells the version of the schema.
type schema struct {
	ID      string `bson:"_id"`
	Version int    `bson:"version"`
}

const schemaID = "tahto"

// migrate brings the database to the version of this program, step by step, and
// refuses one of a later program, whose records this one may not understand.
func migrate(ctx context.Context, db *mongo.Database, steps []func(context.Context, *mongo.Database) error) error {
	versions := db.Collection(schemaCollection)
	var now schema
	err := versions.FindOne(ctx, equal(fieldID, schemaID)).Decode(&now)
	if err != nil && err != mongo.ErrNoDocuments {
		return err
	}
	if now.Version > len(steps) {
		return fmt.Errorf("the database %q was written by a later version of the program (schema %d; this one knows %d): start that one", db.Name(), now.Version, len(steps))
	}
	for n, step := range steps[now.Version:] {
		if err := step(ctx, db); err != nil {
			return err
		}
		if err := reached(ctx, versions, now.Version+n+1); err != nil {
			return err
		}
	}
	return nil
}

// reached notes a version, unless another server has gone further.
func reached(ctx context.Context, versions *mongo.Collection, version int) error {
	higher := bson.D{{Key: "$max", Value: bson.D{{Key: "version", Value: version}}}}
	_, err := versions.UpdateOne(ctx, equal(fieldID, schemaID), higher, options.UpdateOne().SetUpsert(true))
	if mongo.IsDuplicateKeyError(err) { // another server noted its first at the same time
		_, err = versions.UpdateOne(ctx, equal(fieldID, schemaID), higher)
	}
	return err
}
