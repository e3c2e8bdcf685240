package fhirpath

import (
	"strconv"

	"tahto/fhir"
)

// kind is what sort of item a value is.
type kind uint8

const (
	kindNone kind = iota
	kindNode
	kindBoolean
	kindString
	kindInteger
	kindDecimal
	kindDate
	kindDateTime
	kindTime
	kindQuantity
	kindType
)

var kindNames = [...]string{"nothing", "an element", "Boolean", "String", "Integer", "Decimal", "Date", "DateTime", "Time", "Quantity", "TypeInfo"}

// Value is one item of a [Collection]: an element of a resource, or a value of
// one of FHIRPath's own types. The zero Value is none.
type Value struct {
	kind   kind
	number int64  // a Boolean as 0 and 1, or an Integer
	text   string // a String; the unit of a Quantity; a node's type, or its parent's type if member is set
	member string // the JSON name of a node whose type was not looked up yet
	// element is that of a node.
	element fhir.Element
	box     *box
}

// box holds what few values have, so that the others stay small.
type box struct {
	fellow   fhir.Element
	decimal  decimal // of a Decimal or Quantity
	moment   moment  // a Date, DateTime or Time
	calendar bool    // the unit of a Quantity is a calendar duration, such as month
}

// BooleanValue is a System.Boolean.
func BooleanValue(b bool) Value {
	v := Value{kind: kindBoolean}
	if b {
		v.number = 1
	}
	return v
}

// StringValue is a System.String.
func StringValue(s string) Value { return Value{kind: kindString, text: s} }

// IntegerValue is a System.Integer.
func IntegerValue(n int32) Value { return integer(int64(n)) }

// NodeValue is an element, for a variable of an [Input].
func NodeValue(n Node) Value { return n.value() }

func integer(n int64) Value { return Value{kind: kindInteger, number: n} }

func number(d decimal) Value { return Value{kind: kindDecimal, box: &box{decimal: d}} }

func momentValue(k kind, t moment) Value { return Value{kind: k, box: &box{moment: t}} }

func quantity(d decimal, unit string, calendar bool) Value {
	return Value{kind: kindQuantity, text: unit, box: &box{decimal: d, calendar: calendar}}
}

// Node is the element, if the value is one.
func (v Value) Node() (Node, bool) {
	if v.kind != kindNode {
		return Node{}, false
	}
	return Node{element: v.element, fellow: v.fellow(), typ: v.text}, true
}

// Bool is the value of a System.Boolean or of an element of type boolean.
func (v Value) Bool() (value, ok bool) {
	s := system(v)
	return s.number == 1, s.kind == kindBoolean
}

// Type is the name of the type: "System.Integer", or "FHIR.code" for an element.
func (v Value) Type() string {
	switch v.kind {
	case kindNone:
		return ""
	case kindNode:
		return "FHIR." + v.text
	}
	return "System." + kindNames[v.kind]
}

// String is the value in the form of toString(); for an element that is no
// primitive, its JSON.
func (v Value) String() string {
	switch s := system(v); s.kind {
	case kindNone:
		return ""
	case kindBoolean:
		return strconv.FormatBool(s.number == 1)
	case kindString:
		return s.text
	case kindInteger:
		return strconv.FormatInt(s.number, 10)
	case kindDecimal:
		return s.box.decimal.String()
	case kindDate, kindDateTime, kindTime:
		return s.box.moment.String()
	case kindQuantity:
		return s.box.decimal.String() + " " + quotedUnit(s.text, s.box.calendar)
	case kindType:
		return s.text + "." + s.member
	}
	return string(v.element.JSON())
}

func (v Value) fellow() fhir.Element {
	if v.box == nil {
		return fhir.Element{}
	}
	return v.box.fellow
}

// hasValue tells whether an element is a primitive with a value.
func (v Value) hasValue() bool {
	switch v.element.Kind() {
	case fhir.String, fhir.Number, fhir.Bool:
		return true
	}
	return false
}

// Collection is the result of an expression: items in order.
type Collection []Value

// Len is the number of items.
func (c Collection) Len() int { return len(c) }

// At is item i, from 0; the zero Value if there is none.
func (c Collection) At(i int) Value {
	if i < 0 || i >= len(c) {
		return Value{}
	}
	return c[i]
}

// Nodes are the items that are elements.
func (c Collection) Nodes() []Node {
	var nodes []Node
	for _, v := range c {
		if n, is := v.Node(); is {
			nodes = append(nodes, n)
		}
	}
	return nodes
}

// Strings are the items as texts, as [Value.String] gives them.
func (c Collection) Strings() []string {
	texts := make([]string, len(c))
	for i, v := range c {
		texts[i] = v.String()
	}
	return texts
}
