package profiles

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"tahto/fhir"
)

// builder makes a snapshot: it starts with the elements of the base and takes in
// the differential, one element after another
// (https://hl7.org/fhir/R4/profiling.html#snapshot).
type builder struct {
	set *Set
	url string
	all []Element
	// implied are the ids of the elements that got slices without being said
	// to be sliced.
	implied []string
}

// buildSnapshot gives a structure the elements of its base, narrowed by the
// differential.
func (s *Set) buildSnapshot(made *Structure, differential fhir.Element) error {
	base, err := s.base(made)
	if err != nil {
		return err
	}
	if base.Type != made.Type {
		return fmt.Errorf("the type is %s, but that of the base is %s", made.Type, base.Type)
	}
	made.Kind = base.Kind
	b := &builder{set: s, url: made.URL, all: slices.Clone(base.Elements)}
	for d := range differential.Each("element") {
		if err := b.add(d); err != nil {
			return err
		}
	}
	b.narrowImplied()
	made.Elements = slices.Clip(b.all)
	return nil
}

func (s *Set) base(made *Structure) (*Structure, error) {
	url, _, _ := strings.Cut(made.Base, "|")
	read, held := s.structures[url]
	switch {
	case made.Base == "":
		return nil, errors.New("neither a snapshot nor a base is given")
	case !held:
		return nil, fmt.Errorf("the base %s is not here", made.Base)
	}
	return read()
}

// add takes in one element of the differential.
func (b *builder) add(d fhir.Element) error {
	id := d.Get("id").Text()
	if id == "" {
		id = d.Get("path").Text()
	}
	i, err := b.find(id)
	if err != nil {
		return err
	}
	if err := b.named(b.all[i], d); err != nil {
		return err
	}
	narrowed, err := b.narrow(b.all[i], d)
	if err != nil {
		return err
	}
	b.all[i] = narrowed
	return nil
}

// named compares what else the differential says of an element's place: id,
// path and sliceName must tell the same.
func (b *builder) named(e Element, d fhir.Element) error {
	path := d.Get("path").Text()
	if path != e.Path && !shorthand(path, e.Path) {
		return fmt.Errorf("%s: the path is %s, want %s", e.ID, path, e.Path)
	}
	if name := d.Get("sliceName").Text(); name != e.Slice && (name != "" || d.Get("id").Text() == e.ID) {
		return fmt.Errorf("%s: the sliceName is %q, want %q", e.ID, name, e.Slice)
	}
	return nil
}

// shorthand tells whether a path differs from that of the element only in that
// it names one type of a choice: Observation.valueQuantity.value.
func shorthand(path, want string) bool {
	segments, wanted := strings.Split(path, "."), strings.Split(want, ".")
	return len(segments) == len(wanted) && !slices.ContainsFunc(wanted, func(segment string) bool {
		got := segments[0]
		segments = segments[1:]
		stem, isChoice := strings.CutSuffix(segment, choiceMark)
		return got != segment && !(isChoice && strings.HasPrefix(got, stem))
	})
}

func (b *builder) index(id string) int {
	return slices.IndexFunc(b.all, func(e Element) bool { return e.ID == id })
}

// find is the place of the element with that id. What is not there yet but can
// be is made: the children of a data type, a slice, one type of a choice.
func (b *builder) find(id string) (int, error) {
	if i := b.index(id); i >= 0 {
		return i, nil
	}
	dot := strings.LastIndexByte(id, '.')
	if dot < 0 {
		return 0, fmt.Errorf("%s: the root is %s", id, b.all[0].ID)
	}
	parent, err := b.find(id[:dot])
	if err != nil {
		return 0, err
	}
	if !b.hasChildren(parent) {
		if err := b.unfold(parent); err != nil {
			return 0, err
		}
	}
	within, name := b.all[parent].ID, id[dot+1:]
	if i := b.index(within + "." + name); i >= 0 {
		return i, nil
	}
	if of, slice, sliced := strings.Cut(name, ":"); sliced {
		return b.slice(within+"."+of, slice)
	}
	if choice, found := b.choice(within, name); found {
		return b.find(choice + ":" + name)
	}
	return 0, fmt.Errorf("%s: there is no such element", id)
}

func (b *builder) hasChildren(i int) bool {
	return i+1 < len(b.all) && strings.HasPrefix(b.all[i+1].ID, b.all[i].ID+".")
}

const choiceMark = "[x]"

// choice is the id of the choice of which a name is one type: of valueQuantity
// that of value[x].
func (b *builder) choice(within, name string) (string, bool) {
	for _, e := range b.all {
		stem, isChoice := strings.CutSuffix(e.ID, choiceMark)
		stem, isChild := strings.CutPrefix(stem, within+".")
		if isChoice && isChild && typeOfChoice(e, stem, name) != "" {
			return e.ID, true
		}
	}
	return "", false
}

// typeOfChoice is the type that a name like valueQuantity gives to value[x]; ""
// if it gives none that the element may have.
func typeOfChoice(e Element, stem, name string) string {
	for _, t := range e.Types {
		if name == stem+title(t.Code) {
			return t.Code
		}
	}
	return ""
}

// unfold inserts the children of an element: those of its one type, or of the
// profile that the type is held to, or of the element it refers to.
func (b *builder) unfold(i int) error {
	e := &b.all[i]
	if e.Content != "" {
		return b.unfoldContent(i)
	}
	if len(e.Types) != 1 {
		return fmt.Errorf("%s: it has %d types, so its children are unknown", e.ID, len(e.Types))
	}
	url := coreBase + e.Types[0].Code
	if held := e.Types[0].Profiles; len(held) == 1 {
		url = held[0]
	}
	source, found := b.set.Structure(url)
	if !found {
		return fmt.Errorf("%s: its type or profile %s is not here", e.ID, url)
	}
	b.insert(i+1, source.Elements[1:], source.Elements[0], b.all[i])
	return nil
}

// unfoldContent replaces a contentReference by what it refers to: the element of
// the R4 type, which no profile narrows (https://hl7.org/fhir/R4/profiling.html).
func (b *builder) unfoldContent(i int) error {
	e := &b.all[i]
	root, _, _ := strings.Cut(e.Content, ".")
	source, found := b.set.Type(root)
	if !found {
		return fmt.Errorf("%s: the type %s it refers to is not here", e.ID, root)
	}
	at := slices.IndexFunc(source.Elements, func(other Element) bool { return other.Path == e.Content })
	if at < 0 {
		return fmt.Errorf("%s: the element %s it refers to is not there", e.ID, e.Content)
	}
	target := source.Elements[at]
	e.Types, e.Content = target.Types, ""
	for _, c := range target.Constraints {
		e.Constraints = withConstraint(e.Constraints, c)
	}
	b.insert(i+1, descendants(source.Elements, target.ID), target, *e)
	return nil
}

// descendants are the elements below an id, without the slices beside it.
func descendants(all []Element, id string) []Element {
	var below []Element
	for _, e := range all {
		if strings.HasPrefix(e.ID, id+".") {
			below = append(below, e)
		}
	}
	return below
}

// insert puts copies of elements at a place, moved from below one element to
// below another.
func (b *builder) insert(at int, elements []Element, from, to Element) {
	moved := make([]Element, len(elements))
	for i, e := range elements {
		e.ID = to.ID + strings.TrimPrefix(e.ID, from.ID)
		e.Path = to.Path + strings.TrimPrefix(e.Path, from.Path)
		moved[i] = e
	}
	b.all = slices.Insert(b.all, at, moved...)
}
