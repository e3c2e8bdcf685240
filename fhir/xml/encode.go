package xml

import (
	"tahto/fhir"
)

// Encode writes a resource in XML, in UTF-8 with a declaration that says so.
// With pretty each element has a line; narratives are left as they are, for
// white space means something there.
func Encode(r *fhir.Resource, d Definitions, pretty bool) ([]byte, error) {
	e := encoder{defs: d, pretty: pretty}
	e.out = append(make([]byte, 0, 1024+len(r.JSON())*3/2), `<?xml version="1.0" encoding="UTF-8"?>`...)
	e.out = append(e.out, '\n')
	if err := e.resource(r.Root(), nil); err != nil {
		return nil, err
	}
	return e.out, nil
}

// encoder writes elements. It is recursive, as deep as [fhir.Parse] lets a tree
// be.
type encoder struct {
	defs   Definitions
	out    []byte
	pretty bool
	depth  int // of the elements that are open
}

// resource writes one, in the element at, which is nil for the root.
func (e *encoder) resource(r fhir.Element, at *place) error {
	name := r.Get("resourceType")
	layout := resourceLayout(e.defs, name.Text())
	if layout == nil || name.Kind() != fhir.String {
		return invalid(at.String(), "FHIR R4 has no resource of that name.")
	}
	if at == nil {
		at = &place{name: name.Text(), index: single}
	}
	return e.element(name.Text(), fhir.Element{}, r, layout, at)
}

// element writes one with what its object says; of a primitive value is its
// value and the object what JSON says beside it.
func (e *encoder) element(name string, value, object fhir.Element, layout *Layout, at *place) error {
	var room [8]slot
	slots, err := slotsOf(room[:0], object, layout, at)
	if err != nil {
		return err
	}
	if hollow(value, slots, layout) {
		return invalid(at.String(), "The element is empty, which XML can't hold.")
	}
	e.open(name)
	elements, err := e.attributes(slots, layout, at)
	if err != nil {
		return err
	}
	if err := e.attribute("value", value, at); err != nil {
		return err
	}
	if elements == 0 {
		e.out = append(e.out, "/>"...)
		return nil
	}
	e.out = append(e.out, '>')
	e.depth++
	for i := range slots {
		if field := &layout.fields[slots[i].field]; !field.Attribute {
			if err := e.field(field, &slots[i], at); err != nil {
				return err
			}
		}
	}
	e.depth--
	e.close(name)
	return nil
}

// hollow tells whether an element has neither value nor content, which XML
// forbids for all but resources.
func hollow(value fhir.Element, slots []slot, layout *Layout) bool {
	if value.Exists() || layout.kind == Resource {
		return false
	}
	for i := range slots {
		if layout.fields[slots[i].field].Name != "id" {
			return false
		}
	}
	return true
}

func (e *encoder) line() {
	if e.pretty {
		e.out = append(e.out, '\n')
		for range e.depth {
			e.out = append(e.out, "  "...)
		}
	}
}

func (e *encoder) open(name string) {
	if e.depth > 0 {
		e.line()
	}
	e.out = append(append(e.out, '<'), name...)
	if e.depth == 0 {
		e.out = append(e.out, ` xmlns="`+namespace+`"`...)
	}
}

func (e *encoder) close(name string) {
	e.line()
	e.out = append(append(append(e.out, "</"...), name...), '>')
}

// attributes writes those members that are attributes, and counts the others.
func (e *encoder) attributes(slots []slot, layout *Layout, at *place) (others int, err error) {
	for i := range slots {
		field := &layout.fields[slots[i].field]
		if !field.Attribute {
			others++
			continue
		}
		here := place{parent: at, name: field.Element, index: single}
		if slots[i].value.Kind() != fhir.String {
			return 0, wrongKind(&here)
		}
		if err := e.attribute(field.Name, slots[i].value, &here); err != nil {
			return 0, err
		}
	}
	return others, nil
}

func (e *encoder) attribute(name string, value fhir.Element, at *place) error {
	if !value.Exists() {
		return nil
	}
	text := value.Text()
	if text == "" {
		return invalid(at.String(), "The value is empty, which XML can't hold.")
	}
	if !Holds(text) {
		return invalid(at.String(), "The value holds a character that XML can't.")
	}
	e.out = append(append(append(e.out, ' '), name...), `="`...)
	e.out = append(AppendValue(e.out, text), '"')
	return nil
}
