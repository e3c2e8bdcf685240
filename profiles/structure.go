package profiles

import "tahto/fhir"

// Unbounded is the Max of an element that may repeat without limit ("*").
const Unbounded = -1

// Kind is StructureDefinition.kind
// (https://hl7.org/fhir/R4/valueset-structure-definition-kind.html).
type Kind uint8

// The kinds of types. The zero Kind is that of no type at all.
const (
	Primitive Kind = iota + 1 // a value, with an id and extensions
	Complex                   // a data type with elements of its own
	Resource                  // what has an identity of its own
)

// Structure is a StructureDefinition, read: a base type or resource of R4, an
// extension, or a profile, with all its elements
// (https://hl7.org/fhir/R4/structuredefinition.html). It is immutable and
// shared by any number of goroutines.
type Structure struct {
	URL     string // its canonical, without version
	Version string
	Name    string
	Type    string // the R4 type it is or constrains, such as Consent
	Base    string // the canonical of what it is derived from; "" at the root
	Kind    Kind
	// Abstract: no instance has this type itself, as Element and Resource.
	Abstract bool
	// Constraint: derived to narrow (a profile), and not a type of its own.
	Constraint bool
	// Definition is the StructureDefinition itself, of what is served; nil for
	// R4's own.
	Definition *fhir.Resource
	// Contexts are the paths or types on which an extension may stand.
	Contexts []string
	// Elements are those of the snapshot in its order, the root first.
	Elements []Element
}

// Element is an ElementDefinition of a snapshot
// (https://hl7.org/fhir/R4/elementdefinition.html).
type Element struct {
	ID    string // Consent.provision.actor:controller.role
	Path  string // Consent.provision.actor.role
	Slice string // the name of the slice that this element is or starts; "" for none
	Short string // what it is, in a few words
	// Definition is what it is, in full; of R4's own elements that is not kept.
	Definition string
	Min        int
	Max        int // Unbounded for "*"
	Types      []Type
	// Content is the path of the element whose definition this one shares
	// (contentReference), such as Consent.provision.
	Content     string
	Fixed       fhir.Element // the only value it may have; absent for none
	Pattern     fhir.Element // what the value must have at least; absent for none
	Binding     *Binding
	Slicing     *Slicing
	Constraints []Constraint
	Modifier    bool // isModifier: changes the meaning of what it stands in
	// ModifierReason says how, of what is a Modifier.
	ModifierReason string
	Summary        bool // isSummary: part of _summary=true
	MustSupport    bool
	Base           Base
}

// Base is the element of an R4 type that an element of a profile goes back to
// (ElementDefinition.base).
type Base struct {
	Path string // Consent.provision, Resource.id, Coding.code
	Min  int
	Max  int // Unbounded for "*"
}

// Type is one of the types that an element may have.
type Type struct {
	// Code is the name of the type: Reference, BackboneElement, code. The
	// types that R4 writes as URLs of FHIRPath's System are written as the R4
	// primitive: string, boolean, integer, date, dateTime, time, decimal.
	Code     string
	Profiles []string // canonicals the value is to conform to, at least one of them
	Targets  []string // canonicals a Reference may point at, at least one of them
}

// Binding says from which value set a code is.
type Binding struct {
	Strength Strength
	ValueSet string // its canonical, with the version if one was given
	// Limit is the value set that a code must be from even where the binding
	// itself is no more than preferred (elementdefinition-maxValueSet), as all
	// languages are for a language; "" for none.
	Limit string
}

// Strength is how binding a value set is
// (https://hl7.org/fhir/R4/valueset-binding-strength.html).
type Strength uint8

// The strengths, from the weakest.
const (
	Example Strength = iota
	Preferred
	Extensible
	Required
)

var strengthNames = [...]string{"example", "preferred", "extensible", "required"}

// String is FHIR's code for the strength.
func (s Strength) String() string { return strengthNames[s] }

// Slicing says how the repetitions of an element fall into slices
// (https://hl7.org/fhir/R4/profiling.html#slicing).
type Slicing struct {
	Discriminators []Discriminator
	Closed         bool // every repetition must be in a slice
	Ordered        bool // slices come in the order of their definition
}

// Discriminator tells how a repetition is known to be in a slice.
type Discriminator struct {
	By   string // value, exists, pattern, type or profile
	Path string // from the sliced element: $this, url, coding.code
}

// Constraint is an invariant
// (https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.constraint).
type Constraint struct {
	Key        string // ppc-1
	Human      string // what must hold, in words
	Expression string // the same in FHIRPath
	Source     string // the canonical of the structure that first said so
	Warning    bool   // breaking it is worth a warning and no error
}
