package xml

import (
	"bytes"
	"errors"
	"unicode/utf8"
)

// maxAttributes is how many attributes a tag may have. FHIR needs three and a
// namespace or two, XHTML a handful.
const maxAttributes = 64

var (
	errAttributes = errors.New("too many attributes")
	errGlued      = errors.New("no space between attributes")
)

// source hands a document to encoding/xml byte by byte and watches over tags as
// they go by: encoding/xml would collect any number of attributes before it
// shows them, and takes attributes without space between them, which XML does
// not (https://www.w3.org/TR/xml/#NT-STag).
type source struct {
	*bytes.Reader
	tag        bool // in a start tag or end tag
	quote      byte // the quote that is open in it
	closed     bool // the byte before closed one
	attributes int
}

// begin tells the source where the next token begins. Its first byte may have
// been read already; it is never a quote.
func (s *source) begin(rest []byte) {
	tag := len(rest) > 1 && rest[0] == '<' && rest[1] != '!' && rest[1] != '?'
	s.tag, s.quote, s.closed, s.attributes = tag, 0, false, 0
}

// ReadByte makes encoding/xml read without a buffer of its own.
func (s *source) ReadByte() (byte, error) {
	c, err := s.Reader.ReadByte()
	if err == nil && s.tag {
		err = s.watch(c)
	}
	return c, err
}

func (s *source) watch(c byte) error {
	if s.closed && !isSpace(c) && c != '/' && c != '>' {
		return errGlued
	}
	s.closed = false
	switch {
	case s.quote != 0:
		if s.closed = c == s.quote; s.closed {
			s.quote = 0
		}
	case c == '"' || c == '\'':
		s.quote = c
		if s.attributes++; s.attributes > maxAttributes {
			return errAttributes
		}
	case c == '>':
		s.tag = false
	}
	return nil
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func blank(text []byte) bool {
	for _, c := range text {
		if !isSpace(c) {
			return false
		}
	}
	return true
}

// Holds tells whether XML can hold a text, in an attribute or between tags: all
// of its characters are such that XML has a way to write them.
func Holds(text string) bool { return illegal(text) < 0 }

// illegal is where the first character stands that XML has no way to write
// (https://www.w3.org/TR/xml/#charsets), -1 if all are well. Text that is not
// UTF-8 is illegal too.
func illegal[T string | []byte](text T) int {
	for i := 0; i < len(text); {
		if c := text[i]; c < utf8.RuneSelf {
			if c < ' ' && !isSpace(c) {
				return i
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(string(text[i:min(i+utf8.UTFMax, len(text))]))
		if r == utf8.RuneError && size == 1 || r == 0xFFFE || r == 0xFFFF {
			return i
		}
		i += size
	}
	return -1
}
