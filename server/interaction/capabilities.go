package interaction

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/storage"
)

// prepareCapabilities is GET metadata
// (https://hl7.org/fhir/R4/http.html#capabilities). The statement is the same
// as long as the program runs, and so is its ETag, for a client that has it
// already; a part of it has one of its own, and so has it in each format.
// Parameters other than _summary and _elements, such as mode, are left aside:
// there is one statement.
func prepareCapabilities(s *Service, c Call) (Action, error) {
	c.Type = "CapabilityStatement"
	c, err := s.viewedOne(c)
	if err != nil {
		return Action{}, err
	}
	has, err := storage.ETags(c.IfNoneMatch)
	if err != nil {
		return Action{}, issue.Under("http.If-None-Match", err)
	}
	statement, tag := s.capability, s.capabilityTag
	if shown := s.show(c.view, statement); shown != statement {
		statement, tag = shown, tagOf(shown)
	}
	if c.Media != "" {
		tag += "-" + c.Media
	}
	response := Response{Status: http.StatusOK, ETag: `W/"` + tag + `"`, Resource: statement, Warnings: c.view.warnings()}
	if slices.Contains(has, tag) || slices.Contains(has, "*") {
		response.Status, response.Resource = http.StatusNotModified, nil
	}
	return Action{Whole: func(context.Context) (Response, error) { return response, nil }}, nil
}

// tagOf is an entity tag that two resources share only if they are the same.
func tagOf(r *fhir.Resource) string {
	sum := sha256.Sum256(r.JSON())
	return hex.EncodeToString(sum[:12])
}
