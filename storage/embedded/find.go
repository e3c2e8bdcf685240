package embedded

import (
	"context"
	"iter"
	"strconv"

	"tahto/fhir"
	"tahto/fhir/search"
	"tahto/storage/driver"
)

// found is what a search gives of a document: its head, and where its body is.
type found struct {
	driver.Document
	body int64 // version.row
}

// Find looks for heads, in the order of the query, and reads bodies one by one
// as they are asked for: a sort never carries them.
func (r *reader) Find(ctx context.Context, q search.Query, part driver.Part) iter.Seq2[driver.Document, error] {
	return func(yield func(driver.Document, error) bool) {
		for f, err := range r.heads(ctx, q) {
			if err == nil && part != driver.Heads {
				f.Body, err = r.body(f.body)
			}
			if err != nil {
				yield(driver.Document{}, err)
				return
			}
			if !yield(f.Document, nil) {
				return
			}
			if part != driver.Past {
				continue
			}
			for older, err := range driver.Older(ctx, r, f.Document) {
				if !yield(older, err) || err != nil {
					return
				}
			}
		}
	}
}

func (r *reader) heads(ctx context.Context, q search.Query) iter.Seq2[found, error] {
	return func(yield func(found, error) bool) {
		p, all, err := r.begun(ctx, q)
		if err != nil {
			yield(found{}, err)
			return
		}
		if all != nil {
			for _, f := range all {
				if err := r.usable(ctx); !yield(f, err) || err != nil {
					return
				}
			}
			return
		}
		for s, err := range r.rows(ctx, func() (*statement, error) { return r.find(p.unlessFew(ctx), q, &p) }) {
			if err != nil {
				yield(found{}, err)
				return
			}
			if !yield(head(q, s), nil) {
				return
			}
		}
	}
}

// begun plans the search. If a short look gives all of the result, it is there.
func (r *reader) begun(ctx context.Context, q search.Query) (p plan, all []found, err error) {
	if err := r.usable(ctx); err != nil {
		return p, nil, err
	}
	if p, err = r.plan(ctx, q); err == nil && p.alone && len(q.Sort) == 0 && q.After == nil {
		all, err = r.glance(q, &p)
	}
	return p, all, err
}

func head(q search.Query, s *statement) found {
	return found{driver.Document{
		Key:     fhir.Key{Type: q.Type, ID: s.string(0)},
		Version: uint64(s.int(1)), Updated: fromMillis(s.int(2)), Method: s.string(3),
	}, s.int(4)}
}

// glance finds all that a single clause leads to if it is few, as it is with
// the declarations of a person; nil if it is more. It reads no further than
// that, so there is no need to stop it.
func (r *reader) glance(q search.Query, p *plan) ([]found, error) {
	b := r.c.builder()
	b.add("SELECT r.id, r.version, r.updated, r.method, r.body FROM resource r WHERE r.doc IN (SELECT DISTINCT doc FROM (")
	p.filters[p.lead].candidates(b)
	b.add(") LIMIT ?) ORDER BY r.id", few+1)
	s, err := r.c.start(unhurried, b)
	if err != nil {
		return nil, err
	}
	defer s.close()
	all := []found{}
	for {
		more, err := s.next()
		if err != nil {
			return nil, err
		}
		if !more {
			return all, nil
		}
		if len(all) == few {
			return nil, nil
		}
		all = append(all, head(q, s))
	}
}

// Count counts in the index alone if one clause says it all.
func (r *reader) Count(ctx context.Context, q search.Query) (int, error) {
	if err := r.usable(ctx); err != nil {
		return 0, err
	}
	q.Count = 0 // all of them
	p, err := r.plan(ctx, q)
	if err != nil || p.never {
		return 0, err
	}
	b := r.c.builder()
	if len(p.filters) == 1 && p.filters[0].leads() {
		b.add("SELECT count(DISTINCT doc) FROM (")
		p.filters[0].candidates(b)
		b.add(")")
	} else {
		b.add("SELECT count(*)")
		p.from(b, q)
	}
	n, err := r.c.count(ctx, b)
	return int(n), err
}

