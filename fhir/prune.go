package fhir

import "strings"

// Prune leaves out what FHIR never has and what taking things away leaves
// behind (https://hl7.org/fhir/R4/json.html): objects and arrays that hold
// nothing, and items of a list of primitives that have neither value nor
// extensions. It is for the end: an object that is empty for now may still be
// filled, and others keep their index until then.
func (d *Editor) Prune() { d.root = d.pruned(d.root, false) }

// pruned is the value itself if nothing had to be left out. fellow tells that
// it stands in a _name member, whose items keep their positions.
func (d *Editor) pruned(n *node, fellow bool) *node {
	if n.kind != Object && n.kind != Array {
		return n
	}
	d.work += len(n.kids)
	kept := &node{kind: n.kind, kids: make([]child, 0, len(n.kids))}
	changed := false
	for i := range n.kids {
		name, old := n.kids[i].name, &n.kids[i].node
		kid := d.pruned(old, strings.HasPrefix(name, "_") || fellow && n.kind == Array)
		if fellow && n.kind == Array && hollow(kid) {
			kid = &node{kind: Null}
		}
		changed = changed || kid != old || hollow(kid)
		if !hollow(kid) {
			kept.kids = append(kept.kids, child{name, *kid})
		}
	}
	switch {
	case fellow && n.kind == Array && onlyNull(kept.kids):
		return &node{kind: Array}
	case n.kind == Object && kept.dropNothings():
		return d.pruned(kept, fellow)
	case changed:
		return kept
	}
	return n
}

// hollow tells whether a value is an object or array that holds nothing.
func hollow(n *node) bool { return (n.kind == Object || n.kind == Array) && len(n.kids) == 0 }

func onlyNull(kids []child) bool {
	for i := range kids {
		if kids[i].node.kind != Null {
			return false
		}
	}
	return true
}

// dropNothings takes away the nulls of every list that have no extensions in
// the _name member either, and tells whether there were any.
func (n *node) dropNothings() bool {
	dropped := false
	for i := range n.kids {
		name, list := n.kids[i].name, &n.kids[i].node
		if list.kind != Array || strings.HasPrefix(name, "_") || !holdsNull(list.kids) {
			continue
		}
		beside := n.member("_" + name)
		values, fellows := without(list, beside)
		if len(values) == len(list.kids) {
			continue
		}
		dropped = true
		if beside != nil {
			*beside = node{kind: beside.kind, kids: fellows}
		}
		*list = node{kind: Array, kids: values}
	}
	return dropped
}

func holdsNull(kids []child) bool {
	for i := range kids {
		if kids[i].node.kind == Null {
			return true
		}
	}
	return false
}

// without gives both halves of a list of primitives without the items of which
// there is nothing in either.
func without(list, beside *node) (values, fellows []child) {
	var other []child
	if beside != nil {
		other = beside.kids
	}
	for i := range list.kids {
		has := i < len(other) && other[i].node.kind != Null
		if list.kids[i].node.kind == Null && !has {
			continue
		}
		values = append(values, list.kids[i])
		if i < len(other) {
			fellows = append(fellows, other[i])
		}
	}
	return values, append(fellows, other[min(len(list.kids), len(other)):]...)
}
