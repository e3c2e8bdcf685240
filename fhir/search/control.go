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
	"_filter":        "_filter is not supported; use the parameters of the type.",
	"_query":         "Named queries are not supported; use the parameters of the type.",
	"_text":          "Searching text is not supported; use the parameters of the type.",
	"_content":       "Searching text is not supported; use the parameters of the type.",
	"_list":          "Lists are not supported; name the resources with _id.",
	"_type":          "_type is not supported; search each type by itself.",
	"_contained":     "Contained resources are not searched; a contained person is found by patient:identifier.",
	"_containedType": "Contained resources are not searched; a contained person is found by patient:identifier.",
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
		case known && !parameter.Sortable():
			p.unsupported(name, "_sort does not take %s: a %s has no order; known are %s.", param, parameter.Kind, listed(p.sortable()))
			return
		case !known:
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
		if parameter.Sortable() {
			names = append(names, parameter.Name)
		}
	}
	return names
}
