package search

import (
	"fmt"
	"slices"
	"strings"
)

// iterate is the modifier that has an include follow what was included as well
// (https://hl7.org/fhir/R4/search.html#revinclude).
const iterate = "iterate"

func isInclude(base string) bool { return base == "_include" || base == "_revinclude" }

// iterates tells whether it is the one modifier that a control takes.
func iterates(base, modifier string) bool { return isInclude(base) && modifier == iterate }

// notModified says why a control does not take a modifier.
func notModified(base, modifier string) string {
	switch {
	case isInclude(base) && modifier == "recurse":
		return base + ":recurse is of an older FHIR; write " + base + ":iterate."
	case isInclude(base):
		return base + " takes no such modifier; known is :iterate."
	}
	return label(base) + " takes no such modifier; leave it out."
}

// includes reads _include and _revinclude: Source:parameter or
// Source:parameter:Target.
func (p *parser) includes(name string, texts []string) {
	for _, text := range texts {
		p.include(name, text)
	}
}

func (p *parser) include(name, text string) {
	base, modifier, _ := strings.Cut(name, ":")
	source, rest, _ := strings.Cut(text, ":")
	param, target, targeted := strings.Cut(rest, ":")
	i := Include{Source: source, Param: param, Target: target, Iterate: modifier == iterate}
	offered := p.includable(base)
	if i.Iterate {
		offered = p.iterable(base)
	}
	at := slices.IndexFunc(offered, func(o offer) bool { return o.source == source && o.parameter.Name == param })
	switch {
	case text == "*", param == "*":
		p.unsupported(name, "%s does not follow everything at once; name each reference. It follows %s.", base, listed(offerNames(offered)))
	case at < 0 && !i.Iterate && p.leads(source, param, other(base)):
		p.unsupported(name, "%s does not follow that reference from %s; did you mean %s=%s:%s?",
			base, p.query.Type, other(base), source, param)
	case at < 0:
		p.unsupported(name, "%s follows no such reference; %s.", base, meant(source+":"+param, offerNames(offered)))
	case targeted && !p.leadsTo(offered[at], base, target, i.Iterate):
		p.unsupported(name, "%s: %s does not lead to resources of that type here.", base, offered[at])
	case base == "_include":
		p.query.Include = append(p.query.Include, i)
	default:
		p.query.RevInclude = append(p.query.RevInclude, i)
	}
}

// leadsTo tells whether a reference can lead to the type: for _revinclude to the
// one searched for, or to any that is kept if what was included counts too.
func (p *parser) leadsTo(o offer, base, target string, iterated bool) bool {
	switch {
	case !o.parameter.mayRefer(target):
		return false
	case base == "_include":
		return true
	case iterated:
		return p.registry.types[target] != nil
	}
	return target == p.query.Type
}

// other is the parameter that follows references the other way.
func other(name string) string {
	if name == "_include" {
		return "_revinclude"
	}
	return "_include"
}

// leads tells whether a parameter of this name offers the reference.
func (p *parser) leads(source, param, name string) bool {
	return slices.Contains(offerNames(p.includable(name)), source+":"+param)
}

// offer is a reference that can be followed.
type offer struct {
	source    string
	parameter Parameter
}

// String is the value of _include, such as Provenance:target.
func (o offer) String() string { return fmt.Sprint(o.source, ":", o.parameter.Name) }

func offerNames(offered []offer) []string {
	names := make([]string, len(offered))
	for i := range offered {
		names[i] = offered[i].String()
	}
	return names
}

// includable are the references that lead from the type searched for, or for
// _revinclude those of any type that lead to it.
func (p *parser) includable(name string) []offer {
	return p.references(func(o offer) bool {
		if name == "_revinclude" {
			return o.parameter.mayRefer(p.query.Type)
		}
		return o.source == p.query.Type
	})
}

// iterable are the references that can be followed from what was included: those
// of any type, for _revinclude to any type that is kept.
func (p *parser) iterable(name string) []offer {
	return p.references(func(o offer) bool {
		return name == "_include" || slices.ContainsFunc(p.registry.Types(), o.parameter.mayRefer)
	})
}

func (p *parser) references(of func(offer) bool) []offer {
	var offered []offer
	for _, source := range p.registry.Types() {
		for _, parameter := range p.registry.types[source] {
			if o := (offer{source, parameter}); parameter.Kind == KindReference && of(o) {
				offered = append(offered, o)
			}
		}
	}
	return offered
}
