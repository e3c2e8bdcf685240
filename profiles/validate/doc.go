// Package validate holds an R4 resource to the definitions of its type and of
// the profiles it is to conform to (https://hl7.org/fhir/R4/validation.html).
//
// A [Validator] is compiled from the definitions once; [Validator.Validate]
// then walks the resource a single time and gives all findings at once, in the
// order of the document. A finding is an [issue.Issue]: where (FHIRPath), what
// sort (Reason) and a sentence on what to do. No sentence repeats a value that
// stood in the resource: there may be an identity code or a name in it.
//
// # How it works
//
// Every structure becomes a tree of fields. That of a type knows all its
// elements; that of a profile only what the profile asks beyond the type. As
// the walk goes down it holds each element to its field of the type and, beside
// it, to the fields of all profiles that speak about it: those that the resource
// claims, those that the caller asks for, those of a data type, the definition
// of an extension, and the slices an element falls into. What is compiled when
// is a matter of speed alone: a type or profile that was not needed yet is
// compiled when it first is.
//
// # Reasons
//
// The Reason of a finding is stable and one of these; Code is FHIR's.
//
//	structure     element-unknown       no element of that name; for _name, none that can have extensions
//	              element-too-many      over max, or a choice given twice
//	              type-mismatch         another JSON type, an array or none, a type the choice does not allow, null
//	              empty                 an array without items
//	              companion-length      name and _name are arrays of different length
//	              resource-type-unknown R4 has no such resource
//	              profile-type          the profile is for another type
//	              slice-too-many        over the slice's max
//	              slice-unmatched       in no slice, where slices are closed
//	              slice-order           slices that stand in the wrong order
//	              profile-unmatched     conforms to none of the profiles of which one is asked
//	              id-not-unique         two contained resources of one id
//	              full-url              fullUrl that is relative or says another id
//	required      element-missing       under min; of a list, too few
//	              slice-missing         under the slice's min
//	value         format                not as the primitive type is written, or out of its range
//	              too-long              a string over 1 MiB
//	              fixed-value           not the only value allowed
//	              pattern-value         without what the pattern asks
//	              reference-target      a reference to a resource of another type
//	code-invalid  code-not-in-value-set a code outside a required (error) or other (warning) value set
//	              code-system-unknown   a code that can't be checked here (warning)
//	extension     extension-unknown     a modifierExtension that is not known here
//	              extension-misplaced   an extension where its definition does not let it stand
//	not-found     profile-unknown       a profile that is not known here (claimed: warning; asked for: error)
//	invariant     ele-1, ppc-1 …        the key of the invariant
//	too-costly    too-many-issues       last, if there was more to say
//	exception     definition-broken     a definition that can't be compiled
package validate
