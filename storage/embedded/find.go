package embedded

import (
	"context"
	"iter"
	"strconv"

	"tahto/fhir"
	"tahto/fhir/search"
	"tahto/storage/driver"
)

// Find looks for heads, in the order of the query, and reads bodies one by one
// as they are asked for: a sort never carries them.
func (r *reader) Find(ctx context.Context, q search.Query, heads bool) iter.Seq2[driver.Document, error] {
	return func(yield func(driver.Document, error) bool) {
		for s, err := range r.rows(ctx, func() (*statement, error) { return r.find(q) }) {
			if err != nil {
				yield(driver.Document{}, err)
				return
			}
			d := driver.Document{
				Key:     fhir.Key{Type: q.Type, ID: s.string(0)},
				Version: uint64(s.int(1)), Updated: fromMillis(s.int(2)), Method: method(s.view(3)),
			}
			if !heads {
				if d.Body, err = r.body(s.int(4)); err != nil {
					yield(driver.Document{}, err)
					return
				}
			}
			if !yield(d, nil) {
				return
			}
		}
	}
}

// Count counts in the index alone if one clause says it all.
func (r *reader) Count(ctx context.Context, q search.Query) (int, error) {
	if err := r.usable(ctx); err != nil {
		return 0, err
	}
	defer r.watch(ctx)()
	p, err := r.plan(q)
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
	n, err := r.c.count(b)
	return int(n), err
}

const nothing = "SELECT 1 WHERE FALSE"

func (r *reader) find(q search.Query) (*statement, error) {
	p, err := r.plan(q)
	if err != nil {
		return nil, err
	}
	if p.never {
		return r.c.query(nothing)
	}
	keys, err := r.sortParams(q)
	if err != nil {
		return nil, err
	}
	b := r.c.builder()
	if len(q.Sort) == 0 {
		b.add("SELECT r.id, r.version, r.updated, r.method, r.body")
		p.from(b, q)
		if q.After != nil {
			b.add(" AND r.id > ?", txt(q.After.ID))
		}
		b.add(" ORDER BY r.id LIMIT ?", limit(q.Count))
		return r.c.start(b)
	}
	if p.lead < 0 && len(q.Sort) == 1 && q.Sort[0].Date && q.Sort[0].Descending {
		newestFirst(b, q, keys[0], &p)
	} else {
		sorted(b, q, keys, &p)
	}
	return r.c.start(b)
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
		b.add(", (SELECT "+extreme(s)+" FROM entry e WHERE e.doc = r.doc AND e.param = ?) AS "+keyName(i), num(params[i]))
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
		b.add("id > ?", txt(q.After.ID))
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

func sortValue(q search.Query, i int) arg {
	if q.Sort[i].Date {
		return num(q.After.Keys[i].Time)
	}
	return txt(q.After.Keys[i].Text)
}
