package xmlpatch

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// sort is what a lexeme is (https://www.w3.org/TR/xpath-10/#exprlex).
type sort uint8

const (
	ended    sort = iota
	symbol        // punctuation, and operators such as = and and
	nameTest      // name, p:name, p:* or *
	axisName      // before ::, which it swallows
	callName      // before (, which it leaves: a function or a type of node
	literal
	number
)

type lexeme struct {
	sort   sort
	text   string // of a literal without its quotes
	prefix string // of a name
}

// symbols, the longer first.
var symbols = [...]string{"//", "::", "..", "!=", "<=", ">=", "/", "@", ".", "(", ")", "[", "]", ",", "|", "=", "<", ">", "+", "-", "*"}

// lex splits a selector. It says what it can't read.
func lex(s string) ([]lexeme, string) {
	var all []lexeme
	for {
		s = strings.TrimLeft(s, " \t\r\n")
		if s == "" {
			return all, ""
		}
		l, size := next(s, operatorNext(all))
		if size == 0 {
			return nil, "The selector holds a character that XPath does not have there."
		}
		all, s = append(all, l), s[size:]
	}
}

// operatorNext tells whether * and names are operators, as XPath disambiguates
// them by what is before.
func operatorNext(all []lexeme) bool {
	if len(all) == 0 {
		return false
	}
	last := all[len(all)-1]
	return last.sort != symbol && last.sort != axisName && last.sort != callName || last.sort == symbol && strings.Contains(")].", last.text[:1])
}

func next(s string, operator bool) (lexeme, int) {
	switch c := s[0]; {
	case c == '"' || c == '\'':
		if end := strings.IndexByte(s[1:], c); end >= 0 {
			return lexeme{sort: literal, text: s[1 : end+1]}, end + 2
		}
		return lexeme{}, 0
	case c >= '0' && c <= '9' || c == '.' && len(s) > 1 && s[1] >= '0' && s[1] <= '9':
		n := len(s) - len(strings.TrimLeft(s, "0123456789."))
		return lexeme{sort: number, text: s[:n]}, n
	case c == '*' && !operator:
		return lexeme{sort: nameTest, text: "*"}, 1
	}
	if n := ncName(s); n > 0 {
		return word(s, n, operator)
	}
	for _, known := range symbols {
		if strings.HasPrefix(s, known) {
			return lexeme{sort: symbol, text: known}, len(known)
		}
	}
	return lexeme{}, 0
}

// word is what begins with a name of n bytes.
func word(s string, n int, operator bool) (lexeme, int) {
	first, rest := s[:n], s[n:]
	if operator {
		return lexeme{sort: symbol, text: first}, n
	}
	if after := strings.TrimLeft(rest, " \t\r\n"); strings.HasPrefix(after, "::") {
		return lexeme{sort: axisName, text: first}, len(s) - len(after) + 2
	} else if strings.HasPrefix(after, "(") {
		return lexeme{sort: callName, text: first}, n
	}
	if len(rest) > 1 && rest[0] == ':' {
		if rest[1] == '*' {
			return lexeme{sort: nameTest, prefix: first, text: "*"}, n + 2
		}
		if m := ncName(rest[1:]); m > 0 {
			return lexeme{sort: nameTest, prefix: first, text: rest[1 : m+1]}, n + 1 + m
		}
	}
	return lexeme{sort: nameTest, text: first}, n
}

func isNCName(s string) bool { return s != "" && ncName(s) == len(s) }

// ncName is how many bytes of s are a name without colon
// (https://www.w3.org/TR/xml-names/#NT-NCName).
func ncName(s string) int {
	for i, r := range s {
		begins := r == '_' || unicode.IsLetter(r) && r != utf8.RuneError
		if !begins && (i == 0 || r != '-' && r != '.' && r != '·' && !unicode.IsDigit(r) && !unicode.IsMark(r)) {
			return i
		}
	}
	return len(s)
}
