package validate

import (
	"fmt"
	"sync"
	"time"

	"tahto/fhir"
	"tahto/fhir/fhirpath"
	"tahto/fhir/issue"
	"tahto/profiles"
)

// Validator checks resources against the definitions of one [profiles.Set]. It
// is safe for any number of goroutines.
type Validator struct {
	set       *profiles.Set
	types     sync.Map // *profiles.Structure -> *datatype
	profiles  sync.Map // *profiles.Structure -> *profile
	elementID *datatype
	resID     *datatype

	compiling   sync.Mutex // guards expressions
	expressions map[string]*fhirpath.Expression
}

// served are the types that are compiled at once: what the server keeps and
// what it is asked in.
var served = [...]string{"Consent", "Provenance", "Bundle", "Parameters", "OperationOutcome"}

// New makes a Validator and compiles at once what the server meets in every
// request: Consent, Provenance, Bundle, Parameters and OperationOutcome, the
// data types they are made of, and the set's own profiles on them. Everything
// else is compiled when it is first needed. An error names the definition that
// can't be compiled: the set was built wrong.
func New(set *profiles.Set) (*Validator, error) {
	v := &Validator{set: set, expressions: map[string]*fhirpath.Expression{}}
	v.elementID = &datatype{name: "string", kind: profiles.Primitive, format: formats["elementID"], bare: true}
	v.resID = &datatype{name: "id", kind: profiles.Primitive, format: formats["id"], bare: true}
	for _, name := range served {
		kind := v.datatype(name)
		if kind == nil {
			return nil, fmt.Errorf("validate: there is no definition of %s", name)
		}
		if err := warm(kind, map[*datatype]bool{}); err != nil {
			return nil, err
		}
		for _, s := range set.Profiles(name) {
			if p := v.profile(s); p.root().broken != nil {
				return nil, p.root().broken
			}
		}
	}
	return v, nil
}

// warm compiles a type and all that can stand in it, extensions and nested
// resources apart.
func warm(t *datatype, done map[*datatype]bool) error {
	if done[t] || t.name == "Extension" || t.name == "Resource" {
		return nil
	}
	done[t] = true
	root := t.root()
	if root.broken != nil {
		return root.broken
	}
	if root.shape == nil {
		return nil
	}
	for _, f := range root.shape.fields {
		for _, one := range f.variants {
			if err := warm(one.typ, done); err != nil {
				return err
			}
		}
	}
	return nil
}

// Options say what a resource is held to beside its type.
type Options struct {
	// Profiles are canonicals, with a version if one matters, that the resource
	// must conform to beside those that it claims in meta.profile. One that is
	// not known here is an error.
	Profiles []string
	// ProfilesOf are the same for a resource that stands in a Bundle or in
	// Parameters; nil asks nothing of them.
	ProfilesOf func(*fhir.Resource) []string
	// Now is the time for invariants that ask for it.
	Now time.Time
	// Resolver finds what a reference points at, for invariants that resolve()
	// one that is neither contained nor in the same Bundle; nil finds nothing.
	Resolver fhirpath.Resolver
}

// Validate gives all findings about a resource, errors and warnings, in the
// order of the document; none if the resource is valid. An element's own
// findings come before those of what it holds. Only errors make a resource
// invalid ([issue.List]). After 200 findings the rest is counted, not told.
func (v *Validator) Validate(r *fhir.Resource, o Options) []issue.Issue {
	root := r.Root()
	w := walk{v: v, options: o}
	at := place{name: r.Type(), typ: r.Type(), path: r.Type()}
	w.resource(root, &at, request{asked: o.Profiles})
	return w.findings()
}

// datatype is the type of that name, nil if R4 has none.
func (v *Validator) datatype(name string) *datatype {
	s, known := v.set.Type(name)
	if !known {
		return nil
	}
	if made, ok := v.types.Load(s); ok {
		return made.(*datatype)
	}
	made, _ := v.types.LoadOrStore(s, v.newDatatype(s))
	return made.(*datatype)
}

// profile is a profile or the definition of an extension, compiled when first used.
func (v *Validator) profile(s *profiles.Structure) *profile {
	if made, ok := v.profiles.Load(s); ok {
		return made.(*profile)
	}
	made, _ := v.profiles.LoadOrStore(s, &profile{v: v, structure: s})
	return made.(*profile)
}

// expression compiles an invariant, once for all that share it.
func (v *Validator) expression(source string) (*fhirpath.Expression, error) {
	v.compiling.Lock()
	defer v.compiling.Unlock()
	if made, ok := v.expressions[source]; ok {
		return made, nil
	}
	made, err := fhirpath.Compile(source, v.set)
	if err != nil {
		return nil, err
	}
	v.expressions[source] = made
	return made, nil
}
