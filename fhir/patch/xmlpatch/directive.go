package xmlpatch

import (
	"fmt"
	"slices"
	"strings"

	"tahto/fhir/issue"
)

// directive is an operation of a patch (RFC 5261, section 4).
type directive struct {
	operation string
	sel       expression
	pos       string
	ws        string
	// what type says is added: an attribute or a declaration; the name of none
	// is empty.
	kind    kind
	name    name
	content *node // the element of the operation, whose kids are the content
}

// allowed are the attributes of each operation with the values that they may
// have; nil where any is read elsewhere.
var allowed = map[string]map[string][]string{
	"add":     {"sel": nil, "type": nil, "pos": {"prepend", "before", "after"}},
	"replace": {"sel": nil},
	"remove":  {"sel": nil, "ws": {"before", "after", "both"}},
}

// readPatch reads all operations before any is done.
func readPatch(patch []byte, prefixes map[string]string) ([]directive, error) {
	top, err := read(patch, prefixes)
	if err != nil {
		return nil, err
	}
	root := top.root()
	if root.name.local != "diff" && root.name.local != "patch" {
		return nil, malformed(invalidFormat, "", "The root of an XML Patch is named diff, or patch.")
	}
	var all []directive
	for _, kid := range root.kids {
		if kid.kind == text && !blank(kid.value) {
			return nil, malformed(invalidFormat, "", "There is text between the operations.")
		}
		if kid.kind != element {
			continue
		}
		if len(all) == MaxOperations {
			return nil, issue.Newf(issue.TooLarge, "", "A patch has at most %d operations; send fewer at a time.", MaxOperations)
		}
		d, err := readDirective(kid)
		if err != nil {
			return nil, issue.Under(fmt.Sprintf("[%d]", len(all)), err)
		}
		all = append(all, d)
	}
	if len(all) == 0 {
		return nil, malformed(invalidFormat, "", "The patch has no operation.")
	}
	return all, nil
}

func readDirective(n *node) (directive, error) {
	d := directive{operation: n.name.local, content: n}
	attributes, known := allowed[d.operation]
	if !known {
		return d, malformed(invalidDirective, "", "An operation is add, replace or remove.")
	}
	for _, a := range n.attributes {
		if a.name.space != "" {
			continue
		}
		values, known := attributes[a.name.local]
		if !known {
			return d, malformed(invalidFormat, "", "The operation "+d.operation+" has an attribute that RFC 5261 does not give it.")
		}
		if values != nil && !slices.Contains(values, a.value) {
			return d, malformed(invalidAttribute, a.name.local, "This attribute is one of: "+strings.Join(values, ", ")+".")
		}
	}
	return d, d.read()
}

// read reads the attributes, whose names are known to be right.
func (d *directive) read() error {
	sel := find(d.content.attributes, name{local: "sel"})
	if sel == nil {
		return malformed(invalidFormat, "sel", "The operation "+d.operation+" needs the attribute sel, the path of a node.")
	}
	var err error
	if d.sel, err = compile(sel.value, d.content); err != nil {
		return err
	}
	d.pos, d.ws = d.get("pos"), d.get("ws")
	if d.operation == "remove" && !d.hasOnly() {
		return malformed(invalidDirective, "", "The operation remove has no content.")
	}
	if add := find(d.content.attributes, name{local: "type"}); add != nil {
		return d.readType(add.value)
	}
	return nil
}

func (d *directive) get(attribute string) string {
	if a := find(d.content.attributes, name{local: attribute}); a != nil {
		return a.value
	}
	return ""
}

// readType reads @name or namespace::prefix.
func (d *directive) readType(value string) error {
	if d.pos != "" {
		return malformed(invalidAttribute, "pos", "What type adds has no position; leave pos out.")
	}
	if !d.hasOnly(text) {
		return malformed(invalidTypes, "", "What type adds has a text for its value, and nothing else.")
	}
	if prefix, is := strings.CutPrefix(value, "namespace::"); is {
		if prefix == "" {
			return malformed(invalidPrefix, "type", "The default namespace can't be declared by a patch; give a prefix.")
		}
		d.kind, d.name = namespace, name{local: prefix}
		return declarable(prefix, d.text())
	}
	qualified, is := strings.CutPrefix(value, "@")
	prefix, local, both := strings.Cut(qualified, ":")
	if !both {
		prefix, local = "", qualified
	}
	if !is || !isNCName(local) || both && !isNCName(prefix) || qualified == "xmlns" {
		return malformed(invalidAttribute, "type", "The type is @ with the name of an attribute, or namespace:: with a prefix.")
	}
	return d.readAttribute(prefix, local)
}

func (d *directive) readAttribute(prefix, local string) error {
	full, err := d.content.resolved(name{prefix: prefix, local: local}, false)
	if err != nil {
		return issue.Under("type", err)
	}
	if full.space == xmlSpace && local == "id" {
		return malformed(unsupportedXMLID, "type", "The attribute xml:id is not supported.")
	}
	d.kind, d.name = attribute, full
	return nil
}

// hasOnly tells whether the content is of some kinds only, white space aside.
func (d *directive) hasOnly(kinds ...kind) bool {
	for _, kid := range d.content.kids {
		if !slices.Contains(kinds, kid.kind) && !(kid.kind == text && blank(kid.value)) {
			return false
		}
	}
	return true
}

// text is the text of the content.
func (d *directive) text() string {
	var all strings.Builder
	for _, kid := range d.content.kids {
		if kid.kind == text {
			all.WriteString(kid.value)
		}
	}
	return all.String()
}
