package fhirpath

import "strings"

func (a *arithmetic) eval(m *machine) error {
	left, err := m.one(a.left, false)
	if err != nil {
		return err
	}
	right, err := m.one(a.right, false)
	if err != nil {
		return err
	}
	left, right = m.operand(left), m.operand(right)
	if a.op == "&" {
		return m.concatenate(a, left, right)
	}
	if left.kind == kindNone || right.kind == kindNone {
		return nil
	}
	left, right = m.asQuantity(left), m.asQuantity(right)
	switch {
	case isNumber(left) && isNumber(right):
		return m.pushNumber(calculate(a.op, left, right))
	case left.kind == kindString && right.kind == kindString && a.op == "+":
		return m.concatenate(a, left, right)
	case left.kind == kindQuantity || right.kind == kindQuantity:
		if v, ok, fits := m.calculateQuantity(a.op, left, right); fits {
			if ok {
				m.push(v)
			}
			return nil
		}
	}
	return faultf(a.position(), "%s %s %s makes no sense", kindNames[left.kind], a.op, kindNames[right.kind])
}

func (m *machine) asQuantity(v Value) Value {
	if v.kind == kindNode {
		if q, ok := m.quantityOf(v); ok {
			return q
		}
	}
	return v
}

func (m *machine) concatenate(a *arithmetic, left, right Value) error {
	for _, v := range []Value{left, right} {
		if v.kind != kindString && v.kind != kindNone {
			return faultf(a.position(), "%s joins Strings", a.op)
		}
	}
	return m.pushText(left.text+right.text, a)
}

// pushText pushes a text that was built, and counts what it takes.
func (m *machine) pushText(text string, at expr) error {
	if len(text) > maxText {
		return tooCostly(at.position())
	}
	m.push(StringValue(text))
	return m.spend(len(text)/eachText, at)
}

// pushNumber pushes a number, unless there is none or it is out of bounds.
func (m *machine) pushNumber(v Value, ok bool) error {
	if ok && (v.kind != kindInteger || v.number == int64(int32(v.number))) && (v.kind != kindDecimal || v.box.decimal.fits()) {
		m.push(v)
	}
	return nil
}

// calculate gives no result for a division by zero.
func calculate(op string, a, b Value) (Value, bool) {
	whole := a.kind == kindInteger && b.kind == kindInteger
	x, y := a.decimal(), b.decimal()
	if strings.Contains("/ div mod", op) && y.sign() == 0 {
		return Value{}, false
	}
	if whole && op != "/" {
		return integer(calculateIntegers(op, a.number, b.number)), true
	}
	switch op {
	case "+":
		return number(x.add(y)), true
	case "-":
		return number(x.add(y.neg())), true
	case "*":
		return number(x.mul(y)), true
	case "/":
		return number(x.quo(y)), true
	case "mod":
		return number(x.mod(y)), true
	}
	n, ok := x.div(y).integer()
	return integer(n), ok
}

// calculateIntegers cannot overflow, as Integers have 32 bits.
func calculateIntegers(op string, a, b int64) int64 {
	switch op {
	case "+":
		return a + b
	case "-":
		return a - b
	case "*":
		return a * b
	case "div":
		return a / b
	}
	return a % b
}

// calculateQuantity calculates with quantities, and moves dates by them. fits is
// false if the operation does not exist; ok if there is a result.
func (m *machine) calculateQuantity(op string, a, b Value) (v Value, ok, fits bool) {
	switch {
	case isMoment(a) || a.kind == kindTime:
		if b.kind != kindQuantity || op != "+" && op != "-" {
			return Value{}, false, false
		}
		return moved(a, b, op == "-")
	case isNumber(a):
		a = quantity(a.decimal(), "1", false)
	case isNumber(b):
		b = quantity(b.decimal(), "1", false)
	}
	if a.kind != kindQuantity || b.kind != kindQuantity {
		return Value{}, false, false
	}
	m.countUnits(a, b)
	switch op {
	case "*", "/":
		v, ok = multiplied(a, b, op == "/")
		return v, ok && v.box.decimal.fits(), true
	case "+", "-":
		by, ok := converted(a, b)
		if op == "-" {
			by = by.neg()
		}
		sum := a.box.decimal.add(by)
		return quantity(sum, a.text, a.box.calendar), ok && sum.fits(), true
	}
	return Value{}, false, false
}

func (p *polarity) eval(m *machine) error {
	v, err := m.one(p.in, false)
	if err != nil {
		return err
	}
	v = m.asQuantity(m.operand(v))
	switch {
	case v.kind == kindNone:
	case v.kind != kindInteger && v.kind != kindDecimal && v.kind != kindQuantity:
		return faultf(p.position(), "a sign takes a number")
	case !p.minus:
		m.push(v)
	case v.kind == kindInteger:
		return m.pushNumber(integer(-v.number), true)
	case v.kind == kindDecimal:
		m.push(number(v.box.decimal.neg()))
	default:
		m.push(quantity(v.box.decimal.neg(), v.text, v.box.calendar))
	}
	return nil
}
