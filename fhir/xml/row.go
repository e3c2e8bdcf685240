package xml

import (
	stdxml "encoding/xml"
	"regexp"
	"slices"
	"strings"
)

// row is how far an element's children have come in the order of its type
// ("Elements must always appear in the order documented",
// https://hl7.org/fhir/R4/xml.html).
type row struct {
	layout *Layout
	last   int // the field of the child before
	count  int // how many of that field came before this one
}

// next takes the next child; if it may not stand here it says why.
func (r *row) next(name stdxml.Name) (*Field, string) {
	i, known := r.layout.byName[name.Local]
	switch {
	case name.Space != namespace && name.Local == "div" && name.Space == xhtml && known:
	case name.Space != namespace:
		return nil, "There is an element here that is not of the namespace " + namespace + ". Remove it."
	case !known:
		return nil, unknown(name.Local, r.layout)
	}
	field := &r.layout.fields[i]
	if text := r.refused(i, field); text != "" {
		return nil, text
	}
	if r.count++; i != r.last {
		r.last, r.count = i, 0
	}
	return field, ""
}

func (r *row) refused(i int, field *Field) string {
	if field.Attribute {
		return "“" + field.Name + "” is an attribute in XML. Write it into the tag."
	}
	if r.last == single {
		return ""
	}
	switch before := &r.layout.fields[r.last]; {
	case i == r.last && !field.List:
		return "The element “" + field.Name + "” is given twice. Keep one."
	case i != r.last && before.Element == field.Element:
		return "The element “" + field.Element + "” is given in more than one type. Keep one."
	case i < r.last:
		return "The element “" + field.Name + "” is not in its place: in XML it has to stand before “" + before.Name + "”."
	}
	return ""
}

// setAttributes reads the attributes of an element into a node. layout is nil for
// what can have none.
func (d *decoder) setAttributes(n *node, t stdxml.StartElement, layout *Layout, at *place) error {
	for _, a := range t.Attr {
		if declares(a.Name) || a.Name.Space == schema && strings.HasSuffix(strings.ToLower(a.Name.Local), "schemalocation") {
			continue
		}
		if text := n.setAttribute(a, layout); text != "" {
			return d.faultAt(at.String(), text)
		}
	}
	slices.SortFunc(n.kids, func(a, b node) int { return a.field - b.field })
	return nil
}

// declares tells whether an attribute declares a namespace.
func declares(name stdxml.Name) bool {
	return name.Space == "xmlns" || name.Space == "" && name.Local == "xmlns"
}

// number is how JSON writes one (RFC 8259, section 6), and so FHIR
// (https://hl7.org/fhir/R4/datatypes.html#decimal).
var number = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)

func (n *node) setAttribute(a stdxml.Attr, layout *Layout) string {
	const none = "The element has an attribute that FHIR R4 does not have here. Remove it."
	if a.Name.Space != "" || layout == nil {
		return none
	}
	if a.Value == "" {
		return "An attribute is empty. Give it a value or leave it out."
	}
	if a.Name.Local == "value" && layout.kind.primitive() {
		return n.setValue(a.Value, layout.kind)
	}
	i, known := layout.byName[a.Name.Local]
	if !known || !layout.fields[i].Attribute {
		return none
	}
	n.kids = append(n.kids, node{field: i, name: layout.fields[i].Name, kind: Text, value: a.Value})
	return ""
}

// setValue takes the value of a primitive. Space around a number or boolean is
// taken away, as XML Schema does; that around a string is the string's.
func (n *node) setValue(value string, kind Kind) string {
	n.value = value
	if kind == Number || kind == Boolean {
		n.value = strings.Trim(value, " \t\n\r")
	}
	switch {
	case kind == Number && !number.MatchString(n.value):
		return "The value is not a number as FHIR writes it."
	case kind == Boolean && n.value != "true" && n.value != "false":
		return "The value is neither true nor false."
	}
	return ""
}
