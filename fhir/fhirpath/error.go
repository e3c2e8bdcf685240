package fhirpath

import (
	"errors"
	"fmt"
)

// ErrTooCostly is what an [Error] wraps if the evaluation was given up, because
// it took too many steps or held too much at once.
var ErrTooCostly = errors.New("the expression takes too much work on this input")

// Error is a fault of an expression, or of its evaluation on an input. It never
// repeats a value of the input.
type Error struct {
	// Position is the byte of the source at which the fault is, from 0; the text
	// of the error counts from 1.
	Position int
	// Text says what is wrong.
	Text string

	cause error
}

// Error gives the text with its position.
func (e *Error) Error() string {
	return fmt.Sprintf("fhirpath: %s (at position %d)", e.Text, e.Position+1)
}

// Unwrap is [ErrTooCostly], if that is the cause.
func (e *Error) Unwrap() error { return e.cause }

func faultf(position int, format string, args ...any) *Error {
	return &Error{Position: position, Text: fmt.Sprintf(format, args...)}
}

func tooCostly(position int) *Error {
	return &Error{Position: position, Text: ErrTooCostly.Error(), cause: ErrTooCostly}
}
