package validate

import (
	"fmt"
	"strings"

	"tahto/profiles"
)

// branch is an element of a structure with what stands below it, and its
// slices.
type branch struct {
	def    *profiles.Element
	name   string
	kids   []*branch
	slices []*branch
}

// grow makes a tree of a structure's elements by their ids, in which the id of
// a child is that of its parent, a full stop and a name, and the id of a slice
// that of what is sliced, a colon and a name.
func grow(s *profiles.Structure) (*branch, error) {
	if len(s.Elements) == 0 {
		return nil, fmt.Errorf("validate: %s has no elements", s.URL)
	}
	all := map[string]*branch{}
	for i := range s.Elements {
		e := &s.Elements[i]
		b := &branch{def: e, name: lastName(e.Path)}
		all[e.ID] = b
		if i == 0 {
			continue
		}
		dot := strings.LastIndexByte(e.ID, '.')
		parent := all[e.ID[:max(dot, 0)]]
		if colon := strings.IndexByte(e.ID[dot+1:], ':'); colon >= 0 {
			if sliced := all[e.ID[:dot+1+colon]]; sliced != nil {
				sliced.slices = append(sliced.slices, b)
				continue
			}
		}
		if parent == nil {
			return nil, fmt.Errorf("validate: %s: element %s has no parent", s.URL, e.ID)
		}
		parent.kids = append(parent.kids, b)
	}
	return all[s.Elements[0].ID], nil
}

// lastName is the name of an element as FHIRPath has it.
func lastName(path string) string {
	return strings.TrimSuffix(path[strings.LastIndexByte(path, '.')+1:], "[x]")
}

func (v *Validator) newDatatype(s *profiles.Structure) *datatype {
	t := &datatype{name: s.Type, kind: s.Kind}
	if s.Kind == profiles.Primitive {
		t.format = formats[s.Type]
		t.bare = s.Type == "xhtml"
	}
	t.compile = func() *field { return v.compileType(s) }
	return t
}

// typeCompiler compiles one type of R4.
type typeCompiler struct {
	v         *Validator
	structure *profiles.Structure
	backbones map[string]*datatype // by path, for contentReference
}

func (v *Validator) compileType(s *profiles.Structure) *field {
	root, err := grow(s)
	if err != nil {
		return &field{name: s.Name, path: s.Type, broken: err}
	}
	c := typeCompiler{v, s, map[string]*datatype{}}
	f := &field{name: s.Name, path: root.def.Path, short: root.def.Short, max: 1}
	if f.rules, f.keys, f.broken = v.rules(root.def, nil); f.broken == nil {
		f.shape, f.broken = c.shape(root)
	}
	return f
}

func (c *typeCompiler) shape(b *branch) (*shape, error) {
	made := &shape{}
	for _, kid := range b.kids {
		if c.structure.Kind == profiles.Primitive && kid.name == "value" {
			continue // the value itself, which JSON does not name
		}
		f, err := c.field(kid)
		if err != nil {
			return nil, err
		}
		made.add(f)
	}
	return made, nil
}

func (c *typeCompiler) field(b *branch) (*field, error) {
	e := b.def
	f := &field{
		name: b.name, path: e.Path, short: e.Short, min: e.Min, max: e.Max,
		list: e.Max != 1, choice: strings.HasSuffix(e.Path, "[x]"),
		fixed: e.Fixed, pattern: e.Pattern, binding: newBinding(e.Binding), modifier: e.Modifier,
	}
	var err error
	if f.rules, f.keys, err = c.v.rules(e, nil); err != nil {
		return nil, err
	}
	switch {
	case e.Content != "":
		f.variants = []*variant{newVariant(f, c.backbone(e.Content))}
	case len(b.kids) > 0:
		f.variants = []*variant{newVariant(f, c.backbone(e.Path))}
		err = c.fill(f, b)
	default:
		err = c.types(f, e)
	}
	return f, err
}

