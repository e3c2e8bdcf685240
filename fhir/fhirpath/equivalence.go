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
	all, err := m.paired(len(left), func(i, j int) (bool, error) { return m.alike(left[i], right[j], at) })
	return truthOf(all), err
}

// paired tells whether each of n items has one of its own among n others that is
// alike. It counts also the passing over those that are taken.
func (m *machine) paired(n int, alike func(i, j int) (bool, error)) (bool, error) {
	taken, first := make([]bool, n), 0
	for i := range n {
		found := false
		for j := first; j < n && !found; j++ {
			if taken[j] {
				m.steps++
				continue
			}
			var err error
			if found, err = alike(i, j); err != nil {
				return false, err
			}
			taken[j] = found
		}
		if !found {
			return false, nil
		}
		for first < n && taken[first] {
			first++
		}
	}
	return true, nil
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
		return m.alikeTexts(x.text, y.text), nil
	case x.kind == kindQuantity && y.kind == kindQuantity:
		m.countUnits(x, y)
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

func (m *machine) alikeTexts(a, b string) bool {
	m.steps += (len(a) + len(b)) / eachText
	return plain(a) == plain(b)
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
	return m.alikeTexts(a.Text(), b.Text()), nil
}

func (m *machine) alikeItems(a, b fhir.Element, at expr) (bool, error) {
	if a.Len() != b.Len() {
		return false, nil
	}
	return m.paired(a.Len(), func(i, j int) (bool, error) { return m.deepAlike(a.At(i), b.At(j), at) })
}
