package xml

import "tahto/fhir"

// node is an element as it was read, with its attributes as the first of its
// kids.
type node struct {
	field    int    // its position in the layout of what it stands in
	name     string // of the field
	list     bool
	kind     Kind
	resource string // the type, if it is a resource
	value    string // of a primitive, or XHTML
	kids     []node
}

// writeMembers writes what is in an element as the members of a JSON object.
func (n *node) writeMembers(w *fhir.Writer) {
	for from := 0; from < len(n.kids); {
		to := from + 1
		for to < len(n.kids) && n.kids[to].field == n.kids[from].field {
			to++
		}
		writeField(w, n.kids[from:to])
		from = to
	}
}

// writeField writes the repetitions of one element.
func writeField(w *fhir.Writer, all []node) {
	switch {
	case all[0].kind == Complex || all[0].kind == Resource:
		writeEach(w, all, all[0].name, (*node).writeObject)
	default:
		writePrimitives(w, all)
	}
}

// writePrimitives writes values as the member of their name and what else they
// have as the member of that name with an underscore; null stands for what one
// of them has not (https://hl7.org/fhir/R4/json.html#primitive).
func writePrimitives(w *fhir.Writer, all []node) {
	values, others := false, false
	for i := range all {
		values = values || all[i].value != ""
		others = others || len(all[i].kids) > 0
	}
	if values {
		writeEach(w, all, all[0].name, (*node).writeValue)
	}
	if others {
		writeEach(w, all, "_"+all[0].name, (*node).writeObject)
	}
}

func writeEach(w *fhir.Writer, all []node, name string, write func(n *node, w *fhir.Writer, name string)) {
	if !all[0].list {
		write(&all[0], w, name)
		return
	}
	w.Array(name)
	for i := range all {
		write(&all[i], w, "")
	}
	w.EndArray()
}

func (n *node) writeValue(w *fhir.Writer, name string) {
	switch {
	case n.value == "":
		w.Raw(name, []byte("null"))
	case n.kind == Number || n.kind == Boolean:
		w.Raw(name, []byte(n.value))
	default:
		w.String(name, n.value)
	}
}

// writeObject writes an object; null for a primitive that has nothing but its
// value.
func (n *node) writeObject(w *fhir.Writer, name string) {
	if len(n.kids) == 0 && n.kind != Resource {
		w.Raw(name, []byte("null"))
		return
	}
	w.Object(name)
	if n.kind == Resource {
		w.String("resourceType", n.resource)
	}
	n.writeMembers(w)
	w.End()
}
