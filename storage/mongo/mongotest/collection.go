package mongotest

import (
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// collection has its documents by id, and in the order in which they were first
// written.
type collection struct {
	byID    map[string]*entry
	entries []*entry
	indexes []*index
}

// found is a document as a transaction sees it.
type found struct {
	*entry
	doc bson.Raw
}

// collection is nil if there is none.
func (s *Server) collection(r *request) *collection { return s.collections[r.namespace()] }

// create is the collection, made if need be, as MongoDB does at the first write.
func (s *Server) create(r *request) (*collection, error) {
	if c := s.collection(r); c != nil {
		return c, nil
	}
	if r.db == "" || r.collection == "" || strings.HasPrefix(r.collection, "$") {
		return nil, failed(codeInvalidNamespace, "Invalid namespace specified '%s'", r.namespace())
	}
	c := &collection{byID: map[string]*entry{}, indexes: []*index{primaryIndex()}}
	s.collections[r.namespace()] = c
	return c, nil
}

// entry is the place of a document with the id, which may never have been written.
func (c *collection) entry(id bson.RawValue) *entry {
	key := identity(id)
	e := c.byID[key]
	if e == nil {
		e = &entry{}
		c.byID[key] = e
		c.entries = append(c.entries, e)
	}
	return e
}

// locked tells whether an open transaction has written into it.
func (c *collection) locked() bool {
	for _, e := range c.entries {
		if e.owner != nil {
			return true
		}
	}
	return false
}

// find gives what the transaction sees and the filter holds of, at most limit
// unless that is 0.
func (c *collection) find(t *transaction, f *filter, limit int) []found {
	if c == nil {
		return nil
	}
	var all []found
	for _, e := range c.candidates(f) {
		doc := t.sees(e)
		if doc == nil || !f.holds(doc) {
			continue
		}
		all = append(all, found{e, doc})
		if len(all) == limit {
			break
		}
	}
	return all
}

func (c *collection) candidates(f *filter) []*entry {
	if !f.restricted {
		return c.entries
	}
	var list []*entry
	seen := map[*entry]bool{}
	for _, id := range f.ids {
		if e := c.byID[identity(id)]; e != nil && !seen[e] {
			seen[e] = true
			list = append(list, e)
		}
	}
	return list
}

// insert writes a document that must not be there yet.
func (c *collection) insert(t *transaction, doc bson.Raw) error {
	id := get(doc, "_id")
	switch id.Type {
	case bson.TypeArray, bson.TypeRegex, bson.TypeUndefined:
		return failed(codeBadValue, "The '_id' value cannot be of type %s", id.Type)
	}
	e := c.entry(id)
	if e.owner != nil && e.owner != t {
		return t.conflict()
	}
	if t.sees(e) != nil {
		return duplicate(primaryIndex(), bson.D{{Key: "_id", Value: id}})
	}
	return c.write(t, e, doc)
}

// write is every write of a document, nil to delete it.
func (c *collection) write(t *transaction, e *entry, doc bson.Raw) error {
	if doc != nil {
		for _, x := range c.indexes {
			if err := c.admits(t, x, e, doc); err != nil {
				return err
			}
		}
	}
	return t.put(e, doc)
}
