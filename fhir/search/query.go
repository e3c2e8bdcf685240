// Package search gives FHIR searches their meaning.
//
// A search (https://hl7.org/fhir/R4/search.html) is understood in two steps
// that never meet: when a resource is written, [Registry.Entries] takes out of
// it, once, every value that any parameter may look for; when a client
// searches, [Registry.Parse] turns the query string into a [Query]. What the
// query means is written in one place, [Query.Match], over nothing but
// entries. An engine may answer a query as it likes, as long as the answer is
// what Match would have said: the engine suite compares them.
//
// # Concurrency
//
// Everything here is a plain value or read-only after it was made.
package search

import "math"

// Entry is one value of one search parameter in one resource. A token, a
// reference, a date and an id all fit the same few columns, so that an engine
// needs one index.
type Entry struct {
	// Param is the parameter's code, such as status. The logical identifier of
	// a reference (Reference.identifier) stands under the code with
	// ":identifier", such as patient:identifier.
	Param string
	// System is a token's system, or the resource type of a reference ("" if
	// it is an absolute URL of elsewhere).
	System string
	// Value is a token's code, a reference's logical id or absolute URL. It is
	// "" for a reference that is there but points at nothing that has an
	// address (only an identifier, or a contained resource): such an entry
	// counts for :missing and equals nothing that is looked for.
	Value string
	// Version is the version a reference is specific to, or "".
	Version string
	// Low and High bound a date, in microseconds since 1970-01-01 UTC: from
	// Low up to but not including High. An open end is [Beginning] or [End].
	Low, High int64
}

// Beginning and End are the open ends of a period.
const (
	Beginning int64 = math.MinInt64
	End       int64 = math.MaxInt64
)

// Op is how a clause compares.
type Op uint8

// The comparisons. The zero Op matches nothing.
const (
	_         Op = iota
	Token        // System and Value, each unless any is allowed
	Reference    // Value; System and Version if given
	Date         // the interval, by Prefix
	Missing      // whether there is any entry of the parameter
)

// Prefix is a date comparison (https://hl7.org/fhir/R4/search.html#prefix).
type Prefix string

// The prefixes of R4. Approximate means that the intervals overlap:
// [Registry.Parse] has widened Low and High already, by one unit of the
// precision at either end (ap2023-05 looks from April to June), because a
// query knows no clock to take a tenth of the distance to.
const (
	Equal        Prefix = "eq"
	NotEqual     Prefix = "ne"
	GreaterThan  Prefix = "gt"
	LessThan     Prefix = "lt"
	GreaterEqual Prefix = "ge"
	LessEqual    Prefix = "le"
	StartsAfter  Prefix = "sa"
	EndsBefore   Prefix = "eb"
	Approximate  Prefix = "ap"
)

// Value is one of the alternatives of a clause.
type Value struct {
	// System is compared unless AnySystem. In a Reference clause it is the
	// type, and "" with AnySystem means any type.
	System    string
	AnySystem bool
	// Value is compared unless AnyValue (the token form system|).
	Value    string
	AnyValue bool
	// Version of a Reference: if given, only references to that version match;
	// if not, references to any version and to none.
	Version string
	// Prefix, Low and High are a date's comparison; see [Entry] for the units.
	Prefix    Prefix
	Low, High int64
	// Text is a date as it was written, without the prefix: it is for
	// [Query.Values] and says nothing to an engine.
	Text string
	// First is the first part of a composite value, for [Query.Values]: an
	// engine finds it in Value, or in the clause's parameter if it is a date.
	First string
}

// Clause is one parameter of a query: it holds if any of its values does.
type Clause struct {
	Param  string
	Op     Op
	Not    bool // the :not modifier: no entry may match, an absent value does
	Absent bool // of Missing: true asks that there be no entry
	Values []Value
}

// Query is a search that has been understood.
type Query struct {
	// Type of the resources looked for.
	Type string
	// Clauses must all hold.
	Clauses []Clause
	// Links must all hold. They are not an engine's: package storage looks
	// behind them first, and gives an engine clauses in their place.
	Links []Link
	// Sort orders the result; what it leaves equal is ordered by logical id, so
	// that the order is total. Empty: by logical id.
	Sort []Sort
	// After is the position of the last resource of the page before; nil on
	// the first page.
	After *Position
	// Count is the size of a page; 0 asks for the total only.
	Count int
	// Total says whether the number of all matches is wanted (_total).
	Total Total
	// Include and RevInclude are the references to follow (_include, _revinclude).
	Include, RevInclude []Include
}

// Total is the _total parameter (https://hl7.org/fhir/R4/search.html#total).
type Total string

// The modes of _total. The zero value counts: an accurate total is what users expect.
const (
	TotalAccurate Total = "accurate"
	TotalEstimate Total = "estimate"
	TotalNone     Total = "none"
)

// Include is one _include or _revinclude: from resources of type Source along
// parameter Param, to resources of type Target ("" for any). With Iterate it is
// followed from what was included as well, as long as there is more.
type Include struct {
	Source, Param, Target string
	Iterate               bool
}

// Sort is one key of _sort. Of several values in one resource the least counts
// when ascending, the greatest when descending
// (https://hl7.org/fhir/R4/search.html#sort); a resource without a value comes
// last either way.
type Sort struct {
	Param      string
	Date       bool // compare Low (ascending) or High (descending); else Value
	Descending bool
}

// Position is a place in the order of a query: the sort keys of a resource and
// its id. It stays right whatever is written meanwhile.
type Position struct {
	Keys []SortKey
	ID   string
}

// SortKey is what one resource has to compare for one [Sort].
type SortKey struct {
	Missing bool
	Text    string
	Time    int64
}
