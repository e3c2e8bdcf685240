package profiles

import (
	"strings"

	"tahto/fhir"
)

// codeSystem is a CodeSystem, read: its codes with their names and places in
// the hierarchy. A supplement and the concepts of a value set are read as one
// too, for the names in them.
type codeSystem struct {
	complete bool // content: every code there is
	concepts map[string]concept
	children map[string][]string // the codes right below a code
}

type concept struct {
	display      string
	designations []designation
	properties   map[string]string
}

type designation struct{ language, value string }

// parentProperty and childProperty place a concept beside the nesting
// (https://hl7.org/fhir/R4/codesystem.html#defined-props).
const (
	parentProperty = "parent"
	childProperty  = "child"
)

func readSystem(d fhir.Element) *codeSystem {
	c := readConcepts(d)
	c.complete = d.Get("content").Text() == "complete"
	return c
}

// readConcepts reads what holds concepts: a CodeSystem, or an include of a
// ValueSet.
func readConcepts(holder fhir.Element) *codeSystem {
	c := &codeSystem{concepts: map[string]concept{}, children: map[string][]string{}}
	c.add(holder, "")
	return c
}

func (c *codeSystem) add(holder fhir.Element, parent string) {
	for d := range holder.Each("concept") {
		code := d.Get("code").Text()
		made := concept{display: d.Get("display").Text()}
		for one := range d.Each("designation") {
			made.designations = append(made.designations, designation{one.Get("language").Text(), one.Get("value").Text()})
		}
		if parent != "" {
			c.children[parent] = append(c.children[parent], code)
		}
		made.properties = c.addProperties(d, code)
		c.concepts[code] = made
		c.add(d, code)
	}
}

func (c *codeSystem) addProperties(d fhir.Element, code string) map[string]string {
	var properties map[string]string
	for p := range d.Each("property") {
		name, value := p.Get("code").Text(), propertyValue(p)
		switch name {
		case parentProperty:
			c.children[value] = append(c.children[value], code)
		case childProperty:
			c.children[code] = append(c.children[code], value)
		default:
			if properties == nil {
				properties = map[string]string{}
			}
			properties[name] = value
		}
	}
	return properties
}

// propertyValue is value[x] of a property, as text.
func propertyValue(p fhir.Element) string {
	for name, value := range p.Members() {
		if strings.HasPrefix(name, "value") {
			return value.Text()
		}
	}
	return ""
}

// below adds a code and all below it to found. What is found already is not
// walked again, so that a hierarchy in a circle comes to an end.
func (c *codeSystem) below(code string, found map[string]bool) {
	if found[code] {
		return
	}
	found[code] = true
	for _, child := range c.children[code] {
		c.below(child, found)
	}
}

// name is what a code is called in a language; "" if that is not said. The
// display counts for no language.
func (c *codeSystem) name(code, language string) string {
	for _, d := range c.concepts[code].designations {
		if sameLanguage(d.language, language) {
			return d.value
		}
	}
	return ""
}

// sameLanguage compares the primary subtags of two BCP 47 tags: fi and fi-FI.
func sameLanguage(a, b string) bool {
	a, _, _ = strings.Cut(a, "-")
	b, _, _ = strings.Cut(b, "-")
	return a != "" && strings.EqualFold(a, b)
}

// Display is what a person may be shown for a code, in the language if there is
// a designation in it (fi, sv, en; a region makes no difference), else the
// display. It looks in the code system, in its supplements, and in the value
// sets of ours that list the code; "" if none knows the code.
func (s *Set) Display(system, code, language string) string {
	otherwise := ""
	for _, read := range s.named(system) {
		c := read()
		if name := c.name(code, language); name != "" {
			return name
		}
		if otherwise == "" {
			otherwise = c.concepts[code].display
		}
	}
	return otherwise
}

// named are where the codes of a system may have names, the system first.
func (s *Set) named(system string) []systemReader {
	held, known := s.systems[system]
	if !known {
		return s.labels[system]
	}
	return append([]systemReader{held}, s.labels[system]...)
}
