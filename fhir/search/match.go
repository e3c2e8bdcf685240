package search

// Match tells whether a resource with these entries is what the query looks
// for. This is the one written meaning of a search: engines are compared with
// it. It does not look at the query's type, position, size or includes.
//
// All clauses must hold, and a clause holds if any entry of its parameter is
// any of its values; with Not, if none is, so that a resource without the
// parameter matches :not
// (https://hl7.org/fhir/R4/search.html#modifiers).
func (q Query) Match(entries []Entry) bool {
	for i := range q.Clauses {
		if !q.Clauses[i].holds(entries) {
			return false
		}
	}
	return true
}

func (c *Clause) holds(entries []Entry) bool {
	switch c.Op {
	case Missing:
		return c.Absent != c.any(entries, func(*Entry) bool { return true })
	case Token, Reference, Date:
		return c.Not != c.any(entries, c.equals)
	}
	return false
}

func (c *Clause) any(entries []Entry, is func(*Entry) bool) bool {
	for i := range entries {
		if entries[i].Param == c.Param && is(&entries[i]) {
			return true
		}
	}
	return false
}

func (c *Clause) equals(e *Entry) bool {
	for i := range c.Values {
		if c.Values[i].equals(c.Op, e) {
			return true
		}
	}
	return false
}

func (v *Value) equals(op Op, e *Entry) bool {
	switch op {
	case Token:
		return (v.AnySystem || v.System == e.System) && (v.AnyValue || v.Value == e.Value)
	case Reference:
		return e.Value != "" && v.Value == e.Value &&
			(v.AnySystem || v.System == e.System) &&
			(v.Version == "" || v.Version == e.Version)
	case Date:
		return v.Prefix.compare(v.Low, v.High, e.Low, e.High)
	}
	return false
}

// compare holds the interval of a resource, from low up to high, against the
// one looked for, from from up to to, by the table of
// https://hl7.org/fhir/R4/search.html#prefix. "The range above" what is looked
// for begins at to, "the range below" ends at from. An unknown prefix matches
// nothing.
func (p Prefix) compare(from, to, low, high int64) bool {
	switch p {
	case Equal: // what is looked for fully contains the resource's interval
		return from <= low && high <= to
	case NotEqual:
		return low < from || to < high
	case GreaterThan: // the range above overlaps with the resource's interval
		return to < high
	case LessThan:
		return low < from
	case GreaterEqual: // greater or equal, which together leave this
		return to < high || from <= low
	case LessEqual:
		return low < from || high <= to
	case StartsAfter: // the range above fully contains the resource's interval
		return to <= low
	case EndsBefore:
		return high <= from
	case Approximate: // the intervals overlap
		return low < to && from < high
	}
	return false
}
