package mongo

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"tahto/storage/driver"
)

// pastOf is what an older version has in the place of its type: it is found by
// its person, beside the newest version, and by nothing else.
func pastOf(resourceType string) string { return resourceType + "/past" }

// personKeys are the strings by which an older version is found.
func (x *index) personKeys() (keys []string) {
	for _, key := range x.Keys {
		if strings.HasPrefix(key, person+"|") {
			keys = append(keys, key)
		}
	}
	return keys
}

// isOfPerson tells whether the search is for all that persons' identifiers lead
// to, as a decision's is.
func (s *looking) isOfPerson() bool {
	q := &s.query
	return len(q.Clauses) == 1 && len(s.filter.parts) > 0 && s.filter.ordered &&
		len(q.Sort) == 0 && q.After == nil && q.Count == 0
}

// dossier reads newest and older versions by the one index, and puts them in
// order. Where an older one is missing, because it was of another person, or
// because it was a deletion, the history of the document is read.
func (s *looking) dossier(ctx context.Context) iter.Seq2[driver.Document, error] {
	return func(yield func(driver.Document, error) bool) {
		all, err := s.versions(ctx)
		if err != nil {
			yield(driver.Document{}, err)
			return
		}
		for len(all) > 0 {
			n := 1
			for n < len(all) && all[n].Key == all[0].Key {
				n++
			}
			if !s.give(ctx, all[:n], yield) {
				return
			}
			all = all[n:]
		}
	}
}

// versions are what the persons' identifiers lead to: by id, the newest first.
func (s *looking) versions(ctx context.Context) ([]record, error) {
	filter := s.filter.of(s.query.Type)
	filter[0] = bson.E{Key: fieldCurrent, Value: in([]string{s.query.Type, pastOf(s.query.Type)})}
	var all []record
	for stored, err := range s.stream(ctx, filter, options.Find().SetHint(indexKeys).SetProjection(withoutIndex)) {
		if err != nil {
			return nil, err
		}
		all = append(all, stored)
	}
	slices.SortFunc(all, func(a, b record) int {
		return cmp.Or(strings.Compare(a.Key, b.Key), cmp.Compare(b.Version, a.Version), strings.Compare(a.ID, b.ID))
	})
	return all, nil
}

// give gives the versions of one document, which begin with the newest if that
// matches at all. A copy of the newest itself, left behind by a write that never
// came, is passed over.
func (s *looking) give(ctx context.Context, all []record, yield func(driver.Document, error) bool) bool {
	newest := all[0]
	if newest.Current != s.query.Type {
		return true
	}
	if !yield(newest.document(), nil) {
		return false
	}
	at := newest
	for i := 1; i < len(all); i++ {
		if all[i].Version == at.Version {
			continue
		}
		if all[i].Version != at.Version-1 {
			break
		}
		at = all[i]
		if !yield(at.document(), nil) {
			return false
		}
	}
	return s.older(ctx, at.document(), yield)
}

// withPast reads the history of each match.
func (s *looking) withPast(ctx context.Context) iter.Seq2[driver.Document, error] {
	return func(yield func(driver.Document, error) bool) {
		for d, err := range s.documents(ctx) {
			if !yield(d, err) || err != nil || !s.older(ctx, d, yield) {
				return
			}
		}
	}
}

// older gives the versions before one, and tells whether to go on.
func (r *reader) older(ctx context.Context, d driver.Document, yield func(driver.Document, error) bool) bool {
	for older, err := range driver.Older(ctx, r, d) {
		if !yield(older, err) || err != nil {
			return false
		}
	}
	return true
}
