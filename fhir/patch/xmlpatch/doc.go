// Package xmlpatch changes an XML document as an XML Patch asks: the operations
// of RFC 5261 (https://www.rfc-editor.org/rfc/rfc5261) in a document as RFC 7351
// registers it. It knows no FHIR; package patch puts the two together.
//
// [Apply] is a pure function. All operations are done in their order, or none.
// Comments, processing instructions, white space and the order of attributes
// stay as they are; CDATA becomes text, and a tag is written anew.
//
// # The patch
//
// The root is named diff, as in RFC 5261, or patch, as in RFC 7351 and HL7's
// cases. Its namespace is left open by RFC 5261, so that any is taken, and an
// operation is known by its local name: add, replace or remove. A patch without
// operations is refused: nobody sends one on purpose, and HL7's cases say so.
//
// # Selectors
//
// The attribute sel is XPath 1.0 (https://www.w3.org/TR/xpath-10/) without
// variables, multiplication and division, and with these functions: boolean,
// concat, contains, count, false, last, local-name, name, namespace-uri,
// normalize-space, not, number, position, starts-with, string, string-length,
// true. That is more than RFC 5261 asks of anyone. As RFC 5261 has it, a name
// without prefix is in the default namespace of the patch, and a prefix means
// what the patch says. A selector finds one node or is an error. The namespace
// axis leads to what is declared at an element, not to what it inherits.
//
// # Names
//
// What is added keeps its namespaces. Where the document has a prefix for one of
// them that prefix is written, else that of the patch is declared.
//
// # Errors
//
// Every error is an [issue.Error] whose text ends in the name that RFC 5261
// gives the condition, such as (unlocated-node). Of kind Invalid is a patch that
// can't be understood, of kind Unprocessable what can't be done to this
// document. The expression [2].sel is the attribute sel of the third operation.
// No text repeats a value.
//
// # Bounds
//
// Operations, the length and depth of selectors, the depth of documents and the
// nodes that all selectors visit in sum are bounded, so that a selector such as
// //*[//*[//*]] ends in an error.
package xmlpatch
