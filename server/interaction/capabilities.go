package interaction

import (
	"context"
	"net/http"
)

// prepareCapabilities is GET metadata
// (https://hl7.org/fhir/R4/http.html#capabilities). The statement is the same
// as long as the program runs. Parameters such as mode are left aside: there
// is only the full statement.
func prepareCapabilities(s *Service, _ Call) (Action, error) {
	return Action{Whole: func(context.Context) (Response, error) {
		return Response{Status: http.StatusOK, Resource: s.capability}, nil
	}}, nil
}
