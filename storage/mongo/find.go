package mongo

import (
	"context"
	"errors"
	"iter"
	"math"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"tahto/fhir/search"
	"tahto/storage/driver"
)

// Find answers in one of three ways, so that the database never sorts:
//
//   - what one clause's strings lead to is read in the order of ids, in which
//     the index has it;
//   - what the clauses lead to, without bodies, is gathered and put in order
//     here, if it is not much or nothing else would do; the bodies follow;
//   - all of the type are walked over, in the order of the index of ids or of a
//     date, until the page is full.
//
// What one person's identifier leads to is read with its past in one reply.
func (r *reader) Find(ctx context.Context, q search.Query, part driver.Part) iter.Seq2[driver.Document, error] {
	s := looking{reader: r, query: q, filter: compile(q), heads: part == driver.Heads}
	switch {
	case s.filter.never:
		return func(func(driver.Document, error) bool) {}
	case part == driver.Past && s.isOfPerson():
		return s.dossier(ctx)
	case part == driver.Past:
		return s.withPast(ctx)
	}
	return s.documents(ctx)
}

func (s *looking) documents(ctx context.Context) iter.Seq2[driver.Document, error] {
	return func(yield func(driver.Document, error) bool) {
		n := 0
		for stored, err := range s.records(ctx) {
			if err != nil {
				yield(driver.Document{}, err)
				return
			}
			n++
			if !yield(stored.document(), nil) || n == s.query.Count {
				return
			}
		}
	}
}

// looking is one search.
type looking struct {
	*reader
	query  search.Query
	filter filter
	heads  bool
}

func (s *looking) records(ctx context.Context) iter.Seq2[record, error] {
	unsorted := len(s.query.Sort) == 0
	switch {
	case unsorted && s.filter.ordered:
		return s.walk(ctx, []phase{s.byID(indexKeys)})
	case s.walkable() && !s.filter.leads():
		return s.walk(ctx, s.phases())
	}
	return s.gathered(ctx)
}

// gathered puts what the clauses lead to in order, or walks if it is too much.
func (s *looking) gathered(ctx context.Context) iter.Seq2[record, error] {
	return func(yield func(record, error) bool) {
		all, err := s.gather(ctx)
		switch {
		case errors.Is(err, errTooMany):
			s.walk(ctx, s.phases())(yield)
		case err != nil:
			yield(record{}, err)
		case s.heads:
			each(all, yield)
		default:
			s.bodies(ctx, all)(yield)
		}
	}
}

func each(all []placed, yield func(record, error) bool) {
	for _, p := range all {
		if !yield(p.record, nil) {
			return
		}
	}
}

// phase is one find of a walk.
type phase struct {
	filter bson.D
	order  bson.D
	hint   string
}

// walk reads the phases one after the other, as far as they are asked for.
func (s *looking) walk(ctx context.Context, phases []phase) iter.Seq2[record, error] {
	return func(yield func(record, error) bool) {
		for _, p := range phases {
			o := options.Find().SetSort(p.order).SetHint(p.hint).SetProjection(s.projection())
			if s.query.Count > 0 && len(s.filter.pairs) == 0 {
				o.SetLimit(int64(s.query.Count))
			}
			for stored, err := range s.checked(ctx, p.filter, o) {
				if !yield(stored, err) || err != nil {
					return
				}
			}
		}
	}
}

func (s *looking) projection() bson.D {
	if s.heads {
		return headOnly
	}
	return withoutIndex
}

// checked leaves out what only a second look shows not to match.
func (s *looking) checked(ctx context.Context, filter bson.D, o *options.FindOptionsBuilder) iter.Seq2[record, error] {
	return func(yield func(record, error) bool) {
		for stored, err := range s.stream(ctx, filter, o) {
			if err == nil && !s.filter.matches(&stored.Index) {
				continue
			}
			if !yield(stored, err) || err != nil {
				return
			}
		}
	}
}

// byID is the order of ids, from after the place of the page before.
func (s *looking) byID(hint string) phase {
	var more []bson.D
	if s.query.After != nil {
		more = append(more, compare(fieldKey, "$gt", s.query.After.ID))
	}
	return phase{s.filter.of(s.query.Type, more...), bson.D{{Key: fieldKey, Value: 1}}, hint}
}

// walkable tells whether an index has the order of the query.
func (s *looking) walkable() bool {
	switch len(s.query.Sort) {
	case 0:
		return true
	case 1:
		return s.query.Sort[0].Date && isWalked(s.query.Sort[0].Param)
	}
	return false
}

// phases are the walk over all of a type in the order of the query: what is
// left at the date of the page before, what comes after it, and what has no
// date. Each is one range of one index, already in order.
func (s *looking) phases() []phase {
	if len(s.query.Sort) == 0 {
		return []phase{s.byID(indexWalk)}
	}
	d := dateWalk(s.query.Sort[0])
	after := s.query.After
	missing := phase{s.filter.of(s.query.Type, equal(d.field, nil)), d.order, d.name}
	switch {
	case after == nil:
		return []phase{s.dated(d, "$gte", math.MinInt64), missing}
	case len(after.Keys) == 0 || after.Keys[0].Missing:
		missing.filter = s.filter.of(s.query.Type, equal(d.field, nil), compare(fieldKey, "$gt", after.ID))
		return []phase{missing}
	}
	at, later := after.Keys[0].Time, "$gt"
	if s.query.Sort[0].Descending {
		later = "$lt"
	}
	same := phase{s.filter.of(s.query.Type, equal(d.field, at), compare(fieldKey, "$gt", after.ID)), d.order, d.name}
	return []phase{same, s.dated(d, later, at), missing}
}

func (s *looking) dated(d dateIndex, operator string, at int64) phase {
	return phase{s.filter.of(s.query.Type, compare(d.field, operator, at)), d.order, d.name}
}

// Count counts by the index; what needs a second look is looked at.
func (r *reader) Count(ctx context.Context, q search.Query) (int, error) {
	s := looking{reader: r, query: q, filter: compile(q), heads: true}
	if s.filter.never {
		return 0, nil
	}
	if len(s.filter.pairs) == 0 {
		return r.count(ctx, s.filter.of(q.Type), s.filter)
	}
	several := s.filter.several()
	n, err := r.count(ctx, s.filter.of(q.Type, bson.D{{Key: "$nor", Value: bson.A{several}}}), s.filter)
	if err != nil {
		return 0, err
	}
	for _, err := range s.checked(ctx, s.filter.of(q.Type, several), options.Find().SetHint(indexKeys).SetProjection(headOnly)) {
		if err != nil {
			return 0, err
		}
		n++
	}
	return n, nil
}

func (r *reader) count(ctx context.Context, filter bson.D, f filter) (int, error) {
	if r.ended {
		return 0, errEnded
	}
	if err := r.begin(ctx); err != nil {
		return 0, r.fault(ctx, err)
	}
	o := options.Count().SetHint(f.index())
	n, err := r.engine.resources.CountDocuments(r.in(ctx), filter, o)
	return int(n), r.fault(ctx, err)
}
