package interaction

import "strings"

// prefer is what the client would like (https://hl7.org/fhir/R4/http.html#ops).
// The zero value is what it gets without saying.
type prefer struct {
	minimal        bool // return=minimal: no body
	representation bool // return=representation, said so
	outcome        bool // return=OperationOutcome
	lenient        bool // handling=lenient: leave out what is not known
	async          bool // respond-async: don't wait for a Bundle's work
}

// readPrefer reads the Prefer header. What is not understood is left aside, as
// a preference may be (https://www.rfc-editor.org/rfc/rfc7240).
func readPrefer(header string) prefer {
	var p prefer
	for part := range strings.FieldsFuncSeq(header, func(c rune) bool { return c == ',' || c == ';' }) {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch strings.ToLower(strings.TrimSpace(name)) + "=" + strings.Trim(strings.TrimSpace(value), `"`) {
		case "return=minimal":
			p.minimal = true
		case "return=representation":
			p.representation = true
		case "return=OperationOutcome":
			p.outcome = true
		case "handling=lenient":
			p.lenient = true
		case "respond-async=":
			p.async = true
		}
	}
	return p
}
