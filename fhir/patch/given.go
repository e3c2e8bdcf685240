package patch

import (
	"strings"

	"tahto/fhir"
	"tahto/fhir/fhirpath"
	"tahto/fhir/issue"
)

// given is the value of an operation, or of a part of one: a data type as
// value[x], a whole resource, or parts that name the elements of what no
// value[x] can hold, such as a backbone element
// (https://hl7.org/fhir/R4/fhirpatch.html).
type given struct {
	typ     string       // of value[x], or of the resource
	element fhir.Element // what value[x] or resource holds
	parts   fhir.Element // absent for the others
}

// readGiven finds the one thing that a part holds.
func readGiven(part fhir.Element, model fhirpath.Model) (given, error) {
	var found []given
	seen := map[string]bool{}
	for full := range part.Members() {
		name := strings.TrimPrefix(full, "_")
		suffix, valued := strings.CutPrefix(name, "value")
		switch e := part.Get(name); {
		case seen[name]:
		case name == "part":
			found = append(found, given{parts: e})
		case name == "resource":
			found = append(found, given{typ: e.Get("resourceType").Text(), element: e})
		case valued:
			found = append(found, given{typ: typeNamed(suffix, model), element: e})
		}
		seen[name] = true
	}
	if len(found) != 1 {
		return given{}, issue.New(issue.Invalid, "", "A value is one of value[x], resource, and parts that name its elements.").Coded(issue.CodeStructure)
	}
	v := found[0]
	if v.parts.Exists() {
		return v, nil
	}
	if v.typ == "" || !wellFormed(v, model) {
		return v, issue.New(issue.Invalid, "", "The value is of no type of R4, or is not written as its type is.").Coded(issue.CodeStructure)
	}
	return v, nil
}

// typeNamed is the type that the end of value[x] stands for; "" for none.
func typeNamed(suffix string, model fhirpath.Model) string {
	if suffix == "" || len(suffix) > 64 {
		return ""
	}
	for _, name := range [...]string{suffix, strings.ToLower(suffix[:1]) + suffix[1:]} {
		if jsonType(name) == suffix && model.Kind(name) != 0 {
			return name
		}
	}
	return ""
}

// jsonType is a type as the end of the name of a choice: valueQuantity,
// valueDateTime.
func jsonType(typ string) string { return strings.ToUpper(typ[:1]) + typ[1:] }

// wellFormed tells whether a value has the JSON kind of its type, so that it
// can't break the shape of what it is put into.
func wellFormed(v given, model fhirpath.Model) bool {
	fellow := v.element.Fellow()
	switch v.element.Kind() {
	case fhir.Object:
		return model.Kind(v.typ) != fhirpath.Primitive && !fellow.Exists() && !hollow(v.element)
	case fhir.String, fhir.Number, fhir.Bool:
		return model.Kind(v.typ) == fhirpath.Primitive && (!fellow.Exists() || fellow.Kind() == fhir.Object)
	case fhir.Absent:
		return model.Kind(v.typ) == fhirpath.Primitive && fellow.Kind() == fhir.Object && !hollow(fellow)
	}
	return false
}

func hollow(object fhir.Element) bool {
	for range object.Members() {
		return false
	}
	return true
}

// named is an element that is ready to be put in: its name in JSON and, for a
// primitive, its id and extensions beside the value.
type named struct {
	name    string
	element fhir.Element
}

// build makes what is given the element that a definition asks for.
func (p *patcher) build(v given, name string, of fhirpath.ElementType) (named, error) {
	if v.parts.Exists() {
		if of.Choice || len(of.Types) != 1 || p.model.Kind(of.Types[0]) != fhirpath.Complex {
			return named{}, wrongType(of)
		}
		object, err := p.object(v.parts, of.Types[0])
		return named{name, object}, err
	}
	if !p.allows(of, v.typ) {
		return named{}, wrongType(of)
	}
	if of.Choice {
		name += jsonType(v.typ)
	}
	return named{name, v.element}, nil
}

// allows tells whether an element may have a type. A string also stands for
// XHTML, which no value[x] can hold.
func (p *patcher) allows(of fhirpath.ElementType, typ string) bool {
	for _, allowed := range of.Types {
		if allowed == typ || allowed == "xhtml" && typ == "string" {
			return true
		}
		if p.model.Kind(allowed) != fhirpath.Resource {
			continue
		}
		for up := typ; up != ""; up = p.model.Super(up) {
			if up == allowed {
				return true
			}
		}
	}
	return of.Choice && len(of.Types) == 0 // any type
}

func wrongType(of fhirpath.ElementType) error {
	types := strings.Join(of.Types, ", ")
	if len(of.Types) == 1 && strings.Contains(types, ".") {
		types = "parts that name its elements"
	}
	return issue.Newf(issue.Unprocessable, "", "The value has the wrong type for this element; give it: %s.", types).Coded(issue.CodeValue)
}

// object makes an object of the parts that name its elements. Parts of the same
// name are the items of a list.
func (p *patcher) object(parts fhir.Element, typ string) (fhir.Element, error) {
	var members []fhir.Member
	lists := map[string][]fhir.Element{}
	var names []string
	for j, part := range parts.Items() {
		one, list, err := p.part(part, typ)
		if err == nil && len(lists[one.name]) > 0 && !list {
			err = issue.New(issue.Unprocessable, "name", "This element does not repeat.").Coded(issue.CodeStructure)
		}
		if err != nil {
			return fhir.Element{}, issue.Under(partOf(j), err)
		}
		if !list {
			members = append(members, pair(one.name, one.element)...)
		} else if lists[one.name] == nil {
			names = append(names, one.name)
		}
		lists[one.name] = append(lists[one.name], one.element)
	}
	for _, name := range names {
		members = append(members, pairs(name, lists[name])...)
	}
	if len(members) == 0 {
		return fhir.Element{}, issue.New(issue.Invalid, "", "The parts of a value name at least one element.").Coded(issue.CodeRequired)
	}
	return fhir.NewObject(members...), nil
}

// part is one element of an object that is made of parts.
func (p *patcher) part(part fhir.Element, typ string) (one named, list bool, err error) {
	name := part.Get("name").Text()
	of, known := p.model.Child(typ, name)
	if !known {
		return named{}, false, issue.New(issue.Unprocessable, "name", "R4 has no such element here; name it as FHIRPath does, such as value for value[x].").Coded(issue.CodeStructure)
	}
	v, err := readGiven(part, p.model)
	if err != nil {
		return named{}, false, err
	}
	one, err = p.build(v, name, of)
	return one, of.List, err
}
