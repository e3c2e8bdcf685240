package mongotest

import (
	"go.mongodb.org/mongo-driver/v2/bson"
)

// find reads by filter, sort, skip, limit and projection. What says where to read
// from or how long is accepted; what would change the result is refused.
func (s *Server) find(r *request) (bson.D, error) {
	if err := refusing(r.body, "min", "max", "returnKey", "showRecordId", "tailable", "collation"); err != nil {
		return nil, err
	}
	f, err := parseFilter(r.document("filter"))
	if err != nil {
		return nil, err
	}
	o, err := parseOrder(r.document("sort"))
	if err != nil {
		return nil, err
	}
	p, err := parseProjection(r.document("projection"))
	if err != nil {
		return nil, err
	}
	t, at, c, err := s.source(r)
	if err != nil {
		return nil, err
	}
	limit := r.count("limit")
	docs := c.read(t, f, o, r.count("skip"), limit)
	for i := range docs {
		docs[i] = p.of(docs[i])
	}
	return s.opened(r, docs, limit, at), nil
}

func (c *collection) read(t *transaction, f *filter, o order, skip, limit int) []bson.Raw {
	enough := 0
	if len(o) == 0 && limit > 0 {
		enough = skip + limit
	}
	all := c.find(t, f, enough)
	o.sort(all)
	all = all[min(skip, len(all)):]
	if limit > 0 {
		all = all[:min(limit, len(all))]
	}
	docs := make([]bson.Raw, len(all))
	for i, each := range all {
		docs[i] = each.doc
	}
	return docs
}

// source is what a reading command reads: as what transaction, if any, sees it or
// as it was at a time, and with an index that is there if the command names one.
func (s *Server) source(r *request) (*transaction, *bson.Timestamp, *collection, error) {
	t, at, err := s.reading(r)
	if err != nil {
		return nil, nil, nil, err
	}
	c := s.collection(r)
	return t, at, c, c.hinted(r.body.Lookup("hint"))
}

// aggregate has the stages that counting needs, and those that are a find's.
func (s *Server) aggregate(r *request) (bson.D, error) {
	if err := refusing(r.body, "collation", "explain"); err != nil {
		return nil, err
	}
	if r.collection == "" {
		return nil, failed(codeInvalidNamespace, "mongotest aggregates collections only")
	}
	stages, err := r.documents("pipeline")
	if err != nil {
		return nil, err
	}
	t, at, c, err := s.source(r)
	if err != nil {
		return nil, err
	}
	all := c.find(t, &filter{}, 0)
	for _, stage := range stages {
		if all, err = runStage(stage, all); err != nil {
			return nil, err
		}
	}
	docs := make([]bson.Raw, len(all))
	for i, each := range all {
		docs[i] = each.doc
	}
	return s.opened(r, docs, 0, at), nil
}

func runStage(stage bson.Raw, docs []found) ([]found, error) {
	elements, err := stage.Elements()
	if err != nil || len(elements) != 1 {
		return nil, failed(40323, "A pipeline stage specification object must contain exactly one field.")
	}
	v := elements[0].Value()
	doc, isDocument := v.DocumentOK()
	n, isNumber := v.AsInt64OK()
	switch name := elements[0].Key(); {
	case name == "$match" && isDocument:
		return matchStage(doc, docs)
	case name == "$sort" && isDocument:
		o, err := parseOrder(doc)
		o.sort(docs)
		return docs, err
	case name == "$project" && isDocument:
		return projectStage(doc, docs)
	case name == "$group" && isDocument:
		return groupStage(doc, docs)
	case name == "$limit" && isNumber && n > 0:
		return docs[:min(int(n), len(docs))], nil
	case name == "$skip" && isNumber && n >= 0:
		return docs[min(int(n), len(docs)):], nil
	}
	return nil, failed(40324, "Unrecognized pipeline stage: %s", elements[0])
}

func matchStage(doc bson.Raw, docs []found) ([]found, error) {
	f, err := parseFilter(doc)
	if err != nil {
		return nil, err
	}
	var all []found
	for _, each := range docs {
		if f.holds(each.doc) {
			all = append(all, each)
		}
	}
	return all, nil
}

func projectStage(doc bson.Raw, docs []found) ([]found, error) {
	p, err := parseProjection(doc)
	if err != nil {
		return nil, err
	}
	all := make([]found, len(docs))
	for i, each := range docs {
		all[i] = found{each.entry, p.of(each.doc)}
	}
	return all, nil
}

// groupStage has one group, of a constant _id, with sums of a constant. Of no
// documents there is no group.
func groupStage(doc bson.Raw, docs []found) ([]found, error) {
	elements, err := doc.Elements()
	if err != nil {
		return nil, err
	}
	group := bson.D{}
	for _, each := range elements {
		v := each.Value()
		if each.Key() == "_id" {
			group = append(group, bson.E{Key: "_id", Value: v})
		} else if sum, ok := v.DocumentOK(); ok && get(sum, "$sum").IsNumber() {
			group = append(group, bson.E{Key: each.Key(), Value: get(sum, "$sum").AsInt64() * int64(len(docs))})
			continue
		}
		if _, number := v.AsInt64OK(); each.Key() != "_id" || !number && v.Type != bson.TypeNull {
			return nil, failed(codeBadValue, "mongotest groups by a constant, with sums of a constant, not %s", each)
		}
	}
	if len(docs) == 0 {
		return nil, nil
	}
	raw, err := bson.Marshal(group)
	return []found{{&entry{}, raw}}, err
}
