package xmlpatch

import "slices"

// axis is the way of a step (https://www.w3.org/TR/xpath-10/#axes).
type axis struct {
	walk      func(n *node, visit func(*node) bool) bool
	principal kind // of the nodes that a name is asked of
	down      bool // to what is in the node, or is it
	level     bool // and to nothing that is in another of these
}

var axes = map[string]axis{
	"self":               {walk: self, principal: element, down: true, level: true},
	"child":              {walk: children, principal: element, down: true, level: true},
	"attribute":          {walk: func(n *node, visit func(*node) bool) bool { return each(n.attributes, visit) }, principal: attribute, down: true, level: true},
	"namespace":          {walk: func(n *node, visit func(*node) bool) bool { return each(n.spaces, visit) }, principal: namespace, down: true, level: true},
	"parent":             {walk: parent, principal: element},
	"ancestor":           {walk: ancestors, principal: element},
	"ancestor-or-self":   {walk: func(n *node, visit func(*node) bool) bool { return visit(n) && ancestors(n, visit) }, principal: element},
	"descendant":         {walk: descendants, principal: element, down: true},
	"descendant-or-self": {walk: func(n *node, visit func(*node) bool) bool { return visit(n) && descendants(n, visit) }, principal: element, down: true},
	"following-sibling":  {walk: func(n *node, visit func(*node) bool) bool { return each(after(n), visit) }, principal: element},
	"preceding-sibling":  {walk: before, principal: element},
}

func each(nodes []*node, visit func(*node) bool) bool {
	for _, n := range nodes {
		if !visit(n) {
			return false
		}
	}
	return true
}

func self(n *node, visit func(*node) bool) bool { return visit(n) }

func children(n *node, visit func(*node) bool) bool { return each(n.kids, visit) }

func parent(n *node, visit func(*node) bool) bool { return n.parent == nil || visit(n.parent) }

func ancestors(n *node, visit func(*node) bool) bool {
	for n = n.parent; n != nil; n = n.parent {
		if !visit(n) {
			return false
		}
	}
	return true
}

// descendants is recursive, as deep as a document may nest.
func descendants(n *node, visit func(*node) bool) bool {
	for _, kid := range n.kids {
		if !visit(kid) || !descendants(kid, visit) {
			return false
		}
	}
	return true
}

// after are the siblings that follow. An attribute has none.
func after(n *node) []*node {
	if n.parent == nil || n.kind == attribute || n.kind == namespace {
		return nil
	}
	return n.parent.kids[n.index()+1:]
}

func before(n *node, visit func(*node) bool) bool {
	if n.parent == nil || n.kind == attribute || n.kind == namespace {
		return true
	}
	for _, sibling := range slices.Backward(n.parent.kids[:n.index()]) {
		if !visit(sibling) {
			return false
		}
	}
	return true
}
