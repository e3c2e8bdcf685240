package search

import (
	"fmt"
	"strings"

	"tahto/fhir/issue"
)

// fault is what is wrong with one value: a sentence that does not repeat it.
type fault struct {
	text string
	// unknown is a thing that FHIR may have and this server has not, which a
	// lenient search leaves out.
	unknown bool
}

func bad(text string) *fault { return &fault{text: text} }

func (p *parser) fault(name, at string, f fault) {
	if f.unknown {
		p.unsupported(name, "%s: %s", at, f.text)
		return
	}
	p.invalid(name, "%s: %s", at, f.text)
}

func (p *parser) invalid(name, format string, args ...any) {
	p.add(issue.SeverityError, issue.CodeInvalid, name, fmt.Sprintf(format, args...))
}

func (p *parser) unsupported(name, format string, args ...any) {
	severity := issue.SeverityError
	if p.options.Lenient {
		severity = issue.SeverityWarning
		format += " It was left out of the search."
	}
	p.add(severity, issue.CodeNotSupported, name, fmt.Sprintf(format, args...))
}

func (p *parser) add(severity issue.Severity, code issue.Code, name, text string) {
	p.issues = append(p.issues, issue.Issue{Severity: severity, Code: code, Expression: expression(name), Text: text})
}

// expression is the place of a parameter: http. and its name without modifier,
// if it looks like a name.
func expression(name string) string {
	base, _, _ := strings.Cut(name, ":")
	if !speakable(base) {
		return "http"
	}
	return "http." + base
}

// label is a parameter's name in a sentence.
func label(name string) string {
	if !speakable(name) {
		return "A parameter"
	}
	return name
}

// speakable tells whether a name from a request may be repeated in an answer:
// only what looks like a name may, for a client can put anything there.
func speakable(name string) bool {
	for i := range len(name) {
		c := name[i]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && (c < '0' || c > '9') && !strings.ContainsRune("_-:.", rune(c)) {
			return false
		}
	}
	return name != "" && len(name) <= 128 && !hasIdentityCode(name)
}

func (p *parser) unknown(name, base string) {
	names := p.names()
	text := fmt.Sprintf("There is no such search parameter for %s", p.query.Type)
	if speakable(base) {
		text = fmt.Sprintf("%s has no search parameter %s", p.query.Type, base)
	}
	p.unsupported(name, "%s; %s.", text, meant(base, names))
}

func (p *parser) unknownModifier(name string, parameter Parameter, modifier string) {
	if why := notHere[modifier]; why != "" {
		p.unsupported(name, "%s:%s is not supported; %s", parameter.Name, modifier, why)
		return
	}
	if parameter.Kind == KindComposite {
		p.unsupported(name, "%s takes no modifier; leave it out.", parameter.Name)
		return
	}
	known := parameter.Modifiers()
	if parameter.Kind == KindReference {
		known = append(known, parameter.Targets...)
	}
	for i := range known {
		known[i] = ":" + known[i]
	}
	p.unsupported(name, "%s takes no such modifier; %s.", parameter.Name, meant(":"+modifier, known))
}

// notHere are modifiers of FHIR that no parameter takes here, with what to do
// instead.
var notHere = map[string]string{
	"text":     "codes are searched for by code, not by their words.",
	"in":       "write the codes of the value set with commas between them.",
	"not-in":   "write the codes of the value set with commas between them, with :not.",
	"above":    "no code or address stands above another here; write those you mean, with commas between them.",
	"below":    "no code or address stands below another here; write those you mean, with commas between them.",
	"of-type":  "an identifier is searched for by system|value.",
	"ofType":   "an identifier is searched for by system|value.",
	"exact":    "values are compared exactly as they are; leave it out.",
	"contains": "values are compared as a whole; write all of it.",
}

// names are those of all parameters that a search for the type takes, or a
// condition within a link.
func (p *parser) names() []string {
	var names []string
	for _, parameter := range p.registry.types[p.query.Type] {
		names = append(names, parameter.Name)
	}
	if p.depth > 0 {
		return names // the others are about the result, which is of the outer type
	}
	return append(names, controlNames...)
}

// meant ends a sentence about an unknown name: with the nearest known one, or
// all of them.
func meant(name string, known []string) string {
	if near := issue.Nearest(name, known); near != "" {
		return "did you mean " + near + "?" + " Known are " + listed(known)
	}
	return "known are " + listed(known)
}

func listed(names []string) string { return strings.Join(names, ", ") }
