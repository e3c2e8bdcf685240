package mongotest

import (
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// filter is a query document.
type filter struct {
	all []func(bson.Raw) bool
	// ids are the only values of _id that can match, if restricted says so: what
	// has one is found without a look at the others.
	ids        []bson.RawValue
	restricted bool
	// equal are the fields that must equal a value; an upsert begins with them.
	equal []assignment
}

type assignment struct {
	path  string
	value bson.RawValue
}

func (f *filter) holds(doc bson.Raw) bool {
	for _, condition := range f.all {
		if !condition(doc) {
			return false
		}
	}
	return true
}

// parseFilter understands implicit equality, the operators of parsePredicate, and
// $and, $or, $nor; anything else is an error.
func parseFilter(doc bson.Raw) (*filter, error) {
	elements, err := doc.Elements()
	if err != nil {
		return nil, err
	}
	f := &filter{}
	for _, each := range elements {
		key := each.Key()
		if strings.HasPrefix(key, "$") {
			err = f.logical(key, each.Value())
		} else {
			err = f.field(key, each.Value())
		}
		if err != nil {
			return nil, err
		}
	}
	return f, nil
}

func (f *filter) logical(operator string, v bson.RawValue) error {
	switch operator {
	case "$and", "$or", "$nor":
	default:
		return failed(codeBadValue, "unknown top level operator: %s", operator)
	}
	docs, err := documentsOf(operator, v)
	if err != nil || len(docs) == 0 {
		return failed(codeBadValue, "%s must be a nonempty array of documents", operator)
	}
	parts := make([]*filter, len(docs))
	for i, doc := range docs {
		if parts[i], err = parseFilter(doc); err != nil {
			return err
		}
	}
	if operator == "$and" {
		for _, part := range parts {
			f.all = append(f.all, part.all...)
			f.equal = append(f.equal, part.equal...)
		}
		return nil
	}
	f.all = append(f.all, func(doc bson.Raw) bool { return anyHolds(parts, doc) == (operator == "$or") })
	return nil
}

func anyHolds(parts []*filter, doc bson.Raw) bool {
	for _, part := range parts {
		if part.holds(doc) {
			return true
		}
	}
	return false
}

func (f *filter) field(path string, v bson.RawValue) error {
	p, equal, err := parseCondition(v)
	if err != nil {
		return err
	}
	f.all = append(f.all, on(path, p))
	if equal.Type != 0 {
		f.equal = append(f.equal, assignment{path, equal})
	}
	if path == "_id" {
		f.restrict(v, equal)
	}
	return nil
}

// on is a predicate of the values of a path.
func on(path string, p predicate) func(bson.Raw) bool {
	steps := split(path)
	return func(doc bson.Raw) bool { return p.document(doc, steps) }
}

func (f *filter) restrict(v, equal bson.RawValue) {
	if equal.Type != 0 {
		f.ids, f.restricted = []bson.RawValue{equal}, true
		return
	}
	doc, _ := v.DocumentOK()
	if doc == nil {
		return
	}
	if list := get(doc, "$in"); list.Type == bson.TypeArray {
		f.ids, f.restricted = elementsOf(list), true
	}
}

// parseCondition is what a field is to meet: a value, or operators. equal is the
// value if it must equal one.
func parseCondition(v bson.RawValue) (p predicate, equal bson.RawValue, err error) {
	switch v.Type {
	case bson.TypeRegex:
		return p, missing, failed(codeBadValue, "mongotest has no regular expressions")
	case bson.TypeEmbeddedDocument:
		operators, err := isOperators(v.Document())
		if err != nil {
			return p, missing, err
		}
		if operators {
			p, err = parsePredicate(v.Document())
			return p, get(v.Document(), "$eq"), err
		}
	}
	return equals(v), v, nil
}
