package mongotest

import (
	"go.mongodb.org/mongo-driver/v2/bson"
)

// outcome is what one statement did.
type outcome struct {
	matched, modified int32
	upserted          bson.RawValue // the _id
	before, after     bson.Raw
}

// run runs the statements of a write one by one, as far as they go: an ordered
// write ends at the first that fails, and so does every one in a transaction,
// which fails with it. A conflict, or the loss of the primary, is no statement's
// failure but the whole command's, so that it can have a label.
func (s *Server) run(r *request, n int, do func(*transaction, int) (outcome, error)) (all []outcome, failures bson.A, err error) {
	ordered, said := r.body.Lookup("ordered").BooleanOK()
	for i := range n {
		result, err := statement(s, r, func(t *transaction) (outcome, error) { return do(t, i) })
		if err == nil {
			all = append(all, result)
			continue
		}
		all = append(all, outcome{})
		f := asFailure(err)
		if f.code == codeWriteConflict || f.code == codeNotPrimary {
			return nil, nil, err
		}
		failures = append(failures, f.writeError(i))
		if r.txn != nil {
			s.abort(r.txn)
			break
		}
		if ordered || !said {
			break
		}
	}
	return all, failures, nil
}

func withFailures(reply bson.D, failures bson.A) bson.D {
	if len(failures) > 0 {
		reply = append(reply, bson.E{Key: "writeErrors", Value: failures})
	}
	return reply
}

func (s *Server) insert(r *request) (bson.D, error) {
	docs, err := r.documents("documents")
	if err != nil {
		return nil, err
	}
	all, failures, err := s.run(r, len(docs), func(t *transaction, i int) (outcome, error) {
		c, err := s.create(r)
		if err != nil {
			return outcome{}, err
		}
		if len(docs[i]) > maxDocument {
			return outcome{}, failed(codeBadValue, "object to insert too large. size in bytes: %d, max size: %d", len(docs[i]), maxDocument)
		}
		doc, err := identified(docs[i], missing)
		if err != nil {
			return outcome{}, err
		}
		return outcome{matched: 1}, c.insert(t, doc)
	})
	if err != nil {
		return nil, err
	}
	return withFailures(bson.D{{Key: "n", Value: matched(all)}}, failures), nil
}

func matched(all []outcome) (n int32) {
	for _, each := range all {
		n += each.matched
	}
	return n
}

// identified is the document with its _id first, where MongoDB keeps it: its own,
// or else the one given, or else a new one.
func identified(doc bson.Raw, id bson.RawValue) (bson.Raw, error) {
	elements, err := doc.Elements()
	if err != nil {
		return nil, err
	}
	if own := get(doc, "_id"); own.Type != 0 {
		if elements[0].Key() == "_id" {
			return doc, nil
		}
		id = own
	}
	first := bson.E{Key: "_id", Value: id}
	if id.Type == 0 {
		first.Value = bson.NewObjectID()
	}
	d := bson.D{first}
	for _, each := range elements {
		if each.Key() != "_id" {
			d = append(d, bson.E{Key: each.Key(), Value: each.Value()})
		}
	}
	return bson.Marshal(d)
}

func (s *Server) delete(r *request) (bson.D, error) {
	statements, err := r.documents("deletes")
	if err != nil {
		return nil, err
	}
	all, failures, err := s.run(r, len(statements), func(t *transaction, i int) (outcome, error) {
		return s.deleteOne(r, t, statements[i])
	})
	if err != nil {
		return nil, err
	}
	return withFailures(bson.D{{Key: "n", Value: matched(all)}}, failures), nil
}

// deleteOne is one statement, which may delete several documents.
func (s *Server) deleteOne(r *request, t *transaction, d bson.Raw) (outcome, error) {
	if err := refusing(d, "collation"); err != nil {
		return outcome{}, err
	}
	f, err := parseFilter(documentOf(d, "q"))
	if err != nil {
		return outcome{}, err
	}
	c := s.collection(r)
	if err := c.hinted(d.Lookup("hint")); err != nil {
		return outcome{}, err
	}
	docs := c.find(t, f, countOf(d, "limit"))
	for _, each := range docs {
		if err := c.write(t, each.entry, nil); err != nil {
			return outcome{}, err
		}
	}
	return outcome{matched: int32(len(docs))}, nil
}
