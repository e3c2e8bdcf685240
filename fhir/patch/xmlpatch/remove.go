package xmlpatch

// remove does a remove (RFC 5261, section 4.5).
func (r *run) remove(d *directive, target *node) error {
	switch {
	case target.kind == document || target == r.top.root():
		return undoable(invalidRoot, "sel", "The root element of a document can't be removed.")
	case d.ws != "" && (target.kind == attribute || target.kind == namespace || target.kind == text):
		return undoable(invalidWhitespace, "ws", "Only an element, a comment or a processing instruction has white space around it.")
	}
	owner := target.parent
	switch target.kind {
	case attribute:
		owner.attributes = without(owner.attributes, target)
		return nil
	case namespace:
		if r.inUse(owner, *target) {
			return undoable(invalidPrefix, "sel", "The declaration is in use.")
		}
		owner.spaces = without(owner.spaces, target)
		return nil
	}
	from := target.index()
	to := from + 1
	if d.ws == "before" || d.ws == "both" {
		from--
	}
	if d.ws == "after" || d.ws == "both" {
		to++
	}
	if from < 0 || to > len(owner.kids) || !white(owner.kids[from:to], target) {
		return undoable(invalidWhitespace, "ws", "There is no text of white space alone where ws says.")
	}
	r.spend(owner.drop(from, to) / 64)
	return nil
}

// white tells whether all nodes but one are texts of white space.
func white(nodes []*node, but *node) bool {
	for _, n := range nodes {
		if n != but && (n.kind != text || !blank(n.value)) {
			return false
		}
	}
	return true
}

func without(nodes []*node, one *node) []*node {
	var kept []*node
	for _, n := range nodes {
		if n != one {
			kept = append(kept, n)
		}
	}
	return kept
}

// inUse tells whether names in an element mean a declaration of it.
func (r *run) inUse(n *node, declared node) bool {
	r.spend(1 + len(n.attributes))
	used := n.name.means(declared)
	for _, a := range n.attributes {
		used = used || a.name.means(declared)
	}
	for _, kid := range n.kids {
		used = used || kid.kind == element && kid.declaration(declared.name.local) == nil && r.inUse(kid, declared)
	}
	return used
}
