package mongotest

import (
	"iter"
	"strconv"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"
)

// get is a field of a document, or missing.
func get(doc bson.Raw, name string) bson.RawValue {
	for element := range fieldsOf(doc) {
		if string(element.KeyBytes()) == name {
			return valueOf(element)
		}
	}
	return missing
}

// fieldsOf are the fields, read one by one: most of a scan is to look for a field.
func fieldsOf(doc bson.Raw) iter.Seq[bsoncore.Element] {
	return func(yield func(bsoncore.Element) bool) {
		rest := []byte(doc[4 : len(doc)-1])
		for len(rest) > 0 {
			element, more, ok := bsoncore.ReadElement(rest)
			if !ok || !yield(element) {
				return
			}
			rest = more
		}
	}
}

// valueOf leaves the value where it lies.
func valueOf(element bsoncore.Element) bson.RawValue {
	v := element.Value()
	return bson.RawValue{Type: bson.Type(v.Type), Value: v.Data}
}

// elementsOf are the elements of an array.
func elementsOf(array bson.RawValue) []bson.RawValue {
	list, _ := array.Array().Values()
	return list
}

// reach visits every value that a path leads to: through documents, and through
// each document of an array on the way, or the one element that the path numbers.
// It visits missing where a document has no such field, but not for what is in
// an array and no document. An array at the end is visited as one value. It stops
// when visit says true, and says so.
func reach(doc bson.Raw, path []string, visit func(bson.RawValue) bool) bool {
	return reachFrom(get(doc, path[0]), path[1:], visit)
}

func reachFrom(v bson.RawValue, rest []string, visit func(bson.RawValue) bool) bool {
	switch {
	case len(rest) == 0:
		return visit(v)
	case v.Type == bson.TypeEmbeddedDocument:
		return reach(v.Document(), rest, visit)
	case v.Type != bson.TypeArray:
		return visit(missing)
	}
	list := elementsOf(v)
	if i, err := strconv.Atoi(rest[0]); err == nil && i >= 0 && i < len(list) && reachFrom(list[i], rest[1:], visit) {
		return true
	}
	for _, each := range list {
		if each.Type == bson.TypeEmbeddedDocument && reach(each.Document(), rest, visit) {
			return true
		}
	}
	return false
}

// spread visits the elements of an array before the array, as conditions do.
func spread(visit func(bson.RawValue) bool) func(bson.RawValue) bool {
	return func(v bson.RawValue) bool {
		if v.Type == bson.TypeArray {
			for each := range fieldsOf(bson.Raw(v.Value)) {
				if visit(valueOf(each)) {
					return true
				}
			}
		}
		return visit(v)
	}
}

func split(path string) []string { return strings.Split(path, ".") }

// isOperators tells whether a document is made of operators; it is an error if
// only some of its fields are.
func isOperators(doc bson.Raw) (bool, error) {
	elements, err := doc.Elements()
	if err != nil || len(elements) == 0 {
		return false, err
	}
	first := strings.HasPrefix(elements[0].Key(), "$")
	for _, each := range elements {
		if strings.HasPrefix(each.Key(), "$") != first {
			return false, failed(codeBadValue, "operators and fields in one document: %s", each.Key())
		}
	}
	return first, nil
}
