package fhirpath

import (
	"tahto/fhir"
)

// Node is an element with its type. The zero Node is none.
type Node struct {
	element fhir.Element
	fellow  fhir.Element // the _name member of a primitive: its id and extensions
	typ     string
}

// NewNode makes a node of an element and its type, as the [Model] calls it:
// "Consent", "Consent.provision", "dateTime". An empty type is found out from
// the value, as far as JSON shows it. If e is a primitive with an id or
// extensions of its own, use [NewPrimitive].
func NewNode(e fhir.Element, typ string) Node {
	return Node{element: e, typ: resourceType(e, typ)}
}

// NewPrimitive makes a node of a primitive and its fellow, the _name member
// that holds its id and extensions, or the item of it for one of a list
// (https://hl7.org/fhir/R4/json.html#primitive). Either may be absent.
func NewPrimitive(e, fellow fhir.Element, typ string) Node {
	return Node{element: e, fellow: fellow, typ: typ}
}

// ResourceNode is the root of a resource; the zero Node for nil.
func ResourceNode(r *fhir.Resource) Node {
	if r == nil {
		return Node{}
	}
	return NewNode(r.Root(), "Resource")
}

// resourceType is the type that a resource gives itself, and else typ: what
// stands in contained or Bundle.entry.resource is defined as a Resource only.
func resourceType(e fhir.Element, typ string) string {
	if typ == "Resource" || typ == "DomainResource" || typ == "" {
		if own := e.Get("resourceType"); own.Kind() == fhir.String && len(own.Text()) <= maxName {
			return own.Text()
		}
	}
	return typ
}

// Element is the element in the tree.
func (n Node) Element() fhir.Element { return n.element }

// Type is the name of its type; "" if there was no model to tell.
func (n Node) Type() string { return n.typ }

// Exists tells whether it is a node at all.
func (n Node) Exists() bool { return n.element.Exists() || n.fellow.Exists() }

// value is the node as an item; the zero Value if there is none.
func (n Node) value() Value {
	if !n.Exists() {
		return Value{}
	}
	v := Value{kind: kindNode, text: n.typ, element: n.element}
	if n.fellow.Exists() {
		v.box = &box{fellow: n.fellow}
	}
	return v
}
