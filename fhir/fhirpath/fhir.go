package fhirpath

import (
	"strings"

	"tahto/fhir"
)

// fhirs are the functions that FHIR adds
// (https://hl7.org/fhir/R4/fhirpath.html#functions).
var fhirs = []function{
	{name: "extension", least: 1, most: 1, run: extension},
	{name: "hasValue", truth: hasValue},
	{name: "getValue", run: getValue},
	{name: "resolve", run: resolve},
	{name: "memberOf", least: 1, most: 1, truth: memberOf},
	{name: "htmlChecks", truth: htmlChecks},
	{name: "conformsTo", least: 1, most: 1, truth: conformsTo},
}

func extension(m *machine, c *call) error {
	url, some, err := m.textArgument(c, 0)
	if err != nil {
		return err
	}
	base := len(m.stack)
	if err := m.input(c.in); err != nil {
		return err
	}
	mid := len(m.stack)
	for i := base; i < mid && some; i++ {
		m.named(m.stack[i], "extension")
		if err := m.bounded(c); err != nil {
			return err
		}
	}
	m.drop(base, mid)
	kept := base
	for _, v := range m.stack[base:] {
		if v.element.Get("url").Text() == url {
			m.stack[kept] = v
			kept++
		}
	}
	m.stack = m.stack[:kept]
	return nil
}

// hasValue is true for one primitive that has a value, and not extensions only.
func hasValue(m *machine, c *call) (tri, error) {
	if c.in == nil {
		return truthOf(m.this.kind > kindNode || m.this.hasValue()), nil
	}
	base := len(m.stack)
	if err := m.eval(c.in); err != nil {
		return unknown, err
	}
	top := m.stack[base:]
	m.stack = m.stack[:base]
	return truthOf(len(top) == 1 && (top[0].kind != kindNode || top[0].hasValue())), nil
}

func getValue(m *machine, c *call) error {
	base := len(m.stack)
	if err := m.input(c.in); err != nil {
		return err
	}
	top := m.stack[base:]
	m.stack = m.stack[:base]
	if len(top) == 1 {
		if s := m.system(top[0]); s.kind != kindNode {
			m.push(s)
		}
	}
	return nil
}

// memberOf tells whether a code, Coding or CodeableConcept is in a value set; it
// is empty if nobody knows.
func memberOf(m *machine, c *call) (tri, error) {
	v, err := m.subject(c)
	if err != nil {
		return unknown, err
	}
	set, some, err := m.textArgument(c, 0)
	if err != nil || !some || v.kind == kindNone || m.in.Terminology == nil {
		return unknown, err
	}
	set, _, _ = strings.Cut(set, "|")
	if v.kind != kindNode || v.element.Kind() != fhir.Object {
		s := m.system(v)
		if s.kind != kindString {
			return unknown, nil
		}
		return m.member(set, "", s.text), nil
	}
	if !v.element.Get("coding").Exists() {
		return m.memberCoding(set, v.element), nil
	}
	result := no
	if err := m.spend(v.element.Get("coding").Len(), c); err != nil {
		return unknown, err
	}
	for coding := range v.element.Each("coding") {
		switch m.memberCoding(set, coding) {
		case yes:
			return yes, nil
		case unknown:
			result = unknown
		}
	}
	return result, nil
}

func (m *machine) memberCoding(set string, coding fhir.Element) tri {
	return m.member(set, coding.Get("system").Text(), coding.Get("code").Text())
}

func (m *machine) member(set, system, code string) tri {
	member, known := m.in.Terminology.MemberOf(set, system, code)
	if !known {
		return unknown
	}
	return truthOf(member)
}

const structureDefinition = "http://hl7.org/fhir/StructureDefinition/"

// conformsTo knows R4's own types, by the model. Whether a profile is met is for
// a validator to say: to be asked for one is an error.
func conformsTo(m *machine, c *call) (tri, error) {
	v, err := m.subject(c)
	if err != nil {
		return unknown, err
	}
	url, some, err := m.textArgument(c, 0)
	if err != nil || !some || v.kind == kindNone {
		return unknown, err
	}
	typ, is := strings.CutPrefix(url, structureDefinition)
	if !is || m.model == nil || m.model.Kind(typ) == 0 {
		return unknown, faultf(c.position(), "conformsTo() knows the types of R4 only, no profiles")
	}
	return truthOf(m.is(v, &typeName{space: "FHIR", name: typ}, false)), nil
}