// backbone is the type of a backbone element, which may not be filled yet: an
// element may hold itself.
func (c *typeCompiler) backbone(path string) *datatype {
	if c.backbones[path] == nil {
		c.backbones[path] = &datatype{name: path, kind: profiles.Complex}
	}
	return c.backbones[path]
}

// fill moves the invariants of a backbone element to its type, where they hold
// for every element that shares it.
func (c *typeCompiler) fill(f *field, b *branch) error {
	kids, err := c.shape(b)
	made := &field{name: f.name, path: f.path, shape: kids, rules: f.rules, keys: f.keys, broken: err}
	f.rules = nil
	f.variants[0].typ.compile = func() *field { return made }
	return err
}

func (c *typeCompiler) types(f *field, e *profiles.Element) error {
	for _, t := range e.Types {
		kind := c.v.typeOf(e, t.Code)
		if kind == nil {
			return fmt.Errorf("validate: %s: type %s is not defined", e.Path, t.Code)
		}
		one := newVariant(f, kind)
		one.targets = c.v.targets(t.Targets)
		one.profiles = c.v.claims(t.Profiles)
		f.variants = append(f.variants, one)
	}
	return nil
}

// typeOf is the type of an element. R4 calls ids plain strings, which have
// bounds of their own, and they as well as the url of an extension have no
// extensions.
func (v *Validator) typeOf(e *profiles.Element, code string) *datatype {
	switch e.Base.Path {
	case "Resource.id":
		return v.resID
	case "Element.id":
		return v.elementID
	}
	return v.datatype(code)
}

func newVariant(f *field, t *datatype) *variant {
	one := &variant{json: f.name, typ: t}
	if f.choice {
		one.json += strings.ToUpper(t.name[:1]) + t.name[1:]
	}
	if t.kind == profiles.Primitive && !t.bare && f.path != "Extension.url" {
		one.companion = "_" + one.json
	}
	return one
}

// claims are the profiles of which a value is to conform to one. Those that are
// not held can't be checked; if one of several is not, the value may conform to
// that one.
func (v *Validator) claims(canonicals []string) []*profile {
	var all []*profile
	for _, url := range canonicals {
		s, known := v.set.Structure(url)
		if !known {
			return nil
		}
		if s.Constraint {
			all = append(all, v.profile(s))
		}
	}
	return all
}

// targets are the types behind canonicals. None are any.
func (v *Validator) targets(canonicals []string) []string {
	var all []string
	for _, url := range canonicals {
		s, known := v.set.Structure(url)
		if !known || s.Type == "Resource" {
			return nil
		}
		all = append(all, s.Type)
	}
	return all
}

func newBinding(b *profiles.Binding) *binding {
	if b == nil || b.ValueSet == "" || b.Strength == profiles.Example {
		return nil
	}
	return &binding{b.ValueSet, b.Limit, b.Strength}
}

// native are the invariants that need no FHIRPath: each of them is checked by
// the walk (ele-1, ext-1, ref-1, txt-1, txt-2), or left out (dom-6, which
// recommends a narrative).
var native = map[string]bool{"ele-1": true, "ext-1": true, "ref-1": true, "txt-1": true, "txt-2": true, "dom-6": true}

// rules compiles the invariants of an element but those that are known already.
// keys are all of them.
func (v *Validator) rules(e *profiles.Element, known map[string]bool) (all []rule, keys map[string]bool, err error) {
	keys = map[string]bool{}
	for _, c := range e.Constraints {
		keys[c.Key] = true
		if native[c.Key] || known[c.Key] || c.Expression == "" {
			continue
		}
		compiled, err := v.expression(c.Expression)
		if err != nil {
			return nil, nil, fmt.Errorf("validate: %s: invariant %s: %w", e.ID, c.Key, err)
		}
		all = append(all, rule{c.Key, c.Human, c.Warning, compiled})
	}
	return all, keys, nil
}
