package xmlpatch

// replace does a replace (RFC 5261, section 4.4): one node by one of the same
// kind.
func (r *run) replace(d *directive, target *node) error {
	switch target.kind {
	case document:
		return undoable(invalidRoot, "sel", "The document itself can't be replaced; replace its root element.")
	case attribute, text, namespace:
		if !d.hasOnly(text) {
			return mismatch()
		}
		return r.rewrite(target, d.text())
	}
	var replacement *node
	for _, kid := range d.content.kids {
		if kid.kind == text && blank(kid.value) {
			continue
		}
		if replacement != nil || kid.kind != target.kind {
			return mismatch()
		}
		replacement = kid
	}
	if replacement == nil {
		return mismatch()
	}
	if err := fits(target.parent, replacement); err != nil {
		return err
	}
	target.parent.kids[target.index()] = taken([]*node{replacement}, target.parent)[0]
	return nil
}

func mismatch() error {
	return undoable(invalidTypes, "", "One node is replaced by one of the same kind: an element by an element, an attribute, a text or a declaration by a text.")
}

// rewrite gives a node another value.
func (r *run) rewrite(target *node, value string) error {
	if target.kind != namespace {
		target.value = value
		if target.kind == text {
			target.parent.merge() // which drops what became empty
		}
		return nil
	}
	if err := declarable(target.name.local, value); err != nil {
		return err
	}
	r.rename(target.parent, *target, value)
	target.value = value
	return nil
}

// rename gives the names in an element that mean a declaration another
// namespace.
func (r *run) rename(n *node, declared node, space string) {
	r.spend(1 + len(n.attributes))
	n.written = nil
	if n.name.means(declared) {
		n.name.space = space
	}
	for _, a := range n.attributes {
		if a.name.means(declared) {
			a.name.space = space
		}
	}
	for _, kid := range n.kids {
		if kid.kind == element && kid.declaration(declared.name.local) == nil {
			r.rename(kid, declared, space)
		}
	}
}
