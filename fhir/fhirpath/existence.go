package fhirpath

// existence are the functions that ask whether there is anything
// (http://hl7.org/fhirpath/N1/#existence).
var existence = []function{
	{name: "empty", truth: empty},
	{name: "exists", most: 1, truth: exists},
	{name: "all", least: 1, most: 1, truth: all},
	{name: "allTrue", truth: allOf(yes, false)},
	{name: "anyTrue", truth: allOf(no, true)},
	{name: "allFalse", truth: allOf(no, false)},
	{name: "anyFalse", truth: allOf(yes, true)},
	{name: "subsetOf", least: 1, most: 1, truth: subsetOf},
	{name: "supersetOf", least: 1, most: 1, truth: supersetOf},
	{name: "count", run: count},
	{name: "distinct", run: distinct},
	{name: "isDistinct", truth: isDistinct},
	{name: "not", truth: not},
}

// size is how many items the input of a function has.
func (m *machine) size(c *call) (int, error) {
	if in, is := c.in.(*call); is && in.in == nil && in.fn.name == "children" {
		if n, ok := countChildren(m.this); ok {
			return n, m.spend(n, c)
		}
	}
	base := len(m.stack)
	if err := m.input(c.in); err != nil {
		return 0, err
	}
	n := len(m.stack) - base
	m.stack = m.stack[:base]
	return n, nil
}

func empty(m *machine, c *call) (tri, error) {
	n, err := m.size(c)
	return truthOf(n == 0), err
}

func exists(m *machine, c *call) (tri, error) {
	if len(c.args) == 0 {
		n, err := m.size(c)
		return truthOf(n > 0), err
	}
	return m.any(c, yes)
}

// any tells whether the criterion has the wanted truth for an item.
func (m *machine) any(c *call, wanted tri) (tri, error) {
	found := no
	err := m.each(c, func(_ Value, criterion tri) bool {
		if criterion == wanted {
			found = yes
		}
		return found == no
	})
	return found, err
}

// each evaluates the criterion, the first argument, for every item of the input
// until visit says that it is enough. It leaves nothing on the stack.
func (m *machine) each(c *call, visit func(v Value, criterion tri) bool) error {
	base := len(m.stack)
	if err := m.input(c.in); err != nil {
		return err
	}
	outer := m.enter()
	defer m.leave(outer)
	for i, end := base, len(m.stack); i < end; i++ {
		v := m.stack[i]
		m.this, m.index = v, i-base
		t, err := m.truth(c.args[0])
		if err != nil {
			return err
		}
		if !visit(v, t) {
			break
		}
	}
	m.stack = m.stack[:base]
	return nil
}

// all holds if the criterion is true for every item.
func all(m *machine, c *call) (tri, error) {
	result := yes
	err := m.each(c, func(_ Value, criterion tri) bool {
		if criterion != yes {
			result = no
		}
		return result == yes
	})
	return result, err
}

// allOf makes the functions that look through booleans: whether all are wanted,
// or whether any is not.
func allOf(wanted tri, any bool) func(m *machine, c *call) (tri, error) {
	return func(m *machine, c *call) (tri, error) {
		base := len(m.stack)
		if err := m.input(c.in); err != nil {
			return unknown, err
		}
		items := m.stack[base:]
		m.stack = m.stack[:base]
		every := true
		for _, v := range items {
			s := m.system(v)
			if s.kind != kindBoolean {
				return unknown, faultf(c.position(), "%s() takes booleans only", c.fn.name)
			}
			every = every && truthOf(s.number == 1) == wanted
		}
		return truthOf(every != any), nil
	}
}

func subsetOf(m *machine, c *call) (tri, error) {
	return m.within(c, c.in, c.args[0], true)
}

func supersetOf(m *machine, c *call) (tri, error) {
	return m.within(c, c.args[0], c.in, false)
}

// within tells whether every item of one collection is in the other.
func (m *machine) within(c *call, part, whole expr, first bool) (tri, error) {
	base := len(m.stack)
	if err := m.input(part); err != nil {
		return unknown, err
	}
	mid := len(m.stack)
	if err := m.input(whole); err != nil {
		return unknown, err
	}
	known := m.setOf(m.stack[mid:])
	result := yes
	for _, v := range m.stack[base:mid] {
		found, err := known.has(v, c)
		if err != nil {
			return unknown, err
		}
		if !found {
			result = no
			break
		}
	}
	m.stack = m.stack[:base]
	return result, nil
}

func count(m *machine, c *call) error {
	n, err := m.size(c)
	if err != nil {
		return err
	}
	m.push(integer(int64(n)))
	return nil
}

func distinct(m *machine, c *call) error {
	base := len(m.stack)
	if err := m.input(c.in); err != nil {
		return err
	}
	return m.distinct(base, c)
}

// distinct leaves the first of equal items from base on.
func (m *machine) distinct(base int, at expr) error {
	seen := m.setOf(nil)
	return m.keepNew(&seen, base, base, at)
}

func isDistinct(m *machine, c *call) (tri, error) {
	base := len(m.stack)
	if err := m.input(c.in); err != nil {
		return unknown, err
	}
	n := len(m.stack)
	err := m.distinct(base, c)
	same := truthOf(n == len(m.stack))
	m.stack = m.stack[:base]
	return same, err
}

func not(m *machine, c *call) (tri, error) {
	if c.in == nil {
		return m.itemTruthOf(m.this).not(), nil
	}
	t, err := m.truth(c.in)
	return t.not(), err
}

func (m *machine) itemTruthOf(v Value) tri {
	if v.kind == kindNone {
		return unknown
	}
	return m.itemTruth(v)
}
