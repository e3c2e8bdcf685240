package patch

import (
	"fmt"
	"slices"

	"tahto/fhir"
	"tahto/fhir/issue"
)

// JSON does a JSON Patch (RFC 6902) on the JSON of a resource, in which
// _birthDate is a member like any other, and gives the result. Members of an
// operation that the RFC does not know are ignored.
func JSON(r *fhir.Resource, patch []byte) (*fhir.Resource, error) {
	return new(Spent).JSON(r, patch)
}

// JSON is [JSON] of one patch among others.
func (s *Spent) JSON(r *fhir.Resource, patch []byte) (*fhir.Resource, error) {
	operations, err := readJSON(patch)
	if err != nil {
		return nil, err
	}
	d := s.begin(r, r)
	for i, operation := range operations {
		if err := d.apply(operation); err != nil {
			return nil, issue.Under(fmt.Sprintf("[%d]", i), err)
		}
	}
	return d.finish()
}

// jsonOperation is an operation of a JSON Patch (RFC 6902, section 4).
type jsonOperation struct {
	op         string
	path, from pointer
	value      fhir.Element
}

func readJSON(patch []byte) ([]jsonOperation, error) {
	document, err := fhir.Value(patch)
	if err != nil {
		return nil, err
	}
	if document.Kind() != fhir.Array {
		return nil, issue.Newf(issue.Invalid, "", "A JSON Patch is an array of operations, but the body is: %s.", document.Kind()).Coded(issue.CodeStructure)
	}
	if document.Len() > MaxOperations {
		return nil, tooMany()
	}
	operations := make([]jsonOperation, document.Len())
	for i, item := range document.Items() {
		if operations[i], err = readOperation(item); err != nil {
			return nil, issue.Under(fmt.Sprintf("[%d]", i), err)
		}
	}
	return operations, nil
}

func tooMany() error {
	return issue.Newf(issue.TooLarge, "", "A patch has at most %d operations; send fewer at a time.", MaxOperations)
}

// jsonOps are the operations, with the members that each needs besides path.
var jsonOps = map[string][]string{
	"add": {"value"}, "remove": nil, "replace": {"value"}, "move": {"from"}, "copy": {"from"}, "test": {"value"},
}

func readOperation(item fhir.Element) (jsonOperation, error) {
	o := jsonOperation{op: item.Get("op").Text()}
	needs, known := jsonOps[o.op]
	if item.Kind() != fhir.Object || item.Get("op").Kind() != fhir.String || !known {
		return o, issue.New(issue.Invalid, "op", "An operation is an object with op: add, remove, replace, move, copy or test.").Coded(issue.CodeStructure)
	}
	var err error
	if o.path, err = readMember(item, "path"); err != nil {
		return o, err
	}
	if slices.Contains(needs, "from") {
		if o.from, err = readMember(item, "from"); err != nil {
			return o, err
		}
	}
	if o.value = item.Get("value"); slices.Contains(needs, "value") && o.value.Kind() == fhir.Absent {
		return o, issue.Newf(issue.Invalid, "value", "The operation %s needs a value.", o.op).Coded(issue.CodeRequired)
	}
	if o.op == "move" && o.path.within(o.from) {
		return o, issue.New(issue.Invalid, "from", "Nothing can be moved into itself.")
	}
	return o, nil
}

func readMember(item fhir.Element, name string) (pointer, error) {
	given := item.Get(name)
	if given.Kind() != fhir.String {
		return nil, issue.Newf(issue.Invalid, name, "The operation needs %s, a JSON Pointer such as /provision/type.", name).Coded(issue.CodeRequired)
	}
	return readPointer(name, given.Text())
}

func (d *draft) apply(o jsonOperation) error {
	switch o.op {
	case "add":
		return d.add(o.path, o.value)
	case "move":
		return d.move(o)
	case "copy":
		_, value, ok := d.existing(o.from)
		if !ok {
			return nothingAt("from")
		}
		return d.add(o.path, value)
	}
	place, found, ok := d.existing(o.path)
	switch {
	case !ok:
		return nothingAt("path")
	case o.op == "remove":
		if !d.Remove(place) {
			return issue.New(issue.Unprocessable, "path", "A patch can't remove the whole resource; send a DELETE for that.")
		}
		return d.check(place)
	case o.op == "replace":
		if err := d.afford(place, o.value); err != nil {
			return err
		}
		d.Replace(place, o.value)
		return d.check(place)
	case !equal(d.Editor, found, o.value):
		return issue.New(issue.Unprocessable, "value",
			"The test failed: the resource has another value there. Read it again, and make the patch for what it is now.")
	}
	return d.check(place)
}

func (d *draft) add(p pointer, value fhir.Element) error {
	place, ok := d.target(p)
	if !ok {
		return nothingAt("path")
	}
	if err := d.afford(place, value); err != nil {
		return err
	}
	d.Insert(place, value)
	return d.check(place)
}

// move takes away first: the path tells the place as it is then.
func (d *draft) move(o jsonOperation) error {
	from, value, ok := d.existing(o.from)
	switch {
	case !ok:
		return nothingAt("from")
	case slices.Equal(o.from, o.path):
		return nil
	}
	d.Remove(from)
	to, ok := d.target(o.path)
	if !ok {
		return nothingAt("path")
	}
	if err := d.fits(to, value); err != nil {
		return err
	}
	d.Insert(to, value)
	if err := d.check(from); err != nil {
		return err
	}
	return d.check(to)
}

func nothingAt(member string) error {
	return issue.Newf(issue.Unprocessable, member,
		"The resource has nothing at %s. Read it again, and write a JSON Pointer to what it has: the parent must be there, and an index within the list.", member)
}
