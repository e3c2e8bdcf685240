package subset

import (
	"slices"
	"strings"
)

// Definitions tells what types are made of.
type Definitions interface {
	// Outline is that of a type, or of a backbone element by its path, such as
	// Consent.provision; nil if there is none of that name. It is asked for
	// every element of a summary, so that it should be ready.
	Outline(name string) *Outline
}

// Field is an element of a type. A choice such as value[x] has a field for each
// of its types.
type Field struct {
	Name    string // as JSON has it: sourceReference
	Element string // as R4 names it, without [x]: source
	Type    string // by which [Definitions] knows its outline; "" for what is never divided
	Summary bool   // isSummary
	Always  bool   // mandatory (min of 1 or more), or a modifier
}

// Outline is a type with its elements. It is immutable and shared by any number
// of goroutines.
type Outline struct {
	fields   map[string]Field // by Name
	elements []string
}

// NewOutline makes an outline of the fields, in R4's order.
func NewOutline(fields []Field) *Outline {
	o := &Outline{fields: make(map[string]Field, len(fields))}
	for _, f := range fields {
		o.fields[f.Name] = f
		if !slices.Contains(o.elements, f.Element) {
			o.elements = append(o.elements, f.Element)
		}
	}
	return o
}

// Elements are the names that _elements may list, in R4's order.
func (o *Outline) Elements() []string { return o.elements }

// Element is the element that a client means by a name: its own, with or without
// [x], or that of one of its types as JSON has it. There is none if ok is false.
func (o *Outline) Element(name string) (element string, ok bool) {
	if f, found := o.fields[name]; found {
		return f.Element, true
	}
	name, _ = strings.CutSuffix(name, "[x]")
	return name, slices.Contains(o.elements, name)
}

// field is that of a member, with or without the underscore of what stands
// beside a primitive.
func (o *Outline) field(member string) (Field, bool) {
	f, found := o.fields[strings.TrimPrefix(member, "_")]
	return f, found
}
