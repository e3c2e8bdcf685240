package fhirpath

import "tahto/fhir"

// truth of and, or, xor, implies in three-valued logic. The right side is not
// evaluated if the left decides.
func (l *logic) truth(m *machine) (tri, error) {
	left, err := m.truth(l.left)
	if err != nil {
		return unknown, err
	}
	switch {
	case l.op == "and" && left == no:
		return no, nil
	case l.op == "or" && left == yes, l.op == "implies" && left == no:
		return yes, nil
	}
	right, err := m.truth(l.right)
	if err != nil {
		return unknown, err
	}
	switch l.op {
	case "and":
		return and(left, right), nil
	case "or":
		return and(left.not(), right.not()).not(), nil
	case "implies":
		return and(left, right.not()).not(), nil
	}
	if left == unknown || right == unknown {
		return unknown, nil
	}
	return truthOf(left != right), nil
}

func and(a, b tri) tri {
	switch {
	case a == no || b == no:
		return no
	case a == unknown || b == unknown:
		return unknown
	}
	return yes
}

func (l *logic) eval(m *machine) error { return pushed(m, l) }

// two pushes both sides; the items of the left are those from base to mid.
func (m *machine) two(left, right expr) (base, mid int, err error) {
	base = len(m.stack)
	if err = m.input(left); err != nil {
		return base, base, err
	}
	mid = len(m.stack)
	return base, mid, m.input(right)
}

func (e *equality) truth(m *machine) (tri, error) {
	base, mid, err := m.two(e.left, e.right)
	if err != nil {
		return unknown, err
	}
	left, right := m.stack[base:mid], m.stack[mid:]
	var t tri
	if e.op == "=" || e.op == "!=" {
		t, err = m.equal(left, right, e)
	} else {
		t, err = m.equivalent(left, right, e)
	}
	m.stack = m.stack[:base]
	if e.op[0] == '!' {
		t = t.not()
	}
	return t, err
}

func (e *equality) eval(m *machine) error { return pushed(m, e) }

func (o *order) truth(m *machine) (tri, error) {
	left, err := m.one(o.left, false)
	if err != nil {
		return unknown, err
	}
	right, err := m.one(o.right, false)
	if err != nil || m.valueless(left) || m.valueless(right) {
		return unknown, err
	}
	way, known, comparable := 0, true, true
	if left.kind == kindInteger && right.kind == kindInteger {
		way = compareNumbers(left, right)
	} else {
		way, known, comparable = m.compare(left, right)
	}
	if !comparable {
		return unknown, faultf(o.position(), "%s and %s have no order", m.kindName(left), m.kindName(right))
	}
	if !known {
		return unknown, nil
	}
	switch o.op {
	case "<":
		return truthOf(way < 0), nil
	case "<=":
		return truthOf(way <= 0), nil
	case ">":
		return truthOf(way > 0), nil
	}
	return truthOf(way >= 0), nil
}

func (o *order) eval(m *machine) error { return pushed(m, o) }

// valueless tells whether there is nothing to compare: no item, or a primitive
// with extensions only.
func (m *machine) valueless(v Value) bool {
	return v.kind == kindNone || v.kind == kindNode && v.element.Kind() <= fhir.Null
}

// kindName says in an error what sort of item a value is.
func (m *machine) kindName(v Value) string { return kindNames[m.system(v).kind] }

func (i *membership) truth(m *machine) (tri, error) {
	item, err := m.one(i.item, false)
	if err != nil || item.kind == kindNone {
		return unknown, err
	}
	base := len(m.stack)
	if err := m.eval(i.list); err != nil {
		return unknown, err
	}
	result := no
	for _, v := range m.stack[base:] {
		t, err := m.same(item, v, i)
		if err != nil {
			return unknown, err
		}
		if t == yes {
			result = yes
			break
		}
	}
	m.stack = m.stack[:base]
	return result, nil
}

func (i *membership) eval(m *machine) error { return pushed(m, i) }

func (u *union) eval(m *machine) error {
	base := len(m.stack)
	if err := m.eval(u.left); err != nil {
		return err
	}
	if err := m.eval(u.right); err != nil {
		return err
	}
	return m.distinct(base, u)
}
