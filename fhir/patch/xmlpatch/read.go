package xmlpatch

import (
	stdxml "encoding/xml"
	"io"
	"strings"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/fhir/xml"
)

// maxDepth is how deep elements may nest in each other.
const maxDepth = 256

// reader makes the tree of a document.
type reader struct {
	scanner *xml.Scanner
	open    *node // the element that is open, or the document
	depth   int
	nodes   int
	outer   map[string]string // prefixes that are declared around the document
	text    strings.Builder
}

// read makes the tree of a document, in which a prefix that is not declared has
// its meaning of outer.
func read(data []byte, outer map[string]string) (*node, error) {
	top := &node{kind: document}
	for prefix, space := range outer {
		top.spaces = append(top.spaces, &node{kind: namespace, name: name{local: prefix}, value: space, parent: top})
	}
	r := &reader{scanner: xml.NewScanner(data), open: top, outer: outer}
	for {
		token, err := r.scanner.Next()
		if err == io.EOF {
			return top, r.ended(top)
		}
		if err == nil {
			err = r.take(token)
		}
		if err != nil {
			return nil, unreadable(err)
		}
	}
}

func (r *reader) ended(top *node) error {
	if r.open != top || top.root() == nil {
		return malformed(invalidFormat, "", "The XML ends too early, or there is none.")
	}
	return nil
}

func (r *reader) take(token stdxml.Token) error {
	if t, is := token.(stdxml.CharData); is {
		return r.characters(string(t))
	}
	r.flush()
	switch t := token.(type) {
	case stdxml.StartElement:
		return r.start(t)
	case stdxml.EndElement:
		return r.end(t)
	case stdxml.Comment:
		return r.add(&node{kind: comment, value: string(t)})
	case stdxml.ProcInst:
		if strings.EqualFold(t.Target, "xml") {
			return nil
		}
		return r.add(&node{kind: instruction, name: name{local: t.Target}, value: string(t.Inst)})
	}
	return nil
}

func (r *reader) characters(s string) error {
	if r.open.kind != document {
		r.text.WriteString(s)
	} else if !blank(s) {
		return malformed(invalidFormat, "", "There is text outside of the root element.")
	}
	return nil
}

// flush makes a node of the text that came, of which a document can send several
// pieces one after the other.
func (r *reader) flush() {
	if r.text.Len() > 0 {
		r.open.kids = append(r.open.kids, &node{kind: text, value: r.text.String(), parent: r.open})
		r.text.Reset()
		r.nodes++
	}
}

func (r *reader) add(n *node) error {
	if r.nodes++; r.nodes > fhir.MaxNodes {
		return issue.Newf(issue.TooLarge, "", "The XML holds more than %d nodes; send less at a time.", fhir.MaxNodes)
	}
	n.parent = r.open
	r.open.kids = append(r.open.kids, n)
	return nil
}

func (r *reader) start(t stdxml.StartElement) error {
	n := &node{kind: element, name: name{prefix: t.Name.Space, local: t.Name.Local}, start: r.scanner.Start()}
	switch {
	case r.open.kind == document && r.open.root() != nil:
		return malformed(invalidFormat, "", "There is more after the end of the root element.")
	case r.depth >= maxDepth:
		return issue.Newf(issue.TooLarge, "", "The XML nests deeper than %d elements.", maxDepth)
	}
	if err := r.add(n); err != nil {
		return err
	}
	r.open, r.depth, r.nodes = n, r.depth+1, r.nodes+len(t.Attr)
	return n.setTag(t.Attr)
}

// setTag reads the attributes of a tag and finds the namespaces of its names.
func (n *node) setTag(all []stdxml.Attr) error {
	for _, a := range all {
		switch {
		case a.Name.Space == "xmlns":
			if err := declarable(a.Name.Local, a.Value); err != nil {
				return err
			}
			n.spaces = append(n.spaces, &node{kind: namespace, name: name{local: a.Name.Local}, value: a.Value, parent: n})
		case a.Name.Space == "" && a.Name.Local == "xmlns":
			n.spaces = append(n.spaces, &node{kind: namespace, value: a.Value, parent: n})
		default:
			n.attributes = append(n.attributes, &node{kind: attribute, name: name{prefix: a.Name.Space, local: a.Name.Local}, value: a.Value, parent: n})
		}
	}
	var err error
	if n.name, err = n.resolved(n.name, true); err != nil {
		return err
	}
	return n.nameAttributes()
}

func (n *node) nameAttributes() error {
	for i, a := range n.attributes {
		full, err := n.resolved(a.name, false)
		if err != nil {
			return err
		}
		if find(n.attributes[:i], full) != nil {
			return malformed(invalidFormat, "", "An attribute stands twice in the same tag.")
		}
		a.name = full
	}
	return nil
}

// resolved is a name with its namespace. The default one is for elements only.
func (n *node) resolved(written name, isElement bool) (name, error) {
	if written.prefix == "" && !isElement {
		return written, nil
	}
	space, declared := n.resolve(written.prefix)
	if !declared || written.prefix == "xmlns" {
		return written, malformed(invalidPrefix, "", "A prefix has no namespace; declare it.")
	}
	written.space = space
	return written, nil
}

// declarable tells why a prefix can't stand for a namespace
// (https://www.w3.org/TR/xml-names/#ns-decl).
func declarable(prefix, space string) error {
	switch {
	case prefix == "xml" || prefix == "xmlns" || prefix != "" && !isNCName(prefix):
		return malformed(invalidPrefix, "", "This prefix can't be declared.")
	case space == "" || space == xmlSpace || space == xmlnsSpace || strings.ContainsAny(space, " \t\r\n<>\""):
		return malformed(invalidURI, "", "This can't be the URI of a namespace.")
	}
	return nil
}

func (r *reader) end(t stdxml.EndElement) error {
	n := r.open
	if n.kind != element || n.name.prefix != t.Name.Space || n.name.local != t.Name.Local {
		return malformed(invalidFormat, "", "A tag ends what is not open.")
	}
	n.written = r.scanner.Written(n.start)
	r.open, r.depth = n.parent, r.depth-1
	return nil
}
