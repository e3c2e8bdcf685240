package fhirpath

import (
	"math/big"
	"strings"

	"tahto/fhir"
)

const ucumSystem = "http://unitsofmeasure.org"

// calendarUnit is the calendar duration that a word means, in the singular
// (http://hl7.org/fhirpath/N1/#time-valued-quantities).
func calendarUnit(word string) (string, bool) {
	switch word {
	case "year", "month", "week", "day", "hour", "minute", "second", "millisecond":
		return word, true
	case "years", "months", "weeks", "days", "hours", "minutes", "seconds", "milliseconds":
		return word[:len(word)-1], true
	}
	return "", false
}

// quantityOf makes a Quantity of a number and the unit behind it: a word, or a
// text in quotes, which may hold such a word too.
func quantityOf(d decimal, unit string, word bool) Value {
	if name, calendar := calendarUnit(unit); calendar {
		return quantity(d, name, true)
	}
	return quantity(d, unit, false)
}

func quotedUnit(unit string, calendar bool) string {
	if calendar {
		return unit
	}
	return "'" + unit + "'"
}

// quantityOf is FHIR's Quantity, or a type that specialises it, as FHIRPath's own
// (https://hl7.org/fhir/R4/fhirpath.html#quantity). One with a comparator, or
// without a value, has no such value.
func (m *machine) quantityOf(v Value) (Value, bool) {
	v = m.typed(v)
	if v.element.Kind() != fhir.Object || v.text != "" && !descends(m.model, v.text, "Quantity") {
		return Value{}, false
	}
	d, ok := parseDecimal(v.element.Get("value").Text())
	if !ok || v.element.Get("comparator").Exists() {
		return Value{}, false
	}
	unit := v.element.Get("code").Text()
	if unit == "" || v.element.Get("system").Text() != ucumSystem {
		unit = v.element.Get("unit").Text()
	}
	if unit == "" {
		unit = "1"
	}
	return quantity(d, unit, false), true
}

// definite are the units of UCUM that calendar durations equal.
var definite = map[string]string{
	"week": "wk", "day": "d", "hour": "h", "minute": "min", "second": "s", "millisecond": "ms",
}

// approximate are those they are only equivalent to: a month has no fixed length.
var approximate = map[string]string{"year": "a", "month": "mo"}

// measure is the unit of a quantity. A year or a month of the calendar is
// measured in months, and compares to nothing else.
func measure(q Value) (unit, bool) {
	if !q.box.calendar {
		return parseUnit(q.text)
	}
	switch q.text {
	case "year":
		return unit{factor: big.NewRat(12, 1), calendar: true}, true
	case "month":
		return unit{factor: big.NewRat(1, 1), calendar: true}, true
	}
	return parseUnit(definite[q.text])
}

// compareQuantities converts both to the same unit; it is not known if that is
// impossible.
func compareQuantities(a, b Value) (way int, known bool) {
	if a.text == b.text && a.box.calendar == b.box.calendar {
		return a.box.decimal.cmp(b.box.decimal), true
	}
	x, ok := measure(a)
	y, ok2 := measure(b)
	if !ok || !ok2 || !x.sameDimension(y) {
		return 0, false
	}
	return x.base(a.box.decimal).Cmp(y.base(b.box.decimal)), true
}

// sameQuantities is = on quantities. It is not known of a unit that nobody knows.
func sameQuantities(a, b Value) tri {
	way, known := compareQuantities(a, b)
	if known {
		return truthOf(way == 0)
	}
	_, ok := measure(a)
	_, ok2 := measure(b)
	if !ok || !ok2 || a.box.calendar != b.box.calendar { // or a month against a thirty-day one
		return unknown
	}
	return no
}

// equivalentQuantities compares to the precision of the less precise one, in the
// larger unit; a month of the calendar is equivalent to one of UCUM.
func equivalentQuantities(a, b Value) bool {
	a, b = loose(a), loose(b)
	if a.text == b.text {
		return equivalentDecimals(a.box.decimal, b.box.decimal)
	}
	x, ok := measure(a)
	y, ok2 := measure(b)
	if !ok || !ok2 || !x.sameDimension(y) {
		return false
	}
	if x.factor.Cmp(y.factor) < 0 {
		a, b, x, y = b, a, y, x
	}
	converted := new(big.Rat).Quo(y.base(b.box.decimal), x.factor)
	return equivalentDecimals(a.box.decimal, fromRat(converted, maxDigits/2).trimmed())
}

func loose(q Value) Value {
	if q.box.calendar {
		if code := approximate[q.text] + definite[q.text]; code != "" {
			return quantity(q.box.decimal, code, false)
		}
	}
	return q
}

// multiplied is a * b or a / b. The unit of the result is written in terms of
// those two.
func multiplied(a, b Value, divide bool) (Value, bool) {
	left, right := ucumText(a), ucumText(b)
	switch {
	case left == "" || right == "" || len(left)+len(right) > maxUnit:
		return Value{}, false
	case divide && b.box.decimal.sign() == 0:
		return Value{}, false
	case divide:
		return quantity(a.box.decimal.quo(b.box.decimal), per(left, right), false), true
	case left == "1":
		left = right
	case right != "1":
		left += "." + right
	}
	return quantity(a.box.decimal.mul(b.box.decimal), left, false), true
}

func per(left, right string) string {
	switch {
	case left == right:
		return "1"
	case right == "1":
		return left
	case strings.ContainsAny(right, "./"):
		return left + "/(" + right + ")"
	}
	return left + "/" + right
}

// ucumText is the unit as UCUM writes it; "" for what it doesn't know.
func ucumText(q Value) string {
	q = loose(q)
	if _, ok := parseUnit(q.text); !ok {
		return ""
	}
	return q.text
}

// converted is b's value in the unit of a, for a sum of both.
func converted(a, b Value) (decimal, bool) {
	if a.text == b.text && a.box.calendar == b.box.calendar {
		return b.box.decimal, true
	}
	x, ok := measure(a)
	y, ok2 := measure(b)
	if !ok || !ok2 || !x.sameDimension(y) {
		return decimal{}, false
	}
	return fromRat(new(big.Rat).Quo(y.base(b.box.decimal), x.factor), maxDigits/2).trimmed(), true
}
