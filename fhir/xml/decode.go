package xml

import (
	"bytes"
	stdxml "encoding/xml"
	"io"
	"unicode/utf8"

	"tahto/fhir"
	"tahto/fhir/issue"
)

const (
	namespace = "http://hl7.org/fhir"
	schema    = "http://www.w3.org/2001/XMLSchema-instance"
)

// Decode reads a resource from XML and gives the tree that its JSON form would.
// It asks of the format what [fhir.Parse] and [fhir.Resource.CheckForm] ask of
// JSON, with the same bounds; whether the content is right is for validation to
// find. The result keeps no reference to data.
func Decode(data []byte, d Definitions) (*fhir.Resource, error) {
	data = bytes.TrimPrefix(data, []byte("\uFEFF"))
	if at := illegal(data); at >= 0 {
		return nil, illegalFault(data, at)
	}
	dec := &decoder{tokens: newTokens(data), defs: d}
	root, err := dec.document()
	if err != nil {
		return nil, err
	}
	w := fhir.NewWriter(root.resource)
	w.Grow(len(data))
	root.writeMembers(w)
	w.End()
	r, err := fhir.Parse(w.Bytes())
	if issue.KindOf(err) == issue.Invalid && err != nil { // whose line would be one of the JSON
		return nil, invalid(root.resource, tooDeep)
	}
	return r, err
}

const tooDeep = "The body nests too deep; at most 64 objects and arrays may stand in each other in JSON."

func illegalFault(data []byte, at int) error {
	t := tokens{data: data, start: at}
	if r, size := utf8.DecodeRune(data[at:]); r == utf8.RuneError && size == 1 {
		return t.fault(nil, "The body is not valid UTF-8.").Caused(ErrEncoding)
	}
	return t.fault(nil, "There is a control character here that XML does not allow.")
}

// decoder reads a document into nodes. It is recursive; depth, which is counted
// as JSON nests, bounds it.
type decoder struct {
	*tokens
	defs  Definitions
	nodes int
}

// document reads the root and sees that there is nothing beside it.
func (d *decoder) document() (*node, error) {
	var root *node
	for {
		token, err := d.next()
		if err == io.EOF {
			if root == nil {
				return nil, d.fault(nil, "There is no resource in the body.")
			}
			return root, nil
		}
		if err != nil {
			return nil, err
		}
		switch t := token.(type) {
		case stdxml.StartElement:
			if root != nil {
				return nil, d.fault(nil, "There is more after the end of the resource.")
			}
			root = &node{field: single}
			if err := d.resource(root, t, nil, 1); err != nil {
				return nil, err
			}
		case stdxml.CharData:
			if !blank(t) {
				return nil, d.fault(nil, "There is text outside of the resource.")
			}
		}
	}
}

// resource reads one whose own tag was just read: at is the place that holds
// it, nil for the root.
func (d *decoder) resource(n *node, t stdxml.StartElement, at *place, depth int) error {
	if t.Name.Space != namespace {
		return d.fault(at, "A resource is an element of the namespace "+namespace+".")
	}
	layout := resourceLayout(d.defs, t.Name.Local)
	if layout == nil {
		return d.fault(at, "FHIR R4 has no resource of that name.")
	}
	if at == nil {
		at = &place{name: t.Name.Local, index: single}
	}
	n.kind, n.resource = Resource, t.Name.Local
	if err := d.setAttributes(n, t, layout, at); err != nil {
		return err
	}
	return d.children(n, layout, at, depth)
}

// children reads the elements in an element, up to its end.
func (d *decoder) children(n *node, layout *Layout, at *place, depth int) error {
	r := row{layout: layout, last: single}
	for {
		token, err := d.next()
		if err != nil {
			return placed(at, err)
		}
		switch t := token.(type) {
		case stdxml.StartElement:
			if n.kids, err = d.child(n.kids, t, &r, at, depth); err != nil {
				return err
			}
		case stdxml.EndElement:
			return d.ended(n, at)
		case stdxml.CharData:
			if !blank(t) {
				return d.fault(at, "There is text here. In FHIR values stand in the attribute value.")
			}
		}
	}
}

// ended sees that an element was not empty. A resource may be: a Parameters
// without parameters.
func (d *decoder) ended(n *node, at *place) error {
	if n.kind == Resource || n.value != "" {
		return nil
	}
	for i := range n.kids {
		if n.kids[i].name != "id" {
			return nil
		}
	}
	return d.fault(at, "The element is empty. Give it a value, extensions or elements, or leave it out.")
}

// child reads an element and adds it to its fellows.
func (d *decoder) child(kids []node, t stdxml.StartElement, r *row, at *place, depth int) ([]node, error) {
	field, text := r.next(t.Name)
	if text != "" {
		return nil, d.faultAt(at.below(t.Name.Local), text)
	}
	layout := d.defs.Layout(field.Type)
	if layout == nil {
		return nil, undefined(field.Type)
	}
	here := place{parent: at, name: field.Element, index: single}
	if field.List {
		here.index = r.count
		depth++
	}
	if d.nodes++; d.nodes > fhir.MaxNodes {
		return nil, issue.Newf(issue.TooLarge, "", "The body holds more than %d elements; send less at a time.", fhir.MaxNodes)
	}
	kid := node{field: r.last, name: field.Name, list: field.List, kind: layout.kind}
	err := d.element(&kid, t, layout, &here, depth)
	return append(kids, kid), err
}

func (d *decoder) element(n *node, t stdxml.StartElement, layout *Layout, at *place, depth int) error {
	if layout.kind == XHTML {
		text, err := d.div(t, at)
		n.value = text
		return err
	}
	// A leaf is let in one deeper than its place may be: it opens nothing in JSON.
	if depth++; depth > fhir.MaxDepth+1 || depth > fhir.MaxDepth && !layout.kind.primitive() {
		return d.fault(at, tooDeep)
	}
	if layout.kind == Resource {
		return d.holder(n, t, at, depth)
	}
	if err := d.setAttributes(n, t, layout, at); err != nil {
		return err
	}
	return d.children(n, layout, at, depth)
}

// holder reads an element whose content is a resource, as contained and
// entry.resource are.
func (d *decoder) holder(n *node, t stdxml.StartElement, at *place, depth int) error {
	if err := d.setAttributes(n, t, nil, at); err != nil {
		return err
	}
	for {
		token, err := d.next()
		if err != nil {
			return placed(at, err)
		}
		switch t := token.(type) {
		case stdxml.StartElement:
			if n.resource != "" {
				return d.fault(at, "There is more than one resource here.")
			}
			if err := d.resource(n, t, at, depth); err != nil {
				return err
			}
		case stdxml.EndElement:
			if n.resource == "" {
				return d.fault(at, "The element is empty. Put a resource into it, or leave it out.")
			}
			return nil
		case stdxml.CharData:
			if !blank(t) {
				return d.fault(at, "There is text here. This element holds a resource.")
			}
		}
	}
}
