package fhirpath

import (
	"strings"

	"tahto/fhir"
)

// typed looks up the type of a node that was reached without asking for it.
func (m *machine) typed(v Value) Value {
	if v.kind != kindNode || v.member == "" {
		return v
	}
	v.text, v.member = m.memberType(v), ""
	return v
}

// memberType is the type of a node that stands as member in an element of type
// text.
func (m *machine) memberType(v Value) string {
	if m.model == nil || v.text == "" {
		return resourceType(v.element, commonType(v.member))
	}
	if e, ok := m.model.Child(v.text, v.member); ok && !e.Choice {
		return resourceType(v.element, onlyType(e))
	}
	for i := 1; i < len(v.member) && len(v.member) <= maxName; i++ {
		if !isUpper(v.member[i]) {
			continue
		}
		if e, ok := m.model.Child(v.text, v.member[:i]); ok && e.Choice {
			if typ := m.choiceType(e, v.member[i:]); typ != "" {
				return typ
			}
		}
	}
	return commonType(v.member)
}

func onlyType(e ElementType) string {
	if len(e.Types) == 1 {
		return e.Types[0]
	}
	return ""
}

// choiceType is the type that the end of a JSON name stands for; "" if the
// choice has no such type.
func (m *machine) choiceType(e ElementType, suffix string) string {
	for _, typ := range e.Types {
		if len(typ) == len(suffix) && typ[1:] == suffix[1:] && typ[0]&^0x20 == suffix[0] {
			return typ
		}
	}
	if len(e.Types) > 0 || len(suffix) > maxName {
		return ""
	}
	if m.model.Kind(suffix) != 0 { // any type
		return suffix
	}
	if small := string(suffix[0]|0x20) + suffix[1:]; m.model.Kind(small) != 0 {
		return small
	}
	return ""
}

// commonType is the type of what every element has, wherever a model does not
// say so (https://hl7.org/fhir/R4/element.html).
func commonType(name string) string {
	switch name {
	case "id":
		return "string"
	case "extension", "modifierExtension":
		return "Extension"
	}
	return ""
}

// super is the type that a type specialises.
func super(model Model, typ string) string {
	if model != nil {
		if s := model.Super(typ); s != "" {
			return s
		}
	}
	if strings.IndexByte(typ, '.') > 0 {
		return "BackboneElement"
	}
	if typ == "BackboneElement" {
		return "Element"
	}
	return ""
}

// maxAncestry bounds a chain of types, should a model go in circles.
const maxAncestry = 16

// descends tells whether a type is another or specialises it.
func descends(model Model, typ, from string) bool {
	for range maxAncestry {
		if typ == from {
			return true
		}
		if typ = super(model, typ); typ == "" {
			return false
		}
	}
	return false
}

// is tells whether a value is of a type or of one that specialises it; exactly
// takes no subtypes of primitives.
func (m *machine) is(v Value, name *typeName, exactly bool) bool {
	if v.kind != kindNode {
		return name.space != "FHIR" && (kindNames[v.kind] == name.name || name.name == "Any")
	}
	if name.space == "System" {
		return false
	}
	if exactly && name.exact && v.element.Kind() == fhir.Object {
		return false // needs no looking up
	}
	typ := m.typed(v).text
	if exactly && name.exact {
		return typ == name.name
	}
	return descends(m.model, typ, name.name)
}

func (t *typeTest) truth(m *machine) (tri, error) {
	v, err := m.one(t.in, false)
	if err != nil || v.kind == kindNone {
		return unknown, err
	}
	return truthOf(m.is(v, t.typ, false)), nil
}

func (t *typeTest) eval(m *machine) error { return pushed(m, t) }

// pushed evaluates by truth value.
func pushed(m *machine, t truther) error {
	truth, err := t.truth(m)
	m.pushTruth(truth)
	return err
}

func (t *typeCast) eval(m *machine) error {
	base := len(m.stack)
	if err := m.eval(t.in); err != nil {
		return err
	}
	kept := base
	for i := base; i < len(m.stack); i++ {
		if m.is(m.stack[i], t.typ, true) {
			m.stack[kept] = m.stack[i]
			kept++
		}
	}
	m.stack = m.stack[:kept]
	return nil
}
