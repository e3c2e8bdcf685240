package fhirpath

import (
	"strings"

	"tahto/fhir"
)

// equal is = on collections: nothing if one is empty, and else whether both have
// the same items in the same order (http://hl7.org/fhirpath/N1/#equality).
func (m *machine) equal(left, right []Value, at expr) (tri, error) {
	if len(left) == 0 || len(right) == 0 {
		return unknown, nil
	}
	if len(left) != len(right) {
		return no, nil
	}
	result := yes
	for i := range left {
		t, err := m.same(left[i], right[i], at)
		if err != nil || t == no {
			return t, err
		}
		if t == unknown {
			result = unknown
		}
	}
	return result, nil
}

// same is = on items.
func (m *machine) same(a, b Value, at expr) (tri, error) {
	if err := m.spend(1, at); err != nil {
		return unknown, err
	}
	a, b = m.aligned(m.system(a), m.system(b), a, b)
	switch {
	case a.kind == kindNode && b.kind == kindNode:
		return m.sameNodes(a, b, at)
	case isNumber(a) && isNumber(b):
		return truthOf(compareNumbers(a, b) == 0), nil
	case isMoment(a) && isMoment(b):
		way, known := a.box.moment.compare(b.box.moment)
		if !known {
			return unknown, nil
		}
		return truthOf(way == 0), nil
	case a.kind != b.kind:
		return no, nil
	case a.kind == kindQuantity:
		m.countUnits(a, b)
		return sameQuantities(a, b), nil
	case a.kind == kindTime:
		way, known := a.box.moment.compare(b.box.moment)
		if !known {
			return unknown, nil
		}
		return truthOf(way == 0), nil
	}
	m.steps += min(len(a.text), len(b.text)) / cheapText
	return truthOf(a.text == b.text && a.number == b.number && a.member == b.member), nil
}

func isNumber(v Value) bool { return v.kind == kindInteger || v.kind == kindDecimal }
func isMoment(v Value) bool { return v.kind == kindDate || v.kind == kindDateTime }

func (v Value) decimal() decimal {
	if v.kind == kindInteger {
		return decimalOf(v.number)
	}
	return v.box.decimal
}

func compareNumbers(a, b Value) int {
	if a.kind == kindInteger && b.kind == kindInteger {
		switch {
		case a.number < b.number:
			return -1
		case a.number > b.number:
			return 1
		}
		return 0
	}
	return a.decimal().cmp(b.decimal())
}

// aligned converts one side to the type of the other, where FHIRPath does so
// without being told: numbers and FHIR's Quantity to Quantity, and texts of
// which no model knows the type to dates. a0 and b0 are the items as they came.
func (m *machine) aligned(a, b, a0, b0 Value) (Value, Value) {
	if a.kind == b.kind {
		return a, b
	}
	return m.towards(a, a0, b), m.towards(b, b0, a)
}

func (m *machine) towards(v, item, other Value) Value {
	switch other.kind {
	case kindQuantity:
		if isNumber(v) {
			return quantity(v.decimal(), "1", false)
		}
		if v.kind == kindNode {
			if q, ok := m.quantityOf(v); ok {
				return q
			}
		}
	case kindDate, kindDateTime, kindTime:
		if v.kind != kindString || item.kind != kindNode || m.typed(item).text != "" {
			return v
		}
		for _, k := range []kind{other.kind, kindDate, kindDateTime} {
			if t, ok := parseMoment(k, v.text); ok {
				return momentValue(k, t)
			}
		}
	}
	return v
}

// sameNodes compares elements that are no primitives with values.
func (m *machine) sameNodes(a, b Value, at expr) (tri, error) {
	if a.element == b.element && a.element.Kind() == fhir.Object {
		return yes, nil
	}
	if m.typed(a).text != m.typed(b).text {
		return no, nil
	}
	same, err := m.deepEqual(a.element, b.element, at)
	if err == nil && same && (a.box != nil || b.box != nil) {
		same, err = m.deepEqual(a.fellow(), b.fellow(), at)
	}
	return truthOf(same), err
}

// deepEqual compares trees: members in any order, items of arrays in theirs,
// numbers by value.
func (m *machine) deepEqual(a, b fhir.Element, at expr) (bool, error) {
	if err := m.spend(1, at); err != nil {
		return false, err
	}
	if a.Kind() != b.Kind() {
		return false, nil
	}
	switch a.Kind() {
	case fhir.Object:
		return m.deepEqualObjects(a, b, at)
	case fhir.Array:
		if a.Len() != b.Len() {
			return false, nil
		}
		for i := range a.Len() {
			if same, err := m.deepEqual(a.At(i), b.At(i), at); !same {
				return false, err
			}
		}
		return true, nil
	case fhir.Number:
		x, y := systemNumber(a.Text(), ""), systemNumber(b.Text(), "")
		if isNumber(x) && isNumber(y) {
			return compareNumbers(x, y) == 0, nil
		}
	}
	m.steps += min(len(a.Text()), len(b.Text())) / cheapText
	return a.Text() == b.Text(), nil
}

func (m *machine) deepEqualObjects(a, b fhir.Element, at expr) (bool, error) {
	members := 0
	for name, x := range a.Members() {
		members++
		y, _, looked := find(b, strings.TrimPrefix(name, "_"))
		m.steps += looked / cheap
		if strings.HasPrefix(name, "_") { // find takes the name of the primitive
			y.plain = y.fellow
		}
		if same, err := m.deepEqual(x, y.plain, at); !same {
			return false, err
		}
	}
	for range b.Members() {
		members--
	}
	return members == 0, nil
}

// compare gives the order of two items: whether they have any, and whether it is
// known (http://hl7.org/fhirpath/N1/#comparison).
func (m *machine) compare(a, b Value) (way int, known, comparable bool) {
	a, b = m.aligned(m.system(a), m.system(b), a, b)
	if a.kind == kindNode && b.kind == kindNode {
		if q, ok := m.quantityOf(a); ok {
			a = q
		}
		if q, ok := m.quantityOf(b); ok {
			b = q
		}
	}
	switch {
	case isNumber(a) && isNumber(b):
		return compareNumbers(a, b), true, true
	case a.kind == kindString && b.kind == kindString:
		m.steps += min(len(a.text), len(b.text)) / cheapText
		switch {
		case a.text < b.text:
			return -1, true, true
		case a.text > b.text:
			return 1, true, true
		}
		return 0, true, true
	case isMoment(a) && isMoment(b), a.kind == kindTime && b.kind == kindTime:
		way, known = a.box.moment.compare(b.box.moment)
		return way, known, true
	case a.kind == kindQuantity && b.kind == kindQuantity:
		m.countUnits(a, b)
		way, known = compareQuantities(a, b)
		return way, known, true
	}
	return 0, false, false
}
