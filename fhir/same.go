package fhir

// Same tells whether two resources have the same content: every member in any
// order, every item in its order, texts and numbers as they are written (1.10 is
// not 1.1). What Stamp gives counts like the rest.
func (r *Resource) Same(other *Resource) bool {
	a, b := r.JSON(), other.JSON()
	return string(a) == string(b) || same(r.tree(), other.tree())
}

func same(a, b *node) bool {
	if a.kind != b.kind || a.text != b.text || len(a.kids) != len(b.kids) {
		return false
	}
	if a.kind == Object {
		return sameMembers(a.kids, b.kids)
	}
	for i := range a.kids {
		if !same(&a.kids[i].node, &b.kids[i].node) {
			return false
		}
	}
	return true
}

// sameMembers goes through both objects in their order as long as that is the
// same, and looks up by name what is left: names don't repeat.
func sameMembers(a, b []child) bool {
	for len(a) > 0 && a[0].name == b[0].name {
		if !same(&a[0].node, &b[0].node) {
			return false
		}
		a, b = a[1:], b[1:]
	}
	if len(a) == 0 {
		return true
	}
	named := make(map[string]*node, len(b))
	for i := range b {
		named[b[i].name] = &b[i].node
	}
	for i := range a {
		if other := named[a[i].name]; other == nil || !same(&a[i].node, other) {
			return false
		}
	}
	return true
}
