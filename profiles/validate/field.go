package validate

import (
	"sync"

	"tahto/fhir"
	"tahto/fhir/fhirpath"
	"tahto/profiles"
)

// field is what one element is held to, by the type it belongs to or by a
// profile. The root of a type or profile is a field too.
type field struct {
	name     string // as FHIRPath has it: value, not valueQuantity
	path     string // where it is defined: Consent.provision.actor
	short    string // what it is, from the definition
	min, max int
	list     bool // written as an array
	choice   bool // name[x]
	// variants are the types it may have. A profile that asks nothing of the
	// types has none.
	variants []*variant
	fixed    fhir.Element
	pattern  fhir.Element
	binding  *binding
	rules    []rule
	slicing  *slicing
	shape    *shape // what it holds, unless its type alone says so
	modifier bool
	broken   error // why it can't be compiled

	keys map[string]bool // of all invariants, also those that are checked natively
}

// variant is one of the types that an element may have.
type variant struct {
	json      string // the name in JSON: valueQuantity
	companion string // _valueCode; "" where there can be none
	typ       *datatype
	targets   []string   // types a Reference may point at; none: any
	profiles  []*profile // of which the value is to conform to one
}

// as is the variant with a name in JSON, nil if the name is of no allowed type.
func (f *field) as(json string) *variant {
	for _, one := range f.variants {
		if one.json == json {
			return one
		}
	}
	return nil
}

// shape is what an object is held to.
type shape struct {
	fields   []*field          // in the order of the definition
	byName   map[string]*field // by FHIRPath name
	members  map[string]member // by name in JSON; only of types
	required []*field          // those with a min, or a slice with one
}

// member is an element under one of its names in JSON.
type member struct {
	field   *field
	variant *variant
}

func (s *shape) add(f *field) {
	if s.byName == nil {
		s.byName, s.members = map[string]*field{}, map[string]member{}
	}
	s.fields = append(s.fields, f)
	s.byName[f.name] = f
	for _, one := range f.variants {
		if _, twice := s.members[one.json]; !twice {
			s.members[one.json] = member{f, one}
		}
	}
	if f.min > 0 || f.slicing.needed() {
		s.required = append(s.required, f)
	}
}

// rule is an invariant.
type rule struct {
	key, human string
	warning    bool
	expression *fhirpath.Expression
}

// binding is from which value sets a code is.
type binding struct {
	valueSet string
	limit    string
	strength profiles.Strength
}

// datatype is a type of R4 or a backbone element, which is a type that has no
// name but its path. It is compiled when it is first asked for what it holds.
type datatype struct {
	name    string
	kind    profiles.Kind
	format  *format // of a primitive
	bare    bool    // a primitive that has no id and extensions of its own
	once    sync.Once
	compile func() *field
	made    *field
}

func (t *datatype) root() *field {
	t.once.Do(func() {
		if t.compile != nil {
			t.made, t.compile = t.compile(), nil
			return
		}
		t.made = &field{name: t.name, path: t.name}
	})
	return t.made
}

// profile is a profile, or the definition of an extension.
type profile struct {
	v         *Validator
	structure *profiles.Structure
	once      sync.Once
	made      *field
}

func (p *profile) root() *field {
	p.once.Do(func() { p.made = p.v.compileProfile(p.structure) })
	return p.made
}
