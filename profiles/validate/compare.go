package validate

import "tahto/fhir"

// equal tells whether two elements are the same: members in any order, items
// in the same (fixed[x],
// https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.fixed_x_).
func equal(a, b fhir.Element) bool {
	if a.Kind() != b.Kind() {
		return false
	}
	switch a.Kind() {
	case fhir.Object:
		return hasAll(a, b, equal) && hasAll(b, a, equal)
	case fhir.Array:
		if a.Len() != b.Len() {
			return false
		}
		for i, item := range a.Items() {
			if !equal(item, b.At(i)) {
				return false
			}
		}
		return true
	}
	return a.Text() == b.Text()
}

// hasAll tells whether an object has every member of another, such that same
// holds of the two.
func hasAll(a, of fhir.Element, same func(a, b fhir.Element) bool) bool {
	for name, value := range of.Members() {
		if !same(a.Get(name), value) {
			return false
		}
	}
	return true
}

// matches tells whether an element has at least what a pattern has: every
// member, and for every item of a list one that matches it (pattern[x],
// https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.pattern_x_).
func matches(e, pattern fhir.Element) bool {
	if pattern.Kind() == fhir.Array {
		for _, want := range pattern.Items() {
			if !anyMatches(e, want) {
				return false
			}
		}
		return e.Kind() == fhir.Array
	}
	if e.Kind() != pattern.Kind() {
		return false
	}
	if pattern.Kind() == fhir.Object {
		return hasAll(e, pattern, matches)
	}
	return e.Text() == pattern.Text()
}

func anyMatches(e, want fhir.Element) bool {
	for _, item := range e.Items() {
		if matches(item, want) {
			return true
		}
	}
	return false
}
