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
	return name != "" && len(name) <= 64 && !hasIdentityCode(name)
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
	known := parameter.Modifiers()
	if parameter.Kind == KindReference {
		known = append(known, parameter.Targets...)
	}
	for i := range known {
		known[i] = ":" + known[i]
	}
	p.unsupported(name, "%s takes no such modifier; %s.", parameter.Name, meant(":"+modifier, known))
}

// names are those of all parameters that a search for the type takes.
func (p *parser) names() []string {
	var names []string
	for _, parameter := range p.registry.types[p.query.Type] {
		names = append(names, parameter.Name)
	}
	return append(names, controlNames...)
}

// meant ends a sentence about an unknown name: with the nearest known one, or
// all of them.
func meant(name string, known []string) string {
	if near := nearest(name, known); near != "" {
		return "did you mean " + near + "?" + " Known are " + listed(known)
	}
	return "known are " + listed(known)
}

func listed(names []string) string { return strings.Join(names, ", ") }

// nearest is the known name with the fewest letters wrong, or "" if even that
// has more wrong than a slip of the hand. Case does not count.
func nearest(name string, known []string) string {
	if len(name) > 64 {
		return ""
	}
	best, least := "", len(name)/3+2
	for _, k := range known {
		if d := distance(strings.ToLower(name), strings.ToLower(k)); d < least {
			best, least = k, d
		}
	}
	return best
}

// distance is how many letters must be put in, left out, replaced or swapped
// with their neighbour to make b of a (optimal string alignment).
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, last, row = last, row, before
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return row[len(b)]
}
