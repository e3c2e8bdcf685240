package fhirpath

import (
	"strings"
	"unicode"

	"tahto/fhir"
)

// equivalent is ~ on collections: the same items in any order; two empty ones
// are equivalent (http://hl7.org/fhirpath/N1/#equivalence).
func (m *machine) equivalent(left, right []Value, at expr) (tri, error) {
	if len(left) != len(right) {
		return no, nil
	}
	taken := make([]bool, len(right))
	for _, a := range left {
		found := false
		for i, b := range right {
			if taken[i] {
				continue
			}
			same, err := m.alike(a, b, at)
			if err != nil {
				return unknown, err
			}
			if same {
				taken[i], found = true, true
				break
			}
		}
		if !found {
			return no, nil
		}
	}
	return yes, nil
}

// alike is ~ on items.
func (m *machine) alike(a, b Value, at expr) (bool, error) {
	if err := m.spend(1, at); err != nil {
		return false, err
	}
	x, y := m.aligned(m.system(a), m.system(b), a, b)
	switch {
	case x.kind == kindNode && y.kind == kindNode:
		if m.typed(x).text != m.typed(y).text {
			return false, nil
		}
		return m.deepAlike(x.element, y.element, at)
	case isNumber(x) && isNumber(y):
		return equivalentDecimals(x.decimal(), y.decimal()), nil
	case x.kind == kindString && y.kind == kindString:
		return plain(x.text) == plain(y.text), nil
	case x.kind == kindQuantity && y.kind == kindQuantity:
		return equivalentQuantities(x, y), nil
	}
	t, err := m.same(a, b, at)
	return t == yes, err
}

// equivalentDecimals compares to the precision of the less precise one.
func equivalentDecimals(a, b decimal) bool {
	a, b = a.trimmed(), b.trimmed()
	scale := min(a.scale, b.scale)
	return a.rounded(scale).cmp(b.rounded(scale)) == 0
}

// plain is a text without the difference of small and large letters, and with
// every white space as one blank.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		return r
	}, strings.ToLower(s))
}

// deepAlike compares trees, items of arrays in any order.
func (m *machine) deepAlike(a, b fhir.Element, at expr) (bool, error) {
	if err := m.spend(1, at); err != nil || a.Kind() != b.Kind() {
		return false, err
	}
	switch a.Kind() {
	case fhir.Object:
		members := 0
		for name, x := range a.Members() {
			members++
			y, _, looked := find(b, strings.TrimPrefix(name, "_"))
			m.steps += looked / cheap
			if strings.HasPrefix(name, "_") {
				y.plain = y.fellow
			}
			if same, err := m.deepAlike(x, y.plain, at); !same {
				return false, err
			}
		}
		for range b.Members() {
			members--
		}
		return members == 0, nil
	case fhir.Array:
		return m.alikeItems(a, b, at)
	case fhir.Number:
		x, y := systemNumber(a.Text(), ""), systemNumber(b.Text(), "")
		if isNumber(x) && isNumber(y) {
			return equivalentDecimals(x.decimal(), y.decimal()), nil
		}
	}
	return plain(a.Text()) == plain(b.Text()), nil
}

func (m *machine) alikeItems(a, b fhir.Element, at expr) (bool, error) {
	if a.Len() != b.Len() {
		return false, nil
	}
	taken := make([]bool, b.Len())
	for _, x := range a.Items() {
		found := false
		for i, y := range b.Items() {
			if taken[i] {
				continue
			}
			same, err := m.deepAlike(x, y, at)
			if err != nil {
				return false, err
			}
			if same {
				taken[i], found = true, true
				break
			}
		}
		if !found {
			return false, nil
		}
	}
	return true, nil
}
