package search

// MaxLinks is how many links a search may have in all, those within links
// included, and MaxDepth how many may lie within each other. Each is a search of
// its own.
const (
	MaxLinks = 10
	MaxDepth = 3
)

// Link is a condition on another resource: a chain, such as
// target:Consent.status=active, or a reverse chain, such as
// _has:Provenance:target:agent-role=2
// (https://hl7.org/fhir/R4/search.html#chaining).
//
// What counts is the current version of the other resource, also where a
// reference is specific to an older one, as the target of a Provenance is: a
// search is about what is current, and which version a reference names can be
// asked for as target=Consent/1/_history/2.
type Link struct {
	// Param is the reference parameter that leads from one to the other: of the
	// query's type, or, if Reverse, of the other's.
	Param   string
	Reverse bool
	// Where is what the other resource must be: one query for each type that it
	// may be of, with a Type and one clause or link.
	Where []Query
	// Or makes the link hold as well if this clause of the query's own type does.
	// The zero Clause says nothing. It is for data.identifier and its like: the
	// identifier stands in the reference or in the resource that it leads to.
	Or Clause
}

// Indexed is a current resource with its entries.
type Indexed struct {
	Type, ID string
	Entries  []Entry
}

// MatchIn tells whether a resource is what the query looks for, in a world that
// is all current resources. It is the written meaning of links, as [Query.Match]
// is that of clauses, which it includes; it takes time with the size of the
// world and is there to hold others against.
func (q Query) MatchIn(one Indexed, world []Indexed) bool {
	if one.Type != q.Type || !q.Match(one.Entries) {
		return false
	}
	for i := range q.Links {
		if !q.Links[i].holds(one, world) {
			return false
		}
	}
	return true
}

func (l *Link) holds(one Indexed, world []Indexed) bool {
	if l.Or.Op != 0 && l.Or.holds(one.Entries) {
		return true
	}
	for _, other := range world {
		from, to := one, other
		if l.Reverse {
			from, to = other, one
		}
		if from.refers(l.Param, to) && l.isAny(other, world) {
			return true
		}
	}
	return false
}

// refers tells whether there is a reference to the other resource, to any
// version of it.
func (r Indexed) refers(param string, to Indexed) bool {
	c := Clause{Param: param, Op: Reference, Values: []Value{{System: to.Type, Value: to.ID}}}
	return c.holds(r.Entries)
}

func (l *Link) isAny(other Indexed, world []Indexed) bool {
	for i := range l.Where {
		if l.Where[i].MatchIn(other, world) {
			return true
		}
	}
	return false
}

// all are the query's clauses and those within its links.
func (q Query) all(yield func(*Clause) bool) bool {
	for i := range q.Clauses {
		if !yield(&q.Clauses[i]) {
			return false
		}
	}
	for i := range q.Links {
		l := &q.Links[i]
		if !yield(&l.Or) {
			return false
		}
		for _, where := range l.Where {
			if !where.all(yield) {
				return false
			}
		}
	}
	return true
}
