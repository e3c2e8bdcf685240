package xmlpatch

import "slices"

// add does an add (RFC 5261, section 4.3).
func (r *run) add(d *directive, target *node) error {
	if d.name.local != "" {
		return r.addNamed(d, target)
	}
	parent, at := target, len(target.kids)
	switch {
	case d.pos == "before" || d.pos == "after":
		if parent = target.parent; parent == nil || target.kind == attribute || target.kind == namespace {
			return undoable(invalidTypes, "sel", "Nothing can stand before or after what the selector leads to.")
		}
		if at = target.index(); d.pos == "after" {
			at++
		}
	case target.kind != element:
		return undoable(invalidTypes, "sel", "Only an element can hold what is added; or give pos before or after.")
	case d.pos == "prepend":
		at = 0
	}
	if err := besideRoot(d, parent); err != nil {
		return err
	}
	if err := fits(parent, d.content.kids...); err != nil {
		return err
	}
	r.spend(len(parent.kids))
	r.spend(parent.insert(at, taken(d.content.kids, parent)) / 64)
	return nil
}

// taken are copies of what a patch holds. What can stand alone keeps its words.
func taken(content []*node, parent *node) []*node {
	all := parent.copies(content)
	for i, n := range content {
		if n.kind == element && n.alone(n) {
			all[i].written = n.written
		}
	}
	return all
}

// besideRoot tells why content can't stand beside the root element.
func besideRoot(d *directive, parent *node) error {
	switch {
	case parent.kind != document || d.hasOnly(comment, instruction):
		return nil
	case d.hasOnly(comment, instruction, text):
		return undoable(invalidProlog, "", "Outside of the root element there can be no text.")
	}
	return undoable(invalidRoot, "", "A document has one root element; nothing can be added beside it.")
}

// addNamed adds an attribute or a declaration.
func (r *run) addNamed(d *directive, target *node) error {
	if target.kind != element {
		return undoable(invalidTypes, "sel", "Only an element has attributes and declarations.")
	}
	added := &node{kind: d.kind, name: d.name, value: d.text(), parent: target}
	if d.kind == attribute {
		if find(target.attributes, d.name) != nil {
			return undoable(invalidDirective, "type", "The element has this attribute already; replace it.")
		}
		target.attributes = append(target.attributes, added)
		return nil
	}
	if target.declaration(d.name.local) != nil || target.writes(d.name.local) {
		return undoable(invalidPrefix, "type", "The element has a use for this prefix already.")
	}
	if _, hides := target.resolve(d.name.local); hides {
		descendants(target, func(n *node) bool {
			n.written = nil
			r.spend(1)
			return true
		})
	}
	target.spaces = append(target.spaces, added)
	return nil
}

// writes tells whether the tag of an element has a name with a prefix.
func (n *node) writes(prefix string) bool {
	return n.name.prefix == prefix ||
		slices.ContainsFunc(n.attributes, func(a *node) bool { return a.name.prefix == prefix })
}

// fits tells why nodes can't be put into an element: they would nest too deep.
func fits(parent *node, nodes ...*node) error {
	depth := 0
	for ; parent != nil; parent = parent.parent {
		depth++
	}
	for _, n := range nodes {
		if depth+n.height() > maxDepth {
			return costly("The result would nest too deep.")
		}
	}
	return nil
}
