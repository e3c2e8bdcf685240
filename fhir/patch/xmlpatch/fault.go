package xmlpatch

import (
	"errors"

	"tahto/fhir/issue"
	"tahto/fhir/xml"
)

// condition is an error condition by the name that RFC 5261, section 5.1, gives it.
type condition string

const (
	invalidAttribute  condition = "invalid-attribute-value"
	invalidCharacters condition = "invalid-character-set"
	invalidFormat     condition = "invalid-diff-format"
	invalidEntity     condition = "invalid-entity-declaration"
	invalidPrefix     condition = "invalid-namespace-prefix"
	invalidURI        condition = "invalid-namespace-uri"
	invalidTypes      condition = "invalid-node-types"
	invalidDirective  condition = "invalid-patch-directive"
	invalidRoot       condition = "invalid-root-element-operation"
	invalidProlog     condition = "invalid-xml-prolog-operation"
	invalidWhitespace condition = "invalid-whitespace-directive"
	unlocated         condition = "unlocated-node"
	unsupportedID     condition = "unsupported-id-function"
	unsupportedXMLID  condition = "unsupported-xml-id"
)

// malformed is a patch that can't be understood, whatever the document.
func malformed(c condition, at, text string) error {
	code := issue.CodeStructure
	switch c {
	case unsupportedID, unsupportedXMLID:
		code = issue.CodeNotSupported
	case invalidAttribute, invalidPrefix, invalidURI:
		code = issue.CodeValue
	}
	return issue.New(issue.Invalid, at, text+" ("+string(c)+")").Coded(code)
}

// undoable is what can't be done to this document.
func undoable(c condition, at, text string) error {
	return issue.New(issue.Unprocessable, at, text+" ("+string(c)+")")
}

func costly(text string) error {
	return issue.New(issue.Unprocessable, "", text).Coded(issue.CodeTooCostly)
}

// unreadable names the condition for a document that can't be read.
func unreadable(err error) error {
	e, ours := errors.AsType[*issue.Error](err)
	if !ours || e.Kind != issue.Invalid {
		return err
	}
	c := invalidFormat
	switch {
	case errors.Is(err, xml.ErrEntity):
		c = invalidEntity
	case errors.Is(err, xml.ErrEncoding):
		c = invalidCharacters
	}
	return malformed(c, "", e.Issues[0].Text)
}