const nothing = "SELECT 1 WHERE FALSE"

func (r *reader) find(ctx context.Context, q search.Query, p *plan) (*statement, error) {
	if p.never {
		return r.c.query(unhurried, nothing)
	}
	keys, err := r.sortParams(q)
	if err != nil {
		return nil, err
	}
	b := r.c.builder()
	if len(q.Sort) == 0 {
		walk(b, q, p)
		return r.c.start(ctx, b)
	}
	if p.lead < 0 && len(q.Sort) == 1 && q.Sort[0].Date && q.Sort[0].Descending {
		newestFirst(b, q, keys[0], p)
	} else {
		sorted(b, q, keys, p)
	}
	return r.c.start(ctx, b)
}

// walk writes the query in the order of ids. Where no clause leads it may pass
// many documents between two that match, and the driver stops a statement only
// until it gives its first row: so the result is made before that. Without
// clauses there is nothing to pass.
func walk(b *builder, q search.Query, p *plan) {
	far := p.lead < 0 && len(p.filters) > 0
	if far {
		b.add("WITH page AS MATERIALIZED (")
	}
	b.add("SELECT r.id, r.version, r.updated, r.method, r.body")
	p.from(b, q)
	if q.After != nil {
		b.add(" AND r.id > ?", q.After.ID)
	}
	b.add(" ORDER BY r.id LIMIT ?", limit(q.Count))
	if far {
		b.add(") SELECT * FROM page ORDER BY id")
	}
}

func (r *reader) sortParams(q search.Query) ([]int64, error) {
	params := make([]int64, len(q.Sort))
	for i, s := range q.Sort {
		var err error
		if params[i], err = r.number(word{kindParam, q.Type, s.Param}); err != nil {
			return nil, err
		}
	}
	return params, nil
}

// sorted writes the query with its sort keys as columns k0, k1 … of an inner
// select, whose LIMIT keeps SQLite from computing them more than once.
func sorted(b *builder, q search.Query, params []int64, p *plan) {
	b.add("SELECT id, version, updated, method, body FROM (SELECT r.id, r.version, r.updated, r.method, r.body")
	for i, s := range q.Sort {
		b.add(", (SELECT "+extreme(s)+" FROM entry e WHERE e.doc = r.doc AND e.param = ?) AS "+keyName(i), params[i])
	}
	p.from(b, q)
	b.add(" LIMIT -1)")
	if q.After != nil {
		b.add(" WHERE ")
		after(b, q, 0)
	}
	b.add(" ORDER BY ")
	for i, s := range q.Sort {
		b.add(keyName(i))
		if s.Descending {
			b.add(" DESC")
		}
		b.add(" NULLS LAST, ")
	}
	b.add("id LIMIT ?", limit(q.Count))
}

func keyName(i int) string { return "k" + strconv.Itoa(i) }

// extreme is what counts of several values.
func extreme(s search.Sort) string {
	switch {
	case s.Date && s.Descending:
		return "max(e.high)"
	case s.Date:
		return "min(e.low)"
	case s.Descending:
		return "max(e.value)"
	}
	return "min(e.value)"
}

// after writes the condition that a row comes after the position, from sort key
// i on: it is after in this key, or equal in this and after in the rest.
func after(b *builder, q search.Query, i int) {
	if i == len(q.Sort) {
		b.add("id > ?", q.After.ID)
		return
	}
	name := keyName(i)
	if i >= len(q.After.Keys) || q.After.Keys[i].Missing {
		// What is missing comes last: nothing is after it in this key.
		b.add("(" + name + " IS NULL AND ")
		after(b, q, i+1)
		b.add(")")
		return
	}
	at, later := sortValue(q, i), " > ?"
	if q.Sort[i].Descending {
		later = " < ?"
	}
	b.add("("+name+later+" OR "+name+" IS NULL OR ("+name+" = ? AND ", at, at)
	after(b, q, i+1)
	b.add("))")
}

func sortValue(q search.Query, i int) any {
	if q.Sort[i].Date {
		return q.After.Keys[i].Time
	}
	return q.After.Keys[i].Text
}
