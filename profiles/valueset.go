package profiles

import (
	"strings"

	"tahto/fhir"
)

// valueSet is a ValueSet's compose, made ready for asking
// (https://hl7.org/fhir/R4/valueset.html#compositions).
type valueSet struct {
	include, exclude []part
}

// part is one include or exclude: codes of a system, of other value sets, or of
// both at once.
type part struct {
	system string
	whole  bool
	codes  map[string]bool // what was listed or filtered; nil if whole or unknown
	sets   []string
}

// verdict is an answer in three values.
type verdict uint8

const (
	unknown verdict = iota
	outside
	inside
)

func verdictOf(member bool) verdict {
	if member {
		return inside
	}
	return outside
}

func (s *Set) readValueSet(d fhir.Element) *valueSet {
	v := &valueSet{}
	for p := range d.Get("compose").Each("include") {
		v.include = append(v.include, s.readPart(p))
	}
	for p := range d.Get("compose").Each("exclude") {
		v.exclude = append(v.exclude, s.readPart(p))
	}
	return v
}

func (s *Set) readPart(d fhir.Element) part {
	p := part{system: d.Get("system").Text(), sets: texts(d.Get("valueSet"))}
	switch {
	case d.Get("concept").Exists():
		p.codes = map[string]bool{}
		for c := range d.Each("concept") {
			p.codes[c.Get("code").Text()] = true
		}
	case d.Get("filter").Exists():
		p.codes = s.filtered(p.system, d)
	default:
		p.whole = true
	}
	return p
}

// Contains tells whether a code is in a value set, whose canonical may carry a
// version, which is not looked at. System is "" for a code alone, as in an
// element of type code: then it is looked for in every system of the set. Known
// is false if that can't be told: the value set, or the content of a system it
// takes its codes from, is not here.
func (s *Set) Contains(canonical, system, code string) (member, known bool) {
	v := s.within(canonical, system, code, maxImports)
	return v == inside, v != unknown
}

// MemberOf is Contains, by the name that FHIRPath's memberOf asks by.
func (s *Set) MemberOf(canonical, system, code string) (member, known bool) {
	return s.Contains(canonical, system, code)
}

// maxImports is how deep value sets may be made of value sets; deeper, or in a
// circle, nothing is known.
const maxImports = 8

func (s *Set) within(canonical, system, code string, imports int) verdict {
	url, _, _ := strings.Cut(canonical, "|")
	read, held := s.valueSets[url]
	if !held || imports == 0 {
		return unknown
	}
	v := read()
	found := s.anyPart(v.include, system, code, imports)
	if found == outside {
		return outside
	}
	switch s.anyPart(v.exclude, system, code, imports) {
	case inside:
		return outside
	case unknown:
		return unknown
	}
	return found
}

// anyPart: inside if one part has the code; outside if all are known not to.
func (s *Set) anyPart(parts []part, system, code string, imports int) verdict {
	found := outside
	for _, p := range parts {
		switch s.inPart(p, system, code, imports) {
		case inside:
			return inside
		case unknown:
			found = unknown
		}
	}
	return found
}

// inPart: a part's value sets must all have the code, and so must its system.
func (s *Set) inPart(p part, system, code string, imports int) verdict {
	found := inside
	if p.system != "" {
		found = s.inSystem(p, system, code)
	}
	if found == outside {
		return outside
	}
	for _, set := range p.sets {
		switch s.within(set, system, code, imports-1) {
		case outside:
			return outside
		case unknown:
			found = unknown
		}
	}
	return found
}
