package fhir

import (
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

func appendNode(dst []byte, n *node) []byte {
	switch n.kind {
	case Object:
		return appendKids(dst, n, '{', '}')
	case Array:
		return appendKids(dst, n, '[', ']')
	case String:
		return appendString(dst, n.text)
	case Null:
		return append(dst, "null"...)
	}
	return append(dst, n.text...)
}

func appendKids(dst []byte, n *node, open, end byte) []byte {
	dst = append(dst, open)
	for i := range n.kids {
		if i > 0 {
			dst = append(dst, ',')
		}
		if n.kind == Object {
			dst = append(appendString(dst, n.kids[i].name), ':')
		}
		dst = appendNode(dst, &n.kids[i].node)
	}
	return append(dst, end)
}

// plain are the bytes that stand in a JSON string as they are. What is beyond
// ASCII goes the long way, where it is checked.
var plain = func() (plain [256]bool) {
	for c := ' '; c < 0x7f; c++ {
		plain[c] = c != '"' && c != '\\'
	}
	return plain
}()

// appendString quotes s. Nearly all strings in FHIR need no escape, which a
// short scan finds out.
func appendString[T string | []byte](dst []byte, s T) []byte {
	for i := range len(s) {
		if !plain[s[i]] {
			return appendQuoted(dst, s)
		}
	}
	dst = append(dst, '"')
	dst = append(dst, s...)
	return append(dst, '"')
}

func appendQuoted[T string | []byte](dst []byte, s T) []byte {
	// The only error is invalid UTF-8, which is replaced by U+FFFD; what came
	// through Parse has none.
	quoted, _ := jsontext.AppendQuote(dst, s)
	return quoted
}

// Writer writes a resource of the server's own, member by member, straight to
// JSON: an answer of a thousand items is built without a tree. The zero Writer
// is ready; commas and quotes are its business, the balance of opening and
// closing the caller's, and so are names, which are written as they are. A
// Writer is for one goroutine.
type Writer struct {
	buf   []byte
	comma bool
}

// NewWriter starts a resource of that type; [Writer.Resource] ends it.
func NewWriter(resourceType string) *Writer {
	w := &Writer{buf: make([]byte, 0, 512)}
	w.Object("")
	w.String("resourceType", resourceType)
	return w
}

// Grow makes room for n more bytes, when it is known how large the answer gets.
func (w *Writer) Grow(n int) { w.buf = slices.Grow(w.buf, n) }

func (w *Writer) name(name string) {
	if w.comma {
		w.buf = append(w.buf, ',')
	}
	w.comma = true
	if name != "" {
		w.buf = append(w.buf, '"')
		w.buf = append(w.buf, name...)
		w.buf = append(w.buf, '"', ':')
	}
}

// Object opens an object: a member of that name, or an array's item if name is empty.
func (w *Writer) Object(name string) {
	w.name(name)
	w.buf = append(w.buf, '{')
	w.comma = false
}

// Array opens an array.
func (w *Writer) Array(name string) {
	w.name(name)
	w.buf = append(w.buf, '[')
	w.comma = false
}

// End closes an object.
func (w *Writer) End() {
	w.buf = append(w.buf, '}')
	w.comma = true
}

// EndArray closes an array.
func (w *Writer) EndArray() {
	w.buf = append(w.buf, ']')
	w.comma = true
}

// String writes a string member, or an item if name is empty.
func (w *Writer) String(name, value string) {
	w.name(name)
	w.buf = appendString(w.buf, value)
}

// StringOf is [Writer.String] of a value that was put together in bytes.
func (w *Writer) StringOf(name string, value []byte) {
	w.name(name)
	w.buf = appendString(w.buf, value)
}

// Optional writes a string member unless the value is empty: FHIR has no empty strings.
func (w *Writer) Optional(name, value string) {
	if value != "" {
		w.String(name, value)
	}
}

// Bool writes a boolean member.
func (w *Writer) Bool(name string, value bool) {
	w.name(name)
	if value {
		w.buf = append(w.buf, "true"...)
		return
	}
	w.buf = append(w.buf, "false"...)
}

// Raw writes a member whose JSON is finished already: a stored resource in a
// Bundle, or a number.
func (w *Writer) Raw(name string, json []byte) {
	w.name(name)
	w.buf = append(w.buf, json...)
}

// Coding writes a Coding as a member or, if name is empty, as an item.
func (w *Writer) Coding(name, system, code string) {
	w.Object(name)
	w.Optional("system", system)
	w.String("code", code)
	w.End()
}

// Reset empties the Writer for another use and keeps its room.
func (w *Writer) Reset() { w.buf, w.comma = w.buf[:0], false }

// Continue forgets what was written so far, which was sent, and goes on after it.
func (w *Writer) Continue() { w.buf = w.buf[:0] }

// Bytes is what was written so far, in the Writer's own memory.
func (w *Writer) Bytes() []byte { return w.buf }

// Resource closes the resource and gives it. The Writer is done.
func (w *Writer) Resource() *Resource {
	w.End()
	return Stored(w.buf)
}
