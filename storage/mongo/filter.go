package mongo

import (
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"

	"tahto/fhir/search"
)

// filter is a query's clauses as MongoDB's conditions.
type filter struct {
	conditions bson.A // all must hold
	never      bool   // nothing can match
	// keys tells that a condition asks for strings that the index of keys leads
	// to; ordered that each of them is one string, so that what they lead to is
	// read in the order of ids. leads tells that some index leads to it.
	keys, ordered, leads bool
	// parts are the partitions to look in; none for all.
	parts []string
	// pairs are the clauses that hold both ends of one interval, of which the
	// two arrays of ends can't say that they belong together.
	pairs []search.Clause
}

// maxMerged is how many strings at most are read as sorted streams side by side:
// MongoDB merges up to 200 rather than sort what they lead to
// (internalQueryMaxScansToExplode).
const maxMerged = 100

func compile(q search.Query) filter {
	var f filter
	for _, c := range q.Clauses {
		f.clause(c)
	}
	return f
}

func (f *filter) clause(c search.Clause) {
	cond := condition(c)
	switch {
	case c.Not && cond.never, cond.always:
		return
	case cond.never:
		f.never = true
		return
	}
	if len(f.parts) == 0 {
		f.parts = partitions(c)
	}
	if cond.pair {
		f.pairs = append(f.pairs, c)
	}
	if c.Not {
		f.conditions = append(f.conditions, negated(c, cond))
		return
	}
	f.leads = f.leads || c.Op != search.Missing
	f.keys = f.keys || cond.keys > 0
	f.ordered = f.ordered || cond.keys > 0 && cond.keys <= maxMerged
	f.conditions = append(f.conditions, cond.filter)
}

// negated is the condition that a clause does not hold. Where its ends can't be
// told apart the document is looked at again, so it must come.
func negated(c search.Clause, cond one) bson.D {
	not := bson.D{{Key: "$nor", Value: bson.A{cond.filter}}}
	if !cond.pair {
		return not
	}
	return bson.D{{Key: "$or", Value: bson.A{not, equal(fieldKeys, severalKey(c.Param))}}}
}

// of is the whole filter of current documents of a type, with more conditions.
func (f *filter) of(resourceType string, more ...bson.D) bson.D {
	d := bson.D{{Key: fieldCurrent, Value: resourceType}}
	if len(f.parts) > 0 {
		d = append(d, bson.E{Key: fieldPart, Value: in(f.parts)})
	}
	and := slices.Clone(f.conditions)
	for _, one := range more {
		and = append(and, one)
	}
	if len(and) > 0 {
		d = append(d, bson.E{Key: "$and", Value: and})
	}
	return d
}

// several is the condition that a document has several intervals of a parameter
// whose ends must belong together.
func (f *filter) several() bson.D {
	var keys []string
	for _, c := range f.pairs {
		keys = append(keys, severalKey(c.Param))
	}
	return bson.D{{Key: fieldKeys, Value: in(keys)}}
}

// matches looks again at what the two arrays of ends can't tell.
func (f *filter) matches(x *index) bool {
	for _, c := range f.pairs {
		entries := x.intervals(c.Param)
		if len(entries) > 0 && !(search.Query{Clauses: []search.Clause{c}}).Match(entries) {
			return false
		}
	}
	return true
}

// one is what one clause, without its :not, asks for.
type one struct {
	filter        bson.D
	never, always bool
	keys          int  // so many strings, and nothing else
	pair          bool // both ends of one interval
}

func condition(c search.Clause) one {
	switch c.Op {
	case search.Missing:
		return missing(c)
	case search.Token, search.Reference:
		return texts(c)
	case search.Date:
		return dates(c)
	}
	return one{never: true}
}

func missing(c search.Clause) one {
	if c.Absent {
		return one{filter: compare(fieldKeys, "$ne", present(c.Param))}
	}
	return one{filter: equal(fieldKeys, present(c.Param))}
}

