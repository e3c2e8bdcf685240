package fhirpath

import "tahto/fhir"

// walks are the functions of tree navigation
// (http://hl7.org/fhirpath/N1/#tree-navigation).
var walks = []function{
	{name: "children", run: children},
	{name: "descendants", run: descendants},
}

func children(m *machine, c *call) error {
	base := len(m.stack)
	if c.in == nil {
		m.children(m.this)
		return m.bounded(c)
	}
	if err := m.eval(c.in); err != nil {
		return err
	}
	mid := len(m.stack)
	for i := base; i < mid; i++ {
		m.children(m.stack[i])
		if err := m.bounded(c); err != nil {
			return err
		}
	}
	m.drop(base, mid)
	return nil
}

// children pushes all elements of v. Their types are looked up when needed.
func (m *machine) children(v Value) {
	m.steps++
	if v.kind != kindNode {
		return
	}
	if v.box != nil {
		m.childrenOf(v.box.fellow, "Element")
	}
	if v.element.Kind() == fhir.Object {
		m.childrenOf(v.element, m.typed(v).text)
	}
}

// childrenOf ends early once there were too many steps, of which its callers take
// note: a fellow is looked for among all members.
func (m *machine) childrenOf(parent fhir.Element, typ string) {
	members, fellows := membersOf(parent)
	for name, e := range parent.Members() {
		switch {
		case m.steps > maxSteps:
			return
		case name == "resourceType" || name == "":
		case !fellows:
			m.pushMember(member{plain: e}, typ, name)
		case name[0] != '_':
			m.steps += members / cheap
			f, _, _ := find(parent, name)
			m.pushMember(f, typ, name)
		default:
			m.steps += members / cheap
			if parent.Get(name[1:]).Kind() == fhir.Absent {
				m.pushMember(member{parent: parent, name: name[1:], fellow: e}, typ, name[1:])
			}
		}
	}
}

// membersOf counts the members, and tells whether a primitive among them has an
// id or extensions.
func membersOf(parent fhir.Element) (n int, fellows bool) {
	for name := range parent.Members() {
		n++
		fellows = fellows || name != "" && name[0] == '_'
	}
	return n, fellows
}

// descendants pushes all elements below the input, in no order that means anything. Trees
// are at most [fhir.MaxDepth] deep.
func descendants(m *machine, c *call) error {
	base := len(m.stack)
	if err := m.input(c.in); err != nil {
		return err
	}
	mid := len(m.stack)
	for i := base; i < mid; i++ {
		if err := m.descend(m.stack[i], c); err != nil {
			return err
		}
	}
	m.drop(base, mid)
	return nil
}

// descend pushes the children of v, and then theirs.
func (m *machine) descend(v Value, c *call) error {
	from := len(m.stack)
	m.children(v)
	if err := m.bounded(c); err != nil {
		return err
	}
	for i, to := from, len(m.stack); i < to; i++ {
		if err := m.descend(m.stack[i], c); err != nil {
			return err
		}
	}
	return nil
}

// countChildren is how many elements are in a node, without pushing them; not ok
// if it takes more than counting to know.
func countChildren(v Value) (n int, ok bool) {
	if v.kind != kindNode || v.box != nil {
		return 0, false
	}
	for name, e := range v.element.Members() {
		switch {
		case name == "" || name[0] == '_':
			return 0, false
		case name == "resourceType":
		case e.Kind() != fhir.Array:
			n += count1(e)
		default:
			for i := range e.Len() {
				n += count1(e.At(i))
			}
		}
	}
	return n, true
}

func count1(e fhir.Element) int {
	if e.Kind() == fhir.Null {
		return 0
	}
	return 1
}
