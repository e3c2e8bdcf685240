package search

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"tahto/fhir/issue"
)

// The size of a page if _count does not say, and at most: a greater _count is
// answered with MaxCount, as R4 allows
// (https://hl7.org/fhir/R4/search.html#count).
const (
	DefaultCount = 50
	MaxCount     = 500
)

// MaxValues is how many values a search may have in all, so that one request
// can't ask an engine for anything it likes.
const MaxValues = 1000

// MaxClauses is how many conditions a search may have beside those within links:
// each is looked at for each candidate, and engines bound how many one query can
// have. Values with commas between them are one condition.
const MaxClauses = 100

// ParseOptions say how a search is read. The zero value is strict.
type ParseOptions struct {
	// Lenient leaves out what this server does not know or support, with a
	// warning for each (Prefer: handling=lenient). It must not be used where a
	// search decides about a write: what is left out widens the search.
	Lenient bool
	// Base is the address that the request came to: an absolute reference
	// under it is a local one, as under the registry's own bases.
	Base string
}

// Parse understands the parameters of a search for resources of a type
// (https://hl7.org/fhir/R4/search.html). What the server does not know is an
// error of kind Invalid, which suggests the nearest name, or with Lenient one
// of the warnings; what is malformed is an error either way. All faults are
// found in one pass, each with the expression http.<parameter>, and no text
// repeats a value.
//
// _format, _pretty, _summary and _elements pass; they are about the answer. A space in a date is
// read as the + that a client forgot to encode.
//
// The query's clauses and their values come out in a fixed order without
// repetitions, whatever order they were written in.
func (r *Registry) Parse(resourceType string, values url.Values, o ParseOptions) (Query, []issue.Issue, error) {
	if r.types[resourceType] == nil {
		return Query{}, nil, issue.Newf(issue.NotFound, "",
			"Resources of this type can't be searched; this server keeps %s.", listed(r.Types())).Coded(issue.CodeNotSupported)
	}
	p := parser{registry: r, options: o, query: Query{Type: resourceType, Count: DefaultCount}}
	if o.Base != "" {
		p.base = strings.TrimSuffix(o.Base, "/") + "/"
	}
	names := slices.Sorted(maps.Keys(values))
	if tooMany(names, values) {
		return Query{}, nil, issue.Newf(issue.Invalid, "http",
			"The search has more than %d values; ask in several searches.", MaxValues).Coded(issue.CodeTooCostly)
	}
	for _, name := range names {
		p.parameter(name, values[name])
	}
	if len(p.query.Clauses) > MaxClauses {
		p.invalid("", "The search has more than %d conditions; ask in several searches, or write values that may each hold with commas between them.", MaxClauses)
	}
	if p.query.links() > MaxLinks {
		p.invalid("", "The search leads to other resources more than %d times; ask in several searches.", MaxLinks)
	}
	if err := issue.List(issue.Invalid, p.issues); err != nil {
		return Query{}, nil, err
	}
	p.query.arrange()
	return p.query, p.issues, nil
}

func tooMany(names []string, values url.Values) bool {
	count := 0
	for _, name := range names {
		for _, text := range values[name] {
			count += 1 + strings.Count(text, ",")
		}
	}
	return max(count, len(names)) > MaxValues
}

// parser is one search on its way to a query.
type parser struct {
	registry *Registry
	options  ParseOptions
	base     string
	query    Query
	issues   []issue.Issue
	depth    int // how many links lead here
}

func (p *parser) parameter(name string, texts []string) {
	base, modifier, modified := strings.Cut(name, ":")
	control, isControl := controls[base]
	switch {
	case isControl && modified && !iterates(base, modifier):
		p.unsupported(name, "%s", notModified(base, modifier))
	case isControl:
		if p.readable(name, texts) {
			control(p, name, texts)
		}
	default:
		p.condition(name, name, texts)
	}
}

