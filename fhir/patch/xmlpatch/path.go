package xmlpatch

// expression is a part of a selector. What it costs to evaluate one is told to
// the run of the context.
type expression interface {
	evaluate(c context) value
}

// context is where an expression is evaluated
// (https://www.w3.org/TR/xpath-10/#section-Introduction).
type context struct {
	node           *node
	position, size int
	run            *run
}

// path is a location path. It begins at the root, at what an expression gives,
// or at the node of the context.
type path struct {
	absolute bool
	from     expression
	steps    []step
}

type step struct {
	axis       axis
	test       test
	predicates []expression
}

// test is what a step asks of a node besides its axis.
type test struct {
	kind     testKind
	name     name // of the test by name; of processing-instruction("x"), x
	anySpace bool
	anyName  bool
}

type testKind uint8

const (
	byName testKind = iota
	anyNode
	isText
	isComment
	isInstruction
)

func (t test) matches(n *node, principal kind) bool {
	switch t.kind {
	case anyNode:
		return true
	case isText:
		return n.kind == text
	case isComment:
		return n.kind == comment
	case isInstruction:
		return n.kind == instruction && (t.anyName || n.name.local == t.name.local)
	}
	return n.kind == principal && (t.anySpace || n.name.space == t.name.space) && (t.anyName || n.name.local == t.name.local)
}

func (p *path) evaluate(c context) value {
	nodes := []*node{c.node}
	switch {
	case p.absolute:
		for nodes[0].parent != nil {
			nodes[0] = nodes[0].parent
		}
	case p.from != nil:
		nodes = p.from.evaluate(c).nodes
	}
	flat := len(nodes) < 2
	for i := range p.steps {
		nodes, flat = p.steps[i].from(nodes, flat, c.run)
	}
	return value{kind: nodeSet, nodes: nodes}
}

// from takes a step from each of some nodes. Flat are nodes of which none is in
// another: most steps keep them in order, so that nothing needs to be sorted.
func (s *step) from(nodes []*node, flat bool, r *run) ([]*node, bool) {
	var all []*node
	for _, n := range nodes {
		if r.spent() {
			return nil, true
		}
		all = append(all, s.at(n, r)...)
	}
	if !flat || !s.axis.down {
		all = r.ordered(all)
	}
	return all, flat && s.axis.level || len(all) < 2
}

func (s *step) at(n *node, r *run) []*node {
	var all []*node
	s.axis.walk(n, func(other *node) bool {
		r.spend(1)
		if s.test.matches(other, s.axis.principal) {
			all = append(all, other)
		}
		return !r.spent()
	})
	for _, p := range s.predicates {
		all = filtered(all, p, r)
	}
	return all
}

// filtered are the nodes for which a predicate holds: a number asks for a
// position.
func filtered(nodes []*node, predicate expression, r *run) []*node {
	var kept []*node
	for i, n := range nodes {
		if r.spent() {
			return nil
		}
		r.spend(1)
		v := predicate.evaluate(context{n, i + 1, len(nodes), r})
		if v.kind == numeric && v.number == float64(i+1) || v.kind != numeric && v.boolean() {
			kept = append(kept, n)
		}
	}
	return kept
}

// filter is an expression with predicates: (//a)[1].
type filter struct {
	of         expression
	predicates []expression
}

func (f *filter) evaluate(c context) value {
	nodes := f.of.evaluate(c).nodes
	for _, p := range f.predicates {
		nodes = filtered(nodes, p, c.run)
	}
	return value{kind: nodeSet, nodes: nodes}
}
