package mongotest

import (
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// order is a sort document.
type order []sortKey

type sortKey struct {
	path       []string
	descending bool
}

func parseOrder(doc bson.Raw) (order, error) {
	elements, err := doc.Elements()
	if err != nil {
		return nil, err
	}
	var o order
	for _, each := range elements {
		direction, _ := each.Value().AsInt64OK()
		if direction != 1 && direction != -1 || strings.HasPrefix(each.Key(), "$") {
			return nil, failed(codeBadValue, "mongotest sorts by fields with 1 or -1, not by %s", each)
		}
		o = append(o, sortKey{split(each.Key()), direction < 0})
	}
	return o, nil
}

// sort puts the documents in order; those that are equal stay as they were.
func (o order) sort(docs []found) {
	if len(o) == 0 {
		return
	}
	keys := make(map[*entry][]bson.RawValue, len(docs))
	for _, each := range docs {
		keys[each.entry] = o.of(each.doc)
	}
	slices.SortStableFunc(docs, func(a, b found) int { return o.compare(keys[a.entry], keys[b.entry]) })
}

func (o order) compare(a, b []bson.RawValue) int {
	for i, key := range o {
		if by := compare(a[i], b[i]); by != 0 {
			if key.descending {
				return -by
			}
			return by
		}
	}
	return 0
}

func (o order) of(doc bson.Raw) []bson.RawValue {
	values := make([]bson.RawValue, len(o))
	for i, key := range o {
		values[i] = key.of(doc)
	}
	return values
}

// of is the value that stands for a document: of several, the first in the order
// that is asked for. An array without elements comes before null.
func (k sortKey) of(doc bson.Raw) bson.RawValue {
	first, taken := missing, false
	take := func(v bson.RawValue) {
		if by := compare(v, first); !taken || by < 0 && !k.descending || by > 0 && k.descending {
			first, taken = v, true
		}
	}
	reach(doc, k.path, func(v bson.RawValue) bool {
		if v.Type != bson.TypeArray {
			take(v)
			return false
		}
		list := elementsOf(v)
		if len(list) == 0 {
			take(bson.RawValue{Type: bson.TypeUndefined})
		}
		for _, each := range list {
			take(each)
		}
		return false
	})
	return first
}
