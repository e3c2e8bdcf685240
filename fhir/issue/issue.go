// Package issue says what went wrong, in FHIR's words, and where.
//
// Every failure that a client can see is an [Error]: a [Kind], which decides
// the status, and one or more [Issue] values, which become the issues of an
// OperationOutcome (https://hl7.org/fhir/R4/operationoutcome.html). An issue
// names the element at fault by FHIRPath and says in a sentence what to do.
//
// An error that is not of this package is a fault of the server: [KindOf]
// calls it [Internal], and its text is never sent to a client.
//
// Texts never repeat personal data. A message names the element that is wrong,
// not the identity code or the name that stood in it.
package issue

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Severity is OperationOutcome.issue.severity
// (http://hl7.org/fhir/ValueSet/issue-severity).
type Severity string

// The severities in use. Only [SeverityError] and [SeverityFatal] make a request fail.
const (
	SeverityFatal       Severity = "fatal"
	SeverityError       Severity = "error"
	SeverityWarning     Severity = "warning"
	SeverityInformation Severity = "information"
)

// Code is OperationOutcome.issue.code (http://hl7.org/fhir/ValueSet/issue-type).
type Code string

// The issue types in use, by their FHIR codes.
const (
	CodeInvalid       Code = "invalid"
	CodeStructure     Code = "structure"
	CodeRequired      Code = "required"
	CodeValue         Code = "value"
	CodeInvariant     Code = "invariant"
	CodeSecurity      Code = "security"
	CodeLogin         Code = "login"
	CodeForbidden     Code = "forbidden"
	CodeProcessing    Code = "processing"
	CodeNotSupported  Code = "not-supported"
	CodeDuplicate     Code = "duplicate"
	CodeMultiple      Code = "multiple-matches"
	CodeNotFound      Code = "not-found"
	CodeDeleted       Code = "deleted"
	CodeTooLong       Code = "too-long"
	CodeCodeInvalid   Code = "code-invalid"
	CodeExtension     Code = "extension"
	CodeTooCostly     Code = "too-costly"
	CodeBusinessRule  Code = "business-rule"
	CodeConflict      Code = "conflict"
	CodeTransient     Code = "transient"
	CodeTimeout       Code = "timeout"
	CodeThrottled     Code = "throttled"
	CodeException     Code = "exception"
	CodeInformational Code = "informational"
)

// Process is a code of Kanta's process errors and remarks (Kanta-palvelut,
// prosessivirheet ja huomautukset, 1.2.246.537.5.40112.2006), which stands
// beside our own codes so that a client of Kanta's knows what it sees. Kanta's
// guides show these two.
type Process string

// The codes that are known.
const (
	ProcessIntegrity Process = "4Y00007" // the message is not whole or not understood
	ProcessAccess    Process = "5Y00009" // no right to what was asked
)

// Display is what Kanta calls the fault, in Finnish.
func (p Process) Display() string {
	return map[Process]string{ProcessIntegrity: "Virhe sanoman eheydessä.", ProcessAccess: "Käyttöoikeusvirhe."}[p]
}

// Issue is one finding: OperationOutcome.issue.
type Issue struct {
	Severity Severity
	Code     Code
	// Reason is a stable code of our own (details.coding.code in
	// B/CodeSystem/issue-reason), such as scope-required; empty when the
	// FHIR code says enough.
	Reason string
	// Process is the code that Kanta has for such a fault; the zero value if
	// none is known.
	Process Process
	// Expression is the FHIRPath of the element at fault, such as
	// Bundle.entry[1].resource.provision; empty when no element is.
	Expression string
	// Text is a sentence for a person: what is wrong and what to do.
	Text string
}

// Error is a failure that a client may see. It may hold several issues, all
// found in one pass, and the cause, which is only for the log.
type Error struct {
	Kind   Kind
	Issues []Issue
	cause  error
}

// New makes an error of one issue with the issue code that is usual for the kind.
func New(kind Kind, expression, text string) *Error {
	return &Error{Kind: kind, Issues: []Issue{{
		Severity: SeverityError, Code: kind.Code(), Expression: expression, Text: text,
	}}}
}

// Newf is [New] with a formatted text.
func Newf(kind Kind, expression, format string, args ...any) *Error {
	return New(kind, expression, fmt.Sprintf(format, args...))
}

// Coded gives the first issue another FHIR issue code; it returns e so that it
// can follow a constructor.
func (e *Error) Coded(code Code) *Error {
	e.Issues[0].Code = code
	return e
}

// Because gives the first issue a reason code of our own; it returns e.
func (e *Error) Because(reason string) *Error {
	e.Issues[0].Reason = reason
	return e
}

// Caused keeps the cause for the log. It is never sent to a client.
func (e *Error) Caused(cause error) *Error {
	e.cause = cause
	return e
}

// Error gives the texts of all issues; it holds no personal data.
func (e *Error) Error() string {
	texts := make([]string, 0, len(e.Issues))
	for _, i := range e.Issues {
		if i.Expression != "" {
			texts = append(texts, i.Expression+": "+i.Text)
			continue
		}
		texts = append(texts, i.Text)
	}
	if e.cause != nil {
		texts = append(texts, e.cause.Error())
	}
	return e.Kind.String() + ": " + strings.Join(texts, "; ")
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.cause }

// List makes one error of many issues, or none if no issue is an error: a
// list of warnings does not fail.
func List(kind Kind, issues []Issue) error {
	for _, i := range issues {
		if i.Severity == SeverityError || i.Severity == SeverityFatal {
			return &Error{Kind: kind, Issues: issues}
		}
	}
	return nil
}

// KindOf tells the kind of any error: [Internal] unless it is, or wraps, an [Error].
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}

// Change gives an error whose issues are changed copies of those of err, which
// stays as it is. An error that is not of this package comes back unchanged.
func Change(err error, change func(*Issue)) error {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return err
	}
	changed := &Error{Kind: e.Kind, cause: e.cause, Issues: slices.Clone(e.Issues)}
	for i := range changed.Issues {
		change(&changed.Issues[i])
	}
	return changed
}

// Under puts a prefix before the expression of every issue: the way an error
// inside a Bundle entry or a parameter gets its place in the whole. An error
// that is not of this package comes back unchanged.
func Under(prefix string, err error) error {
	return Change(err, func(i *Issue) { i.Expression = join(prefix, i.Expression) })
}

// join replaces the resource type at the head of an expression by the place
// where the resource stands: Consent.status under Bundle.entry[0].resource is
// Bundle.entry[0].resource.status.
func join(prefix, expression string) string {
	if expression == "" {
		return prefix
	}
	head, rest, found := strings.Cut(expression, ".")
	if head != "" && head[0] >= 'A' && head[0] <= 'Z' {
		if !found {
			return prefix
		}
		return prefix + "." + rest
	}
	return prefix + "." + expression
}
