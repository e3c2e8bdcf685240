package xml

import "errors"

// Definitions tells what types are made of.
type Definitions interface {
	// Layout is that of a type, or of a backbone element by its path, such as
	// Consent.provision; nil if there is none of that name. It is asked for
	// every element, so that it should be ready.
	Layout(name string) *Layout
}

// Kind is what becomes of a type in the two formats.
type Kind uint8

// The kinds of types. In JSON a primitive is a string, a number or a boolean,
// in XML always an element with the attribute value.
const (
	Complex  Kind = iota // elements in an element, an object in JSON
	Resource             // the same, but inside the element that holds it there is one of the resource's name
	Text                 // a primitive that is a string in JSON
	Number               // a primitive that is a number in JSON
	Boolean              // a primitive that is true or false in JSON
	XHTML                // markup in XML, a string of markup in JSON
)

func (k Kind) primitive() bool { return k == Text || k == Number || k == Boolean }

// Field is an element of a type. A choice such as value[x] has a field for each
// of its types.
type Field struct {
	Name    string // as both formats have it: valueString
	Element string // as FHIRPath has it: value
	Type    string // by which [Definitions] knows its layout
	List    bool   // may repeat: an array in JSON
	// Attribute: an attribute in XML, as Element.id and Extension.url are.
	Attribute bool
}

// Layout is a type with its elements in R4's order. It is immutable and shared
// by any number of goroutines.
type Layout struct {
	kind     Kind
	abstract bool
	fields   []Field
	byName   map[string]int
}

// NewLayout makes a layout that keeps fields. Nothing is of an abstract type
// itself, as no resource has the type Resource.
func NewLayout(kind Kind, abstract bool, fields []Field) *Layout {
	l := &Layout{kind, abstract, fields, make(map[string]int, len(fields))}
	for i := range fields {
		l.byName[fields[i].Name] = i
	}
	return l
}

// names are those of the elements that can stand in XML as elements.
func (l *Layout) names() []string {
	var all []string
	for _, f := range l.fields {
		if !f.Attribute {
			all = append(all, f.Name)
		}
	}
	return all
}

// resourceLayout is the layout of a resource that can be sent; nil if there is
// no such resource.
func resourceLayout(d Definitions, name string) *Layout {
	if l := d.Layout(name); l != nil && l.kind == Resource && !l.abstract {
		return l
	}
	return nil
}

// undefined is a fault of the definitions and of no client: a type that they use
// but do not have.
func undefined(name string) error { return errors.New("xml: there is no definition of " + name) }
