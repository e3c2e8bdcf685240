package mongotest

import (
	"go.mongodb.org/mongo-driver/v2/bson"
)

// predicate is a condition in its two places: on whatever a path leads to in a
// document, and, in $elemMatch, on one element of an array as it is.
type predicate struct {
	document func(doc bson.Raw, path []string) bool
	element  func(bson.RawValue) bool
}

// some holds of a path if it holds of any value there, or of any element of an
// array there.
func some(holds func(bson.RawValue) bool) predicate {
	visit := spread(holds)
	return predicate{
		document: func(doc bson.Raw, path []string) bool { return reach(doc, path, visit) },
		element:  holds,
	}
}

// whole is like some, and takes an array as one value.
func whole(holds func(bson.RawValue) bool) predicate {
	return predicate{
		document: func(doc bson.Raw, path []string) bool { return reach(doc, path, holds) },
		element:  holds,
	}
}

// negated holds where p does not: so $ne holds of an array if no element equals.
func negated(p predicate) predicate {
	return predicate{
		document: func(doc bson.Raw, path []string) bool { return !p.document(doc, path) },
		element:  func(v bson.RawValue) bool { return !p.element(v) },
	}
}

// every holds where all do, of an array perhaps by different elements.
func every(all []predicate) predicate {
	return predicate{
		document: func(doc bson.Raw, path []string) bool {
			for _, p := range all {
				if !p.document(doc, path) {
					return false
				}
			}
			return true
		},
		element: func(v bson.RawValue) bool {
			for _, p := range all {
				if !p.element(v) {
					return false
				}
			}
			return true
		},
	}
}

func equals(to bson.RawValue) predicate {
	return some(func(v bson.RawValue) bool { return compare(v, to) == 0 })
}

// parsePredicate understands a document of operators.
func parsePredicate(doc bson.Raw) (predicate, error) {
	elements, err := doc.Elements()
	if err != nil {
		return predicate{}, err
	}
	var all []predicate
	for _, each := range elements {
		p, err := parseOperator(each.Key(), each.Value())
		if err != nil {
			return predicate{}, err
		}
		all = append(all, p)
	}
	return every(all), nil
}

func parseOperator(operator string, v bson.RawValue) (predicate, error) {
	switch operator {
	case "$eq", "$ne", "$gt", "$gte", "$lt", "$lte":
		if v.Type == bson.TypeRegex {
			return predicate{}, failed(codeBadValue, "mongotest has no regular expressions")
		}
		return comparison(operator, v), nil
	case "$in":
		return parseIn(v)
	case "$nin":
		p, err := parseIn(v)
		return negated(p), err
	case "$exists":
		there := whole(func(v bson.RawValue) bool { return v.Type != 0 })
		if isTrue(v) {
			return there, nil
		}
		return negated(there), nil
	case "$not":
		return parseNot(v)
	case "$elemMatch":
		return parseElemMatch(v)
	}
	return predicate{}, failed(codeBadValue, "unknown operator: %s", operator)
}

func comparison(operator string, bound bson.RawValue) predicate {
	within := func(accept func(order int) bool) predicate {
		return some(func(v bson.RawValue) bool { return sameKind(v, bound) && accept(compare(v, bound)) })
	}
	switch operator {
	case "$ne":
		return negated(equals(bound))
	case "$gt":
		return within(func(order int) bool { return order > 0 })
	case "$gte":
		return within(func(order int) bool { return order >= 0 })
	case "$lt":
		return within(func(order int) bool { return order < 0 })
	case "$lte":
		return within(func(order int) bool { return order <= 0 })
	}
	return equals(bound)
}

func parseIn(v bson.RawValue) (predicate, error) {
	if v.Type != bson.TypeArray {
		return predicate{}, failed(codeBadValue, "$in needs an array")
	}
	list := elementsOf(v)
	for _, each := range list {
		if each.Type == bson.TypeRegex {
			return predicate{}, failed(codeBadValue, "mongotest has no regular expressions")
		}
	}
	return some(func(v bson.RawValue) bool {
		for _, each := range list {
			if compare(v, each) == 0 {
				return true
			}
		}
		return false
	}), nil
}

func parseNot(v bson.RawValue) (predicate, error) {
	if v.Type != bson.TypeEmbeddedDocument || len(v.Document()) == len(emptyDocument) {
		return predicate{}, failed(codeBadValue, "$not needs a document of operators")
	}
	p, err := parsePredicate(v.Document())
	return negated(p), err
}

// parseElemMatch is about one element that meets all: operators for values, or
// a query for documents.
func parseElemMatch(v bson.RawValue) (predicate, error) {
	if v.Type != bson.TypeEmbeddedDocument {
		return predicate{}, failed(codeBadValue, "$elemMatch needs an Object")
	}
	meets, err := parseElement(v.Document())
	if err != nil {
		return predicate{}, err
	}
	return whole(func(v bson.RawValue) bool {
		if v.Type != bson.TypeArray {
			return false
		}
		for each := range fieldsOf(bson.Raw(v.Value)) {
			if meets(valueOf(each)) {
				return true
			}
		}
		return false
	}), nil
}

func parseElement(doc bson.Raw) (func(bson.RawValue) bool, error) {
	operators, err := isOperators(doc)
	if err != nil {
		return nil, err
	}
	if operators && !startsLogical(doc) {
		p, err := parsePredicate(doc)
		return p.element, err
	}
	f, err := parseFilter(doc)
	return func(v bson.RawValue) bool {
		// An array is looked into as the document it is laid out as.
		nested := v.Type == bson.TypeEmbeddedDocument || v.Type == bson.TypeArray
		return nested && f.holds(bson.Raw(v.Value))
	}, err
}

func startsLogical(doc bson.Raw) bool {
	switch doc.Index(0).Key() {
	case "$and", "$or", "$nor":
		return true
	}
	return false
}

func isTrue(v bson.RawValue) bool {
	if yes, ok := v.BooleanOK(); ok {
		return yes
	}
	if n, ok := v.AsFloat64OK(); ok {
		return n != 0
	}
	return v.Type != 0 && v.Type != bson.TypeNull
}
