package xmlpatch

import (
	"slices"
	"strings"
)

// kind is a type of node in XPath's model (https://www.w3.org/TR/xpath-10/#data-model).
type kind uint8

const (
	document kind = iota
	element
	attribute
	namespace // a declaration, at the element where it is written
	text
	comment
	instruction
)

// name is that of an element, an attribute, a processing instruction or, as
// local, the prefix that is declared. The prefix is what was written; what
// counts is the namespace.
type name struct{ prefix, space, local string }

func (n name) same(other name) bool { return n.space == other.space && n.local == other.local }

// means tells whether a name has its namespace from a declaration, if it is the
// nearest of its prefix. An attribute has none from the default one.
func (n name) means(declared node) bool {
	return n.prefix == declared.name.local && n.space == declared.value && n.space != ""
}

// node is a node of a document. No text stands beside another.
type node struct {
	kind       kind
	name       name
	value      string // of all but documents and elements
	parent     *node
	kids       []*node // without attributes and declarations
	attributes []*node
	spaces     []*node // the declarations, the default one by the name ""
	order      int     // in the document; good until the next change
	start      int     // of the tag in the text that was read
	written    []byte  // that text, if it still says what the element is
}

const (
	xmlSpace   = "http://www.w3.org/XML/1998/namespace"
	xmlnsSpace = "http://www.w3.org/2000/xmlns/"
)

// resolve is the namespace of a prefix at an element.
func (n *node) resolve(prefix string) (space string, declared bool) {
	if prefix == "xml" {
		return xmlSpace, true
	}
	for ; n != nil; n = n.parent {
		if d := n.declaration(prefix); d != nil {
			return d.value, true
		}
	}
	return "", prefix == ""
}

// declaration is that of a prefix at an element itself, or nil.
func (n *node) declaration(prefix string) *node { return find(n.spaces, name{local: prefix}) }

func find(nodes []*node, wanted name) *node {
	for _, n := range nodes {
		if n.name.same(wanted) {
			return n
		}
	}
	return nil
}

// root is the root element of a document.
func (n *node) root() *node {
	for _, kid := range n.kids {
		if kid.kind == element {
			return kid
		}
	}
	return nil
}

// alone tells whether the names in an element have their namespaces from
// declarations in it, so that its text means the same anywhere.
func (n *node) alone(top *node) bool {
	if !n.declares(n.name.prefix, top) {
		return false
	}
	for _, a := range n.attributes {
		if a.name.prefix != "" && !n.declares(a.name.prefix, top) {
			return false
		}
	}
	for _, kid := range n.kids {
		if kid.kind == element && !kid.alone(top) {
			return false
		}
	}
	return true
}

// declares tells whether a prefix is declared at an element or around it, up to
// top.
func (n *node) declares(prefix string, top *node) bool {
	for ; prefix != "xml" && n.declaration(prefix) == nil; n = n.parent {
		if n == top {
			return false
		}
	}
	return true
}

// height is how deep elements nest in a node, with the node.
func (n *node) height() int {
	highest := 0
	for _, kid := range n.kids {
		highest = max(highest, kid.height())
	}
	return highest + 1
}

// index is where a node stands among its parent's kids.
func (n *node) index() int { return slices.Index(n.parent.kids, n) }

// copied is a node with all that is in it, ready to be put into another document.
// That it may be copied as it is written is not known of what is in it.
func (n *node) copied(parent *node) *node {
	c := &node{kind: n.kind, name: n.name, value: n.value, parent: parent}
	c.kids, c.attributes, c.spaces = c.copies(n.kids), c.copies(n.attributes), c.copies(n.spaces)
	return c
}

func (n *node) copies(of []*node) []*node {
	if len(of) == 0 {
		return nil
	}
	all := make([]*node, len(of))
	for i := range of {
		all[i] = of[i].copied(n)
	}
	return all
}

// touch tells that an element is no longer as it is written.
func (n *node) touch() {
	for ; n != nil; n = n.parent {
		n.written = nil
	}
}

// insert puts nodes before kid i and lets text flow together. Like all that
// does, it gives the bytes that flowed.
func (n *node) insert(i int, nodes []*node) int {
	for _, added := range nodes {
		added.parent = n
	}
	n.kids = slices.Insert(n.kids, i, nodes...)
	return n.merge()
}

// drop takes kids out and lets text flow together.
func (n *node) drop(from, to int) int {
	n.kids = slices.Delete(n.kids, from, to)
	return n.merge()
}

// merge makes one text of those that stand beside each other, and none of one
// that is empty. A document has no text.
func (n *node) merge() (flowed int) {
	kept := n.kids[:0]
	for _, kid := range n.kids {
		last := len(kept) - 1
		switch {
		case kid.kind == text && (kid.value == "" || n.kind == document):
		case kid.kind == text && last >= 0 && kept[last].kind == text:
			kept[last].value += kid.value
			flowed += len(kept[last].value)
		default:
			kept = append(kept, kid)
		}
	}
	clear(n.kids[len(kept):])
	n.kids = kept
	return flowed
}

func blank(s string) bool { return strings.Trim(s, " \t\r\n") == "" }
