package patch

import (
	"slices"
	"strings"

	"tahto/fhir"
	"tahto/fhir/fhirpath"
	"tahto/fhir/issue"
)

// inList inserts into a list, or moves within it. The path leads to all items
// of the list; to none if the list is empty, which then is found by the end of
// the path.
func (p *patcher) inList(o operation, nodes []fhirpath.Node) error {
	if len(nodes) == 0 {
		return p.inEmptyList(o)
	}
	t, err := p.locate(nodes[0])
	if err != nil {
		return err
	}
	if t.index < 0 {
		return issue.Newf(issue.Unprocessable, "", "The path leads to an element that does not repeat; %s needs a list.", o.kind).Coded(issue.CodeStructure)
	}
	items := p.list(t.object, t.name)
	if err := p.whole(nodes, items, t); err != nil {
		return err
	}
	if o.kind == "move" {
		return p.moveItem(o, t, items)
	}
	return p.insertItem(o, t, items)
}

// whole tells whether a path leads to a list and not to some of its items, or
// to the items of several lists: an index would mean something else in each.
func (p *patcher) whole(nodes []fhirpath.Node, items []fhir.Element, first target) error {
	last, err := p.locate(nodes[len(nodes)-1])
	if err != nil {
		return err
	}
	if len(nodes) == len(items) && first.index == 0 && last.index == len(items)-1 &&
		last.name == first.name && slices.Equal(last.object, first.object) {
		return nil
	}
	return issue.New(issue.Unprocessable, "", "The path must lead to a whole list, such as Patient.contact[0].telecom, and to one list only.").Coded(issue.CodeStructure)
}

func (p *patcher) insertItem(o operation, t target, items []fhir.Element) error {
	at := o.at["index"]
	if at > len(items) {
		return outside(o, "index", len(items))
	}
	one, err := p.build(o.value, t.element, t.of)
	if err != nil {
		return issue.Under(partOf(o.placed["value"]), err)
	}
	if err := p.affordOne(t.object, one); err != nil {
		return err
	}
	p.writeList(t.object, t.name, slices.Insert(items, at, one.element))
	return p.check(t.object.Member(t.name))
}

// moveItem takes an item out and puts it in again: the destination is its index
// afterwards.
func (p *patcher) moveItem(o operation, t target, items []fhir.Element) error {
	for _, name := range needs["move"][1:] {
		if o.at[name] >= len(items) {
			return outside(o, name, len(items)-1)
		}
	}
	from, to := o.at["source"], o.at["destination"]
	moved := items[from]
	items = slices.Insert(slices.Delete(items, from, from+1), to, moved)
	p.writeList(t.object, t.name, items)
	return p.check(t.object.Member(t.name))
}

func outside(o operation, name string, most int) error {
	return issue.Newf(issue.Unprocessable, partOf(o.placed[name]), "The %s is beyond the list; here it is at most %d.", name, most).Coded(issue.CodeValue)
}

// inEmptyList makes a list of one: an index of 0 is within a list of none.
func (p *patcher) inEmptyList(o operation) error {
	if o.kind == "move" || o.at["index"] > 0 {
		return issue.Newf(issue.Unprocessable, "", "The path leads to no list, or to one with no items; %s has nothing to count from.", o.kind)
	}
	in, name := "$this", o.path.String()
	if dot := strings.LastIndexByte(name, '.'); dot >= 0 {
		in, name = name[:dot], name[dot+1:]
	}
	parent, err := fhirpath.Compile(in, p.model)
	if err != nil {
		return noList()
	}
	nodes, err := p.evaluate(parent)
	if err != nil {
		return err
	}
	t, err := p.single(nodes)
	if err != nil {
		return err
	}
	if of, known := p.model.Child(t.typ, strings.Trim(name, "` ")); !known || !of.List {
		return noList()
	}
	o.name = strings.Trim(name, "` ")
	return p.addNamed(o, t)
}

func noList() error {
	return issue.New(issue.Unprocessable, "", "The path leads to nothing; end it with the name of a list that R4 has there, such as Patient.name.").Coded(issue.CodeStructure)
}
