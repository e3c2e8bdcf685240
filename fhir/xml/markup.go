package xml

import (
	"bytes"
	stdxml "encoding/xml"
	"io"
	"slices"
	"strings"

	"tahto/fhir"
)

const (
	xhtml  = "http://www.w3.org/1999/xhtml"
	xmlOwn = "http://www.w3.org/XML/1998/namespace" // that of xml:lang
)

// maxMarkup is how deep the tags of a narrative may nest. It costs no walk
// anything, since none is recursive there, but memory in the XML parser.
const maxMarkup = 4 * fhir.MaxDepth

// markup takes the tokens of a narrative's div, from its tag to its end, and
// writes them anew, in the namespace of the div and without prefixes. plain
// tells whether that was needless: the div can be copied as it is written.
type markup struct {
	out   []byte
	plain bool
	depth int
}

// take writes a token; raw is how it was written. It gives a sentence if the
// token may not stand there.
func (m *markup) take(token stdxml.Token, raw []byte) string {
	if named(raw) {
		m.plain = false
	}
	switch t := token.(type) {
	case stdxml.StartElement:
		return m.start(t, raw)
	case stdxml.EndElement:
		if m.depth--; len(raw) > 0 {
			m.out = append(m.out, "</"+t.Name.Local+">"...)
		}
	case stdxml.CharData:
		m.plain = m.plain && !bytes.HasPrefix(raw, []byte("<![CDATA["))
		m.out = AppendText(m.out, string(t))
	case stdxml.Comment:
		m.out = append(append(append(m.out, "<!--"...), t...), "-->"...)
	default:
		m.plain = false // a processing instruction, which is dropped
	}
	return ""
}

// known are the beginnings of references that need no entities of HTML.
var known = []string{"#", "amp;", "lt;", "gt;", "quot;", "apos;"}

// named tells whether there is a reference to an entity that XML does not have
// by itself. In a comment it would be none, but taking it for one costs nothing.
func named(raw []byte) bool {
	for {
		_, rest, found := bytes.Cut(raw, []byte("&"))
		if !found {
			return false
		}
		begins := func(with string) bool { return bytes.HasPrefix(rest, []byte(with)) }
		if !slices.ContainsFunc(known, begins) {
			return true
		}
		raw = rest
	}
}

func (m *markup) start(t stdxml.StartElement, raw []byte) string {
	if m.depth++; m.depth > maxMarkup {
		return "The tags of the narrative nest too deep."
	}
	if m.depth == 1 && (t.Name.Local != "div" || t.Name.Space != xhtml) {
		return "The narrative is one div element with xmlns=\"" + xhtml + "\"."
	}
	if t.Name.Space != xhtml || strings.Contains(t.Name.Local, ":") {
		return "The narrative has a tag that is not of XHTML. Remove it."
	}
	m.out = append(m.out, "<"+t.Name.Local...)
	if m.depth == 1 {
		m.out = append(m.out, ` xmlns="`+xhtml+`"`...)
		m.plain = declared(t.Attr)
	}
	m.plain = m.plain && bytes.HasPrefix(raw[1:], []byte(t.Name.Local)) // which a prefix would precede
	for _, a := range t.Attr {
		if text := m.attribute(a); text != "" {
			return text
		}
	}
	if bytes.HasSuffix(raw, []byte("/>")) {
		m.out = append(m.out, '/')
	}
	m.out = append(m.out, '>')
	return ""
}

// declared tells whether the attributes declare XHTML for a tag without prefix.
func declared(all []stdxml.Attr) bool {
	for _, a := range all {
		if a.Name.Space == "" && a.Name.Local == "xmlns" {
			return a.Value == xhtml
		}
	}
	return false
}

func (m *markup) attribute(a stdxml.Attr) string {
	name := a.Name.Local
	switch {
	case declares(a.Name):
		m.plain = m.plain && a.Name.Space == ""
		return ""
	case a.Name.Space == xmlOwn:
		name = "xml:" + name
	case a.Name.Space != "" || strings.Contains(name, ":"):
		return "The narrative has an attribute that is not of XHTML. Remove it."
	}
	m.out = append(m.out, " "+name+`="`...)
	m.out = append(AppendValue(m.out, a.Value), '"')
	return ""
}

// markup reads the div whose tag is the token first, up to its end, and gives
// it as it is written if that can stand alone. wrong is a sentence about what
// may not stand in it.
func (t *tokens) markup(first stdxml.Token) (text, wrong string, err error) {
	var m markup
	from := t.start
	for token := first; ; {
		if wrong = m.take(token, t.raw()); wrong != "" {
			return "", wrong, nil
		}
		if m.depth == 0 {
			break
		}
		if token, err = t.next(); err != nil {
			return "", "", err
		}
	}
	if m.plain {
		return string(t.data[from:t.end()]), "", nil
	}
	return string(m.out), "", nil
}

// div reads the div of a narrative as JSON has it: as a string.
func (d *decoder) div(first stdxml.Token, at *place) (string, error) {
	text, wrong, err := d.markup(first)
	if err != nil {
		return "", placed(at, err)
	}
	if wrong != "" {
		return "", d.fault(at, wrong)
	}
	return text, nil
}

// Div is the div of a narrative as [Encode] writes it: what JSON has as a string,
// or the same written anew, if that can't stand in XML by itself. HTML's entities
// become the characters they mean. wrong is a sentence if it is no XHTML.
func Div(div string) (text, wrong string) {
	if !Holds(div) {
		return "", "The narrative holds a character that XML can't."
	}
	const broken = "The narrative is not well-formed XHTML, so that XML can't hold it."
	t := newTokens([]byte(div))
	t.std.Entity = stdxml.HTMLEntity
	first, err := t.content()
	if _, starts := first.(stdxml.StartElement); err != nil || !starts {
		return "", broken
	}
	if text, wrong, err = t.markup(first); err != nil {
		return "", broken
	}
	if wrong != "" {
		return "", wrong
	}
	if _, err = t.content(); err != io.EOF {
		return "", broken
	}
	return text, ""
}

// content is the next token that is more than space and remarks.
func (t *tokens) content() (stdxml.Token, error) {
	for {
		token, err := t.next()
		switch found := token.(type) {
		case stdxml.Comment, stdxml.ProcInst:
			continue
		case stdxml.CharData:
			if blank(found) {
				continue
			}
		}
		return token, err
	}
}
