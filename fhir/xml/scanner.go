package xml

import (
	"bytes"
	stdxml "encoding/xml"
	"errors"
)

// What can be wrong with a document besides its form. An error that
// [Scanner.Next] or [Decode] gives wraps one of these if that was the reason.
var (
	ErrEntity   = errors.New("an entity is not declared")
	ErrEncoding = errors.New("the text is not UTF-8")
)

// Scanner reads the tokens of a document for those who want the document itself
// and not a resource. It refuses what [Decode] refuses of any XML: DOCTYPE, and
// entities other than XML's own; encodings other than UTF-8; attributes that
// stand twice; characters that XML can't hold. It is for one goroutine.
type Scanner struct{ tokens *tokens }

// NewScanner begins to read a document. Nothing is read before [Scanner.Next].
func NewScanner(data []byte) *Scanner {
	t := newTokens(bytes.TrimPrefix(data, []byte("\uFEFF")))
	t.token = t.std.RawToken
	return &Scanner{t}
}

// Next is the next token, or [io.EOF]. The name of an element or attribute is as
// it is written: Space is the prefix, and declarations of namespaces are
// attributes. Whether tags match is for the caller to see. The bytes of a token
// are good until the next call.
//
// An error is an [issue.Error] of kind Invalid with the line.
func (s *Scanner) Next() (stdxml.Token, error) {
	if s.tokens.end() == 0 {
		if at := illegal(s.tokens.data); at >= 0 {
			return nil, illegalFault(s.tokens.data, at)
		}
	}
	return s.tokens.next()
}

// Start is where the last token begins, for [Scanner.Written].
func (s *Scanner) Start() int { return s.tokens.start }

// Written is the document as it is written from a start to the end of the last
// token.
func (s *Scanner) Written(start int) []byte { return s.tokens.data[start:s.tokens.end()] }
