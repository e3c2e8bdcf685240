package mongo

import (
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"

	"tahto/fhir/search"
)

// filter is a query's clauses as MongoDB's conditions.
type filter struct {
	conditions bson.A // all must hold
	never      bool   // nothing can match
	// keys tells that a condition asks for strings that the index of keys leads
	// to; ordered that each of them is one string, so that what they lead to is
	// read in the order of ids. dates is the index that a condition on a date
	// leads through; "" if there is none.
	keys, ordered bool
	dates         string
	// parts are the partitions to look in; none for all.
	parts []string
	// pairs are the clauses that hold both ends of one interval, of which a span
	// can't say that they belong together.
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
	case cond.filter == nil, cond.never && !c.Not:
		f.never = true
		return
	case cond.never:
		return // that nothing holds is no condition
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
	if f.dates == "" {
		f.dates = cond.dates
	}
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

// leads tells whether some index leads to what is looked for, short of all of the
// type.
func (f *filter) leads() bool { return f.keys || f.dates != "" }

// index is the one to look in, if no order is asked for.
func (f *filter) index() string {
	switch {
	case f.keys:
		return indexKeys
	case f.dates != "":
		return f.dates
	}
	return indexWalk
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

// matches looks again at what spans can't tell.
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
	filter bson.D // nil of an unknown comparison, which matches nothing even if negated
	never  bool   // no value can match
	keys   int    // so many strings, and nothing else
	pair   bool   // both ends of one interval
	dates  string // the index of a date that leads to all of it
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
	return one{}
}

func missing(c search.Clause) one {
	if c.Absent {
		return one{filter: compare(fieldKeys, "$ne", present(c.Param))}
	}
	return one{filter: equal(fieldKeys, present(c.Param))}
}

func texts(c search.Clause) one {
	var keys []string
	for _, v := range c.Values {
		switch {
		case c.Op == search.Reference && v.Value == "": // equals nothing
		case c.Op == search.Reference:
			keys = append(keys, referenceKey(c.Param, v))
		case v.AnyValue && v.AnySystem:
			keys = append(keys, present(c.Param))
		case v.AnyValue:
			keys = append(keys, ofSystemKey(c.Param, v.System))
		case v.AnySystem:
			keys = append(keys, valueKey(c.Param, v.Value))
		default:
			keys = append(keys, systemKey(c.Param, v.System, v.Value))
		}
	}
	keys = distinct(keys)
	return one{filter: bson.D{{Key: fieldKeys, Value: in(keys)}}, keys: len(keys), never: len(keys) == 0}
}

// dates writes the table of search.Prefix over spans. What asks for one end says
// all by it. To the others a condition is added that follows from them, since
// beginnings come before ends, and that an index leads to.
func dates(c search.Clause) one {
	result := one{never: true}
	var some []any
	var index string
	for _, v := range c.Values {
		if cond := dated(dateFields(c.Param), v); cond != nil {
			some = append(some, cond)
			result.never = false
		}
		if result.dates = leadTo(c.Param, v.Prefix); len(some) > 1 && result.dates != index {
			result.dates = ""
		}
		index = result.dates
		result.pair = result.pair || v.Prefix == search.Equal || v.Prefix == search.Approximate
	}
	result.filter = or(some...)
	return result
}

// leadTo is the index of a date in which one range has all that the prefix can
// match; "" if there is none.
func leadTo(param string, p search.Prefix) string {
	switch {
	case !isWalked(param):
		return ""
	case p == search.LessThan, p == search.LessEqual, p == search.EndsBefore:
		return dateWalk(search.Sort{Param: param, Date: true}).name
	case p == search.NotEqual:
		return ""
	}
	return dateWalk(search.Sort{Param: param, Date: true, Descending: true}).name
}

// ends are the fields of a span.
type ends struct{ low, lastLow, firstEnd, high string }

func dateFields(param string) ends {
	at := fieldDates + "." + param + "."
	return ends{at + "lo", at + "ll", at + "fe", at + "hi"}
}

func dated(f ends, v search.Value) bson.D {
	below, above := compare(f.low, "$lt", v.Low), compare(f.high, "$gt", v.High)
	from, until := compare(f.lastLow, "$gte", v.Low), compare(f.firstEnd, "$lte", v.High)
	reachesFrom, beginsBefore := compare(f.high, "$gt", v.Low), compare(f.low, "$lt", v.High)
	switch v.Prefix {
	case search.Equal:
		return and(from, until, reachesFrom, beginsBefore)
	case search.NotEqual:
		return or(below, above)
	case search.GreaterThan:
		return above
	case search.LessThan:
		return below
	case search.GreaterEqual:
		return and(or(above, from), reachesFrom)
	case search.LessEqual:
		return and(or(below, until), beginsBefore)
	case search.StartsAfter:
		return and(compare(f.lastLow, "$gte", v.High), above)
	case search.EndsBefore:
		return and(compare(f.firstEnd, "$lte", v.Low), below)
	case search.Approximate:
		return and(reachesFrom, beginsBefore)
	}
	return nil
}

func compare(field, operator string, value any) bson.D {
	return bson.D{{Key: field, Value: bson.D{{Key: operator, Value: value}}}}
}

func equal(field string, value any) bson.D { return bson.D{{Key: field, Value: value}} }

func and(all ...any) bson.D { return bson.D{{Key: "$and", Value: bson.A(all)}} }

func or(all ...any) bson.D {
	if len(all) == 1 {
		return all[0].(bson.D)
	}
	return bson.D{{Key: "$or", Value: bson.A(all)}}
}

// in is the value of a condition that a field has one of the strings.
func in(list []string) any {
	if len(list) == 1 {
		return list[0]
	}
	return bson.D{{Key: "$in", Value: list}}
}
