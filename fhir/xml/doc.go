// Package xml reads and writes FHIR's XML format
// (https://hl7.org/fhir/R4/xml.html). JSON is the home of a resource here, so
// XML is a translation: [Decode] gives the tree that the resource's JSON would,
// and [Encode] writes what any tree says.
//
// What XML leaves unsaid, JSON has to know: whether an element repeats, whether
// its value is a number. Both directions therefore walk by the [Definitions] of
// the types and know no resource by name.
//
// # What is kept
//
// Values, the text of numbers, ids and extensions of primitives, contained
// resources and the order of repetitions. The order of different elements is
// fixed in XML, so that a resource comes back with its members as R4 orders
// them, the id and url attributes first. Comments and processing instructions
// are not part of a resource and are dropped, but for the comments in a
// narrative.
//
// An array of nothing but null, and space around the div of a narrative, say
// nothing and do not come back.
//
// White space is as XML has it: a line feed in an attribute counts as a space
// unless it is written as a reference, which Encode does. Space around a string
// is kept, though the specification would have it trimmed: JSON keeps it too,
// and whether a type allows it is for validation to say.
//
// # What is refused
//
// In both directions: what the definitions do not have, an element without
// value and content, a choice given in two types, an XHTML div that is not
// well-formed or holds other markup than XHTML. Going in: an element out of its
// order, since "elements must always appear in the order documented" and a
// document that is taken here would be refused by everyone who validates with
// the schema; DOCTYPE, and with it every entity but XML's own five; encodings
// other than UTF-8; text between elements. Going out: a member that R4 does not
// have, because XML has no place for it and leaving it out would lose it
// silently, a value of another JSON kind than its type has, and characters that
// XML 1.0 can't hold in any way (https://www.w3.org/TR/xml/#charsets).
//
// Errors are an [issue.Error] of kind Invalid, or TooLarge if there is too much
// of it, with the FHIRPath of the element and, going in, the line. They repeat
// no value, and of names only what looks like an element of FHIR.
//
// # Narratives
//
// The div of a Narrative is copied as it is written if it can stand alone: with
// its namespace declared on it, no prefixes, no CDATA. Else it is written anew,
// with characters in place of HTML's entities, which XML does not know
// (https://hl7.org/fhir/R4/narrative.html#xhtml). CDATA becomes text because a
// browser reads it differently from an XML parser, and could find a script in it.
package xml
