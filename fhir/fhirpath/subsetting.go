package fhirpath

// subsetting are the functions that take items by their place
// (http://hl7.org/fhirpath/N1/#subsetting).
var subsetting = []function{
	{name: "single", run: single},
	{name: "first", run: span(func(n, _ int) (int, int) { return 0, 1 })},
	{name: "last", run: span(func(n, _ int) (int, int) { return n - 1, n })},
	{name: "tail", run: span(func(n, _ int) (int, int) { return 1, n })},
	{name: "skip", least: 1, most: 1, run: span(func(n, by int) (int, int) { return by, n })},
	{name: "take", least: 1, most: 1, run: span(func(n, by int) (int, int) { return 0, by })},
	{name: "intersect", least: 1, most: 1, run: sieve(true)},
	{name: "exclude", least: 1, most: 1, run: sieve(false)},
}

func single(m *machine, c *call) error {
	v, err := m.subject(c)
	if err != nil {
		return err
	}
	return m.pushKnown(v)
}

// span makes a function that leaves the items from one place to another, of n
// items and by the argument.
func span(places func(n, by int) (from, to int)) func(m *machine, c *call) error {
	return func(m *machine, c *call) error {
		base := len(m.stack)
		if err := m.input(c.in); err != nil {
			return err
		}
		n, by := len(m.stack)-base, 0
		if len(c.args) > 0 {
			given, some, err := m.integerArgument(c, 0)
			if err != nil {
				return err
			}
			if !some {
				m.stack = m.stack[:base]
				return nil
			}
			by = int(given)
		}
		from, to := places(n, by)
		from, to = min(max(from, 0), n), min(max(to, 0), n)
		m.stack = m.stack[:base+max(from, to)]
		m.drop(base, base+from)
		return nil
	}
}

// integerArgument is an argument that has to be an Integer; some tells whether
// it is given and not empty.
func (m *machine) integerArgument(c *call, i int) (n int64, some bool, err error) {
	v, err := m.argument(c, i)
	if err != nil {
		return 0, false, err
	}
	s := m.operand(v)
	if s.kind == kindNone {
		return 0, false, nil
	}
	if s.kind != kindInteger {
		return 0, false, faultf(c.args[i].position(), "%s() takes an Integer here", c.fn.name)
	}
	return s.number, true, nil
}

// sieve makes a function that keeps the items that are in the argument, once
// each, or that are not, all of them.
func sieve(keep bool) func(m *machine, c *call) error {
	return func(m *machine, c *call) error {
		base, mid, err := m.two(c.in, c.args[0])
		if err != nil {
			return err
		}
		other := m.setOf(m.stack[mid:])
		kept := base
		for i := base; i < mid; i++ {
			v := m.stack[i]
			found, err := other.has(v, c)
			if err != nil {
				return err
			}
			if found == keep {
				m.stack[kept] = v
				kept++
			}
		}
		m.stack = m.stack[:kept]
		if keep {
			return m.distinct(base, c)
		}
		return nil
	}
}

// combining are the functions of combining
// (http://hl7.org/fhirpath/N1/#combining).
var combining = []function{
	{name: "union", least: 1, most: 1, run: unite},
	{name: "combine", least: 1, most: 1, run: combine},
}

func unite(m *machine, c *call) error {
	base, _, err := m.two(c.in, c.args[0])
	if err != nil {
		return err
	}
	return m.distinct(base, c)
}

func combine(m *machine, c *call) error {
	_, _, err := m.two(c.in, c.args[0])
	return err
}
