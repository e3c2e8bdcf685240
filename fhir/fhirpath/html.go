package fhirpath

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"tahto/fhir"
)

// htmlChecks holds a narrative to txt-1 and txt-2 of R4
// (https://hl7.org/fhir/R4/narrative.html#xhtml): well-formed XHTML in a div,
// only the elements and attributes of basic formatting, links and images, no
// scripts and nothing that is loaded by itself, and some content.
func htmlChecks(m *machine, c *call) (tri, error) {
	v, err := m.subject(c)
	if err != nil || v.kind == kindNone {
		return unknown, err
	}
	if v.kind == kindNode && v.element.Kind() != fhir.String || v.kind != kindNode && v.kind != kindString {
		return no, nil
	}
	text := v.text
	if v.kind == kindNode {
		text = v.element.Text()
	}
	if err := m.spend(len(text), c); err != nil {
		return unknown, err
	}
	return truthOf(isNarrative(text)), nil
}

const xhtml = "http://www.w3.org/1999/xhtml"

// narrativeElements are those of chapters 7 to 11 and 15 of HTML 4.0, links and
// images (https://hl7.org/fhir/R4/narrative.html#rules).
var narrativeElements = words(`a abbr acronym b big blockquote br caption cite code col colgroup dd dfn div dl dt em
	h1 h2 h3 h4 h5 h6 hr i img li ol p pre q samp small span strong sub sup table tbody td tfoot th thead tr tt ul var`)

// narrativeAttributes are those that any of the elements may have.
var narrativeAttributes = words(`title style class id lang dir accesskey tabindex span width align valign char charoff abbr
	axis headers scope rowspan colspan border cellpadding cellspacing frame rules summary compact value start type cite
	href name src alt longdesc height usemap shape coords rel rev hspace vspace datetime nowrap bgcolor`)

func words(text string) map[string]bool {
	all := map[string]bool{}
	for word := range strings.FieldsSeq(text) {
		all[word] = true
	}
	return all
}

func isNarrative(text string) bool {
	decoder := xml.NewDecoder(strings.NewReader(text))
	decoder.Entity = xml.HTMLEntity
	depth, divs, content := 0, 0, false
	for {
		token, err := decoder.Token()
		if err != nil {
			return errors.Is(err, io.EOF) && depth == 0 && divs == 1 && content
		}
		switch t := token.(type) {
		case xml.StartElement:
			if depth == 0 {
				divs++
			}
			if !allowedElement(t, depth == 0) {
				return false
			}
			depth++
			content = content || t.Name.Local == "img"
		case xml.EndElement:
			depth--
		case xml.CharData:
			blank := strings.TrimSpace(string(t)) == ""
			if depth == 0 && !blank {
				return false
			}
			content = content || !blank
		case xml.ProcInst, xml.Directive:
			return false
		}
	}
}

func allowedElement(e xml.StartElement, outermost bool) bool {
	if e.Name.Space != xhtml || outermost && e.Name.Local != "div" || !narrativeElements[e.Name.Local] {
		return false
	}
	for _, a := range e.Attr {
		switch {
		case a.Name.Space == "xmlns" || a.Name.Local == "xmlns" || a.Name.Space == "http://www.w3.org/XML/1998/namespace" || a.Name.Space == "xml":
		case a.Name.Space != "" || !narrativeAttributes[a.Name.Local] || !allowedValue(a.Name.Local, a.Value):
			return false
		}
	}
	return true
}

// allowedValue refuses what runs or loads something: scripts in links, and
// styles or images from elsewhere.
func allowedValue(name, value string) bool {
	value = strings.ToLower(strings.Map(func(r rune) rune {
		if r <= ' ' {
			return -1
		}
		return r
	}, value))
	switch name {
	case "href", "src", "cite", "longdesc", "usemap":
		return !strings.HasPrefix(value, "javascript:") && !strings.HasPrefix(value, "vbscript:") &&
			(!strings.HasPrefix(value, "data:") || strings.HasPrefix(value, "data:image/"))
	case "style":
		return !strings.Contains(value, "expression(") && !strings.Contains(value, "javascript:") && !strings.Contains(value, "@import")
	}
	return true
}
