package patch

import (
	"bytes"
	"errors"
	"strings"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/fhir/patch/xmlpatch"
	"tahto/fhir/xml"
)

// prefixes are those that an XML Patch may use without a declaration. HL7's own
// cases use f so, and a name without prefix could be nothing in FHIR if it had no
// namespace.
var prefixes = map[string]string{"": "http://hl7.org/fhir", "f": "http://hl7.org/fhir", "h": "http://www.w3.org/1999/xhtml"}

// XML does an XML Patch (RFC 5261, in a document as RFC 7351 has it) on the XML
// form of a resource, in the words of package xmlpatch, and gives the result. The
// members of the result stand in R4's order. A patch that changes nothing gives
// the resource itself.
//
// The prefixes f for FHIR and h for XHTML need no declaration, and names without
// prefix are FHIR's unless the patch declares a default namespace.
//
// A result that is not FHIR's XML, as with an element out of its order, an empty
// one, or one that R4 does not have, is [issue.Unprocessable] with the FHIRPath of
// the element, and so is a resource with members that XML has no place for.
func XML(r *fhir.Resource, document []byte, d xml.Definitions) (*fhir.Resource, error) {
	return new(Spent).XML(r, document, d)
}

// XML is [XML] of one patch among others.
func (s *Spent) XML(r *fhir.Resource, document []byte, d xml.Definitions) (*fhir.Resource, error) {
	before, err := xml.Encode(r, d, false)
	if err != nil {
		return nil, unfit(err, "The resource has something that XML can't hold; use a JSON Patch. ")
	}
	after, err := xmlpatch.Apply(before, document, prefixes, &s.visited)
	if err != nil {
		return nil, err
	}
	if same(before, after) {
		return r, nil
	}
	result, err := xml.Decode(after, d)
	if err != nil {
		return nil, unfit(err, "The result is not FHIR's XML. ")
	}
	changed := s.begin(r, result)
	if err := changed.check(nil); err != nil {
		return nil, err
	}
	return changed.finish()
}

// same tells whether a patch left the text as it was, which the encoder writes
// with a declaration.
func same(before, after []byte) bool {
	_, body, _ := bytes.Cut(before, []byte("?>\n"))
	return bytes.Equal(body, after)
}

// unfit turns a fault of the form of a document that nobody sent into one of
// what was asked. The line in it is of that document.
func unfit(err error, why string) error {
	e, ours := errors.AsType[*issue.Error](err)
	if !ours || e.Kind != issue.Invalid {
		return err
	}
	found := e.Issues[0]
	says, _, _ := strings.Cut(found.Text, " (line ")
	return issue.New(issue.Unprocessable, found.Expression, why+says).Coded(found.Code)
}
