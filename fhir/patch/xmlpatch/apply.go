package xmlpatch

import (
	"fmt"

	"tahto/fhir/issue"
)

// MaxOperations is how many operations a patch may have.
const MaxOperations = 1_000

// Apply does a patch on a document and gives the result. prefixes are those that
// the patch may use without a declaration, the namespace of names without prefix
// by ""; nil for none. work counts the nodes that the operations visit, compare or
// move: patches that are to be bounded together share it.
func Apply(document, patch []byte, prefixes map[string]string, work *int) ([]byte, error) {
	directives, err := readPatch(patch, prefixes)
	if err != nil {
		return nil, err
	}
	top, err := read(document, nil)
	if err != nil {
		return nil, err
	}
	r := &run{top: top, work: work}
	for i := range directives {
		if err := r.do(&directives[i]); err != nil {
			return nil, issue.Under(fmt.Sprintf("[%d]", i), err)
		}
	}
	return write(top), nil
}

// do does one operation.
func (r *run) do(d *directive) error {
	target, err := r.locate(d.sel)
	if err != nil {
		return err
	}
	r.changed()
	target.touch()
	if target.parent != nil {
		r.spend(len(target.parent.kids))
	}
	switch d.operation {
	case "add":
		return r.add(d, target)
	case "replace":
		return r.replace(d, target)
	}
	return r.remove(d, target)
}

// locate finds the one node that a selector leads to.
func (r *run) locate(selector expression) (*node, error) {
	found := selector.evaluate(context{r.top, 1, 1, r}).nodes
	switch {
	case r.spent():
		return nil, costly("The selectors of the patch visit too many nodes of this document; write them as paths from the root, with fewer // and *.")
	case len(found) == 0:
		return nil, undoable(unlocated, "sel", "The selector leads to nothing. Read the document again, and see that the names have the right namespace.")
	case len(found) > 1:
		return nil, undoable(unlocated, "sel", "The selector leads to more than one node. Add what tells them apart, such as a position.")
	}
	return found[0], nil
}
