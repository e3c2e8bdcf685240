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
// already. Parameters such as mode are left aside: there is only the full
// statement.
func prepareCapabilities(s *Service, c Call) (Action, error) {
	has, err := storage.ETags(c.IfNoneMatch)
	if err != nil {
		return Action{}, issue.Under("http.If-None-Match", err)
	}
	response := Response{Status: http.StatusOK, ETag: `W/"` + s.capabilityTag + `"`, Resource: s.capability}
	if slices.Contains(has, s.capabilityTag) || slices.Contains(has, "*") {
		response.Status, response.Resource = http.StatusNotModified, nil
	}
	return Action{Whole: func(context.Context) (Response, error) { return response, nil }}, nil
}

// tagOf is an entity tag that two resources share only if they are the same.
func tagOf(r *fhir.Resource) string {
	sum := sha256.Sum256(r.JSON())
	return hex.EncodeToString(sum[:12])
}
