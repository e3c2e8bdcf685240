package search

import (
	"slices"
	"strconv"
	"strings"
)

// controls are the parameters that say how the result is given
// (https://hl7.org/fhir/R4/search.html#Summary), by name.
var controls = map[string]func(p *parser, name string, texts []string){
	"_count":      once((*parser).count),
	"_sort":       once((*parser).sort),
	"_total":      once((*parser).total),
	"_include":    (*parser).includes,
	"_revinclude": (*parser).includes,
	"_format":     func(*parser, string, []string) {},
	"_pretty":     func(*parser, string, []string) {},
	"_summary":    func(*parser, string, []string) {},
	"_elements":   func(*parser, string, []string) {},
}

// controlNames are those of them that a suggestion may name.
var controlNames = []string{"_count", "_elements", "_include", "_revinclude", "_sort", "_summary", "_total"}

// once reads a parameter that may be given only once.
func once(read func(p *parser, name, text string)) func(*parser, string, []string) {
	return func(p *parser, name string, texts []string) {
		if len(texts) > 1 {
			p.invalid(name, "%s is given more than once.", name)
			return
		}
		read(p, name, texts[0])
	}
}

// refused are parameters of FHIR that this server does not have, each with
// what to do instead.
var refused = map[string]string{
	"_has":           "Reverse chaining (_has) is not supported; search the other type and include what it refers to with _include.",
	"_filter":        "_filter is not supported; use the parameters of the type.",
	"_query":         "Named queries are not supported; use the parameters of the type.",
	"_text":          "Searching text is not supported; use the parameters of the type.",
	"_content":       "Searching text is not supported; use the parameters of the type.",
	"_list":          "Lists are not supported; name the resources with _id.",
	"_type":          "_type is not supported; search each type by itself.",
	"_contained":     "Contained resources are not searched; a contained person is found by patient:identifier.",
	"_containedType": "Contained resources are not searched; a contained person is found by patient:identifier.",
	"_tag":           "_tag is not supported.",
	"_profile":       "_profile is not supported.",
	"_security":      "_security is not supported.",
	"_source":        "_source is not supported.",
	"_score":         "_score is not supported.",
}

func (p *parser) count(name, text string) {
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil && strings.Trim(text, "0123456789") != "" {
		p.invalid(name, "_count is a number from 0; more than %d gives pages of %d.", MaxCount, MaxCount)
		return
	}
	p.query.Count = int(min(n, MaxCount)) // a number too great for 64 bits reads as the greatest
}

func (p *parser) total(name, text string) {
	modes := []string{string(TotalNone), string(TotalEstimate), string(TotalAccurate)}
	if !slices.Contains(modes, text) {
		p.invalid(name, "_total has no such value; %s.", meant(text, modes))
		return
	}
	p.query.Total = Total(text)
}

func (p *parser) sort(name, text string) {
	var keys []Sort
	for _, key := range strings.Split(text, ",") {
		param, descending := strings.CutPrefix(key, "-")
		parameter, known := p.registry.parameter(p.query.Type, param)
		switch {
		case !known || !parameter.Sortable:
			p.unsupported(name, "_sort does not know that key; %s.", meant(param, p.sortable()))
			return
		case slices.ContainsFunc(keys, func(s Sort) bool { return s.Param == param }):
			p.invalid(name, "_sort names %s more than once.", param)
			return
		}
		keys = append(keys, Sort{Param: param, Date: parameter.Kind == KindDate, Descending: descending})
	}
	p.query.Sort = keys
}

func (p *parser) sortable() []string {
	var names []string
	for _, parameter := range p.registry.types[p.query.Type] {
		if parameter.Sortable {
			names = append(names, parameter.Name)
		}
	}
	return names
}

// includes reads _include and _revinclude: Source:parameter or
// Source:parameter:Target.
func (p *parser) includes(name string, texts []string) {
	for _, text := range texts {
		p.include(name, text)
	}
}

func (p *parser) include(name, text string) {
	source, rest, _ := strings.Cut(text, ":")
	param, target, targeted := strings.Cut(rest, ":")
	offered := p.includable(name)
	at := slices.IndexFunc(offered, func(o offer) bool { return o.source == source && o.parameter.Name == param })
	switch {
	case at < 0 && p.leads(source, param, other(name)):
		p.unsupported(name, "%s does not follow that reference from %s; did you mean %s=%s:%s?",
			name, p.query.Type, other(name), source, param)
	case at < 0:
		p.unsupported(name, "%s follows no such reference; %s.", name, meant(source+":"+param, offerNames(offered)))
	case targeted && !offered[at].parameter.mayRefer(target), name == "_revinclude" && targeted && target != p.query.Type:
		p.unsupported(name, "%s: %s does not lead to resources of that type here.", name, offered[at])
	case name == "_include":
		p.query.Include = append(p.query.Include, Include{source, param, target})
	default:
		p.query.RevInclude = append(p.query.RevInclude, Include{source, param, target})
	}
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
func (o offer) String() string { return o.source + ":" + o.parameter.Name }

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
	var offered []offer
	for _, source := range p.registry.Types() {
		for _, parameter := range p.registry.types[source] {
			leads := source == p.query.Type
			if name == "_revinclude" {
				leads = parameter.mayRefer(p.query.Type)
			}
			if leads && parameter.Kind == KindReference {
				offered = append(offered, offer{source, parameter})
			}
		}
	}
	return offered
}
