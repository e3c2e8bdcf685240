package xmlpatch

import (
	"slices"
	"strconv"

	"tahto/fhir/xml"
)

// writer writes a document. A name is written with a prefix that stands for its
// namespace where it is; if there is none, one is declared.
type writer struct {
	out   []byte
	scope []binding // the declarations that are open, the innermost last
}

type binding struct{ prefix, space string }

func write(top *node) []byte {
	w := &writer{scope: []binding{{"xml", xmlSpace}}}
	for _, kid := range top.kids {
		w.node(kid)
	}
	return w.out
}

// node writes one. What nobody changed is copied as it was written: a narrative
// would else come back with other quotes.
func (w *writer) node(n *node) {
	switch n.kind {
	case element:
		if n.written != nil {
			w.out = append(w.out, n.written...)
			return
		}
		w.element(n)
	case text:
		w.out = xml.AppendText(w.out, n.value)
	case comment:
		w.out = append(append(append(w.out, "<!--"...), n.value...), "-->"...)
	case instruction:
		w.out = append(append(w.out, "<?"...), n.name.local...)
		if n.value != "" {
			w.out = append(append(w.out, ' '), n.value...)
		}
		w.out = append(w.out, "?>"...)
	}
}

func (w *writer) element(n *node) {
	outside := len(w.scope)
	for _, d := range n.spaces {
		w.scope = append(w.scope, binding{d.name.local, d.value})
	}
	tag := w.written(n.name, true, outside)
	w.out = append(append(w.out, '<'), tag...)
	names := make([]string, len(n.attributes))
	for i, a := range n.attributes {
		names[i] = w.written(a.name, false, outside)
	}
	for _, b := range w.scope[outside:] {
		w.attribute(join("xmlns", b.prefix), b.space)
	}
	for i, a := range n.attributes {
		w.attribute(names[i], a.value)
	}
	w.content(n, tag)
	w.scope = w.scope[:outside]
}

func (w *writer) content(n *node, tag string) {
	if len(n.kids) == 0 {
		w.out = append(w.out, "/>"...)
		return
	}
	w.out = append(w.out, '>')
	for _, kid := range n.kids {
		w.node(kid)
	}
	w.out = append(append(append(w.out, "</"...), tag...), '>')
}

func (w *writer) attribute(name, value string) {
	w.out = append(append(append(w.out, ' '), name...), `="`...)
	w.out = append(xml.AppendValue(w.out, value), '"')
}

// written is a name with a prefix for its namespace.
func (w *writer) written(n name, isElement bool, outside int) string {
	if n.space == "" {
		if isElement && w.meaning("") != "" {
			w.scope = append(w.scope, binding{})
		}
		return n.local
	}
	prefix, found := w.prefix(n, isElement)
	if !found {
		prefix = w.free(n.prefix, isElement, outside)
		w.scope = append(w.scope, binding{prefix, n.space})
	}
	if prefix == "" {
		return n.local
	}
	return prefix + ":" + n.local
}

// prefix finds one that stands for the namespace of a name, its own first.
func (w *writer) prefix(n name, isElement bool) (string, bool) {
	if (isElement || n.prefix != "") && w.meaning(n.prefix) == n.space {
		return n.prefix, true
	}
	for _, b := range slices.Backward(w.scope) {
		if b.space == n.space && (isElement || b.prefix != "") && w.meaning(b.prefix) == n.space {
			return b.prefix, true
		}
	}
	return "", false
}

func (w *writer) meaning(prefix string) string {
	for _, b := range slices.Backward(w.scope) {
		if b.prefix == prefix {
			return b.space
		}
	}
	return ""
}

// free is a prefix for a declaration in the open tag, the wanted one if it can
// be. For an attribute it is new, since what is in its element may be copied as
// it was written, with the prefixes of outside. An element that needs one is of
// the patch, with all that is in it.
func (w *writer) free(wanted string, isElement bool, outside int) string {
	if !isElement {
		outside = 0
	}
	for i := 0; ; i++ {
		taken := func(b binding) bool { return b.prefix == wanted }
		if (wanted != "" || isElement) && !slices.ContainsFunc(w.scope[outside:], taken) {
			return wanted
		}
		wanted = "ns" + strconv.Itoa(i)
	}
}

func join(first, second string) string {
	if second == "" {
		return first
	}
	return first + ":" + second
}
