package fhirpath

// utilities are iif() and the utility functions
// (http://hl7.org/fhirpath/N1/#utility-functions).
var utilities = []function{
	{name: "iif", least: 2, most: 3, run: iif},
	{name: "trace", least: 1, most: 2, run: trace},
	{name: "now", run: clock(kindDateTime, toSecond)},
	{name: "today", run: clock(kindDate, toDay)},
	{name: "timeOfDay", run: clock(kindTime, toSecond)},
	{name: "type", run: typeOf},
	{name: "sort", most: 10, run: sorted},
}

// iif evaluates only the branch it takes. Its criterion has to be a boolean.
func iif(m *machine, c *call) error {
	v, err := m.subject(c)
	if err != nil {
		return err
	}
	outer := m.enter()
	defer m.leave(outer)
	if c.in != nil {
		m.this = v
	}
	criterion, err := m.argument(c, 0)
	if err != nil {
		return err
	}
	s := m.system(criterion)
	switch {
	case s.kind != kindBoolean && s.kind != kindNone:
		return faultf(c.args[0].position(), "iif() takes a boolean criterion")
	case s.kind == kindBoolean && s.number == 1:
		return m.eval(c.args[1])
	case len(c.args) == 3:
		return m.eval(c.args[2])
	}
	return nil
}

// trace is its input. There is no log for it to write to: what it would write is
// personal.
func trace(m *machine, c *call) error { return m.input(c.in) }

// clock makes the functions that tell the time, which is that of the input.
func clock(k kind, p precision) func(m *machine, c *call) error {
	return func(m *machine, c *call) error {
		if m.in.Now.IsZero() {
			return faultf(c.position(), "%s() is not known here", c.fn.name)
		}
		t := momentOf(m.in.Now, p)
		if k != kindDate {
			t.digits = 3
			t.nano -= t.nano % 1_000_000
		}
		if k == kindDateTime {
			_, seconds := m.in.Now.Zone()
			t.zone, t.offset = true, seconds/60
		}
		if k == kindTime {
			t = moment{hour: t.hour, minute: t.minute, second: t.second, nano: t.nano, digits: 3, precision: toSecond, clock: true}
		}
		m.push(momentValue(k, t))
		return nil
	}
}

// typeOf gives the namespace and the name of the type of each item.
func typeOf(m *machine, c *call) error {
	base := len(m.stack)
	if err := m.input(c.in); err != nil {
		return err
	}
	for i := base; i < len(m.stack); i++ {
		v := m.typed(m.stack[i])
		info := Value{kind: kindType, text: "System", member: kindNames[v.kind]}
		if v.kind == kindNode {
			info.text, info.member = "FHIR", v.text
		}
		m.stack[i] = info
	}
	return nil
}
