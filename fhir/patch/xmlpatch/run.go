package xmlpatch

import (
	"cmp"
	"slices"
)

// maxWork is how many nodes all operations of a patch, and of those that share
// its count, may visit, compare or move.
const maxWork = 2_000_000

// run counts what the operations of a patch cost.
type run struct {
	top     *node
	work    *int
	counted bool // the nodes of the document have their order
}

func (r *run) spend(n int) { *r.work += n }

func (r *run) spent() bool { return *r.work > maxWork }

// changed forgets the order of nodes.
func (r *run) changed() { r.counted = false }

// ordered are nodes in the order of the document, each once.
func (r *run) ordered(nodes []*node) []*node {
	if len(nodes) < 2 {
		return nodes
	}
	if !r.counted {
		n := 0
		r.count(r.top, &n)
		r.spend(n)
		r.counted = true
	}
	r.spend(len(nodes))
	slices.SortFunc(nodes, func(a, b *node) int { return cmp.Compare(a.order, b.order) })
	return slices.Compact(nodes)
}

func (r *run) count(n *node, next *int) {
	n.order = *next
	*next++
	for _, part := range [...][]*node{n.spaces, n.attributes, n.kids} {
		for _, p := range part {
			r.count(p, next)
		}
	}
}
