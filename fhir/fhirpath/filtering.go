package fhirpath

// filtering are the functions of filtering and projection
// (http://hl7.org/fhirpath/N1/#filtering-and-projection), and aggregate().
var filtering = []function{
	{name: "where", least: 1, most: 1, run: where},
	{name: "select", least: 1, most: 1, run: selected},
	{name: "repeat", least: 1, most: 1, run: repeat},
	{name: "aggregate", least: 1, most: 2, run: aggregate},
}

func where(m *machine, c *call) error {
	base := len(m.stack)
	if err := m.input(c.in); err != nil {
		return err
	}
	outer := m.enter()
	defer m.leave(outer)
	kept := base
	for i, end := base, len(m.stack); i < end; i++ {
		m.this, m.index = m.stack[i], i-base
		t, err := m.truth(c.args[0])
		if err != nil {
			return err
		}
		if t == yes {
			m.stack[kept] = m.stack[i]
			kept++
		}
	}
	m.stack = m.stack[:kept]
	return nil
}

func selected(m *machine, c *call) error {
	base := len(m.stack)
	if err := m.input(c.in); err != nil {
		return err
	}
	mid := len(m.stack)
	if err := m.project(c, base, mid); err != nil {
		return err
	}
	m.drop(base, mid)
	return nil
}

// project pushes what the first argument gives for each of the items from base
// to mid.
func (m *machine) project(c *call, base, mid int) error {
	outer := m.enter()
	defer m.leave(outer)
	for i := base; i < mid; i++ {
		m.this, m.index = m.stack[i], i-base
		if err := m.eval(c.args[0]); err != nil {
			return err
		}
	}
	return nil
}

// repeat projects again and again, until no item comes that was not there.
func repeat(m *machine, c *call) error {
	base := len(m.stack)
	if err := m.input(c.in); err != nil {
		return err
	}
	first := len(m.stack) // where what was found begins
	seen := m.setOf(nil)
	for from, to := base, first; from < to; from, to = to, len(m.stack) {
		if err := m.project(c, from, to); err != nil {
			return err
		}
		if err := m.keepNew(&seen, first, max(to, first), c); err != nil {
			return err
		}
	}
	m.drop(base, first)
	return nil
}

// keepNew leaves of the items from to on those that are not among the ones from
// first on.
func (m *machine) keepNew(seen *set, first, to int, at expr) error {
	kept := to
	for i := to; i < len(m.stack); i++ {
		v := m.stack[i]
		found, err := seen.has(v, at)
		if err != nil {
			return err
		}
		if !found {
			m.stack[kept] = v
			kept++
			seen.add(m.stack[first:kept])
		}
	}
	m.stack = m.stack[:kept]
	return nil
}

func aggregate(m *machine, c *call) error {
	base := len(m.stack)
	if err := m.input(c.in); err != nil {
		return err
	}
	mid := len(m.stack)
	outer, before := m.enter(), m.total
	defer func() {
		m.leave(outer)
		m.total = before
	}()
	var sum Collection
	if len(c.args) > 1 {
		if err := m.eval(c.args[1]); err != nil {
			return err
		}
		sum = m.takeFrom(mid)
	}
	for i := base; i < mid; i++ {
		m.this, m.index, m.total = m.stack[i], i-base, sum
		if err := m.eval(c.args[0]); err != nil {
			return err
		}
		sum = m.takeFrom(mid)
	}
	m.stack = append(m.stack[:base], sum...)
	return nil
}

// takeFrom takes the items from base on into a collection of their own.
func (m *machine) takeFrom(base int) Collection {
	items := append(Collection(nil), m.stack[base:]...)
	m.stack = m.stack[:base]
	return items
}
