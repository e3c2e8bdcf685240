package fhir

import "iter"

// Kind is the JSON kind of an element's value.
type Kind uint8

// The kinds of JSON values. The zero value is [Absent]: the kind of an element
// that is not there.
const (
	Absent Kind = iota
	Null
	Bool
	Number
	String
	Object
	Array
)

var kindNames = [...]string{"nothing", "null", "boolean", "number", "string", "object", "array"}

// String names the kind in the words of RFC 8259.
func (k Kind) String() string { return kindNames[k] }

// node is one JSON value. The zero node is absent.
type node struct {
	kind Kind
	text string  // a string's value, or the text of a number, true or false
	kids []child // an object's members in order, or an array's items
}

// child is a member with its name, or an item of an array with none.
type child struct {
	name string
	node node
}

func text(s string) *node { return &node{kind: String, text: s} }

func (n *node) index(name string) int {
	for i := range n.kids {
		if n.kids[i].name == name {
			return i
		}
	}
	return -1
}

func (n *node) member(name string) *node {
	if n == nil || n.kind != Object {
		return nil
	}
	if i := n.index(name); i >= 0 {
		return &n.kids[i].node
	}
	return nil
}

// with returns a copy of an object in which the member is set: in its place if
// it is there, else at position at.
func (n *node) with(name string, value *node, at int) *node {
	if i := n.index(name); i >= 0 {
		kids := append([]child(nil), n.kids...)
		kids[i].node = *value
		return &node{kind: n.kind, kids: kids}
	}
	at = min(at, len(n.kids))
	kids := make([]child, 0, len(n.kids)+1)
	kids = append(kids, n.kids[:at]...)
	kids = append(kids, child{name, *value})
	kids = append(kids, n.kids[at:]...)
	return &node{kind: n.kind, kids: kids}
}

// Element is one element of a resource: its value, and for a primitive also
// the object that carries its id and extensions (the _name member,
// https://hl7.org/fhir/R4/json.html#primitive). The zero Element is absent;
// asking it for anything gives absent again, so a path of Gets needs no checks
// in between.
type Element struct {
	value  *node
	shadow *node
}

// Exists tells whether the element is there, with a value or with extensions.
func (e Element) Exists() bool { return e.Kind() != Absent || e.shadow != nil }

// Kind is the JSON kind of the value. An element of which only extensions are
// given (_name without name) is [Absent] but [Element.Exists].
func (e Element) Kind() Kind {
	if e.value == nil {
		return Absent
	}
	return e.value.kind
}

// Text is the value of a string, or the text of a number or boolean as it was
// written; "" for anything else. It may share memory with the whole resource:
// clone what is kept for long.
func (e Element) Text() string {
	if e.value == nil {
		return ""
	}
	return e.value.text
}

// Get is the member of that name as it stands: an array if it was written as
// one. It is absent if e is not an object.
func (e Element) Get(name string) Element {
	if e.value == nil || e.value.kind != Object {
		return Element{}
	}
	found := Element{}
	for i := range e.value.kids {
		switch kid := &e.value.kids[i]; {
		case kid.name == name:
			found.value = &kid.node
		case len(kid.name) == len(name)+1 && kid.name[0] == '_' && kid.name[1:] == name:
			found.shadow = &kid.node
		}
	}
	return found
}

// Len is the number of repetitions: an array's items, 1 for any other value, 0
// if absent.
func (e Element) Len() int {
	switch {
	case e.Kind() == Array:
		return max(len(e.value.kids), e.shadowLen())
	case e.Exists():
		return 1
	}
	return 0
}

func (e Element) shadowLen() int {
	if e.shadow == nil || e.shadow.kind != Array {
		return 0
	}
	return len(e.shadow.kids)
}

// At is repetition i, from 0; absent if there is none. Of an element that is
// not an array, At(0) is the element itself.
func (e Element) At(i int) Element {
	if e.Kind() != Array && (e.shadow == nil || e.shadow.kind != Array) {
		if i == 0 {
			return e
		}
		return Element{}
	}
	item := Element{}
	if e.value != nil && i < len(e.value.kids) {
		item.value = &e.value.kids[i].node
	}
	if i < e.shadowLen() && e.shadow.kids[i].node.kind == Object {
		item.shadow = &e.shadow.kids[i].node
	}
	return item
}

// Items are the repetitions of e in order.
func (e Element) Items() iter.Seq2[int, Element] {
	return func(yield func(int, Element) bool) {
		for i := range e.Len() {
			if !yield(i, e.At(i)) {
				return
			}
		}
	}
}

// Each are the repetitions of the member of that name: Get(name).Items()
// without the positions.
func (e Element) Each(name string) iter.Seq[Element] {
	return func(yield func(Element) bool) {
		for _, item := range e.Get(name).Items() {
			if !yield(item) {
				return
			}
		}
	}
}

// Members are the members of an object in their order, _name members apart
// from their fellows, as JSON has them.
func (e Element) Members() iter.Seq2[string, Element] {
	return func(yield func(string, Element) bool) {
		if e.value == nil || e.value.kind != Object {
			return
		}
		for i := range e.value.kids {
			if !yield(e.value.kids[i].name, Element{value: &e.value.kids[i].node}) {
				return
			}
		}
	}
}

// Extension is the extension with that url, on an object or on a primitive;
// absent if there is none.
func (e Element) Extension(url string) Element {
	for _, holder := range []Element{e, {value: e.shadow}} {
		for extension := range holder.Each("extension") {
			if extension.Get("url").Text() == url {
				return extension
			}
		}
	}
	return Element{}
}

// Resource is the element as a resource of its own: a Bundle's entry.resource
// or a contained resource.
func (e Element) Resource() *Resource {
	if e.Kind() != Object {
		return nil
	}
	return fixed(e.value)
}

// JSON is the value of the element in JSON, without its _name fellow.
func (e Element) JSON() []byte {
	if e.value == nil {
		return nil
	}
	return appendNode(nil, e.value)
}
