// Package subset takes out of a resource what a client asked for: a summary, the
// text, the data, or some elements
// (https://hl7.org/fhir/R4/search.html#summary and #elements).
//
// # What is kept
//
// Whatever is asked for, resourceType, id, meta and the mandatory and modifier
// elements of the resource are kept, so that nobody reads a subset the wrong way
// round. What is kept has the text, the order and the extensions that it has in
// the whole: the id and the extensions of an element, and of a primitive in its
// _name member, follow it. Contained resources that nobody asked for are kept if
// what is kept refers to them, since a reference to nothing is a fault.
//
// A subset says that it is one, by the tag SUBSETTED in meta, so that it is not
// stored over the whole by mistake. A subset is for showing, and never to be
// decided on: a summary of a Consent has no provisions within its provision.
//
// Cardinalities hold in a subset, and invariants need not: a summary of a Consent
// that names only a policy has lost it (ppc-1), since R4 counts policyRule to the
// summary, and policy not.
//
// # Concurrency
//
// Everything here is a pure function of immutable values.
package subset
