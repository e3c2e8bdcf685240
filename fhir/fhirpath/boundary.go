package fhirpath

import "math/big"

// boundaries are functions on precision that came after FHIRPath 2.0 was
// normative (https://build.fhir.org/ig/HL7/FHIRPath/#lowboundaryprecision-integer-decimal--date--datetime--time).
var boundaries = []function{
	{name: "lowBoundary", most: 1, run: boundary(false)},
	{name: "highBoundary", most: 1, run: boundary(true)},
	{name: "precision", run: precisionOf},
	{name: "comparable", least: 1, most: 1, truth: comparable},
}

// maxBoundary is the finest precision of a boundary, in decimals.
const maxBoundary = 31

// boundary makes the functions that give the least and the greatest value that
// one of limited precision can stand for.
func boundary(high bool) func(m *machine, c *call) error {
	return func(m *machine, c *call) error {
		v, err := m.subject(c)
		if err != nil {
			return err
		}
		n, given, err := m.integerArgument(c, 0)
		if err != nil {
			return err
		}
		switch v = m.asQuantity(m.operand(v)); v.kind {
		case kindNone:
			return nil
		case kindInteger, kindDecimal, kindQuantity:
			if !given {
				n = 8
			}
			if n < 0 || n > maxBoundary {
				return nil
			}
			d := decimalBoundary(v.decimal(), int32(n), high)
			if v.kind == kindQuantity {
				m.push(quantity(d, v.text, v.box.calendar))
				return nil
			}
			m.push(number(d))
			return nil
		case kindDate, kindDateTime, kindTime:
			if t, ok := momentBoundary(v, int(n), given, high); ok {
				m.push(momentValue(v.kind, t))
			}
			return nil
		}
		return faultf(c.position(), "%s() takes a number, a Quantity, a date or a time", c.fn.name)
	}
}

// decimalBoundary goes half a unit of the last digit up or down. To fewer digits,
// the end towards zero is cut off and the other one rounded.
func decimalBoundary(d decimal, scale int32, high bool) decimal {
	half := decimal{coef: big.NewInt(5), scale: d.scale + 1}
	if !high {
		half = half.neg()
	}
	if b := d.add(half); high == (d.sign() >= 0) {
		return b.rounded(scale)
	} else {
		return b.truncated(scale)
	}
}

// momentDigits are the precisions of dates and times by their number of digits.
var momentDigits = map[kind]map[int]precision{
	kindDate:     {4: toYear, 6: toMonth, 8: toDay},
	kindDateTime: {4: toYear, 6: toMonth, 8: toDay, 10: toHour, 12: toMinute, 14: toSecond, 17: toSecond},
	kindTime:     {2: toHour, 4: toMinute, 6: toSecond, 9: toSecond},
}

func momentBoundary(v Value, n int, given, high bool) (moment, bool) {
	if !given {
		n = map[kind]int{kindDate: 8, kindDateTime: 17, kindTime: 9}[v.kind]
	}
	to, ok := momentDigits[v.kind][n]
	if !ok {
		return moment{}, false
	}
	t := v.box.moment
	if high {
		t = t.filled()
	}
	if t.precision < to && to >= toHour && !t.clock && !t.zone || v.kind == kindDateTime && to >= toHour && !t.zone {
		t.zone, t.offset = true, int(farthestEast.Minutes())
		if high {
			t.offset = -int(farthestWest.Minutes())
		}
	}
	t.precision, t.digits = to, 0
	if to < toHour {
		t.zone, t.offset = false, 0
	}
	if n == 17 || n == 9 {
		t.digits = 3
	}
	return t, true
}

// filled has the greatest value wherever the moment was not given.
func (t moment) filled() moment {
	if t.precision < toMonth && !t.clock {
		t.month = 12
	}
	if t.precision < toDay && !t.clock {
		t.day = daysIn(t.year, t.month)
	}
	if t.precision < toHour {
		t.hour = 23
	}
	if t.precision < toMinute {
		t.minute = 59
	}
	if t.precision < toSecond {
		t.second, t.nano = 59, 999_000_000
	} else if t.digits == 0 {
		t.nano = 999_000_000
	}
	return t
}

// precisionOf counts digits: of the fraction of a number, or of a date or time.
func precisionOf(m *machine, c *call) error {
	v, err := m.subject(c)
	if err != nil || v.kind == kindNone {
		return err
	}
	switch v = m.system(v); v.kind {
	case kindInteger, kindDecimal:
		m.push(integer(int64(v.decimal().scale)))
	case kindDate, kindDateTime, kindTime:
		t := v.box.moment
		n := [...]int{0, 4, 6, 8, 10, 12, 14}[t.precision] + t.digits
		if t.clock {
			n -= 8
		}
		m.push(integer(int64(n)))
	default:
		return faultf(c.position(), "precision() takes a number, a date or a time")
	}
	return nil
}

// comparable tells whether two quantities have units of the same dimension.
func comparable(m *machine, c *call) (tri, error) {
	a, err := m.subject(c)
	if err != nil {
		return unknown, err
	}
	b, err := m.argument(c, 0)
	if err != nil || a.kind == kindNone || b.kind == kindNone {
		return unknown, err
	}
	a, b = m.asQuantity(m.system(a)), m.asQuantity(m.system(b))
	if a.kind != kindQuantity || b.kind != kindQuantity {
		return no, nil
	}
	_, known := compareQuantities(a, b)
	return truthOf(known), nil
}
