package search

import (
	"slices"
	"strings"
)

// condition reads one condition on resources of the query's type: a parameter,
// a chain, or a reverse chain. name is the whole of what was written, for faults;
// path what is left of it for this type.
func (p *parser) condition(name, path string, texts []string) {
	base, modifier, modified := strings.Cut(path, ":")
	head, rest, chained := strings.Cut(path, ".")
	switch {
	case base == reverse:
		p.has(name, modifier, texts)
	case refused[base] != "":
		p.unsupported(name, "%s", refused[base])
	case chained:
		p.chain(name, head, rest, texts)
	default:
		p.search(name, base, modifier, modified, texts)
	}
}

// reverse is the name of a reverse chain.
const reverse = "_has"

// logicalName is the parameter that a reference can be chained to without there
// being a resource: the identifier that stands in the reference itself.
const logicalName = "identifier"

// chain reads reference.parameter and reference:Type.parameter
// (https://hl7.org/fhir/R4/search.html#chaining).
func (p *parser) chain(name, head, rest string, texts []string) {
	base, target, typed := strings.Cut(head, ":")
	parameter, known := p.registry.parameter(p.query.Type, base)
	switch {
	case !known:
		p.unknown(name, base)
		return
	case parameter.Kind != KindReference:
		p.unsupported(name, "%s is no reference; only what refers to a resource can be chained.", base)
		return
	case typed && !parameter.mayRefer(target):
		p.unknownModifier(name, parameter, target)
		return
	}
	types := p.kept(parameter, target)
	// A reference says by identifier of whom it is, and seldom of what type.
	logical := rest == logicalName && (!typed || len(parameter.Targets) == 1)
	switch {
	case logical && len(types) == 0:
		p.logical(name, parameter, texts)
	case len(types) == 0 && rest == logicalName:
		p.unsupported(name, "Which type a reference by identifier is of is not known here; write %s.identifier.", base)
	case len(types) == 0:
		p.unsupported(name, "What %s refers to is not kept here, so that only its identifier can be searched for, as in %s.identifier=system|value.", base, base)
	default:
		p.linked(name, rest, texts, Link{Param: base, Where: wheres(types)}, logical)
	}
}

// logical reads reference.identifier as what reference:identifier means.
func (p *parser) logical(name string, parameter Parameter, texts []string) {
	if !p.readable(name, texts) {
		return
	}
	for _, text := range texts {
		p.clause(name, parameter, logicalName, text)
	}
}

// kept are the types of resources kept here that the parameter may refer to, or
// that one of them that is asked for.
func (p *parser) kept(parameter Parameter, target string) []string {
	return slices.DeleteFunc(p.registry.Types(), func(t string) bool {
		return !parameter.mayRefer(t) || target != "" && target != t
	})
}

func wheres(types []string) []Query {
	where := make([]Query, len(types))
	for i := range types {
		where[i].Type = types[i]
	}
	return where
}

// has reads what follows _has: Source:reference:parameter
// (https://hl7.org/fhir/R4/search.html#has).
func (p *parser) has(name, path string, texts []string) {
	source, rest, _ := strings.Cut(path, ":")
	param, rest, given := strings.Cut(rest, ":")
	offered := offerNames(p.includable("_revinclude"))
	switch {
	case len(offered) == 0:
		p.unsupported(name, "Nothing that is kept here refers to a %s, so that _has finds nothing.", p.query.Type)
	case !slices.Contains(offered, source+":"+param):
		p.unsupported(name, "_has does not know that reference to a %s; %s.", p.query.Type, meant(source+":"+param, offered))
	case !given || rest == "":
		p.unsupported(name, "_has lacks the parameter of the %s; write _has:%s:%s:parameter.", source, source, param)
	default:
		p.linked(name, rest, texts, Link{Param: param, Reverse: true, Where: []Query{{Type: source}}}, false)
	}
}

// linked reads what the resource at the other end must be, of each type that has
// such a parameter: each time it is given is a link of its own.
func (p *parser) linked(name, path string, texts []string, link Link, logical bool) {
	if p.depth >= MaxDepth {
		p.unsupported(name, "A search goes from one resource to another %d times at the most. Ask in several searches, or include what you need with _include.", MaxDepth)
		return
	}
	if !p.readable(name, texts) {
		return
	}
	types := p.having(link.Where, path)
	for _, text := range texts {
		l := link
		l.Where = nil
		for _, where := range types {
			inner, ok := p.within(where.Type, name, path, text)
			if !ok {
				return
			}
			l.Where = append(l.Where, inner)
		}
		p.link(name, path, text, l, logical)
	}
}

// having are those of the types that have the parameter at the beginning of the
// path; the first if none has, which then says so.
func (p *parser) having(types []Query, path string) []Query {
	name := path
	if end := strings.IndexAny(path, ":."); end >= 0 {
		name = path[:end]
	}
	found := slices.DeleteFunc(slices.Clone(types), func(q Query) bool {
		_, known := p.registry.parameter(q.Type, name)
		return !known && name != reverse
	})
	if len(found) == 0 {
		return types[:1]
	}
	return found
}

// within reads a condition on the resource at the other end.
func (p *parser) within(resourceType, name, path, text string) (Query, bool) {
	inner := parser{registry: p.registry, options: p.options, base: p.base, depth: p.depth + 1, query: Query{Type: resourceType}}
	inner.condition(name, path, []string{text})
	p.issues = append(p.issues, inner.issues...)
	inner.query.arrange()
	return inner.query, len(inner.query.Clauses)+len(inner.query.Links) == 1
}

// link adds a link, unless it means one thing of one type and another of the next.
func (p *parser) link(name, path, text string, l Link, logical bool) {
	for _, where := range l.Where[1:] {
		if where.only() != l.Where[0].only() {
			p.invalid(name, "%s means several things; name the type, as in %s:%s.%s.", label(name), l.Param, where.Type, path)
			return
		}
	}
	if logical {
		parameter, _ := p.registry.parameter(p.query.Type, l.Param)
		own := parser{registry: p.registry, options: p.options, base: p.base, query: Query{Type: p.query.Type}}
		own.clause(name, parameter, logicalName, text)
		if len(own.query.Clauses) != 1 {
			return // the same fault was found in the other's identifier
		}
		own.query.arrange()
		l.Or = own.query.Clauses[0]
	}
	p.query.Links = append(p.query.Links, l)
}

// only is the one condition of a query within a link, as it is written.
func (q Query) only() string {
	for i := range q.Clauses {
		return q.Clauses[i].key()
	}
	for i := range q.Links {
		return q.Links[i].key()
	}
	return ""
}
