package profiles

import "tahto/fhir"

// filtered are the codes that pass every filter of a part; nil if the system is
// not here in full or a filter is of a sort that is not known.
func (s *Set) filtered(system string, d fhir.Element) map[string]bool {
	c := s.system(system)
	if c == nil || !c.complete {
		return nil
	}
	var passed map[string]bool
	for f := range d.Each("filter") {
		codes := c.filter(f.Get("property").Text(), f.Get("op").Text(), f.Get("value").Text())
		if codes == nil {
			return nil
		}
		if passed == nil {
			passed = codes
			continue
		}
		for code := range passed {
			if !codes[code] {
				delete(passed, code)
			}
		}
	}
	return passed
}

// filter are the codes that a filter lets through; nil if it is not understood
// (http://hl7.org/fhir/ValueSet/filter-operator).
func (c *codeSystem) filter(property, op, value string) map[string]bool {
	found := map[string]bool{}
	switch {
	case op == "is-a" && property == "concept":
		c.below(value, found)
		return found
	case op == "descendent-of" && property == "concept":
		c.below(value, found)
		delete(found, value)
		return found
	case op != "=":
		return nil
	}
	declared := false
	for code, one := range c.concepts {
		has, said := one.properties[property]
		declared = declared || said
		if said && has == value {
			found[code] = true
		}
	}
	if !declared {
		return nil
	}
	return found
}

// system is a code system that is held; nil if it is not.
func (s *Set) system(url string) *codeSystem {
	read, held := s.systems[url]
	if !held {
		return nil
	}
	return read()
}
