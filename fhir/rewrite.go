package fhir

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// MapReferences rewrites the string of every Reference.reference in the
// resource, contained resources included, by f. It is how a Bundle's urn:uuid
// references become real (https://hl7.org/fhir/R4/http.html#trules). If f
// changes nothing the same resource comes back.
func (r *Resource) MapReferences(f func(reference string) string) *Resource {
	return r.mapStrings(func(name, text string) string {
		if name != "reference" {
			return text
		}
		return f(text)
	})
}

// MapLinks rewrites by f what else can name another entry of a transaction
// (https://hl7.org/fhir/R4/http.html#trules): elements of type uri, url, oid
// and uuid whose value is a urn, and href and src in the narrative. The value
// of an Identifier is no such element: a urn there is the name of something in
// the world.
func (r *Resource) MapLinks(f func(urn string) string) *Resource {
	return r.mapStrings(func(name, text string) string {
		switch {
		case name == "div":
			return mapNarrative(text, f)
		case name == "reference", name == "value", !strings.HasPrefix(text, "urn:"):
			return text
		}
		return f(text)
	})
}

// narrativeLink is a link in XHTML: what comes before the urn, and the urn.
var narrativeLink = regexp.MustCompile(`((?:href|src)\s*=\s*["'])(urn:[^"']*)`)

func mapNarrative(div string, f func(string) string) string {
	if !strings.Contains(div, "urn:") {
		return div
	}
	return narrativeLink.ReplaceAllStringFunc(div, func(link string) string {
		parts := narrativeLink.FindStringSubmatch(link)
		return parts[1] + f(parts[2])
	})
}

func (r *Resource) mapStrings(f func(name, text string) string) *Resource {
	root, changed := mapStrings(r.tree(), "", f)
	if !changed {
		return r
	}
	return fixed(root)
}

// mapStrings copies only the path to a changed string. The items of an array
// go by the name of the array.
func mapStrings(n *node, name string, f func(name, text string) string) (*node, bool) {
	if n.kind == String {
		if to := f(name, n.text); to != n.text {
			return text(to), true
		}
		return n, false
	}
	var copied *node
	for i := range n.kids {
		of := n.kids[i].name
		if n.kind == Array {
			of = name
		}
		kid, changed := mapStrings(&n.kids[i].node, of, f)
		if !changed {
			continue
		}
		if copied == nil {
			copied = &node{kind: n.kind, text: n.text, kids: slices.Clone(n.kids)}
		}
		copied.kids[i].node = *kid
	}
	if copied == nil {
		return n, false
	}
	return copied, true
}

// ReferencePath is the FHIRPath of the first Reference.reference with that
// text, such as Provenance.target[0].reference; the type alone if there is none.
func (r *Resource) ReferencePath(reference string) string {
	if path := referencePath(r.tree(), r.Type(), "", reference); path != "" {
		return path
	}
	return r.Type()
}

func referencePath(n *node, path, name, reference string) string {
	if n.kind == String && name == "reference" && n.text == reference {
		return path
	}
	for i := range n.kids {
		of, place := n.kids[i].name, path+"."+n.kids[i].name
		if n.kind == Array {
			of, place = name, path+"["+strconv.Itoa(i)+"]"
		}
		if found := referencePath(&n.kids[i].node, place, of, reference); found != "" {
			return found
		}
	}
	return ""
}
