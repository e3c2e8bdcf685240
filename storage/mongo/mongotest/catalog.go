package mongotest

import (
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// createIndexes remembers indexes. One that is there already is nothing new.
func (s *Server) createIndexes(r *request) (bson.D, error) {
	specs, err := r.documents("indexes")
	if err != nil {
		return nil, err
	}
	if r.txn != nil {
		return nil, failed(codeNotInTransaction, "Cannot create indexes in a multi-document transaction.")
	}
	isNew := s.collection(r) == nil
	c, err := s.create(r)
	if err != nil {
		return nil, err
	}
	before := len(c.indexes)
	all := slices.Clone(c.indexes)
	for _, spec := range specs {
		if all, err = s.addIndex(c, all, spec); err != nil {
			return nil, err
		}
	}
	c.indexes = all
	return bson.D{
		{Key: "numIndexesBefore", Value: int32(before)}, {Key: "numIndexesAfter", Value: int32(len(all))},
		{Key: "createdCollectionAutomatically", Value: isNew},
	}, nil
}

func (s *Server) addIndex(c *collection, all []*index, spec bson.Raw) ([]*index, error) {
	x, err := parseIndex(spec)
	if err != nil {
		return nil, err
	}
	for _, old := range all {
		same := sameKey(old.key, x.key)
		switch {
		case old.name == x.name && (!same || old.unique != x.unique):
			return nil, failed(codeKeySpecsConflict, "An existing index has the same name as the requested index: %s", x.name)
		case old.name == x.name:
			return all, nil
		case same:
			return nil, failed(codeOptionsConflict, "Index already exists with a different name: %s", old.name)
		}
	}
	now := s.now()
	for _, e := range c.entries {
		if doc := now.sees(e); doc != nil {
			if err := c.admits(now, x, e, doc); err != nil {
				return nil, err
			}
		}
	}
	return append(all, x), nil
}

// parseIndex refuses the options that change which documents an index has.
func parseIndex(spec bson.Raw) (*index, error) {
	if err := refusing(spec, "sparse", "partialFilterExpression", "expireAfterSeconds", "collation", "wildcardProjection"); err != nil {
		return nil, err
	}
	x := &index{key: documentOf(spec, "key"), spec: spec}
	x.name, _ = spec.Lookup("name").StringValueOK()
	x.unique, _ = spec.Lookup("unique").BooleanOK()
	if x.name == "" {
		return nil, failed(codeFailedToParse, "The 'name' field is a required property of an index specification")
	}
	if len(x.key) == len(emptyDocument) {
		return nil, failed(codeCannotCreateIndex, "Index keys cannot be empty.")
	}
	return x, nil
}

func (s *Server) listIndexes(r *request) (bson.D, error) {
	c := s.collection(r)
	if c == nil {
		return nil, failed(codeNamespaceNotFound, "ns does not exist: %s", r.namespace())
	}
	var list []bson.Raw
	for _, x := range c.indexes {
		list = append(list, x.spec)
	}
	return s.opened(r, list, 0, nil), nil
}

// listCollections has the filter, of name and type.
func (s *Server) listCollections(r *request) (bson.D, error) {
	f, err := parseFilter(r.document("filter"))
	if err != nil {
		return nil, err
	}
	var list []bson.Raw
	for _, name := range s.namesOf(r.db) {
		doc, err := bson.Marshal(bson.D{
			{Key: "name", Value: name}, {Key: "type", Value: "collection"}, {Key: "options", Value: bson.D{}},
			{Key: "info", Value: bson.D{{Key: "readOnly", Value: false}}},
		})
		if err != nil {
			return nil, err
		}
		if f.holds(doc) {
			list = append(list, doc)
		}
	}
	r.collection = "$cmd.listCollections"
	return s.opened(r, list, 0, nil), nil
}

func (s *Server) namesOf(db string) (names []string) {
	for namespace := range s.collections {
		if name, ok := strings.CutPrefix(namespace, db+"."); ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// drop takes the collection away, from every snapshot too, as soon as no open
// transaction has written into it.
func (s *Server) drop(r *request) (bson.D, error) {
	if r.txn != nil {
		return nil, failed(codeNotInTransaction, "Cannot run 'drop' in a multi-document transaction.")
	}
	if err := s.remove(r, r.collection); err != nil {
		return nil, err
	}
	return bson.D{{Key: "ns", Value: r.namespace()}}, nil
}

func (s *Server) dropDatabase(r *request) (bson.D, error) {
	if r.txn != nil {
		return nil, failed(codeNotInTransaction, "Cannot run 'dropDatabase' in a multi-document transaction.")
	}
	for _, name := range s.namesOf(r.db) {
		if err := s.remove(r, name); err != nil {
			return nil, err
		}
	}
	return bson.D{{Key: "dropped", Value: r.db}}, nil
}

func (s *Server) remove(r *request, name string) error {
	namespace := r.db + "." + name
	_, err := statement(s, r, func(*transaction) (struct{}, error) {
		if c := s.collections[namespace]; c != nil && c.locked() {
			return struct{}{}, errLocked
		}
		delete(s.collections, namespace)
		return struct{}{}, nil
	})
	return err
}
