package search

import (
	"slices"
	"strings"

	"tahto/fhir"
)

// Kind is the type of a search parameter
// (https://hl7.org/fhir/R4/search.html#ptypes).
type Kind string

// The kinds in use. R4 has more, which no parameter here needs.
const (
	KindToken     Kind = "token"
	KindReference Kind = "reference"
	KindDate      Kind = "date"
	KindURI       Kind = "uri"
	KindComposite Kind = "composite"
)

// Component is a part of a composite parameter: one element has all parts
// (https://hl7.org/fhir/R4/search.html#composite).
type Component struct {
	// Name is the parameter of the same type that says how the part is compared.
	Name string
	// Expression is the FHIRPath of the part, from the composite's own values.
	Expression string
}

// Parameter is one search parameter of one resource type: what a
// CapabilityStatement and a SearchParameter resource say of it, and how its
// values are found.
type Parameter struct {
	// Name is the code by which clients call it, such as status.
	Name string
	// Kind is its type.
	Kind Kind
	// URL is the canonical of its definition: HL7's of R4, or ours under
	// [fhir.Base] where HL7 has none.
	URL string
	// Expression is the FHIRPath of the values, of 4.0.1.
	Expression string
	// Doc is a sentence for people.
	Doc string
	// Targets are the types that a reference may point at; empty for any.
	Targets []string
	// Components are the parts of a composite; none of any other kind.
	Components []Component

	// system is the code system that an element of type code implies.
	system string
	// extract is Expression as a walk over the tree.
	extract extractor
}

// Modifiers are the fixed modifiers that the parameter takes, without their
// colon (https://hl7.org/fhir/R4/search.html#modifiers). A reference takes the
// name of a target type as well.
func (p Parameter) Modifiers() []string {
	switch p.Kind {
	case KindToken:
		return []string{"missing", "not"}
	case KindReference:
		return []string{"identifier", "missing"}
	case KindComposite: // R4 has none for these
		return nil
	}
	return []string{"missing"}
}

// Sortable tells whether _sort takes the parameter. A reference has no order
// that would mean anything: those to persons have no address here.
func (p Parameter) Sortable() bool { return p.Kind != KindReference && p.Kind != KindComposite }

// mayRefer tells whether a reference parameter may point at that type.
func (p Parameter) mayRefer(resourceType string) bool {
	if len(p.Targets) == 0 {
		return isResourceType(resourceType)
	}
	return slices.Contains(p.Targets, resourceType)
}

// Registry knows the search parameters of every resource type this server
// keeps. It is read-only, for any number of goroutines.
type Registry struct {
	bases []string
	types map[string][]Parameter
}

// NewRegistry makes the registry. The bases are the addresses this server has
// always been known by, such as https://tahto.example/fhir: an absolute
// reference under one of them is a reference to a resource of this server,
// when a resource is written as when it is looked for. It fails if there is no
// time zone data ([fhir.Zone]).
func NewRegistry(bases ...string) (*Registry, error) {
	return newRegistry(map[string][]Parameter{
		"Consent":    slices.Concat(commonParameters("Consent"), consentParameters(), provisionParameters()),
		"Provenance": append(commonParameters("Provenance"), provenanceParameters()...),
	}, bases)
}

func newRegistry(types map[string][]Parameter, bases []string) (*Registry, error) {
	if _, err := fhir.Zone(); err != nil {
		return nil, err
	}
	r := &Registry{types: types}
	for _, base := range bases {
		if base != "" {
			r.bases = append(r.bases, strings.TrimSuffix(base, "/")+"/")
		}
	}
	return r, nil
}

// Types are the resource types that can be searched, in alphabetical order.
func (r *Registry) Types() []string {
	types := make([]string, 0, len(r.types))
	for name := range r.types {
		types = append(types, name)
	}
	slices.Sort(types)
	return types
}

// Parameters are the search parameters of a type in the order of the table;
// none if the type can't be searched. The slice is the caller's.
func (r *Registry) Parameters(resourceType string) []Parameter {
	return slices.Clone(r.types[resourceType])
}

func (r *Registry) parameter(resourceType, name string) (Parameter, bool) {
	for _, p := range r.types[resourceType] {
		if p.Name == name {
			return p, true
		}
	}
	return Parameter{}, false
}
