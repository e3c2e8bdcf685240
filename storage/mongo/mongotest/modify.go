package mongotest

import (
	"strconv"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// update is a replacement, or operations.
type update struct {
	replacement bson.Raw
	operations  []operation
}

type operation struct {
	operator string
	assignment
}

// parseUpdate understands replacements and $set, $unset, $inc, $max and
// $setOnInsert; no pipelines.
func parseUpdate(v bson.RawValue) (*update, error) {
	doc, ok := v.DocumentOK()
	if !ok {
		return nil, failed(codeFailedToParse, "mongotest updates by a replacement or by operators")
	}
	operators, err := isOperators(doc)
	if err != nil {
		return nil, err
	}
	if !operators {
		return &update{replacement: doc}, nil
	}
	u := &update{}
	elements, _ := doc.Elements()
	for _, each := range elements {
		if err := u.add(each.Key(), each.Value()); err != nil {
			return nil, err
		}
	}
	return u, u.conflicts()
}

func (u *update) add(operator string, v bson.RawValue) error {
	switch operator {
	case "$set", "$unset", "$inc", "$max", "$setOnInsert":
	default:
		return failed(codeFailedToParse, "Unknown modifier: %s", operator)
	}
	fields, ok := v.DocumentOK()
	if !ok {
		return failed(codeFailedToParse, "Modifiers operate on fields but we found %s for %s", v.Type, operator)
	}
	elements, err := fields.Elements()
	if err != nil {
		return err
	}
	for _, each := range elements {
		if operator == "$inc" && !each.Value().IsNumber() {
			return failed(codeTypeMismatch, "Cannot increment with non-numeric argument: %s", each)
		}
		u.operations = append(u.operations, operation{operator, assignment{each.Key(), each.Value()}})
	}
	return nil
}

// conflicts is the error of two operations on one field, or on one in the other.
func (u *update) conflicts() error {
	for i, a := range u.operations {
		for _, b := range u.operations[:i] {
			if strings.HasPrefix(a.path+".", b.path+".") || strings.HasPrefix(b.path+".", a.path+".") {
				return failed(codeConflictingUpdates, "Updating the path '%s' would create a conflict at '%s'", a.path, b.path)
			}
		}
	}
	return nil
}

// of is the document that the update makes of one; its _id can't change.
func (u *update) of(doc bson.Raw) (after bson.Raw, err error) {
	id := get(doc, "_id")
	if u.replacement != nil {
		after, err = identified(u.replacement, id)
	} else {
		after, err = u.operate(doc, false)
	}
	if err == nil && compare(get(after, "_id"), id) != 0 {
		return nil, failed(codeImmutableField, "Performing an update on the path '_id' would modify the immutable field '_id'")
	}
	return after, err
}

// fresh is the document that an upsert adds: of the fields that the filter says
// to equal something a replacement takes only the _id.
func (u *update) fresh(f *filter) (bson.Raw, error) {
	base, id := any(bson.D{}), missing
	for _, each := range f.equal {
		if each.path == "_id" {
			id = each.value
		}
		if u.replacement != nil {
			continue
		}
		var err error
		if base, err = assign(base, split(each.path), func(any) (any, error) { return decoded(each.value) }); err != nil {
			return nil, err
		}
	}
	doc := u.replacement
	if doc == nil {
		raw, err := bson.Marshal(base)
		if err != nil {
			return nil, err
		}
		if doc, err = u.operate(raw, true); err != nil {
			return nil, err
		}
	}
	doc, err := identified(doc, id)
	if err == nil && id.Type != 0 && compare(get(doc, "_id"), id) != 0 {
		return nil, failed(codeImmutableField, "the _id of the upserted document is not the query's")
	}
	return doc, err
}

func (u *update) operate(doc bson.Raw, inserting bool) (bson.Raw, error) {
	var d bson.D
	if err := bson.Unmarshal(doc, &d); err != nil {
		return nil, err
	}
	root := any(d)
	for _, op := range u.operations {
		if op.operator == "$setOnInsert" && !inserting {
			continue
		}
		if op.operator == "$unset" {
			root = unset(root, split(op.path))
			continue
		}
		var err error
		if root, err = assign(root, split(op.path), op.changed); err != nil {
			return nil, err
		}
	}
	return bson.Marshal(root)
}

func decoded(v bson.RawValue) (value any, err error) {
	err = v.Unmarshal(&value)
	return value, err
}

// absent stands for the value of a field that is not there.
type absent struct{}

// assign is the document or array with the value at the path changed. What is
// missing on the way is made.
func assign(in any, path []string, change func(old any) (any, error)) (any, error) {
	if len(path) == 0 {
		return change(in)
	}
	switch in := in.(type) {
	case absent:
		return assign(bson.D{}, path, change)
	case bson.D:
		for i := range in {
			if in[i].Key == path[0] {
				v, err := assign(in[i].Value, path[1:], change)
				in[i].Value = v
				return in, err
			}
		}
		v, err := assign(absent{}, path[1:], change)
		return append(in, bson.E{Key: path[0], Value: v}), err
	case bson.A:
		return assignElement(in, path, change)
	}
	return nil, failed(codePathNotViable, "Cannot create field '%s' in an element that is no document", path[0])
}

// assignElement fills the array with null up to the element.
func assignElement(in bson.A, path []string, change func(any) (any, error)) (any, error) {
	i, err := strconv.Atoi(path[0])
	if err != nil || i < 0 || i > len(in)+1_500_000 {
		return nil, failed(codePathNotViable, "Cannot create field '%s' in an array", path[0])
	}
	old := any(absent{})
	if i < len(in) {
		old = in[i]
	}
	v, err := assign(old, path[1:], change)
	for len(in) <= i {
		in = append(in, nil)
	}
	in[i] = v
	return in, err
}

// unset takes a field away; an element of an array becomes null.
func unset(in any, path []string) any {
	switch in := in.(type) {
	case bson.D:
		for i := range in {
			switch {
			case in[i].Key != path[0]:
			case len(path) == 1:
				return append(in[:i], in[i+1:]...)
			default:
				in[i].Value = unset(in[i].Value, path[1:])
			}
		}
	case bson.A:
		i, err := strconv.Atoi(path[0])
		switch {
		case err != nil || i < 0 || i >= len(in):
		case len(path) == 1:
			in[i] = nil
		default:
			in[i] = unset(in[i], path[1:])
		}
	}
	return in
}
