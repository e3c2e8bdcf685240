package fhirpath

import (
	"strings"

	"tahto/fhir"
)

func (l *literal) eval(m *machine) error {
	for _, v := range l.items {
		m.push(v)
	}
	return nil
}

func (t *this) eval(m *machine) error { return m.input(nil) }

func (i *index) eval(m *machine) error {
	m.push(integer(int64(m.index)))
	return nil
}

func (t *total) eval(m *machine) error {
	for _, v := range m.total {
		m.push(v)
	}
	return nil
}

func (s *step) eval(m *machine) error {
	if s.in == nil {
		if m.this.kind == kindNone {
			return nil
		}
		if isUpper(s.name[0]) && m.this.kind == kindNode && descends(m.model, m.typed(m.this).text, s.name) {
			m.push(m.this)
			return nil
		}
		m.named(m.this, s.name)
		return nil
	}
	base := len(m.stack)
	if err := m.eval(s.in); err != nil {
		return err
	}
	mid := len(m.stack)
	for i := base; i < mid; i++ {
		m.named(m.stack[i], s.name)
		if err := m.bounded(s); err != nil {
			return err
		}
	}
	m.drop(base, mid)
	return nil
}

// named pushes the elements of that name in v.
func (m *machine) named(v Value, name string) {
	m.steps++
	switch {
	case v.kind == kindType:
		m.namedInType(v, name)
	case v.kind != kindNode:
	case v.element.Kind() == fhir.Object:
		m.namedInObject(v, name)
	case v.box != nil && commonType(name) != "":
		m.pushMember(member{parent: v.box.fellow, name: name, plain: v.box.fellow.Get(name)}, commonType(name), "")
	}
}

func (m *machine) namedInType(v Value, name string) {
	switch name {
	case "namespace":
		m.push(StringValue(v.text))
	case "name":
		m.push(StringValue(v.member))
	}
}

// member is a member of an object, with the _name member beside it.
type member struct {
	parent fhir.Element
	name   string
	plain  fhir.Element
	fellow fhir.Element
}

// find looks for a member of that name. choice tells whether there are others
// whose names begin with it and could end in a type; members is how many it
// looked through.
func find(parent fhir.Element, name string) (exact member, choice bool, members int) {
	exact.parent, exact.name = parent, name
	for full, e := range parent.Members() {
		members++
		below := full != "" && full[0] == '_'
		base := full
		if below {
			base = full[1:]
		}
		switch {
		case len(base) < len(name) || base[:len(name)] != name:
		case len(base) > len(name):
			choice = choice || isUpper(base[len(name)])
		case below:
			exact.fellow = e
		default:
			exact.plain = e
		}
	}
	return exact, choice, members
}

func (f member) exists() bool { return f.plain.Exists() || f.fellow.Exists() }

func (m *machine) namedInObject(v Value, name string) {
	exact, choice, members := find(v.element, name)
	m.steps += members / cheap
	if !exact.exists() && !choice || name == "resourceType" {
		return
	}
	parent := ""
	if m.model != nil {
		parent = m.typed(v).text
	}
	if parent == "" {
		m.pushMember(exact, commonType(name), "")
		return
	}
	e, ok := m.model.Child(parent, name)
	switch {
	case ok && e.Choice:
		m.pushChoice(v.element, name, e)
	case ok:
		m.pushMember(exact, onlyType(e), "")
	case commonType(name) != "", m.foreign(parent):
		m.pushMember(exact, commonType(name), "")
	}
}

// foreign tells whether the model does not know a type, so that what stands in
// it is taken as it stands.
func (m *machine) foreign(typ string) bool {
	return strings.IndexByte(typ, '.') < 0 && m.model.Kind(typ) == 0
}

// pushChoice pushes the value of a choice, whose JSON name ends in its type.
func (m *machine) pushChoice(parent fhir.Element, name string, e ElementType) {
	for full := range parent.Members() {
		base := strings.TrimPrefix(full, "_")
		if len(base) <= len(name) || base[:len(name)] != name || !isUpper(base[len(name)]) {
			continue
		}
		if typ := m.choiceType(e, base[len(name):]); typ != "" {
			f, _, _ := find(parent, base)
			m.pushMember(f, typ, "")
			return
		}
	}
}

// pushMember pushes the items of a member. If lazily is set, it is the JSON name
// by which their type is found when it is asked for, and typ is that of the parent.
func (m *machine) pushMember(f member, typ, lazily string) {
	v := Value{kind: kindNode, text: typ, member: lazily, element: f.plain}
	if f.fellow.Exists() {
		m.pushWithFellow(f, v)
		return
	}
	if f.plain.Kind() != fhir.Array {
		m.pushNode(v)
		return
	}
	for i := range f.plain.Len() {
		v.element = f.plain.At(i)
		m.pushNode(v)
	}
}

func (m *machine) pushNode(v Value) {
	if k := v.element.Kind(); (k == fhir.Absent || k == fhir.Null) && v.box == nil {
		return
	}
	if v.member == "" {
		v.text = resourceType(v.element, v.text)
	}
	m.push(v)
}

// pushWithFellow pushes primitives that have extensions beside their values, or
// instead of them.
func (m *machine) pushWithFellow(f member, v Value) {
	whole := f.parent.Get(f.name)
	for i := range whole.Len() {
		fellow := f.fellow
		if fellow.Kind() == fhir.Array {
			fellow = fellow.At(i)
		} else if i > 0 {
			fellow = fhir.Element{}
		}
		v.element, v.box = whole.At(i), nil
		if fellow.Kind() == fhir.Object {
			v.box = &box{fellow: fellow}
		}
		m.pushNode(v)
	}
}

func (v *variable) eval(m *machine) error {
	switch v.name {
	case "context":
		return m.pushKnown(m.in.Focus.value())
	case "resource":
		return m.pushKnown(m.resource().value())
	case "rootResource":
		return m.pushKnown(m.root().value())
	case "sct":
		return m.pushKnown(StringValue("http://snomed.info/sct"))
	case "loinc":
		return m.pushKnown(StringValue("http://loinc.org"))
	case "ucum":
		return m.pushKnown(StringValue("http://unitsofmeasure.org"))
	}
	if items, given := m.in.Variables[v.name]; given {
		for _, item := range items {
			m.push(item)
		}
		return nil
	}
	if name, is := strings.CutPrefix(v.name, "vs-"); is {
		return m.pushKnown(StringValue("http://hl7.org/fhir/ValueSet/" + name))
	}
	if name, is := strings.CutPrefix(v.name, "ext-"); is {
		return m.pushKnown(StringValue("http://hl7.org/fhir/StructureDefinition/" + name))
	}
	return faultf(v.position(), "there is no variable %%%s", v.name)
}

func (m *machine) pushKnown(v Value) error {
	if v.kind != kindNone {
		m.push(v)
	}
	return nil
}

func (i *indexed) eval(m *machine) error {
	base := len(m.stack)
	if err := m.eval(i.in); err != nil {
		return err
	}
	n, err := m.one(i.index, false)
	if err != nil {
		return err
	}
	position := m.operand(n)
	if position.kind != kindInteger {
		if position.kind == kindNone {
			m.stack = m.stack[:base]
			return nil
		}
		return faultf(i.position(), "an index is an Integer")
	}
	if at := position.number; at < 0 || at >= int64(len(m.stack)-base) {
		m.stack = m.stack[:base]
		return nil
	}
	m.stack[base] = m.stack[base+int(position.number)]
	m.stack = m.stack[:base+1]
	return nil
}
