package mongotest

import (
	"fmt"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// index is remembered for hints, for listing, and to be kept unique. Nothing is
// found by it.
type index struct {
	name   string
	key    bson.Raw
	unique bool
	spec   bson.Raw // as it was asked for
}

func primaryIndex() *index {
	key, _ := bson.Marshal(bson.D{{Key: "_id", Value: int32(1)}})
	spec, _ := bson.Marshal(bson.D{{Key: "v", Value: int32(2)}, {Key: "key", Value: bson.Raw(key)}, {Key: "name", Value: "_id_"}})
	return &index{name: "_id_", key: key, spec: spec}
}

func (x *index) paths() []string {
	elements, _ := x.key.Elements()
	paths := make([]string, len(elements))
	for i, each := range elements {
		paths[i] = each.Key()
	}
	return paths
}

// admits tells whether the index can have the document: at most one of its
// fields may be an array, and a unique index has each of its keys once.
func (c *collection) admits(t *transaction, x *index, e *entry, doc bson.Raw) error {
	if err := x.parallel(doc); err != nil {
		return err
	}
	if !x.unique {
		return nil
	}
	keys := x.keys(doc)
	for _, other := range c.entries {
		if other == e {
			continue
		}
		if shared(keys, x.keys(t.sees(other))) {
			return duplicate(x, nil)
		}
		if other.owner != nil && other.owner != t && shared(keys, x.keys(other.owner.writes[other])) {
			return t.conflict()
		}
		if newest := other.newest(); newest.commit > t.at && shared(keys, x.keys(newest.doc)) {
			return writeConflict()
		}
	}
	return nil
}

func shared(a, b map[string]bool) bool {
	for key := range a {
		if b[key] {
			return true
		}
	}
	return false
}

// keys are the entries that a document has in the index: one for each element of
// its array.
func (x *index) keys(doc bson.Raw) map[string]bool {
	if doc == nil {
		return nil
	}
	keys := map[string]bool{"": true}
	for _, path := range x.paths() {
		longer := map[string]bool{}
		reach(doc, split(path), func(v bson.RawValue) bool {
			values := []bson.RawValue{v}
			if v.Type == bson.TypeArray {
				values = elementsOf(v)
			}
			for _, each := range values {
				for key := range keys {
					longer[fmt.Sprintf("%s%q", key, identity(each))] = true
				}
			}
			return false
		})
		keys = longer
	}
	return keys
}

// parallel is the error of a document of which two fields of one index are
// different arrays.
func (x *index) parallel(doc bson.Raw) error {
	first := ""
	for _, path := range x.paths() {
		at := arrayOn(doc, path)
		if at != "" && first != "" && at != first {
			return failed(codeParallelArrays, "cannot index parallel arrays [%s] [%s]", at, first)
		}
		if at != "" {
			first = at
		}
	}
	return nil
}

// arrayOn is the shortest part of the path that leads to an array, or empty.
func arrayOn(doc bson.Raw, path string) string {
	steps := split(path)
	for i, step := range steps {
		v := get(doc, step)
		switch v.Type {
		case bson.TypeArray:
			return strings.Join(steps[:i+1], ".")
		case bson.TypeEmbeddedDocument:
			doc = v.Document()
		default:
			return ""
		}
	}
	return ""
}

func duplicate(x *index, value bson.D) *failure {
	f := failed(codeDuplicateKey, "E11000 duplicate key error index: %s dup key", x.name)
	f.more = bson.D{{Key: "keyPattern", Value: x.key}}
	if value != nil {
		f.more = append(f.more, bson.E{Key: "keyValue", Value: value})
	}
	return f
}

// hinted checks that a hint names an index, by its name or its key. MongoDB does
// not plan, and so does not look, if there is no collection.
func (c *collection) hinted(hint bson.RawValue) error {
	if c == nil || hint.Type == 0 {
		return nil
	}
	name, isName := hint.StringValueOK()
	doc, isKey := hint.DocumentOK()
	if isKey && (len(doc) == len(emptyDocument) || get(doc, "$natural").Type != 0) {
		return nil
	}
	for _, x := range c.indexes {
		if isName && x.name == name || isKey && sameKey(x.key, doc) {
			return nil
		}
	}
	return failed(codeBadValue, "error processing query: planner returned error :: caused by :: hint provided does not correspond to an existing index")
}

func sameKey(a, b bson.Raw) bool { return compareElements(a, b, false) == 0 }
