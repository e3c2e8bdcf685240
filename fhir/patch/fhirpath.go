package patch

import (
	"errors"
	"slices"
	"strings"

	"tahto/fhir"
	"tahto/fhir/fhirpath"
	"tahto/fhir/issue"
)

// FHIRPath does a FHIRPath Patch (https://hl7.org/fhir/R4/fhirpatch.html) on a
// resource and gives the result. The model tells which elements repeat, of what
// type they are and how a choice is named in JSON; it may not be nil.
//
// A primitive moves, and goes, together with its id and extensions; one that is
// replaced has those of the new value only. A value must be of a type that its
// element may have. What the operations leave empty is left out at the end, not
// between them, so that an index stays what it was.
func FHIRPath(r, parameters *fhir.Resource, model fhirpath.Model) (*fhir.Resource, error) {
	return new(Spent).FHIRPath(r, parameters, model)
}

// FHIRPath is [FHIRPath] of one patch among others.
func (s *Spent) FHIRPath(r, parameters *fhir.Resource, model fhirpath.Model) (*fhir.Resource, error) {
	operations, err := readFHIRPath(parameters, model)
	if err != nil {
		return nil, err
	}
	p := &patcher{draft: s.begin(r, r), model: model}
	for i, o := range operations {
		if err := p.apply(o); err != nil {
			return nil, issue.Under(expressionOf(i), err)
		}
	}
	if len(operations) > 0 {
		p.Prune()
	}
	return p.finish()
}

// patcher does operations one after the other.
type patcher struct {
	*draft
	model fhirpath.Model
}

func (p *patcher) apply(o operation) error {
	nodes, err := p.evaluate(o.path)
	if err != nil {
		return err
	}
	switch o.kind {
	case "add":
		return p.addTo(o, nodes)
	case "insert", "move":
		return p.inList(o, nodes)
	case "delete":
		if len(nodes) == 0 { // "if found"
			return p.known(o.path)
		}
	}
	t, err := p.single(nodes)
	if err != nil {
		return err
	}
	if t.name == "" {
		return issue.Newf(issue.Unprocessable, "", "A patch can't %s the whole resource; name an element of it.", o.kind)
	}
	if o.kind == "delete" {
		return p.delete(t)
	}
	return p.replace(o, t)
}

// evaluate gives the elements that a path leads to, within what all paths of
// the patch may cost together.
func (p *patcher) evaluate(path *fhirpath.Expression) ([]fhirpath.Node, error) {
	items, err := path.Evaluate(fhirpath.Input{Focus: fhirpath.NewNode(p.Root(), "Resource"), Spent: &p.spent.steps})
	switch {
	case errors.Is(err, fhirpath.ErrTooCostly):
		return nil, issue.New(issue.Unprocessable, "", "The paths of the patch take too much work on this resource; write simpler ones.").Coded(issue.CodeTooCostly)
	case err != nil:
		return nil, issue.Newf(issue.Unprocessable, "", "The path can't be followed in this resource: %v.", err)
	}
	nodes := items.Nodes()
	if len(nodes) != len(items) {
		return nil, issue.New(issue.Unprocessable, "", "The path gives a value that is reckoned; it must lead to elements of the resource.")
	}
	return nodes, nil
}

// known tells what is wrong with a path that leads to nothing, if it could never
// be right: a misspelt element would else be a deletion that does nothing,
// forever.
func (p *patcher) known(path *fhirpath.Expression) error {
	if err := path.Check(p.before.Type()); err != nil {
		return issue.Newf(issue.Unprocessable, "", "The path leads to nothing, and there is a fault in it: %v.", err)
	}
	return nil
}

// single is the one element that a path must lead to.
func (p *patcher) single(nodes []fhirpath.Node) (target, error) {
	if len(nodes) != 1 {
		return target{}, issue.Newf(issue.Unprocessable, "",
			"The path must lead to one element, but it leads to %d. Add an index or where(), or add the element first.", len(nodes))
	}
	return p.locate(nodes[0])
}

// addTo puts a new element in the one that the path leads to.
func (p *patcher) addTo(o operation, nodes []fhirpath.Node) error {
	t, err := p.single(nodes)
	if err != nil {
		return err
	}
	return p.addNamed(o, t)
}

func (p *patcher) addNamed(o operation, t target) error {
	of, known := p.model.Child(t.typ, o.name)
	if !known {
		return issue.Newf(issue.Unprocessable, partOf(o.placed["name"]), "R4 has no such element here; name it as FHIRPath does, such as value for value[x].").Coded(issue.CodeStructure)
	}
	one, err := p.build(o.value, o.name, of)
	if err != nil {
		return issue.Under(partOf(o.placed["value"]), err)
	}
	object := p.inside(t)
	if err := p.affordOne(object, one); err != nil {
		return err
	}
	if of.List {
		p.writeList(object, one.name, append(p.list(object, one.name), one.element))
		return p.check(object.Member(one.name))
	}
	if p.present(object, o.name, of) {
		return issue.Newf(issue.Unprocessable, "", "The element is there already and does not repeat; replace it instead.").Coded(issue.CodeDuplicate)
	}
	p.write(object, one.name, pair(one.name, one.element))
	return p.check(object.Member(one.name))
}

// present tells whether an object has the element, under any of its names.
func (p *patcher) present(object fhir.Place, name string, of fhirpath.ElementType) bool {
	holder, _ := p.Get(object)
	if !of.Choice {
		return holder.Get(name).Exists()
	}
	typ := p.typeAt(object)
	for full := range holder.Members() {
		p.Spend(1)
		json := strings.TrimPrefix(full, "_")
		if !strings.HasPrefix(json, name) {
			continue
		}
		if own, def := p.child(typ, json); own == name && def.Choice {
			return true
		}
	}
	return false
}

// affordOne is [draft.afford] for a value and its extensions. Those of an item
// stand one array deeper.
func (p *patcher) affordOne(object fhir.Place, one named) error {
	at := object.Member(one.name).Item(0)
	if err := p.afford(at, one.element); err != nil {
		return err
	}
	return p.afford(at, one.element.Fellow())
}

func (p *patcher) delete(t target) error {
	if t.index < 0 {
		p.write(t.object, t.name, nil)
	} else {
		p.writeList(t.object, t.name, slices.Delete(p.list(t.object, t.name), t.index, t.index+1))
	}
	return p.check(t.object.Member(t.name))
}

func (p *patcher) replace(o operation, t target) error {
	one, err := p.build(o.value, t.element, t.of)
	if err != nil {
		return issue.Under(partOf(o.placed["value"]), err)
	}
	if err := p.affordOne(t.object, one); err != nil {
		return err
	}
	if t.index >= 0 {
		items := p.list(t.object, t.name)
		items[t.index] = one.element
		p.writeList(t.object, t.name, items)
		return p.check(t.object.Member(t.name))
	}
	if one.name != t.name { // a choice that changes its type
		p.write(t.object, t.name, nil)
	}
	p.write(t.object, one.name, pair(one.name, one.element))
	return p.check(t.object.Member(one.name))
}
