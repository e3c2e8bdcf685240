package validate

import (
	stdxml "encoding/xml"
	"strings"

	"tahto/fhir/issue"
	"tahto/fhir/xml"
)

var (
	badNarrative   = fault{code: issue.CodeInvariant, reason: "txt-1"}
	emptyNarrative = fault{code: issue.CodeInvariant, reason: "txt-2"}
)

// narrative holds the XHTML of a narrative to what it may be
// (https://hl7.org/fhir/R4/narrative.html#xhtml): well-formed, a div with the
// tags and attributes of formatting and nothing that runs or loads by itself,
// not empty, and such that it stands in XML as it does in JSON.
func (w *walk) narrative(text string, at *place) bool {
	seen, fault := read(text)
	switch {
	case fault == notWellFormed:
		w.add(badFormat, at, "The narrative is not well-formed XHTML. Close every tag and write & as &amp;.")
	case fault == notDiv:
		w.add(badNarrative, at, "The narrative is one div element with xmlns=\"http://www.w3.org/1999/xhtml\". Put the text into it.")
	case fault == notAllowed:
		w.add(badNarrative, at, "The narrative has a tag or attribute that FHIR does not allow. Keep to text, lists, tables, links, images and formatting.")
	case !seen:
		w.add(emptyNarrative, at, "The narrative says nothing. Write some text in it, or leave it out.")
	default:
		return w.portable(text, at)
	}
	return false
}

// portable holds a narrative to being the same in XML: R4 has it "contained in
// general XML", without names for characters, and wants nothing around the div
// that would come before its first > or after its last <. Space is harmless.
func (w *walk) portable(text string, at *place) bool {
	kept, wrong := xml.Div(text)
	switch {
	case wrong != "":
		w.add(badFormat, at, wrong)
	case kept != strings.Trim(text, " \t\r\n"):
		w.add(badFormat, at, "The narrative would be another in XML. Write characters in place of CDATA and of names such as &nbsp; (but not of &amp;, &lt;, &gt;, &quot;, &apos;), no prefixes before tags, and nothing before or after the div.")
	default:
		return true
	}
	return false
}

type narrativeFault uint8

const (
	sound narrativeFault = iota
	notWellFormed
	notDiv
	notAllowed
)

const xhtml = "http://www.w3.org/1999/xhtml"

// read tells whether the XHTML shows anything, and its first fault.
func read(text string) (seen bool, fault narrativeFault) {
	decoder := stdxml.NewDecoder(strings.NewReader(text))
	decoder.Entity = stdxml.HTMLEntity
	depth, divs := 0, 0
	for {
		token, err := decoder.Token()
		if err != nil {
			if fault == sound && (depth > 0 || divs != 1) {
				fault = notDiv
			}
			if err.Error() != "EOF" {
				fault = notWellFormed
			}
			return seen, fault
		}
		switch t := token.(type) {
		case stdxml.StartElement:
			if depth++; depth == 1 {
				divs++
			}
			seen = seen || t.Name.Local == "img"
			fault = max(fault, tagFault(t, depth == 1))
		case stdxml.EndElement:
			depth--
		case stdxml.CharData:
			seen = seen || strings.TrimSpace(string(t)) != ""
		case stdxml.ProcInst, stdxml.Directive:
			fault = max(fault, notAllowed)
		}
	}
}

func tagFault(t stdxml.StartElement, outer bool) narrativeFault {
	if outer && (t.Name.Local != "div" || t.Name.Space != xhtml) {
		return notDiv
	}
	if t.Name.Space != xhtml || !tags[t.Name.Local] {
		return notAllowed
	}
	for _, a := range t.Attr {
		if a.Name.Space == "xmlns" || a.Name.Local == "xmlns" || a.Name.Space == "xml" {
			continue
		}
		if !attributes[a.Name.Local] || runs(a.Value) {
			return notAllowed
		}
	}
	return sound
}

// runs tells whether an attribute could make a browser run something.
func runs(value string) bool {
	scheme, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(value)), ":")
	return scheme == "javascript" || scheme == "vbscript"
}

var (
	tags = words("a abbr acronym address b big blockquote br caption cite code col colgroup dd dfn div dl dt em " +
		"h1 h2 h3 h4 h5 h6 hr i img li ol p pre q samp small span strong sub sup table tbody td tfoot th thead tr tt ul var")
	attributes = words("abbr accesskey align alt axis bgcolor border cellhalign cellpadding cellspacing cellvalign char " +
		"charoff charset cite class colspan compact coords dir frame headers height href hreflang hspace id lang longdesc " +
		"name nowrap rel rev rowspan rules scope shape span src start style summary tabindex title type valign value vspace width")
)

func words(text string) map[string]bool {
	all := map[string]bool{}
	for word := range strings.FieldsSeq(text) {
		all[word] = true
	}
	return all
}
