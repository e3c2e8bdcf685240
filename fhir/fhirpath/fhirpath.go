// Package fhirpath compiles and evaluates FHIRPath 2.0
// (http://hl7.org/fhirpath/N1/) with what R4 adds to it
// (https://hl7.org/fhir/R4/fhirpath.html), over the lossless tree of package
// fhir.
//
// An [Expression] is compiled once and evaluated any number of times:
//
//	invariant, err := fhirpath.Compile("policy.exists() or policyRule.exists()", model)
//	holds, err := invariant.Holds(fhirpath.Input{Focus: fhirpath.ResourceNode(consent)})
//
// # Types
//
// A [Model] knows the types of R4. With it, Observation.value finds the member
// valueQuantity, since value[x] is a choice, while Observation.valueQuantity is
// no element; Age is a Quantity; and a type that does not exist is an error of
// [Compile]. Without a model, names are taken as they stand in JSON.
// [Expression.Check] looks for what can never be there, such as a misspelt
// element, before anything is evaluated.
//
// ofType, as and is go by type and what it specialises. For primitives ofType
// and as ask for the very type, as HL7's own evaluators do: a code is a string,
// but ofType(string) does not give codes. as() filters like ofType(), since R4's
// own dom-3 applies it to many items; [Expression.Check] calls it a fault where
// an element is known to repeat.
//
// # What it never does
//
// It does not panic on any input, writes nothing (trace() is silent), and reads
// no clock: now() is [Input].Now. Work is bounded: an evaluation that takes too
// many steps, holds too many items or builds too long a text ends in [ErrTooCostly].
// Numbers are exact, with exponents bounded; regular expressions are RE2's, and
// what they read counts as steps. Errors name places in the expression and types, never values.
//
// # Concurrency
//
// An [Expression] is immutable and safe for any number of goroutines, if its
// Model is.
package fhirpath

import (
	"time"
)

// TypeKind is the sort of a FHIR type.
type TypeKind uint8

// The kinds of types. The zero TypeKind is that of a type that does not exist.
const (
	Primitive TypeKind = iota + 1 // a value, with an id and extensions
	Complex                       // a data type with elements of its own
	Resource                      // what has an identity of its own
)

// Model tells what FHIR types there are. It is asked by many goroutines at once.
type Model interface {
	// Child is the element of a type by its FHIRPath name: "value", never
	// "valueQuantity". The parent is a type ("Patient", "HumanName") or the path
	// of a backbone element ("Patient.contact"). ok is false if the type has no
	// such element.
	Child(parent, name string) (element ElementType, ok bool)
	// Super is the type that a type specialises ("Age" is a "Quantity", "Patient"
	// a "DomainResource", "code" a "string"); "" at the root or if unknown.
	Super(typ string) string
	// Kind tells what sort of type the name is; 0 if there is no such type.
	Kind(typ string) TypeKind
}

// ElementType is what a [Model] tells of an element.
type ElementType struct {
	// Types are the types the element may have: more than one, or Choice, for
	// value[x]. A backbone element has one, its own path, such as
	// "Patient.contact"; an element that shares the definition of another
	// (contentReference) has the path of that one.
	Types []string
	// Choice: the element is name[x], and its JSON name ends in the type.
	Choice bool
	// List: the element may repeat.
	List bool
}

// Resolver finds what a reference points at, where neither the resource itself
// nor its Bundle holds it.
type Resolver interface {
	Resolve(reference string) (Node, bool)
}

// Terminology answers memberOf(). known is false if the value set, or the code
// system, is not there to ask; memberOf() is then empty.
type Terminology interface {
	MemberOf(valueSet, system, code string) (member, known bool)
}

// Input is what an expression is evaluated on.
type Input struct {
	// Focus is where evaluation starts: $this and %context.
	Focus Node
	// Resource is %resource, the resource that holds the focus; the zero Node
	// for the focus itself.
	Resource Node
	// Root is %rootResource: the container of a contained resource, and the
	// Bundle in which resolve() looks for entries; the zero Node for Resource.
	Root Node
	// Now is the time for now(), today() and timeOfDay(), in whose zone they
	// answer; the zero time makes them an error.
	Now time.Time
	// Variables are %names beyond the built-in ones.
	Variables map[string]Collection
	// Resolver is asked by resolve() last; nil finds nothing.
	Resolver Resolver
	// Terminology is asked by memberOf(); nil knows nothing.
	Terminology Terminology
	// Spent is shared by evaluations that are to be bounded together, such as
	// those of one request: each goes on counting where the last one ended, and
	// the bound on steps is that of all. It is for one goroutine; nil is for an
	// evaluation by itself.
	Spent *int
}

// Expression is a compiled FHIRPath expression. It is immutable and safe for any
// number of goroutines.
type Expression struct {
	source string
	model  Model
	root   expr
}

// Compile reads an expression. The error, an [*Error], tells the position of a
// syntax error, an unknown function, a wrong number of arguments, a regular
// expression that RE2 doesn't take or, with a model, a type that doesn't exist.
// A nil model takes names as they stand.
func Compile(source string, model Model) (*Expression, error) {
	root, err := parse(source, model)
	if err != nil {
		return nil, err
	}
	return &Expression{source: source, model: model, root: root}, nil
}

// String is the source.
func (e *Expression) String() string { return e.source }

// Evaluate gives the result. An error is FHIRPath's own, an [*Error] with the
// place in the source: a single item was expected, types don't fit, or the
// work is too much ([ErrTooCostly]).
func (e *Expression) Evaluate(in Input) (Collection, error) {
	m := e.start(&in)
	defer m.release()
	if err := m.eval(e.root); err != nil {
		return nil, err
	}
	return m.result(), nil
}

// Holds evaluates an invariant. It holds if the result is the boolean true, or
// items of which the only one is no boolean; nothing and false don't hold. More
// than one item is an error if a boolean is among them, and else holds, as in
// HL7's validator.
func (e *Expression) Holds(in Input) (bool, error) {
	m := e.start(&in)
	defer m.release()
	if t, is := e.root.(truther); is && givesTruth(t) {
		truth, err := t.truth(m)
		return truth == yes, err
	}
	if err := m.eval(e.root); err != nil {
		return false, err
	}
	return m.holds()
}
