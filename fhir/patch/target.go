package patch

import (
	"slices"
	"strings"

	"tahto/fhir"
	"tahto/fhir/fhirpath"
	"tahto/fhir/issue"
)

// target is where an element stands, and what R4 says of it.
type target struct {
	object  fhir.Place           // of the object that it is in
	name    string               // its name in JSON, without _; "" for the resource itself
	index   int                  // in its list; -1 if it is in none
	element string               // its name in FHIRPath: value for valueQuantity
	of      fhirpath.ElementType // its definition
	typ     string               // its own type
}

// locate finds an element that a path gave.
func (p *patcher) locate(n fhirpath.Node) (target, error) {
	place, found := p.Find(n.Element())
	if !found {
		return target{}, issue.New(issue.Unprocessable, "", "The path leads out of the resource; a patch changes one resource only.")
	}
	if len(place) == 0 {
		return target{index: -1, typ: p.typeAt(place)}, nil
	}
	t := target{index: -1, object: place[:len(place)-1], typ: p.typeAt(place)}
	last := place[len(place)-1]
	if last.Name == "" {
		t.index = last.Index
		last, t.object = t.object[len(t.object)-1], t.object[:len(t.object)-1]
	}
	t.name = strings.TrimPrefix(last.Name, "_")
	t.object = slices.Clone(t.object)
	if t.element, t.of = p.child(p.typeAt(t.object), t.name); t.element == "" {
		return target{}, issue.New(issue.Unprocessable, "", "The path leads to an element that R4 does not have; use a JSON Patch for it.")
	}
	return t, nil
}

// child is the element of a type by its name in JSON: its FHIRPath name, "" if
// there is none, and its definition.
func (p *patcher) child(typ, json string) (string, fhirpath.ElementType) {
	if of, ok := p.model.Child(typ, json); ok && !of.Choice {
		return json, of
	}
	for i := 1; i < len(json) && len(json) <= 128; i++ {
		if json[i] < 'A' || json[i] > 'Z' {
			continue
		}
		of, ok := p.model.Child(typ, json[:i])
		if own := typeNamed(json[i:], p.model); ok && of.Choice && own != "" && p.allows(of, own) {
			return json[:i], of
		}
	}
	return "", fhirpath.ElementType{}
}

// typeAt is the type of what stands at a place, which may lead through the
// extensions of a primitive; "" if R4 has no such element.
func (p *patcher) typeAt(place fhir.Place) string {
	e, typ := p.Root(), "Resource"
	for i := 0; ; i++ {
		if own := e.Get("resourceType"); p.model.Kind(typ) == fhirpath.Resource && own.Kind() == fhir.String {
			typ = own.Text()
		}
		if i == len(place) {
			return typ
		}
		e, _ = p.Child(e, place[i])
		json := strings.TrimPrefix(place[i].Name, "_")
		if json == "" {
			continue
		}
		name, of := p.child(typ, json)
		switch {
		case of.Choice:
			typ = typeNamed(json[len(name):], p.model)
		case len(of.Types) == 1:
			typ = of.Types[0]
		default:
			return ""
		}
	}
}

// inside is the object that holds the elements of a target: of a primitive that
// is the value of its _name member, which is made if it is not there.
func (p *patcher) inside(t target) fhir.Place {
	at := t.object
	if t.name == "" {
		return at
	}
	name := t.name
	if p.model.Kind(t.typ) == fhirpath.Primitive {
		name = "_" + name
	}
	at = at.Member(name)
	if t.index >= 0 {
		at = p.padded(at, t).Item(t.index)
	}
	if e, _ := p.Get(at); e.Kind() != fhir.Object {
		p.Insert(at, fhir.NewObject())
	}
	return at
}

// padded is the place of the array in which a list's items or, for primitives,
// their extensions stand. It is made as long as the list, with nulls.
func (p *patcher) padded(at fhir.Place, t target) fhir.Place {
	array, _ := p.Get(at)
	holder, _ := p.Get(t.object)
	items := make([]fhir.Element, max(holder.Get(t.name).Len(), array.Len()))
	p.Spend(2 * len(items))
	for i := range items {
		items[i] = array.At(i)
	}
	if array.Kind() == fhir.Array && len(items) == array.Len() && items[t.index].Kind() == fhir.Object {
		return at
	}
	if items[t.index].Kind() != fhir.Object {
		items[t.index] = fhir.NewObject()
	}
	p.Insert(at, fhir.NewArray(items...))
	return at
}
