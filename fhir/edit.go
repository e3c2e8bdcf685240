package fhir

import "slices"

// Step is one step into a value: the name of a member where that is an object,
// the index of an item, from 0, where it is an array.
type Step struct {
	Name  string
	Index int
}

// Place is the way from the root of a resource to a value in it, as its JSON
// has it: _birthDate is a member like any other. The root is the empty Place.
type Place []Step

// Then is the place with one more step; it shares nothing with p.
func (p Place) Then(s Step) Place { return append(slices.Clone(p), s) }

// Member is the place of a member of the object at p.
func (p Place) Member(name string) Place { return p.Then(Step{Name: name}) }

// Item is the place of an item of the array at p.
func (p Place) Item(i int) Place { return p.Then(Step{Index: i}) }

// Editor changes a copy of a resource, value by value. The resource it began
// with stays as it is, and so does every [Element] it gave: a change copies the
// objects and arrays on the way to its place and shares the rest, so that what
// is not changed keeps the text of its numbers and the order of its members.
//
// A method that is asked for a place that is not there says so and changes
// nothing. What the values mean is the caller's business. An Editor is for one
// goroutine.
type Editor struct {
	root *node
	work int
}

// NewEditor begins with the resource as it is.
func NewEditor(r *Resource) *Editor { return &Editor{root: r.tree()} }

// Root is the resource as it is now.
func (d *Editor) Root() Element { return Element{value: d.root} }

// Resource is the result. It is nil if the root was replaced by something that
// is no object.
func (d *Editor) Resource() *Resource { return d.Root().Resource() }

// Work is how many members and items were copied or looked through so far: the
// measure by which a caller bounds what a hostile list of changes may cost.
func (d *Editor) Work() int { return d.work }

// Spend adds to [Editor.Work] what the caller looks through itself.
func (d *Editor) Spend(n int) { d.work += n }

// at is the position of the child that a step leads to, or -1.
func (d *Editor) at(n *node, s Step) int {
	switch {
	case n.kind == Object:
		d.work += len(n.kids)
		return n.index(s.Name)
	case n.kind == Array && s.Index >= 0 && s.Index < len(n.kids):
		return s.Index
	}
	return -1
}

// Child is one step down from an element, without the _name member beside it.
func (d *Editor) Child(e Element, s Step) (Element, bool) {
	if e.value == nil {
		return Element{}, false
	}
	i := d.at(e.value, s)
	if i < 0 {
		return Element{}, false
	}
	return Element{value: &e.value.kids[i].node}, true
}

// Get is the value at a place, without the _name member beside it.
func (d *Editor) Get(p Place) (Element, bool) {
	e, ok := d.Root(), true
	for i := 0; i < len(p) && ok; i++ {
		e, ok = d.Child(e, p[i])
	}
	return e, ok
}

// Insert puts a value in. Into an object it is a new member at the end, or
// takes the place of the one with that name; into an array it comes before the
// item of that index, or at the end if the index is the array's length. The
// object or array must be there.
func (d *Editor) Insert(p Place, value Element) bool {
	if len(p) == 0 || value.value == nil {
		return d.Replace(p, value)
	}
	return d.change(p, func(n *node, s Step) bool {
		if i := d.at(n, s); n.kind == Object && i >= 0 {
			n.kids[i].node = *value.value
			return true
		}
		switch {
		case n.kind == Object:
			n.kids = append(n.kids, child{s.Name, *value.value})
		case n.kind == Array && s.Index >= 0 && s.Index <= len(n.kids):
			n.kids = slices.Insert(n.kids, s.Index, child{node: *value.value})
		default:
			return false
		}
		return true
	})
}

// Replace puts a value where another is, in the same position.
func (d *Editor) Replace(p Place, value Element) bool {
	if value.value == nil {
		return false
	}
	if len(p) == 0 {
		d.root = value.value
		return true
	}
	return d.change(p, func(n *node, s Step) bool {
		i := d.at(n, s)
		if i >= 0 {
			n.kids[i].node = *value.value
		}
		return i >= 0
	})
}

// Remove takes a member or an item away. The root can't be removed.
func (d *Editor) Remove(p Place) bool {
	return len(p) > 0 && d.change(p, func(n *node, s Step) bool {
		i := d.at(n, s)
		if i >= 0 {
			n.kids = slices.Delete(n.kids, i, i+1)
		}
		return i >= 0
	})
}

// change copies the objects and arrays on the way to a place and lets f change
// the last of the copies.
func (d *Editor) change(p Place, f func(parent *node, last Step) bool) bool {
	changed, ok := d.changed(d.root, p, f)
	if ok {
		d.root = changed
	}
	return ok
}

func (d *Editor) changed(n *node, p Place, f func(*node, Step) bool) (*node, bool) {
	if n.kind != Object && n.kind != Array {
		return nil, false
	}
	d.work += len(n.kids)
	copied := &node{kind: n.kind, kids: append(make([]child, 0, len(n.kids)+1), n.kids...)}
	if len(p) == 1 {
		return copied, f(copied, p[0])
	}
	i := d.at(n, p[0])
	if i < 0 {
		return nil, false
	}
	below, ok := d.changed(&n.kids[i].node, p[1:], f)
	if ok {
		copied.kids[i].node = *below
	}
	return copied, ok
}

// Find is the place of an element that was reached from [Editor.Root] since
// the last change: that of its value or, if it has none, of its extensions. Two
// elements that look the same are told apart.
func (d *Editor) Find(e Element) (Place, bool) {
	wanted := e.value
	if wanted == nil {
		wanted = e.shadow
	}
	if wanted == nil {
		return nil, false
	}
	steps, found := d.find(d.root, wanted, nil)
	slices.Reverse(steps)
	return steps, found
}

// find gives the steps from the last to the first.
func (d *Editor) find(n, wanted *node, steps Place) (Place, bool) {
	if n == wanted {
		return steps, true
	}
	d.work += len(n.kids)
	for i := range n.kids {
		if found, ok := d.find(&n.kids[i].node, wanted, steps); ok {
			step := Step{Name: n.kids[i].name}
			if n.kind == Array {
				step.Index = i
			}
			return append(found, step), true
		}
	}
	return nil, false
}