func texts(c search.Clause) one {
	var keys []string
	var any bson.A
	for _, v := range c.Values {
		switch {
		case c.Op == search.Reference && v.Value == "": // equals nothing
		case c.Op == search.Reference:
			keys = append(keys, referenceKey(c.Param, v))
		case v.AnyValue && v.AnySystem:
			keys = append(keys, present(c.Param))
		case v.AnyValue:
			prefix := systemPrefix(c.Param, v.System)
			any = append(any, some(fieldKeys, bson.E{Key: "$gte", Value: prefix}, bson.E{Key: "$lt", Value: after(prefix)}))
		case v.AnySystem:
			keys = append(keys, valueKey(c.Param, v.Value))
		default:
			keys = append(keys, systemKey(c.Param, v.System, v.Value))
		}
	}
	keys = distinct(keys)
	switch {
	case len(keys) == 0 && len(any) == 0:
		return one{never: true}
	case len(any) == 0:
		return one{filter: bson.D{{Key: fieldKeys, Value: in(keys)}}, keys: len(keys)}
	case len(keys) > 0:
		any = append(any, bson.D{{Key: fieldKeys, Value: in(keys)}})
	}
	return one{filter: or(any)}
}

// dates writes the table of search.Prefix over the ends of intervals. Where a
// prefix asks for one end only, or for either, the arrays of ends say all.
func dates(c search.Clause) one {
	var result one
	var any bson.A
	for _, v := range c.Values {
		below, atLeast := low(c.Param, "$lt", v.Low), low(c.Param, "$gte", v.Low)
		above, atMost := high(c.Param, "$gt", v.High), high(c.Param, "$lte", v.High)
		switch v.Prefix {
		case search.Equal:
			any = append(any, and(atLeast, atMost))
			result.pair = true
		case search.NotEqual:
			any = append(any, below, above)
		case search.GreaterThan:
			any = append(any, above)
		case search.LessThan:
			any = append(any, below)
		case search.GreaterEqual:
			any = append(any, above, atLeast)
		case search.LessEqual:
			any = append(any, below, atMost)
		case search.StartsAfter:
			any = append(any, low(c.Param, "$gte", v.High))
		case search.EndsBefore:
			any = append(any, high(c.Param, "$lte", v.Low))
		case search.Approximate:
			any = append(any, and(low(c.Param, "$lt", v.High), high(c.Param, "$gt", v.Low)))
			result.pair = true
		}
	}
	result.never = len(any) == 0
	result.filter = or(any)
	return result
}

func low(param, operator string, t int64) bson.D  { return end(fieldLow, param, operator, t) }
func high(param, operator string, t int64) bson.D { return end(fieldHigh, param, operator, t) }

// end is a condition on an end of any interval of the parameter: a range of
// strings that does not reach into another parameter's.
func end(field, param, operator string, t int64) bson.D {
	other := bson.E{Key: "$gte", Value: boundPrefix(param)}
	if strings.HasPrefix(operator, "$g") {
		other = bson.E{Key: "$lt", Value: after(boundPrefix(param))}
	}
	return some(field, bson.E{Key: operator, Value: bound(param, t)}, other)
}

// some is the condition that one string of an array meets all comparisons.
func some(field string, comparisons ...bson.E) bson.D {
	return compare(field, "$elemMatch", bson.D(comparisons))
}

func compare(field, operator string, value any) bson.D {
	return bson.D{{Key: field, Value: bson.D{{Key: operator, Value: value}}}}
}

func equal(field string, value any) bson.D { return bson.D{{Key: field, Value: value}} }

func and(all ...bson.D) bson.D { return bson.D{{Key: "$and", Value: all}} }

func or(any bson.A) bson.D {
	if len(any) == 1 {
		return any[0].(bson.D)
	}
	return bson.D{{Key: "$or", Value: any}}
}

// in is the value of a condition that a field has one of the strings.
func in(list []string) any {
	if len(list) == 1 {
		return list[0]
	}
	return bson.D{{Key: "$in", Value: list}}
}
