package fhirpath

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

type tokenKind uint8

const (
	tokenEnd      tokenKind = iota
	tokenWord               // an identifier, or a keyword where one can stand
	tokenQuoted             // `identifier`
	tokenString             // 'text'
	tokenNumber             // 1 or 1.0
	tokenMoment             // @2024-02-29T12:00, without the @
	tokenConstant           // %name
	tokenDollar             // $this
	tokenSymbol             // an operator or a bracket
)

type token struct {
	kind tokenKind
	text string
	at   int
}

// lexer cuts a source into tokens (http://hl7.org/fhirpath/N1/#lexical-elements).
type lexer struct {
	source string
	at     int
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isUpper(c byte) bool  { return c >= 'A' && c <= 'Z' }

// peek is the byte n after the next; 0 beyond the end.
func (l *lexer) peek(n int) byte {
	if l.at+n < len(l.source) {
		return l.source[l.at+n]
	}
	return 0
}

// skip passes over white space and comments.
func (l *lexer) skip() error {
	for l.at < len(l.source) {
		switch c := l.source[l.at]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			l.at++
		case c == '/' && l.peek(1) == '/':
			end := strings.IndexAny(l.source[l.at:], "\r\n")
			if end < 0 {
				end = len(l.source) - l.at
			}
			l.at += end
		case c == '/' && l.peek(1) == '*':
			end := strings.Index(l.source[l.at+2:], "*/")
			if end < 0 {
				return faultf(l.at, "this comment does not end")
			}
			l.at += 2 + end + 2
		default:
			return nil
		}
	}
	return nil
}

func (l *lexer) next() (token, error) {
	if err := l.skip(); err != nil {
		return token{}, err
	}
	from := l.at
	switch c := l.peek(0); {
	case c == 0 && from == len(l.source):
		return token{kind: tokenEnd, at: from}, nil
	case isLetter(c):
		return token{tokenWord, l.while(isWord), from}, nil
	case isDigit(c):
		return token{tokenNumber, l.number(), from}, nil
	case c == '\'' || c == '`':
		text, err := l.quoted()
		kind := tokenString
		if c != '\'' {
			kind = tokenQuoted
		}
		return token{kind, text, from}, err
	case c == '@':
		return l.moment()
	case c == '%':
		return l.constant()
	case c == '$':
		l.at++
		return token{tokenDollar, l.while(isWord), from}, nil
	}
	return l.symbol()
}

func isWord(c byte) bool { return isLetter(c) || isDigit(c) }

func (l *lexer) while(allowed func(byte) bool) string {
	from := l.at
	for l.at < len(l.source) && allowed(l.source[l.at]) {
		l.at++
	}
	return l.source[from:l.at]
}

func (l *lexer) number() string {
	from := l.at
	l.while(isDigit)
	if l.peek(0) == '.' && isDigit(l.peek(1)) {
		l.at++
		l.while(isDigit)
	}
	return l.source[from:l.at]
}

func (l *lexer) symbol() (token, error) {
	from := l.at
	if rest := l.source[from:]; len(rest) > 1 {
		switch rest[:2] {
		case "<=", ">=", "!=", "!~":
			l.at += 2
			return token{tokenSymbol, rest[:2], from}, nil
		}
	}
	if strings.IndexByte("+-*/&|=~<>().,[]{}", l.source[from]) < 0 {
		return token{}, faultf(from, "this character cannot stand here")
	}
	l.at++
	return token{tokenSymbol, l.source[from:l.at], from}, nil
}

// constant reads %name, %`name` or %'name'.
func (l *lexer) constant() (token, error) {
	from := l.at
	l.at++
	switch c := l.peek(0); {
	case c == '`' || c == '\'':
		text, err := l.quoted()
		return token{tokenConstant, text, from}, err
	case isLetter(c):
		return token{tokenConstant, l.while(isWord), from}, nil
	}
	return token{}, faultf(from, "a name follows %%")
}

// moment reads a Date, DateTime or Time after its @. A full stop belongs to it
// only before the fraction of a second.
func (l *lexer) moment() (token, error) {
	from := l.at
	l.at++
	begin := l.at
	l.while(func(c byte) bool { return isDigit(c) || c == '-' })
	if l.peek(0) == 'T' {
		l.at++
		l.clock(l.at-1 > begin)
	}
	text := l.source[begin:l.at]
	if text == "" || text == "T" {
		return token{}, faultf(from, "a date or time follows @")
	}
	return token{tokenMoment, text, from}, nil
}

func (l *lexer) clock(zone bool) {
	l.while(func(c byte) bool { return isDigit(c) || c == ':' })
	if l.peek(0) == '.' && isDigit(l.peek(1)) {
		l.at++
		l.while(isDigit)
	}
	switch {
	case !zone:
	case l.peek(0) == 'Z':
		l.at++
	case (l.peek(0) == '+' || l.peek(0) == '-') && isDigit(l.peek(1)) && isDigit(l.peek(2)) && l.peek(3) == ':':
		l.at++
		l.while(func(c byte) bool { return isDigit(c) || c == ':' })
	}
}

// quoted reads a string or a delimited identifier with its escapes.
func (l *lexer) quoted() (string, error) {
	from := l.at
	quote := l.source[from]
	l.at++
	if end := strings.IndexAny(l.source[l.at:], string([]byte{quote, '\\'})); end >= 0 && l.source[l.at+end] == quote {
		text := l.source[l.at : l.at+end]
		l.at += end + 1
		return text, nil
	}
	var text strings.Builder
	for l.at < len(l.source) {
		switch c := l.source[l.at]; c {
		case quote:
			l.at++
			return text.String(), nil
		case '\\':
			r, err := l.escape()
			if err != nil {
				return "", err
			}
			text.WriteRune(r)
		default:
			text.WriteByte(c)
			l.at++
		}
	}
	return "", faultf(from, "this text does not end")
}

var escapes = map[byte]rune{
	'\'': '\'', '"': '"', '`': '`', '\\': '\\', '/': '/', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t',
}

func (l *lexer) escape() (rune, error) {
	from := l.at
	c := l.peek(1)
	if r, known := escapes[c]; known {
		l.at += 2
		return r, nil
	}
	first, ok := l.unicode()
	if !ok {
		l.at = from
		return 0, faultf(from, "there is no such escape; write \\\\ for a backslash")
	}
	if !utf16.IsSurrogate(first) {
		return first, nil
	}
	mark := l.at
	if second, ok := l.unicode(); ok {
		if r := utf16.DecodeRune(first, second); r != utf8.RuneError {
			return r, nil
		}
	}
	l.at = mark
	return utf8.RuneError, nil
}

// unicode reads \uXXXX.
func (l *lexer) unicode() (rune, bool) {
	if l.peek(0) != '\\' || l.peek(1) != 'u' || l.at+6 > len(l.source) {
		return 0, false
	}
	n, err := strconv.ParseUint(l.source[l.at+2:l.at+6], 16, 16)
	if err != nil {
		return 0, false
	}
	l.at += 6
	return rune(n), true
}
