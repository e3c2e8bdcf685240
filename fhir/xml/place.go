package xml

import (
	"strconv"
	"strings"

	"tahto/fhir/issue"
)

// place is where in a resource a walk is; nil is before its beginning.
type place struct {
	parent *place
	name   string
	index  int // of a repetition; single for what does not repeat
}

const single = -1

// String is the FHIRPath, such as Bundle.entry[1].resource.status.
func (p *place) String() string {
	if p == nil {
		return ""
	}
	path := p.name
	if p.parent != nil {
		path = p.parent.String() + "." + path
	}
	if p.index != single {
		path += "[" + strconv.Itoa(p.index) + "]"
	}
	return path
}

// below is the path of what is in p. A name that is not like FHIR's is the
// client's own text and is not repeated.
func (p *place) below(name string) string {
	if !isName(name) || p == nil {
		return p.String()
	}
	return p.String() + "." + name
}

func isName(s string) bool {
	for i := range len(s) {
		c := s[i] | 0x20
		if (c < 'a' || c > 'z') && s[i] != '_' && (i == 0 || s[i] < '0' || s[i] > '9') {
			return false
		}
	}
	return s != "" && len(s) <= 64
}

func invalid(expression, text string) *issue.Error {
	return issue.New(issue.Invalid, expression, text).Coded(issue.CodeStructure)
}

// unknown is a sentence about an element that a type does not have.
func unknown(name string, layout *Layout) string {
	if !isName(name) {
		return "There is something here that FHIR R4 does not have. Remove it."
	}
	text := "FHIR R4 has no element “" + name + "” here."
	if near := issue.Nearest(strings.TrimPrefix(name, "_"), layout.names()); near != "" {
		text += " Is “" + near + "” meant?"
	}
	return text + " Correct the name or remove the element."
}
