package storage

import (
	"context"
	"iter"
	"slices"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/fhir/search"
	"tahto/storage/driver"
)

// MaxLinked is how many resources a chain or a reverse chain of a search may lead
// through, for each of its steps.
const MaxLinked = 5000

// find is the engine's Find for a query with links.
func (t *Tx) find(ctx context.Context, q search.Query, part driver.Part) iter.Seq2[driver.Document, error] {
	return func(yield func(driver.Document, error) bool) {
		q, err := t.resolve(ctx, q)
		if err != nil {
			yield(driver.Document{}, err)
			return
		}
		for d, err := range t.reader.Find(ctx, q, part) {
			if !yield(d, fault(err)) || err != nil {
				return
			}
		}
	}
}

// resolve gives the query that means the same without links: what they lead to is
// looked up in this transaction, from the inside out, and each becomes a clause
// that names it. No engine has to know of links, and all mean the same by them
// (search.Query.MatchIn).
func (t *Tx) resolve(ctx context.Context, q search.Query) (search.Query, error) {
	if len(q.Links) == 0 {
		return q, nil
	}
	clauses := slices.Clone(q.Clauses)
	for _, l := range q.Links {
		c, err := t.link(ctx, q.Type, l)
		if err != nil {
			return search.Query{}, err
		}
		clauses = append(clauses, c)
	}
	q.Clauses, q.Links = clauses, nil
	return q, nil
}

// link is the clause that a link of resources of the type comes to.
func (t *Tx) link(ctx context.Context, resourceType string, l search.Link) (search.Clause, error) {
	if l.Reverse {
		return t.referredTo(ctx, resourceType, l)
	}
	c := search.Clause{Param: l.Param, Op: search.Reference}
	for _, where := range l.Where {
		for key, err := range t.linked(ctx, where) {
			if err != nil {
				return search.Clause{}, err
			}
			c.Values = append(c.Values, search.Value{System: key.Type, Value: key.ID})
		}
	}
	if l.Or.Op == 0 {
		return c, nil
	}
	return t.either(ctx, resourceType, l.Or, c)
}

// either is a clause that holds where one of two does.
func (t *Tx) either(ctx context.Context, resourceType string, one, other search.Clause) (search.Clause, error) {
	ids := search.Clause{Param: "_id", Op: search.Token}
	for _, c := range []search.Clause{one, other} {
		for key, err := range t.linked(ctx, search.Query{Type: resourceType, Clauses: []search.Clause{c}}) {
			if err != nil {
				return search.Clause{}, err
			}
			ids.Values = append(ids.Values, search.Value{AnySystem: true, Value: key.ID})
		}
	}
	return ids, nil
}

// linked are the current resources that a step leads through.
func (t *Tx) linked(ctx context.Context, where search.Query) iter.Seq2[fhir.Key, error] {
	return func(yield func(fhir.Key, error) bool) {
		for d, err := range t.step(ctx, where, driver.Heads) {
			if !yield(d.Key, err) || err != nil {
				return
			}
		}
	}
}

// step is a find that fails if it finds too much.
func (t *Tx) step(ctx context.Context, where search.Query, part driver.Part) iter.Seq2[driver.Document, error] {
	return func(yield func(driver.Document, error) bool) {
		where.Count = MaxLinked + 1
		n := 0
		for d, err := range t.find(ctx, where, part) {
			if n++; err == nil && n > MaxLinked {
				err = leadsToTooMany(where.Type)
			}
			if !yield(d, err) || err != nil {
				return
			}
		}
	}
}

func leadsToTooMany(resourceType string) error {
	return issue.Newf(issue.Unprocessable, "http", "The search leads through more than %d resources of type %s. Say more of them, for example whose they are, or search for them first.", MaxLinked, resourceType).
		Coded(issue.CodeTooCostly)
}

// referredTo is the clause that names what the resources of a reverse chain refer
// to.
func (t *Tx) referredTo(ctx context.Context, resourceType string, l search.Link) (search.Clause, error) {
	ids := search.Clause{Param: "_id", Op: search.Token}
	seen := map[string]bool{}
	for _, where := range l.Where {
		for d, err := range t.step(ctx, where, driver.Whole) {
			if err != nil {
				return search.Clause{}, err
			}
			for _, e := range t.store.registry.Entries(fhir.Stored(d.Body)) {
				if e.Param == l.Param && e.System == resourceType && e.Value != "" && !seen[e.Value] {
					seen[e.Value] = true
					ids.Values = append(ids.Values, search.Value{AnySystem: true, Value: e.Value})
				}
			}
			if len(ids.Values) > MaxLinked {
				return search.Clause{}, leadsToTooMany(resourceType)
			}
		}
	}
	return ids, nil
}
