package mongotest

import (
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"
)

// projection is which fields of a document are given: those that are named, or
// all others.
type projection struct {
	fields    tree
	including bool
}

// tree has the named paths; a field that is a path's end has no tree.
type tree map[string]tree

// parseProjection understands inclusion and exclusion. Only _id may be excluded
// among included fields, and it is included unless it is.
func parseProjection(doc bson.Raw) (*projection, error) {
	elements, err := doc.Elements()
	if err != nil || len(elements) == 0 {
		return nil, err
	}
	p := &projection{fields: tree{}}
	p.including, err = isInclusion(elements)
	if err != nil {
		return nil, err
	}
	for _, each := range elements {
		yes := isTrue(each.Value())
		if each.Key() != "_id" && yes != p.including {
			return nil, failed(31254, "Cannot do exclusion on field %s in inclusion projection, nor the reverse", each.Key())
		}
		if yes == p.including {
			p.fields.add(split(each.Key()))
		}
	}
	if get(doc, "_id").Type == 0 && p.including {
		p.fields.add([]string{"_id"})
	}
	return p, nil
}

// isInclusion goes by the first field that is not _id.
func isInclusion(elements []bson.RawElement) (including bool, err error) {
	including = isTrue(elements[0].Value())
	for i := len(elements) - 1; i >= 0; i-- {
		v := elements[i].Value()
		_, number := v.AsInt64OK()
		if !number && v.Type != bson.TypeBoolean {
			return false, failed(codeBadValue, "mongotest projects whole fields only, not %s", elements[i])
		}
		if elements[i].Key() != "_id" {
			including = isTrue(v)
		}
	}
	return including, nil
}

func (t tree) add(path []string) {
	if len(path) == 1 {
		t[path[0]] = nil
		return
	}
	sub, named := t[path[0]]
	if named && sub == nil {
		return // the whole field is named already
	}
	if sub == nil {
		sub = tree{}
		t[path[0]] = sub
	}
	sub.add(path[1:])
}

func (p *projection) of(doc bson.Raw) bson.Raw {
	if p == nil {
		return doc
	}
	return bson.Raw(p.document(doc, p.fields))
}

func (p *projection) document(doc bson.Raw, fields tree) []byte {
	elements, _ := doc.Elements()
	at, dst := bsoncore.AppendDocumentStart(nil)
	for _, each := range elements {
		sub, named := fields[each.Key()]
		switch v := each.Value(); {
		case named && sub != nil:
			dst = p.below(dst, each.Key(), v, sub)
		case named == p.including:
			dst = append(dst, each...)
		}
	}
	dst, _ = bsoncore.AppendDocumentEnd(dst, at)
	return dst
}

// below goes on with a path into a value. What is no document has no such field:
// there is nothing to include, and nothing to exclude.
func (p *projection) below(dst []byte, key string, v bson.RawValue, fields tree) []byte {
	switch v.Type {
	case bson.TypeEmbeddedDocument:
		return bsoncore.AppendDocumentElement(dst, key, p.document(v.Document(), fields))
	case bson.TypeArray:
		return bsoncore.AppendArrayElement(dst, key, p.array(v, fields))
	}
	if p.including {
		return dst
	}
	return bsoncore.AppendValueElement(dst, key, coreValue(v))
}

func (p *projection) array(v bson.RawValue, fields tree) bsoncore.Array {
	list := bsoncore.NewArrayBuilder()
	for _, each := range elementsOf(v) {
		switch {
		case each.Type == bson.TypeEmbeddedDocument:
			list.AppendDocument(p.document(each.Document(), fields))
		case each.Type == bson.TypeArray:
			list.AppendArray(p.array(each, fields))
		case !p.including:
			list.AppendValue(coreValue(each))
		}
	}
	return list.Build()
}

func coreValue(v bson.RawValue) bsoncore.Value {
	return bsoncore.Value{Type: bsoncore.Type(v.Type), Data: v.Value}
}
