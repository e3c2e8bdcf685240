package fhirpath

import (
	"strconv"

	"tahto/fhir"
)

// system is a primitive of FHIR as the value of FHIRPath's own type that it
// converts to (https://hl7.org/fhir/R4/fhirpath.html#types). Whatever has no
// such value stays as it is: complex elements, and primitives of which only
// extensions are given. A malformed date is a String, which compares to no date.
func (m *machine) system(v Value) Value {
	if v.kind != kindNode {
		return v
	}
	switch v.element.Kind() {
	case fhir.Bool:
		return BooleanValue(v.element.Text() == "true")
	case fhir.Number, fhir.String:
		return system(m.typed(v))
	}
	return v
}

// operand is [machine.system] where a value is needed to go on: a primitive
// without one is as good as nothing.
func (m *machine) operand(v Value) Value {
	s := m.system(v)
	if s.kind == kindNode && s.element.Kind() <= fhir.Null {
		return Value{}
	}
	return s
}

// system is [machine.system] for a node whose type is known.
func system(v Value) Value {
	if v.kind != kindNode {
		return v
	}
	switch text := v.element.Text(); v.element.Kind() {
	case fhir.Bool:
		return BooleanValue(text == "true")
	case fhir.Number:
		return systemNumber(text, v.text)
	case fhir.String:
		return systemText(text, v.text)
	}
	return v
}

func systemNumber(text, typ string) Value {
	if len(text) > 2*maxDigits {
		return StringValue(text) // beyond any measure
	}
	if typ != "decimal" {
		if n, err := strconv.ParseInt(text, 10, 32); err == nil {
			return integer(n)
		}
	}
	if d, ok := parseDecimal(text); ok {
		return number(d)
	}
	return StringValue(text)
}

func systemText(text, typ string) Value {
	k := kindNone
	switch typ {
	case "date":
		k = kindDate
	case "dateTime", "instant":
		k = kindDateTime
	case "time":
		k = kindTime
	default:
		return StringValue(text)
	}
	if t, ok := parseMoment(k, text); ok {
		return momentValue(k, t)
	}
	return StringValue(text)
}
