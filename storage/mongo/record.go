package mongo

import (
	"crypto/sha256"
	"encoding/hex"
	"math"
	"strconv"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"tahto/fhir"
	"tahto/fhir/search"
	"tahto/storage/driver"
)

// record is a version of a document as it is stored. The newest version of a
// document has the id Type/id and its index; an older one is copied to the id
// Type/id/_history/n before it is replaced. So one write to one stored document
// makes a version current, each body is stored once, and a copy whose writing
// was cut short does no harm.
type record struct {
	ID      string        `bson:"_id"`
	Part    string        `bson:"h"`
	Type    string        `bson:"t"`
	Key     string        `bson:"i"`
	Version int64         `bson:"n"`
	Updated bson.DateTime `bson:"u"`
	Method  string        `bson:"m"`
	Deleted bool          `bson:"d,omitempty"`
	// Current is the type, of a newest version that is not a deletion. Only
	// what has it is found by a search. An older version may have pastOf.
	Current string `bson:"c,omitempty"`
	Index   index  `bson:",inline"`
	Body    []byte `bson:"b,omitempty"`
}

// The names of fields in filters, sorts and indexes.
const (
	fieldID      = "_id"
	fieldPart    = "h"
	fieldType    = "t"
	fieldKey     = "i"
	fieldVersion = "n"
	fieldUpdated = "u"
	fieldCurrent = "c"
	fieldKeys    = "k"
	fieldDates   = "s"
)

func newRecord(d driver.Document) record {
	r := record{
		ID: d.Key.String(), Type: d.Key.Type, Key: d.Key.ID, Version: number(d.Version),
		Updated: bson.NewDateTimeFromTime(d.Updated), Method: d.Method, Deleted: d.Deleted, Body: d.Body,
	}
	r.Part = partition(d)
	if !d.Deleted {
		r.Current = d.Key.Type
		r.Index = indexOf(d.Entries)
	}
	return r
}

// past is the record as a version that is not the newest.
func (r record) past() record {
	r.ID = pastID(r.ID, r.Version)
	keys := r.Index.personKeys()
	r.Current, r.Index = "", index{}
	if len(keys) > 0 {
		r.Current, r.Index.Keys = pastOf(r.Type), keys
	}
	return r
}

func pastID(id string, version int64) string {
	return id + "/_history/" + strconv.FormatInt(version, 10)
}

func (r *record) document() driver.Document {
	return driver.Document{
		Key: r.key(), Version: uint64(r.Version), Updated: r.Updated.Time().UTC(),
		Method: r.Method, Deleted: r.Deleted, Body: r.Body,
	}
}

func (r *record) key() fhir.Key { return fhir.Key{Type: r.Type, ID: r.Key} }

// number is a version as BSON can hold it; no version is greater.
func number(version uint64) int64 { return int64(min(version, math.MaxInt64)) }

// person is the parameter by whose one entry a document is put beside the others
// of the same person: the only one that the engine knows by name.
const person = "patient:identifier"

// severalPersons is where documents are that belong to more than one person.
const severalPersons = "several"

// partition is the value of the shard key: the same for all that is found by
// one person's identifier; of a document of nobody, one of its own. It is a hash,
// because the shard key stands in a cluster's logs and metadata.
func partition(d driver.Document) string {
	part := ""
	for i := range d.Entries {
		e := &d.Entries[i]
		if e.Param != person {
			continue
		}
		switch of := partOf(systemKey(person, e.System, e.Value)); part {
		case "", of:
			part = of
		default:
			return severalPersons
		}
	}
	if part == "" {
		return partOf(d.Key.String())
	}
	return part
}

func partOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}

// partitions are where documents can be that the clause is about; none if they
// can be anywhere.
func partitions(c search.Clause) []string {
	if c.Param != person || c.Op != search.Token || c.Not {
		return nil
	}
	parts := []string{severalPersons}
	for _, v := range c.Values {
		if v.AnySystem || v.AnyValue {
			return nil
		}
		parts = append(parts, partOf(systemKey(person, v.System, v.Value)))
	}
	return parts
}

// stripe is the id of the stored document that stands for a guarded key, one of
// 65,536. Two keys of one stripe conflict without need, which costs one of them
// another try; a stored document for each key would stay forever.
func stripe(key string) string {
	sum := sha256.Sum256([]byte(key))
	return "guard/" + hex.EncodeToString(sum[:2])
}

// millis is a time as it is stored, rounded up: what is at or after a broken
// millisecond is after its whole part.
func millis(t time.Time) bson.DateTime {
	at := bson.NewDateTimeFromTime(t)
	if at.Time().Before(t) {
		at++
	}
	return at
}
