package validate

import (
	"slices"
	"strings"

	"tahto/fhir"
	"tahto/profiles"
)

// slicing is how a profile sorts the repetitions of an element
// (https://hl7.org/fhir/R4/profiling.html#slicing).
type slicing struct {
	slices  []*slice
	closed  bool
	ordered bool
}

// needed tells whether a slice must be there.
func (s *slicing) needed() bool {
	return s != nil && slices.ContainsFunc(s.slices, func(one *slice) bool { return one.min > 0 })
}

type slice struct {
	name       string
	min, max   int
	conditions []condition // all of them hold for what is in the slice
	field      *field      // what the slice asks; nil if nothing
}

// condition is what one discriminator asks of a repetition.
type condition struct {
	by       string
	path     []step
	fixed    []fhir.Element // each is found at the path
	patterns []fhir.Element // each is matched at the path
	bindings []*binding     // a code at the path is in each
	types    []string
	profiles []*profile
	present  bool // by exists: whether it is to be there
}

// step is one name of a discriminator's path.
type step struct {
	names []string // in JSON: more than one for a choice
	types []string // of each name
	url   string   // of the extension meant, for extension('url')
	alone bool     // resolve(): the reference's target
}

func (c *profileCompiler) slicing(b *branch, base *field, types []*datatype) (*slicing, error) {
	if b.def.Slicing == nil || len(b.slices) == 0 {
		return nil, nil
	}
	made := &slicing{closed: b.def.Slicing.Closed, ordered: b.def.Slicing.Ordered}
	for _, one := range b.slices {
		f, err := c.overlay(one, base, c.kinds(one.def, base))
		if err != nil {
			return nil, err
		}
		if f != nil {
			f.min, f.max = 0, profiles.Unbounded // they count the slice's own, below
		}
		s := &slice{name: one.def.Slice, min: one.def.Min, max: one.def.Max, field: f}
		for _, d := range b.def.Slicing.Discriminators {
			s.conditions = append(s.conditions, c.condition(d, one, types))
		}
		made.slices = append(made.slices, s)
	}
	return made, nil
}

func (c *profileCompiler) condition(d profiles.Discriminator, b *branch, types []*datatype) condition {
	found := condition{by: d.By}
	c.follow(&found, b, types, splitPath(d.Path))
	return found
}

// splitPath splits a discriminator's path; $this is no step.
func splitPath(path string) []string {
	var all []string
	depth, start := 0, 0
	for i := range len(path) {
		switch path[i] {
		case '(':
			depth++
		case ')':
			depth--
		case '.':
			if depth == 0 {
				all, start = append(all, path[start:i]), i+1
			}
		}
	}
	all = append(all, path[start:])
	if all[0] == "$this" {
		return all[1:]
	}
	return all
}

// follow walks a path through the definitions and notes the steps and what is
// asked at their end: of that element, by a pattern on the way, or in the
// profile of a type on the way.
func (c *profileCompiler) follow(found *condition, b *branch, types []*datatype, path []string) {
	here := []*branch{b}
	for i, name := range path {
		for _, at := range here {
			found.project(at.def, path[i:])
		}
		if name == "resolve()" {
			found.path = append(found.path, step{alone: true})
			continue
		}
		url, isExtension := extensionURL(name)
		if isExtension {
			name = "extension"
		}
		found.path = append(found.path, c.step(name, url, types))
		here, types = c.below(here, types, name, url)
	}
	for _, at := range here {
		found.ask(c.v, at.def)
	}
}

func extensionURL(name string) (string, bool) {
	rest, is := strings.CutPrefix(name, "extension(")
	if !is {
		return "", false
	}
	return strings.Trim(rest, "')\""), true
}

func (c *profileCompiler) step(name, url string, types []*datatype) step {
	made := step{url: url}
	for _, t := range types {
		if root := t.root(); root.shape != nil && root.shape.byName[name] != nil {
			for _, one := range root.shape.byName[name].variants {
				made.names, made.types = append(made.names, one.json), append(made.types, one.typ.name)
			}
			return made
		}
	}
	made.names, made.types = []string{name}, []string{""}
	return made
}

// below are the elements of that name under any of some branches, and their types.
func (c *profileCompiler) below(here []*branch, types []*datatype, name, url string) (kids []*branch, kinds []*datatype) {
	for _, at := range here {
		kids = append(kids, c.kids(at, name)...)
	}
	if url != "" {
		kids = c.withURL(kids, url)
	}
	for _, t := range types {
		if root := t.root(); root.shape != nil && root.shape.byName[name] != nil {
			for _, one := range root.shape.byName[name].variants {
				kinds = append(kinds, one.typ)
			}
			break
		}
	}
	return kids, kinds
}

// kids are the elements of that name under a branch with their slices, and
// under the roots of the profiles of its type.
func (c *profileCompiler) kids(b *branch, name string) []*branch {
	var found []*branch
	for _, kid := range b.kids {
		if kid.name == name {
			found = append(append(found, kid), kid.slices...)
		}
	}
	for _, t := range b.def.Types {
		for _, url := range t.Profiles {
			if s, known := c.v.set.Structure(url); known {
				if root, err := grow(s); err == nil {
					found = append(found, c.kids(root, name)...)
				}
			}
		}
	}
	return found
}

// withURL are the extensions of which the definition is that one.
func (c *profileCompiler) withURL(all []*branch, url string) []*branch {
	return slices.DeleteFunc(all, func(b *branch) bool {
		return !slices.ContainsFunc(b.def.Types, func(t profiles.Type) bool { return slices.Contains(t.Profiles, url) })
	})
}

// project notes what a value or pattern on the way asks at the end of the path.
func (found *condition) project(e *profiles.Element, rest []string) {
	found.fixed = append(found.fixed, collect(nil, e.Fixed, rest)...)
	found.patterns = append(found.patterns, collect(nil, e.Pattern, rest)...)
}

// collect are the elements at the end of a path of names.
func collect(all []fhir.Element, e fhir.Element, path []string) []fhir.Element {
	if !e.Exists() || len(path) == 0 {
		if e.Exists() {
			all = append(all, e)
		}
		return all
	}
	for item := range e.Each(path[0]) {
		all = collect(all, item, path[1:])
	}
	return all
}

// ask notes what the element at the end of the path asks.
func (found *condition) ask(v *Validator, e *profiles.Element) {
	switch found.by {
	case "exists":
		found.present = found.present || e.Min > 0
	case "type":
		for _, t := range e.Types {
			found.types = append(found.types, t.Code)
			found.types = append(found.types, v.targets(t.Targets)...)
		}
	case "profile":
		for _, t := range e.Types {
			found.profiles = append(found.profiles, v.claims(t.Profiles)...)
		}
	default:
		if e.Fixed.Exists() {
			found.fixed = append(found.fixed, e.Fixed)
		}
		if e.Pattern.Exists() {
			found.patterns = append(found.patterns, e.Pattern)
		}
		if b := newBinding(e.Binding); b != nil && b.strength == profiles.Required && len(found.fixed)+len(found.patterns) == 0 {
			found.bindings = append(found.bindings, b)
		}
	}
}
