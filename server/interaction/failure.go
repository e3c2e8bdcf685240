package interaction

import (
	"errors"
	"fmt"
	"net/http"
	"slices"

	"tahto/fhir"
	"tahto/fhir/issue"
)

// statuses is the one place where a failure becomes a status
// (https://hl7.org/fhir/R4/http.html#Status-Codes).
var statuses = map[issue.Kind]int{
	issue.Internal:           http.StatusInternalServerError,
	issue.Invalid:            http.StatusBadRequest,
	issue.NotFound:           http.StatusNotFound,
	issue.Gone:               http.StatusGone,
	issue.Conflict:           http.StatusConflict,
	issue.PreconditionFailed: http.StatusPreconditionFailed,
	issue.MultipleMatches:    http.StatusPreconditionFailed,
	issue.Unprocessable:      http.StatusUnprocessableEntity,
	issue.Unsupported:        http.StatusNotImplemented,
	issue.Unauthenticated:    http.StatusUnauthorized,
	issue.Forbidden:          http.StatusForbidden,
	issue.NotAllowed:         http.StatusMethodNotAllowed,
	issue.NotAcceptable:      http.StatusNotAcceptable,
	issue.UnknownMedia:       http.StatusUnsupportedMediaType,
	issue.TooLarge:           http.StatusRequestEntityTooLarge,
	issue.Timeout:            http.StatusRequestTimeout,
	issue.Throttled:          http.StatusTooManyRequests,
	issue.Unavailable:        http.StatusServiceUnavailable,
}

// processes are the kinds of failure that Kanta's guides have a code for
// (mapping.md §5). A declaration that the law does not allow is none of them.
var processes = map[issue.Kind]issue.Process{
	issue.Invalid:         issue.ProcessIntegrity,
	issue.Unauthenticated: issue.ProcessAccess,
	issue.Forbidden:       issue.ProcessAccess,
}

// Failure is the answer to what went wrong, for a request and for a Bundle
// entry alike. Of a fault of ours the client learns nothing but that it
// happened, and under which request id it can be found; the cause stays in
// Response.Err.
func Failure(err error, requestID string) Response {
	kind := issue.KindOf(err)
	status, known := statuses[kind]
	e, ours := errors.AsType[*issue.Error](err)
	if kind == issue.Internal || !known || !ours {
		return failed(http.StatusInternalServerError, internal(requestID), err)
	}
	if kind == issue.Unavailable {
		return failed(status, e.Issues, err)
	}
	return failed(status, processed(e), nil)
}

// processed are the issues of an error with Kanta's code for it.
func processed(e *issue.Error) []issue.Issue {
	process, known := processes[e.Kind]
	if !known {
		return e.Issues
	}
	issues := slices.Clone(e.Issues)
	for i := range issues {
		if issues[i].Severity == issue.SeverityError {
			issues[i].Process = process
		}
	}
	return issues
}

func failed(status int, issues []issue.Issue, cause error) Response {
	outcome := fhir.OperationOutcome(issues)
	return Response{Status: status, Resource: outcome, outcome: outcome, Err: cause}
}

func internal(requestID string) []issue.Issue {
	text := "The server failed, and the fault is ours."
	if requestID != "" {
		text = fmt.Sprintf("The server failed, and the fault is ours. Tell the operator this request id: %s.", requestID)
	}
	return []issue.Issue{{Severity: issue.SeverityFatal, Code: issue.CodeException, Text: text}}
}
