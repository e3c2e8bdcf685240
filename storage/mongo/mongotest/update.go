package mongotest

import (
	"bytes"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// change is one statement that changes documents, or adds one.
type change struct {
	filter *filter
	update *update
	order  order
	hint   bson.RawValue
	upsert bool
	multi  bool
}

func (s *Server) update(r *request) (bson.D, error) {
	statements, err := r.documents("updates")
	if err != nil {
		return nil, err
	}
	all, failures, err := s.run(r, len(statements), func(t *transaction, i int) (outcome, error) {
		ch, err := parseChange(statements[i])
		if err != nil {
			return outcome{}, err
		}
		return s.change(r, t, ch)
	})
	if err != nil {
		return nil, err
	}
	var modified int32
	var upserted bson.A
	for i, each := range all {
		modified += each.modified
		if each.upserted.Type != 0 {
			upserted = append(upserted, bson.D{{Key: "index", Value: int32(i)}, {Key: "_id", Value: each.upserted}})
		}
	}
	reply := bson.D{{Key: "n", Value: matched(all)}, {Key: "nModified", Value: modified}}
	if len(upserted) > 0 {
		reply = append(reply, bson.E{Key: "upserted", Value: upserted})
	}
	return withFailures(reply, failures), nil
}

func parseChange(d bson.Raw) (ch change, err error) {
	if err := refusing(d, "collation", "arrayFilters", "sort"); err != nil {
		return ch, err
	}
	if ch.filter, err = parseFilter(documentOf(d, "q")); err != nil {
		return ch, err
	}
	if ch.update, err = parseUpdate(d.Lookup("u")); err != nil {
		return ch, err
	}
	ch.hint = d.Lookup("hint")
	ch.upsert, _ = d.Lookup("upsert").BooleanOK()
	ch.multi, _ = d.Lookup("multi").BooleanOK()
	if ch.multi && ch.update.replacement != nil {
		return ch, failed(codeFailedToParse, "multi update is not supported for replacement-style update")
	}
	return ch, nil
}

// change is what update and findAndModify have in common.
func (s *Server) change(r *request, t *transaction, ch change) (outcome, error) {
	c := s.collection(r)
	if err := c.hinted(ch.hint); err != nil {
		return outcome{}, err
	}
	docs := c.find(t, ch.filter, 0)
	ch.order.sort(docs)
	if !ch.multi && len(docs) > 1 {
		docs = docs[:1]
	}
	if len(docs) == 0 && ch.upsert {
		return s.upsert(r, t, ch)
	}
	result := outcome{matched: int32(len(docs))}
	for _, each := range docs {
		after, err := ch.update.of(each.doc)
		if err != nil {
			return outcome{}, err
		}
		result.before, result.after = each.doc, after
		if bytes.Equal(after, each.doc) {
			continue // nothing is written, and so nothing conflicts
		}
		if len(after) > maxDocument {
			return outcome{}, failed(codeUpdateTooLarge, "Resulting document after update is larger than %d", maxDocument)
		}
		if err := c.write(t, each.entry, after); err != nil {
			return outcome{}, err
		}
		result.modified++
	}
	return result, nil
}

func (s *Server) upsert(r *request, t *transaction, ch change) (outcome, error) {
	c, err := s.create(r)
	if err != nil {
		return outcome{}, err
	}
	doc, err := ch.update.fresh(ch.filter)
	if err != nil {
		return outcome{}, err
	}
	if len(doc) > maxDocument {
		return outcome{}, failed(codeUpsertTooLarge, "Document to upsert is larger than %d", maxDocument)
	}
	if err := c.insert(t, doc); err != nil {
		return outcome{}, err
	}
	return outcome{matched: 1, upserted: get(doc, "_id"), after: doc}, nil
}

// findAndModify changes or removes one document and gives it, as it was or, with
// new, as it has become.
func (s *Server) findAndModify(r *request) (bson.D, error) {
	if err := refusing(r.body, "collation", "arrayFilters"); err != nil {
		return nil, err
	}
	ch := change{hint: r.body.Lookup("hint"), upsert: r.flag("upsert")}
	var err error
	if ch.filter, err = parseFilter(r.document("query")); err != nil {
		return nil, err
	}
	if ch.order, err = parseOrder(r.document("sort")); err != nil {
		return nil, err
	}
	p, err := parseProjection(r.document("fields"))
	if err != nil {
		return nil, err
	}
	if !r.flag("remove") {
		if ch.update, err = parseUpdate(r.body.Lookup("update")); err != nil {
			return nil, err
		}
	}
	result, err := statement(s, r, func(t *transaction) (outcome, error) {
		if ch.update == nil {
			return s.removeOne(r, t, ch)
		}
		return s.change(r, t, ch)
	})
	if err != nil {
		return nil, err
	}
	return result.modification(p, r.flag("new"), ch.update != nil), nil
}

func (s *Server) removeOne(r *request, t *transaction, ch change) (outcome, error) {
	c := s.collection(r)
	if err := c.hinted(ch.hint); err != nil {
		return outcome{}, err
	}
	docs := c.find(t, ch.filter, 0)
	ch.order.sort(docs)
	if len(docs) == 0 {
		return outcome{}, nil
	}
	return outcome{matched: 1, before: docs[0].doc}, c.write(t, docs[0].entry, nil)
}

// modification is the reply of findAndModify.
func (o outcome) modification(p *projection, updated, update bool) bson.D {
	last := bson.D{{Key: "n", Value: o.matched}}
	if update {
		last = append(last, bson.E{Key: "updatedExisting", Value: o.before != nil})
	}
	if o.upserted.Type != 0 {
		last = append(last, bson.E{Key: "upserted", Value: o.upserted})
	}
	doc := o.before
	if updated {
		doc = o.after
	}
	var value any
	if doc != nil {
		value = p.of(doc)
	}
	return bson.D{{Key: "lastErrorObject", Value: last}, {Key: "value", Value: value}}
}
