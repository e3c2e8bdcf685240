package validate

import (
	"fmt"
	"maps"
	"strings"

	"tahto/profiles"
)

// profileCompiler compiles a profile to what it asks beyond the type: what the
// type asks already is checked with the type, and an element of which the
// profile says nothing new is left out.
type profileCompiler struct {
	v         *Validator
	structure *profiles.Structure
}

func (v *Validator) compileProfile(s *profiles.Structure) *field {
	c := profileCompiler{v, s}
	f, err := c.compile()
	switch {
	case err != nil:
		return &field{name: s.Name, path: s.Type, max: profiles.Unbounded, broken: err}
	case f == nil:
		return &field{name: s.Name, path: s.Type, max: profiles.Unbounded}
	}
	return f
}

func (c *profileCompiler) compile() (*field, error) {
	root, err := grow(c.structure)
	if err != nil {
		return nil, err
	}
	kind := c.v.datatype(c.structure.Type)
	if kind == nil {
		return nil, fmt.Errorf("validate: %s: type %s is not defined", c.structure.URL, c.structure.Type)
	}
	f, err := c.overlay(root, kind.root(), []*datatype{kind})
	if f != nil {
		f.min, f.max = 0, profiles.Unbounded // those of the root say nothing about the resource
	}
	return f, err
}

// overlay is what a branch asks beyond a field of the type; nil if nothing.
func (c *profileCompiler) overlay(b *branch, base *field, types []*datatype) (*field, error) {
	e := b.def
	f := &field{
		name: base.name, path: base.path, short: base.short, max: profiles.Unbounded,
		list: base.list, choice: base.choice, fixed: e.Fixed, pattern: e.Pattern, modifier: e.Modifier,
	}
	if e.Min > base.min {
		f.min = e.Min
	}
	if e.Max != base.max {
		f.max = e.Max
	}
	if made := newBinding(e.Binding); made != nil && (base.binding == nil || *made != *base.binding) {
		f.binding = made
	}
	if err := c.ask(f, b, base, types); err != nil {
		return nil, err
	}
	if f.isEmpty() {
		return nil, nil
	}
	return f, nil
}

// ask fills in what can go wrong.
func (c *profileCompiler) ask(f *field, b *branch, base *field, types []*datatype) (err error) {
	known := maps.Clone(base.keys)
	for _, t := range types {
		maps.Copy(known, t.root().keys)
	}
	if f.rules, f.keys, err = c.v.rules(b.def, known); err != nil {
		return err
	}
	if err = c.narrow(f, b.def, base); err != nil {
		return err
	}
	if f.shape, err = c.shape(b, types); err != nil {
		return err
	}
	f.slicing, err = c.slicing(b, base, types)
	return err
}

func (f *field) isEmpty() bool {
	return f.min == 0 && f.max == profiles.Unbounded && len(f.variants) == 0 && !f.fixed.Exists() && !f.pattern.Exists() &&
		f.binding == nil && len(f.rules) == 0 && f.slicing == nil && f.shape == nil
}

// narrow sets the variants, if the profile leaves out a type, or asks of one
// what R4 does not: a target or a profile.
func (c *profileCompiler) narrow(f *field, e *profiles.Element, base *field) error {
	if len(base.variants) == 0 || len(e.Types) == 0 || base.variants[0].typ.isBackbone() {
		return nil
	}
	narrower := len(e.Types) < len(base.variants)
	for _, t := range e.Types {
		kind := c.v.typeOf(e, t.Code)
		if kind == nil {
			return fmt.Errorf("validate: %s: type %s is not defined", e.ID, t.Code)
		}
		one := newVariant(base, kind)
		one.targets, one.profiles = c.v.targets(t.Targets), c.v.claims(t.Profiles)
		from := base.as(one.json)
		if from == nil {
			return fmt.Errorf("validate: %s: the type does not allow a %s", e.ID, t.Code)
		}
		if len(one.targets) < len(from.targets) || len(from.targets) == 0 && len(one.targets) > 0 ||
			len(one.profiles) > 0 && len(from.profiles) == 0 || one.typ != from.typ {
			narrower = true
		}
		f.variants = append(f.variants, one)
	}
	if !narrower {
		f.variants = nil
	}
	return nil
}

// isBackbone tells a backbone element by its name, which is a path.
func (t *datatype) isBackbone() bool { return strings.Contains(t.name, ".") }

// shape is what a profile asks of the elements below a branch.
func (c *profileCompiler) shape(b *branch, types []*datatype) (*shape, error) {
	var made *shape
	for _, kid := range b.kids {
		base, kinds := c.base(kid, types)
		if base == nil {
			if kid.name == "value" && types[0].kind == profiles.Primitive {
				continue
			}
			return nil, fmt.Errorf("validate: %s: the type has no %s", kid.def.ID, kid.name)
		}
		f, err := c.overlay(kid, base, kinds)
		if err != nil {
			return nil, err
		}
		if f == nil {
			continue
		}
		if made == nil {
			made = &shape{}
		}
		made.add(f)
	}
	return made, nil
}

// base is the field of the type behind a branch, and the types that the
// branch can have.
func (c *profileCompiler) base(b *branch, types []*datatype) (*field, []*datatype) {
	for _, t := range types {
		root := t.root()
		if root.shape == nil {
			continue
		}
		if f := root.shape.byName[b.name]; f != nil {
			return f, c.kinds(b.def, f)
		}
	}
	return nil, nil
}

func (c *profileCompiler) kinds(e *profiles.Element, base *field) []*datatype {
	var all []*datatype
	for _, t := range e.Types {
		for _, one := range base.variants {
			switch {
			case one.typ.isBackbone(), one.typ.name == t.Code:
				all = append(all, one.typ)
			case one.typ.name == "Resource":
				if kind := c.v.datatype(t.Code); kind != nil {
					all = append(all, kind)
				}
			}
		}
	}
	if len(all) == 0 {
		for _, one := range base.variants {
			all = append(all, one.typ)
		}
	}
	return all
}
