package fhirpath

import "math"

// numbers are the functions of mathematics
// (http://hl7.org/fhirpath/N1/#math).
var numbers = []function{
	{name: "abs", run: mathematical(func(v Value) (Value, bool) {
		switch v.kind {
		case kindInteger:
			return integer(max(v.number, -v.number)), true
		case kindQuantity:
			return quantity(v.box.decimal.abs(), v.text, v.box.calendar), true
		}
		return number(v.box.decimal.abs()), true
	})},
	{name: "ceiling", run: mathematical(func(v Value) (Value, bool) { return wholeOf(v.decimal().neg().floor().neg()) })},
	{name: "floor", run: mathematical(func(v Value) (Value, bool) { return wholeOf(v.decimal().floor()) })},
	{name: "truncate", run: mathematical(func(v Value) (Value, bool) { return wholeOf(v.decimal().truncated(0)) })},
	{name: "exp", run: mathematical(func(v Value) (Value, bool) { return real(math.Exp(v.decimal().float())) })},
	{name: "ln", run: mathematical(func(v Value) (Value, bool) { return real(math.Log(v.decimal().float())) })},
	{name: "sqrt", run: mathematical(func(v Value) (Value, bool) { return real(math.Sqrt(v.decimal().float())) })},
	{name: "log", least: 1, most: 1, run: mathematical2(func(v, base Value) (Value, bool) {
		return real(math.Log(v.decimal().float()) / math.Log(base.decimal().float()))
	})},
	{name: "power", least: 1, most: 1, run: mathematical2(power)},
	{name: "round", most: 1, run: round},
}

// mathematical makes a function of one number. What has no result, as the root
// of a negative number, is empty.
func mathematical(f func(v Value) (Value, bool)) func(m *machine, c *call) error {
	return func(m *machine, c *call) error {
		v, some, err := m.number(c)
		if err != nil || !some {
			return err
		}
		return m.pushNumber(f(v))
	}
}

func mathematical2(f func(v, by Value) (Value, bool)) func(m *machine, c *call) error {
	return func(m *machine, c *call) error {
		v, some, err := m.number(c)
		if err != nil {
			return err
		}
		arg, err := m.argument(c, 0)
		if err != nil {
			return err
		}
		by := m.operand(arg)
		switch {
		case by.kind == kindNone || !some:
			return nil
		case !isNumber(by) || v.kind == kindQuantity:
			return faultf(c.position(), "%s() takes a number", c.fn.name)
		}
		return m.pushNumber(f(v, by))
	}
}

// number is the number that a function is applied to; abs() takes a Quantity too.
func (m *machine) number(c *call) (v Value, some bool, err error) {
	if v, err = m.subject(c); err != nil {
		return Value{}, false, err
	}
	if v = m.asQuantity(m.operand(v)); v.kind == kindNone {
		return Value{}, false, nil
	}
	if !isNumber(v) && (v.kind != kindQuantity || c.fn.name != "abs") {
		return Value{}, false, faultf(c.position(), "%s() takes a number, and not %s", c.fn.name, kindNames[v.kind])
	}
	return v, true, nil
}

func wholeOf(d decimal) (Value, bool) {
	n, ok := d.integer()
	return integer(n), ok
}

func real(f float64) (Value, bool) {
	d, ok := fromFloat(f)
	return number(d), ok
}

// maxPower bounds an exponent that is calculated exactly.
const maxPower = 64

// power is exact for a small whole exponent.
func power(v, by Value) (Value, bool) {
	n, whole := by.decimal().integer()
	if !whole || n < 0 || n > maxPower {
		return real(math.Pow(v.decimal().float(), by.decimal().float()))
	}
	result := decimalOf(1)
	for range n {
		if result = result.mul(v.decimal()); !result.fits() {
			return Value{}, false
		}
	}
	if v.kind == kindInteger {
		return wholeOf(result)
	}
	return number(result), true
}

func round(m *machine, c *call) error {
	v, some, err := m.number(c)
	if err != nil || !some {
		return err
	}
	places, _, err := m.integerArgument(c, 0)
	if err != nil {
		return err
	}
	if places < 0 || places > maxDigits {
		return faultf(c.position(), "round() takes 0 to %d digits", maxDigits)
	}
	return m.pushNumber(number(v.decimal().rounded(int32(places))), true)
}
