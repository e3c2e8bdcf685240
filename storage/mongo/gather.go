package mongo

import (
	"context"
	"errors"
	"iter"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"tahto/fhir/search"
)

// enough is how many documents are gathered if Options does not say.
const enough = 4_000

// placed is a record with its place in the order of a query.
type placed struct {
	record
	place search.Position
}

var errTooMany = errors.New("mongo: the clauses lead to too many documents")

// gather reads what the clauses lead to, without bodies, and keeps what the page
// needs, in order. If it is more than enough, and an index has the order, it
// gives errTooMany.
func (s *looking) gather(ctx context.Context) ([]placed, error) {
	o := options.Find().SetProjection(headAndIndex).SetHint(s.filter.index())
	bounded := s.walkable()
	if bounded {
		o.SetLimit(int64(s.engine.gather) + 1)
	}
	var all []placed
	read := 0
	for stored, err := range s.stream(ctx, s.filter.of(s.query.Type), o) {
		if err != nil {
			return nil, err
		}
		if read++; bounded && read > s.engine.gather {
			return nil, errTooMany
		}
		if s.filter.matches(&stored.Index) {
			all = s.keep(all, stored)
		}
	}
	return s.first(all), nil
}

func (s *looking) keep(all []placed, stored record) []placed {
	p := placed{stored, search.Position{ID: stored.Key, Keys: s.query.SortKeys(stored.Index.entries(s.query.Sort))}}
	p.Index = index{}
	if s.query.After != nil && s.query.Compare(p.place, *s.query.After) <= 0 {
		return all
	}
	all = append(all, p)
	if s.query.Count > 0 && len(all) >= 2*s.query.Count+batch {
		return s.first(all)
	}
	return all
}

// first puts in order and leaves as many as are asked for.
func (s *looking) first(all []placed) []placed {
	slices.SortFunc(all, func(a, b placed) int { return s.query.Compare(a.place, b.place) })
	if s.query.Count > 0 && len(all) > s.query.Count {
		clear(all[s.query.Count:])
		all = all[:s.query.Count]
	}
	return all
}

// together is how many bodies are read at a time for what was gathered.
const together = 50

// bodies reads the records whole, in their order.
func (s *looking) bodies(ctx context.Context, all []placed) iter.Seq2[record, error] {
	return func(yield func(record, error) bool) {
		for chunk := range slices.Chunk(all, together) {
			whole, err := s.whole(ctx, chunk)
			if err != nil {
				yield(record{}, err)
				return
			}
			for _, p := range chunk {
				if stored, there := whole[p.ID]; there && !yield(stored, nil) {
					return
				}
			}
		}
	}
}

func (s *looking) whole(ctx context.Context, chunk []placed) (map[string]record, error) {
	ids := make([]string, len(chunk))
	for i, p := range chunk {
		ids[i] = p.ID
	}
	whole := make(map[string]record, len(chunk))
	filter := append(bson.D{{Key: fieldID, Value: in(ids)}}, s.filter.of(s.query.Type)...)
	for stored, err := range s.stream(ctx, filter, options.Find().SetHint(indexID).SetProjection(withoutIndex)) {
		if err != nil {
			return nil, err
		}
		whole[stored.ID] = stored
	}
	return whole, nil
}
