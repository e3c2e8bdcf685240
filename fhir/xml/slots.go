package xml

import (
	"slices"
	"strings"

	"tahto/fhir"
)

// slot is a member of an object with its fellow of an underscore.
type slot struct {
	field int
	value fhir.Element
	other fhir.Element // the id and extensions of a primitive
}

// slotsOf puts the members of an object into the order of its type. A member
// that the type does not have has no place in XML.
func slotsOf(slots []slot, object fhir.Element, layout *Layout, at *place) ([]slot, error) {
	for name, value := range object.Members() {
		if name == "resourceType" && layout.kind == Resource {
			continue
		}
		base, beside := strings.CutPrefix(name, "_")
		i, known := layout.byName[base]
		if !known || beside && layout.fields[i].Attribute {
			return nil, invalid(at.below(name), unknown(name, layout))
		}
		n := slices.IndexFunc(slots, func(s slot) bool { return s.field == i })
		if n < 0 {
			n, slots = len(slots), append(slots, slot{field: i})
		}
		if beside {
			slots[n].other = value
		} else {
			slots[n].value = value
		}
	}
	slices.SortFunc(slots, func(a, b slot) int { return a.field - b.field })
	return slots, oneType(slots, layout, at)
}

// oneType sees that no choice is given in two types. Those of a choice stand
// side by side.
func oneType(slots []slot, layout *Layout, at *place) error {
	for i := 1; i < len(slots); i++ {
		name := layout.fields[slots[i].field].Element
		if name == layout.fields[slots[i-1].field].Element {
			return invalid(at.below(name), "The element “"+name+"” is given in more than one type. Keep one.")
		}
	}
	return nil
}

// field writes the repetitions of an element.
func (e *encoder) field(f *Field, s *slot, at *place) error {
	layout := e.defs.Layout(f.Type)
	here := place{parent: at, name: f.Element, index: single}
	if layout == nil {
		return undefined(f.Type)
	}
	if s.other.Exists() && !layout.kind.primitive() {
		return invalid(at.below("_"+f.Name), "FHIR R4 has no element “_"+f.Name+"” here. Remove it.")
	}
	if !f.List {
		return e.item(f, layout, s.value, s.other, &here)
	}
	if !isList(s.value) || !isList(s.other) {
		return invalid(here.String(), "The element repeats, so that its value is an array.")
	}
	count := max(length(s.value), length(s.other))
	if count == 0 {
		return invalid(here.String(), "The array is empty, which XML can't hold.")
	}
	for i := range count {
		here.index = i
		if err := e.item(f, layout, s.value.At(i), s.other.At(i), &here); err != nil {
			return err
		}
	}
	return nil
}

func isList(e fhir.Element) bool { return e.Kind() == fhir.Array || !e.Exists() }

func length(e fhir.Element) int {
	if e.Exists() {
		return e.Len()
	}
	return 0
}

func (e *encoder) item(f *Field, layout *Layout, value, other fhir.Element, at *place) error {
	switch {
	case layout.kind == XHTML:
		return e.markup(value, at)
	case layout.kind.primitive():
		return e.primitive(f.Name, value, other, layout, at)
	case value.Kind() != fhir.Object:
		return wrongKind(at)
	case layout.kind == Complex:
		return e.element(f.Name, fhir.Element{}, value, layout, at)
	}
	e.open(f.Name)
	e.out = append(e.out, '>')
	e.depth++
	err := e.resource(value, at)
	e.depth--
	e.close(f.Name)
	return err
}

var jsonKinds = [...]fhir.Kind{Text: fhir.String, Number: fhir.Number, Boolean: fhir.Bool}

// primitive writes a value, what stands beside it, or both. In arrays null
// stands for what is not there.
func (e *encoder) primitive(name string, value, other fhir.Element, layout *Layout, at *place) error {
	if value.Kind() == fhir.Null && at.index != single {
		value = fhir.Element{}
	}
	if other.Kind() == fhir.Null && at.index != single {
		other = fhir.Element{}
	}
	if value.Exists() && value.Kind() != jsonKinds[layout.kind] || other.Exists() && other.Kind() != fhir.Object {
		return wrongKind(at)
	}
	return e.element(name, value, other, layout, at)
}

func (e *encoder) markup(value fhir.Element, at *place) error {
	if value.Kind() != fhir.String {
		return wrongKind(at)
	}
	text, wrong := Div(value.Text())
	if wrong != "" {
		return invalid(at.String(), wrong)
	}
	e.line()
	e.out = append(e.out, text...)
	return nil
}

func wrongKind(at *place) error {
	return invalid(at.String(), "The value is of another JSON kind than the type of the element has.")
}
