package profiles

import (
	"fmt"
	"slices"
	"strings"
)

// slice makes a slice of an element, after those that are there: a copy of the
// element and of what is below it, at first optional. It gives its place.
func (b *builder) slice(of, name string) (int, error) {
	if again := strings.LastIndexByte(name, '/'); again > 0 { // a slice of a slice
		of += ":" + name[:again]
	}
	i, err := b.find(of)
	if err != nil {
		return 0, err
	}
	of = b.all[i].ID
	if b.all[i].Slicing == nil {
		b.all[i].Slicing = implicitSlicing(of)
		b.implied = append(b.implied, of)
	}
	if b.all[i].Slicing == nil {
		return 0, fmt.Errorf("%s:%s: the element is not sliced", of, name)
	}
	made := b.all[i]
	made.ID, made.Slice, made.Slicing, made.Min = sliceID(of, name), name, nil, 0
	narrowChoice(&made)
	at := b.groupEnd(i)
	below := descendants(b.all, of)
	b.all = slices.Insert(b.all, at, made)
	b.insert(at+1, below, Element{ID: of, Path: made.Path}, made)
	return at, nil
}

// sliceID is of:name; a slice of a slice has the names of both in its own.
func sliceID(of, name string) string {
	if again := strings.LastIndexByte(name, '/'); again > 0 {
		return strings.TrimSuffix(of, name[:again]) + name
	}
	return of + ":" + name
}

// implicitSlicing is that of elements that everybody slices the same way:
// extensions by their url, and choices by their type.
func implicitSlicing(id string) *Slicing {
	switch last := id[strings.LastIndexByte(id, '.')+1:]; {
	case last == "extension", last == "modifierExtension":
		return &Slicing{Discriminators: []Discriminator{{By: "value", Path: "url"}}}
	case strings.HasSuffix(last, choiceMark):
		return &Slicing{Discriminators: []Discriminator{{By: "type", Path: "$this"}}}
	}
	return nil
}

// narrowChoice leaves of a choice the one type that the slice is named after.
func narrowChoice(e *Element) {
	stem, isChoice := strings.CutSuffix(e.Path[strings.LastIndexByte(e.Path, '.')+1:], choiceMark)
	if !isChoice {
		return
	}
	if code := typeOfChoice(*e, stem, e.Slice); code != "" {
		e.Types = slices.DeleteFunc(slices.Clone(e.Types), func(t Type) bool { return t.Code != code })
	}
}

// narrowImplied leaves of each choice that nobody said was sliced the types of
// its slices: who names valueQuantity alone wants nothing but a Quantity.
func (b *builder) narrowImplied() {
	for _, id := range b.implied {
		i := b.index(id)
		if !strings.HasSuffix(id, choiceMark) {
			continue
		}
		var types []Type
		for _, e := range b.all {
			if name, found := strings.CutPrefix(e.ID, id+":"); found && name == e.Slice {
				types = append(types, e.Types...)
			}
		}
		b.all[i].Types = types
	}
}

// groupEnd is the place after an element, what is below it, and its slices.
func (b *builder) groupEnd(i int) int {
	id := b.all[i].ID
	for i++; i < len(b.all); i++ {
		rest, same := strings.CutPrefix(b.all[i].ID, id)
		if !same || rest[0] != '.' && rest[0] != ':' && rest[0] != '/' {
			break
		}
	}
	return i
}
