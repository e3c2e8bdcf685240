package embedded

import (
	"context"
	"sync"

	"tahto/fhir/search"
)

// plan is how a query is answered: by the documents that one clause leads to
// through its index, each checked against the other clauses; or, if no clause
// is selective, by all documents of the type in the order of their ids.
type plan struct {
	filters []filter
	lead    int  // the filter that leads; -1 if none does
	never   bool // nothing can match
	alone   bool // the leading filter is all there is, and a short look at it may do
	few     bool // at most few documents are looked at
}

// enough is how many entries a clause may lead to before a walk over all
// documents, which ends with the page, is thought to be quicker.
const enough = 4_000

// few is how many entries are so few that no better clause is looked for.
const few = 64

// plan makes the clauses ready and chooses which one leads, by counting in the
// index, up to a bound, what each would lead to, if there is a choice. The clause that led to the
// least so far is tried first, and is nearly always the last one tried.
func (r *reader) plan(ctx context.Context, q search.Query) (plan, error) {
	p := plan{lead: -1}
	for _, c := range q.Clauses {
		f, err := r.filter(q, c)
		if err != nil {
			return p, err
		}
		holds, known := f.constant()
		switch {
		case !known:
			p.filters = append(p.filters, f)
		case !holds:
			p.never = true
		}
	}
	if p.never {
		return p, nil
	}
	return p, r.choose(ctx, q, &p)
}

func (r *reader) choose(ctx context.Context, q search.Query, p *plan) error {
	if q.Count == 0 && len(p.filters) == 1 && p.filters[0].leads() {
		// To find all of them, nothing is better.
		p.lead, p.alone = 0, p.filters[0].direct()
		return nil
	}
	best := int64(enough)
	for _, i := range r.rank.order(p.filters) {
		b := r.c.builder()
		b.add("SELECT count(*) FROM (SELECT 1 FROM (")
		p.filters[i].candidates(b)
		b.add(") LIMIT ?)", best)
		n, err := r.c.count(p.filters[i].unlessDirect(ctx), b)
		if err != nil {
			return err
		}
		if n < best {
			best, p.lead, p.few = n, i, n <= few
		}
		r.rank.note(p.filters[i].param, n)
		if best <= few {
			return nil
		}
	}
	return nil
}

// leads tells whether the filter can lead: whether an index finds its
// documents.
func (f *filter) leads() bool {
	if f.Not || f.Op == search.Missing {
		return false
	}
	for _, g := range f.groups {
		if g.prefix != "" && dateConditions[g.prefix].reach == "" || g.prefix == "" && !g.value {
			return false
		}
	}
	return true
}

// direct tells whether each entry that the index leads to matches, so that so
// many candidates are found by reading so many entries.
func (f *filter) direct() bool {
	for _, g := range f.groups {
		if g.prefix != "" || g.version {
			return false
		}
	}
	return true
}

// unlessDirect is the context under which a bounded number of candidates is
// read, and unlessFew that under which they are looked at.
func (f *filter) unlessDirect(ctx context.Context) context.Context {
	if f.direct() {
		return unhurried
	}
	return ctx
}

func (p *plan) unlessFew(ctx context.Context) context.Context {
	if p.few {
		return unhurried
	}
	return ctx
}

// candidates writes a select of the documents, not always distinct, that the
// filter matches.
func (f *filter) candidates(b *builder) {
	for i := range f.groups {
		g := &f.groups[i]
		if i > 0 {
			b.add(" UNION ALL ")
		}
		if g.prefix == "" {
			b.add("SELECT e.doc FROM entry e INDEXED BY entry_value WHERE e.param = ? AND ", f.param)
			g.condition(b, "e.")
			continue
		}
		b.add("SELECT e.doc FROM entry e INDEXED BY entry_date WHERE e.param = ? AND e.high > e.low AND ", f.param)
		if len(g.values) == 1 {
			g.dates(b, dateConditions[g.prefix].reach, "e.")
			b.add(" AND ")
		}
		g.dates(b, dateConditions[g.prefix].holds, "e.")
	}
}

// from writes the documents that the plan looks at, as r, and the conditions
// they must meet.
func (p *plan) from(b *builder, q search.Query) {
	if p.lead >= 0 {
		b.add(" FROM resource r WHERE r.doc IN (")
		p.filters[p.lead].candidates(b)
		b.add(")")
	} else {
		b.add(" FROM resource r INDEXED BY resource_key WHERE r.type = ? AND r.deleted = 0", q.Type)
	}
	p.conditions(b)
}

// conditions are what a candidate r must meet beside the leading filter.
func (p *plan) conditions(b *builder) {
	for i := range p.filters {
		if i != p.lead {
			b.add(" AND ")
			p.filters[i].residual(b)
		}
	}
}

// ranking remembers how many entries parameters led to, to try the most
// selective first. It is a hint and safe for concurrent use.
type ranking struct {
	mu   sync.RWMutex
	seen map[int64]int64
}

func (k *ranking) note(param, n int64) {
	k.mu.RLock()
	old, known := k.seen[param]
	k.mu.RUnlock()
	if known && (n <= few) == (old <= few) {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.seen[param] = n
}

// order are the filters that can lead, the most promising first. A parameter
// that was never tried comes before one that led to many.
func (k *ranking) order(filters []filter) []int {
	var list []int
	k.mu.RLock()
	defer k.mu.RUnlock()
	for i := range filters {
		if !filters[i].leads() {
			continue
		}
		list = append(list, i)
		for at := len(list) - 1; at > 0 && k.seen[filters[list[at]].param] < k.seen[filters[list[at-1]].param]; at-- {
			list[at], list[at-1] = list[at-1], list[at]
		}
	}
	return list
}
