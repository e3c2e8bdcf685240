package fhir

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"tahto/fhir/issue"
)

// next skips white space and gives the byte after it, without reading that; 0
// if nothing is left.
func (p *parser) next() byte {
	for p.at < len(p.src) {
		switch c := p.src[p.at]; c {
		case ' ', '\t', '\n', '\r':
			p.at++
		default:
			return c
		}
	}
	return 0
}

func (p *parser) literal(n *node) error {
	for _, one := range [...]struct {
		text string
		kind Kind
	}{{"true", Bool}, {"false", Bool}, {"null", Null}} {
		if strings.HasPrefix(p.src[p.at:], one.text) {
			n.kind = one.kind
			if n.kind == Bool {
				n.text = p.src[p.at : p.at+len(one.text)]
			}
			p.at += len(one.text)
			return nil
		}
	}
	return p.syntax()
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// digits reads one digit or more.
func (p *parser) digits() bool {
	from := p.at
	for p.at < len(p.src) && isDigit(p.src[p.at]) {
		p.at++
	}
	return p.at > from
}

func (p *parser) skip(any string) bool {
	if p.at < len(p.src) && strings.IndexByte(any, p.src[p.at]) >= 0 {
		p.at++
		return true
	}
	return false
}

// number reads a number and keeps its text as it is.
func (p *parser) number(n *node) error {
	from := p.at
	p.skip("-")
	leading := p.skip("0")
	if p.digits() == leading { // a zero in front, or no digit at all
		return p.syntax()
	}
	if p.skip(".") && !p.digits() {
		return p.syntax()
	}
	if p.skip("eE") {
		p.skip("+-")
		if !p.digits() {
			return p.syntax()
		}
	}
	n.kind, n.text = Number, p.src[from:p.at]
	return nil
}

// quoted reads a string. What has no escapes needs no copy.
func (p *parser) quoted(n *node) error {
	from := p.at
	for i := from + 1; i < len(p.src); i++ {
		switch c := p.src[i]; {
		case c == '"':
			n.kind, n.text, p.at = String, p.src[from+1:i], i+1
			return nil
		case c == '\\':
			return p.escaped(n, from)
		case c < ' ':
			p.at = i
			return p.syntax()
		}
	}
	p.at = len(p.src)
	return p.syntax()
}

// escaped reads a string with escapes in it.
func (p *parser) escaped(n *node, from int) error {
	i := from + 1
	for i < len(p.src) && p.src[i] != '"' {
		if p.src[i] == '\\' {
			i++
		}
		i++
	}
	if i >= len(p.src) {
		p.at = len(p.src)
		return p.syntax()
	}
	plain, err := jsontext.AppendUnquote(nil, p.src[from:i+1])
	if err != nil {
		return p.syntax()
	}
	n.kind, n.text, p.at = String, string(plain), i+1
	if strings.ContainsFunc(n.text, forbidden) {
		return p.fault("A string holds a control character; FHIR allows tab, line feed and carriage return only.")
	}
	return nil
}

// forbidden are the characters that no string of FHIR holds
// (https://hl7.org/fhir/R4/datatypes.html#string). They can only come as
// escapes: as they are, JSON does not take them.
func forbidden(c rune) bool { return c < ' ' && c != '\t' && c != '\n' && c != '\r' }

// syntax is a fault in words that do not quote the body, which may hold
// personal data.
func (p *parser) syntax() error {
	if p.at >= len(p.src) {
		return p.fault("The JSON ends too early.")
	}
	return p.fault("This is not valid JSON.")
}

func (p *parser) fault(what string) error {
	before := p.src[:min(p.at, len(p.src))]
	line := 1 + strings.Count(before, "\n")
	column := 1 + utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])
	return issue.Newf(issue.Invalid, p.expression(), "%s (line %d, column %d)", what, line, column).Coded(issue.CodeStructure)
}

// expression is the FHIRPath of where the parser is. Only names that look like
// FHIR elements are told: anything else is the client's own text.
func (p *parser) expression() string {
	var path strings.Builder
	for _, at := range p.places {
		switch {
		case at.array:
			path.WriteString("[" + strconv.Itoa(at.index) + "]")
			continue
		case !isName(at.name):
			return path.String()
		case path.Len() > 0:
			path.WriteByte('.')
		}
		path.WriteString(at.name)
	}
	return path.String()
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
