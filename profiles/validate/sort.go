package validate

import (
	"slices"
	"strconv"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/profiles"
)

var (
	sliceMissing   = fault{code: issue.CodeRequired, reason: "slice-missing"}
	sliceTooMany   = fault{code: issue.CodeStructure, reason: "slice-too-many"}
	sliceUnmatched = fault{code: issue.CodeStructure, reason: "slice-unmatched"}
	sliceOrder     = fault{code: issue.CodeStructure, reason: "slice-order"}
)

// sorted tells for each slicing of an element which of its slices, if any,
// every repetition is in.
type sorted [][]*slice

// fields adds what the slices of repetition i ask.
func (s sorted) fields(fields []*field, i int) []*field {
	for _, of := range s {
		if of[i] != nil && of[i].field != nil {
			fields = append(fields, of[i].field)
		}
	}
	return fields
}

// sort puts repetitions into the slices of every profile that has slices here,
// and finds what is missing, too much or out of place.
func (w *walk) sort(value fhir.Element, count int, at *place, one *variant, fields []*field) sorted {
	var all sorted
	for _, f := range fields[1:] {
		if f.slicing != nil {
			of := w.sortBy(f.slicing, value, count, one)
			w.checkSlices(f.slicing, of, at)
			all = append(all, of)
		}
	}
	return all
}

func (w *walk) sortBy(s *slicing, value fhir.Element, count int, one *variant) []*slice {
	of := make([]*slice, count)
	for i := range of {
		item := value.At(i)
		for _, slice := range s.slices {
			if w.isIn(slice, item, one) {
				of[i] = slice
				break
			}
		}
	}
	return of
}

func (w *walk) isIn(s *slice, item fhir.Element, one *variant) bool {
	for i := range s.conditions {
		if !w.meets(&s.conditions[i], item, one) {
			return false
		}
	}
	return len(s.conditions) > 0
}

func (w *walk) checkSlices(s *slicing, of []*slice, at *place) {
	for _, one := range s.slices {
		count := 0
		for _, mine := range of {
			if mine == one {
				count++
			}
		}
		w.checkSlice(one, count, at)
	}
	last := -1
	for i, mine := range of {
		here := at
		if at.index == 0 && len(of) > 0 {
			item := at.item(i)
			here = &item
		}
		if mine == nil {
			if s.closed {
				w.add(sliceUnmatched, here, "The profile allows here only: "+s.names()+". This one is none of them. Correct or remove it.")
			}
			continue
		}
		place := slices.Index(s.slices, mine)
		if s.ordered && place < last {
			w.add(sliceOrder, here, "The profile asks for this order: "+s.names()+". Move this one.")
		}
		last = max(last, place)
	}
}

func (w *walk) checkSlice(s *slice, count int, at *place) {
	if count < s.min {
		w.add(sliceMissing, at, "The profile asks for a “"+s.name+"” here"+atLeast(s.min)+". Add it.")
	}
	if s.max == 0 && count > 0 {
		w.add(sliceTooMany, at, "The profile does not allow a “"+s.name+"” here. Remove it.")
	} else if s.max != profiles.Unbounded && count > s.max {
		w.add(sliceTooMany, at, "The profile allows “"+s.name+"” here "+strconv.Itoa(s.max)+" times at most. Remove what is too much.")
	}
}

func atLeast(n int) string {
	if n == 1 {
		return ""
	}
	return ", " + strconv.Itoa(n) + " times at least"
}

func (s *slicing) names() string {
	var all []string
	for _, one := range s.slices {
		all = append(all, one.name)
	}
	return list(all)
}

// meets tells whether a repetition is what a discriminator asks.
func (w *walk) meets(c *condition, item fhir.Element, one *variant) bool {
	var room [4]found
	at := w.reach(room[:0], found{item, one.typ.name}, c.path)
	switch c.by {
	case "exists":
		return len(at) > 0 == c.present
	case "type":
		return slices.ContainsFunc(at, func(f found) bool { return w.isOf(f, c.types) })
	case "profile":
		return slices.ContainsFunc(at, func(f found) bool { return w.conforms(f, c.profiles) })
	}
	return c.values(w, at)
}

// values tells whether all that is asked stands among what was found.
func (c *condition) values(w *walk, at []found) bool {
	for _, want := range c.fixed {
		if !slices.ContainsFunc(at, func(f found) bool { return equal(f.element, want) }) {
			return false
		}
	}
	for _, want := range c.patterns {
		if !slices.ContainsFunc(at, func(f found) bool { return matches(f.element, want) }) {
			return false
		}
	}
	for _, b := range c.bindings {
		if !slices.ContainsFunc(at, func(f found) bool { return w.codes(f.element, f.typ, b.valueSet).isMember() }) {
			return false
		}
	}
	return len(c.fixed)+len(c.patterns)+len(c.bindings) > 0
}

// found is an element at the end of a path, with its type where it is known.
type found struct {
	element fhir.Element
	typ     string
}

// reach are the elements at the end of a discriminator's path.
func (w *walk) reach(all []found, from found, path []step) []found {
	if len(path) == 0 {
		if from.element.Exists() {
			all = append(all, from)
		}
		return all
	}
	if path[0].alone {
		return w.reach(all, found{from.element, w.targetType(from.element)}, path[1:])
	}
	for i, name := range path[0].names {
		for item := range from.element.Each(name) {
			if path[0].url == "" || item.Get("url").Text() == path[0].url {
				all = w.reach(all, found{item, path[0].types[i]}, path[1:])
			}
		}
	}
	return all
}

func (w *walk) isOf(f found, types []string) bool {
	name := f.typ
	if own := f.element.Get("resourceType").Text(); own != "" {
		name = own
	}
	return slices.Contains(types, name)
}

// conforms tries an element on profiles and keeps the findings to itself.
func (w *walk) conforms(f found, all []*profile) bool {
	kind := w.v.datatype(f.typ)
	return kind != nil && slices.ContainsFunc(all, func(p *profile) bool {
		return w.trial(f.element, kind, p)
	})
}

// trial tells whether an element conforms to its type and a profile.
func (w *walk) trial(e fhir.Element, kind *datatype, p *profile) bool {
	alone := *w
	alone.issues, alone.errors = nil, 0
	at := place{name: kind.name, path: kind.name, typ: kind.name}
	one := variant{json: kind.name, typ: kind}
	alone.value(e, fhir.Element{}, &at, &one, []*field{{name: kind.name, variants: []*variant{&one}}, p.root()})
	return alone.errors == 0
}