// readable refuses what could equal nothing: no value, and bytes that no
// resource may contain.
func (p *parser) readable(name string, texts []string) bool {
	if len(texts) == 0 {
		p.invalid(name, "%s has no value; give one or leave the parameter out.", label(name))
		return false
	}
	for _, text := range texts {
		switch {
		case text == "":
			p.invalid(name, "%s has an empty value; give one or leave the parameter out.", label(name))
			return false
		case !utf8.ValidString(text) || strings.ContainsFunc(text, func(c rune) bool { return c < ' ' || c == 0x7f }):
			p.invalid(name, "%s has a value with characters that are not text in UTF-8.", label(name))
			return false
		}
	}
	return true
}

// search reads a parameter of the resource: each time it is given is a clause.
func (p *parser) search(name, base, modifier string, modified bool, texts []string) {
	parameter, known := p.registry.parameter(p.query.Type, base)
	if !known {
		p.unknown(name, base)
		return
	}
	if modified && !parameter.takes(modifier) {
		p.unknownModifier(name, parameter, modifier)
		return
	}
	if !p.readable(name, texts) {
		return
	}
	for _, text := range texts {
		p.clause(name, parameter, modifier, text)
	}
}

func (p *parser) clause(name string, parameter Parameter, modifier, text string) {
	c := Clause{Param: parameter.Name, Not: modifier == "not"}
	if modifier == "missing" {
		p.missing(name, c, text)
		return
	}
	read, op := p.reader(parameter, modifier)
	c.Op = op
	if modifier == "identifier" {
		c.Param += identifierSuffix
	}
	for i, alternative := range split(text, ',') {
		v, fault := read(alternative)
		if fault == nil {
			c.Values = append(c.Values, v)
			continue
		}
		at := label(name)
		if i > 0 || strings.Contains(text, ",") {
			at = fmt.Sprintf("%s, value %d of those between commas", at, i+1)
		}
		p.fault(name, at, *fault)
		return
	}
	if parameter.Kind == KindComposite && op == Date && !p.dated(name, &c) {
		return
	}
	p.query.Clauses = append(p.query.Clauses, c)
}

func (p *parser) missing(name string, c Clause, text string) {
	if text != "true" && text != "false" {
		p.invalid(name, "%s is either true or false.", label(name))
		return
	}
	c.Op, c.Absent = Missing, text == "true"
	p.query.Clauses = append(p.query.Clauses, c)
}

// takes tells whether the parameter has the modifier: one of its fixed ones,
// or the name of a type it may refer to.
func (p Parameter) takes(modifier string) bool {
	return slices.Contains(p.Modifiers(), modifier) || p.Kind == KindReference && p.mayRefer(modifier)
}

// arrange puts clauses and values in their fixed order.
func (q *Query) arrange() {
	for i := range q.Clauses {
		c := &q.Clauses[i]
		slices.SortFunc(c.Values, func(a, b Value) int { return strings.Compare(a.text(c.Op), b.text(c.Op)) })
		c.Values = slices.Compact(c.Values)
	}
	slices.SortFunc(q.Clauses, func(a, b Clause) int { return strings.Compare(a.key(), b.key()) })
	q.Clauses = slices.CompactFunc(q.Clauses, func(a, b Clause) bool { return a.key() == b.key() })
	slices.SortFunc(q.Links, func(a, b Link) int { return strings.Compare(a.key(), b.key()) })
	q.Links = slices.CompactFunc(q.Links, func(a, b Link) bool { return a.key() == b.key() })
	q.Include = arranged(q.Include)
	q.RevInclude = arranged(q.RevInclude)
}

// links are how many there are, those within links included.
func (q *Query) links() int {
	n := len(q.Links)
	for i := range q.Links {
		for j := range q.Links[i].Where {
			n += q.Links[i].Where[j].links()
		}
	}
	return n
}

func arranged(includes []Include) []Include {
	slices.SortFunc(includes, func(a, b Include) int { return strings.Compare(a.key(), b.key()) })
	return slices.Compact(includes)
}
