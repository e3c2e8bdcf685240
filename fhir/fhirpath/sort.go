package fhirpath

import "slices"

// sorted orders items by themselves, or by keys; a sign before a key turns it
// round. It came after FHIRPath 2.0 was normative. What has no order, and what is
// empty, comes first and stays as it is.
func sorted(m *machine, c *call) error {
	base := len(m.stack)
	if err := m.input(c.in); err != nil {
		return err
	}
	items := append([]Value(nil), m.stack[base:]...)
	m.stack = m.stack[:base]
	rows := make([]sortRow, len(items))
	outer := m.enter()
	defer m.leave(outer)
	for i, v := range items {
		m.this, m.index = v, i
		keys, err := m.sortKeys(c)
		if err != nil {
			return err
		}
		rows[i] = sortRow{v, keys}
	}
	if err := m.spend(len(rows)*8, c); err != nil {
		return err
	}
	slices.SortStableFunc(rows, func(a, b sortRow) int { return m.compareRows(a, b, c) })
	if err := m.spend(0, c); err != nil {
		return err
	}
	for _, row := range rows {
		m.push(row.item)
	}
	return nil
}

type sortRow struct {
	item Value
	keys []Value
}

func (m *machine) sortKeys(c *call) ([]Value, error) {
	if len(c.args) == 0 {
		return []Value{m.this}, nil
	}
	keys := make([]Value, len(c.args))
	for i, arg := range c.args {
		key, err := m.one(ascending(arg), false)
		if err != nil {
			return nil, err
		}
		keys[i] = key
	}
	return keys, nil
}

// ascending is a key without the sign that turns the order round.
func ascending(key expr) expr {
	if p, is := key.(*polarity); is {
		return p.in
	}
	return key
}

func (m *machine) compareRows(a, b sortRow, c *call) int {
	for i := range a.keys {
		if m.steps > maxSteps {
			return 0 // in vain
		}
		x, y := a.keys[i], b.keys[i]
		way, _, _ := m.compare(x, y)
		switch p, signed := descending(c, i); {
		case x.kind == kindNone && y.kind == kindNone:
			continue
		case x.kind == kindNone:
			return -1
		case y.kind == kindNone:
			return 1
		case signed && p.minus:
			way = -way
		}
		if way != 0 {
			return way
		}
	}
	return 0
}

// descending is the sign before key i, if there is one.
func descending(c *call, i int) (*polarity, bool) {
	if i >= len(c.args) {
		return nil, false
	}
	p, signed := c.args[i].(*polarity)
	return p, signed
}
