package fhir

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"tahto/fhir/issue"
)

// MaxDepth is how deep objects and arrays may nest in a body. FHIR itself
// needs far less; the bound keeps every walk over a tree shallow.
const MaxDepth = 64

// MaxNodes is how many values a body may hold. The largest that is of use, a
// thousand Consents with their Provenances, has some hundred thousand; a hostile
// one of small numbers would take hundreds of times its size in memory.
const MaxNodes = 400_000

// Parse reads a resource from JSON. A fault is an [issue.Error] of kind
// Invalid that tells line, column and, where one is known, the path of the
// element. The result keeps no reference to data.
func Parse(data []byte) (*Resource, error) {
	root, err := parse(data)
	if err != nil {
		return nil, err
	}
	if err := checkType(root); err != nil {
		return nil, err
	}
	return &Resource{root: root}, nil
}

func checkType(root *node) error {
	if root.kind != Object {
		return issue.Newf(issue.Invalid, "", "A resource is a JSON object, but the body is: %s.", root.kind).Coded(issue.CodeStructure)
	}
	resourceType := root.member("resourceType")
	if resourceType == nil || resourceType.kind != String || resourceType.text == "" {
		return issue.New(issue.Invalid, "resourceType", "The resource does not say what it is: resourceType is missing or not a string.").Coded(issue.CodeStructure)
	}
	return nil
}

func parse(data []byte) (*node, error) {
	p := parsers.Get().(*parser)
	defer p.release()
	p.src, p.nodes = string(data), 0
	p.slab = make([]child, 0, len(data)/bytesPerChild+8)
	p.in = *bytes.NewBuffer(data)
	p.dec.Reset(&p.in, jsontext.AllowDuplicateNames(true))
	var root node
	if err := p.value(&root); err != nil {
		return nil, err
	}
	if _, err := p.dec.ReadToken(); !errors.Is(err, io.EOF) {
		return nil, p.fault("There is more after the end of the resource.")
	}
	return &root, nil
}

// bytesPerChild is about how much JSON makes a member or an item, so that most
// bodies fit in one slab.
const bytesPerChild = 20

// parsers are reused, with the room of their stacks and decoders.
var parsers = sync.Pool{New: func() any {
	p := &parser{}
	p.dec = jsontext.NewDecoder(&p.in)
	return p
}}

// keptStack is the largest stack that is kept for another body.
const keptStack = 4096

// release lets go of the body, which may hold personal data, and gives the
// parser back.
func (p *parser) release() {
	if cap(p.stack) > keptStack {
		p.stack = nil
	}
	clear(p.stack[:cap(p.stack)])
	p.src, p.slab, p.stack = "", nil, p.stack[:0]
	p.in = bytes.Buffer{}
	p.dec.Reset(&p.in)
	parsers.Put(p)
}

// parser builds nodes from the decoder's tokens. Strings without escapes are
// slices of src, and finished objects and arrays are packed into slabs, so that
// a resource costs a handful of allocations.
type parser struct {
	src   string
	in    bytes.Buffer
	dec   *jsontext.Decoder
	stack []child
	slab  []child
	nodes int
}

func (p *parser) value(n *node) error {
	if p.nodes++; p.nodes > MaxNodes {
		return issue.Newf(issue.TooLarge, "", "The body holds more than %d values; send less at a time.", MaxNodes)
	}
	switch p.dec.PeekKind() {
	case '{':
		return p.nested(n, Object, p.members)
	case '[':
		return p.nested(n, Array, p.items)
	}
	return p.scalar(n)
}

func (p *parser) scalar(n *node) error {
	raw, err := p.dec.ReadValue()
	if err != nil {
		return p.syntax(err)
	}
	end := int(p.dec.InputOffset())
	written := p.src[end-len(raw) : end]
	switch raw.Kind() {
	case 'n':
		n.kind = Null
	case 't', 'f':
		n.kind, n.text = Bool, written
	case '0':
		n.kind, n.text = Number, written
	default:
		n.kind, n.text = String, unquote(written)
		if len(n.text) != len(written)-2 && strings.ContainsFunc(n.text, forbidden) {
			return p.fault("A string holds a control character; FHIR allows tab, line feed and carriage return only.")
		}
	}
	return nil
}

// forbidden are the characters that no string of FHIR holds
// (https://hl7.org/fhir/R4/datatypes.html#string). They can only come as
// escapes: as they are, JSON does not take them.
func forbidden(c rune) bool { return c < ' ' && c != '\t' && c != '\n' && c != '\r' }

func unquote(written string) string {
	if strings.IndexByte(written, '\\') < 0 {
		return written[1 : len(written)-1]
	}
	plain, err := jsontext.AppendUnquote(nil, written)
	if err != nil { // the decoder has just accepted it
		return ""
	}
	return string(plain)
}

func (p *parser) nested(n *node, kind Kind, fill func() error) error {
	if _, err := p.dec.ReadToken(); err != nil {
		return p.syntax(err)
	}
	if p.dec.StackDepth() > MaxDepth {
		return p.fault("The body nests too deep; at most 64 objects and arrays may stand in each other.")
	}
	start := len(p.stack)
	if err := fill(); err != nil {
		return err
	}
	if _, err := p.dec.ReadToken(); err != nil {
		return p.syntax(err)
	}
	n.kind, n.kids = kind, p.pack(p.stack[start:])
	p.stack = p.stack[:start]
	return nil
}

// pack moves finished children out of the stack into a slab.
func (p *parser) pack(kids []child) []child {
	if cap(p.slab)-len(p.slab) < len(kids) {
		p.slab = make([]child, 0, max(cap(p.slab)/2, len(kids)))
	}
	from := len(p.slab)
	p.slab = append(p.slab, kids...)
	return p.slab[from:len(p.slab):len(p.slab)]
}

func (p *parser) members() error {
	start := len(p.stack)
	var many map[string]struct{}
	for p.dec.PeekKind() != '}' {
		var name node
		if err := p.scalar(&name); err != nil {
			return err
		}
		if many == nil && len(p.stack)-start >= manyMembers {
			many = p.names(start)
		}
		if p.seen(start, many, name.text) {
			return p.fault("A member stands twice in the same object.")
		}
		at := len(p.stack)
		p.stack = append(p.stack, child{name: name.text})
		var value node
		if err := p.value(&value); err != nil {
			return err
		}
		p.stack[at].node = value
	}
	return nil
}

// manyMembers is the size from which names are looked up in a map: walking a
// list would make a hostile object quadratic.
const manyMembers = 32

func (p *parser) names(start int) map[string]struct{} {
	names := make(map[string]struct{}, 2*manyMembers)
	for _, member := range p.stack[start:] {
		names[member.name] = struct{}{}
	}
	return names
}

// seen tells whether the object that began at start has the name already, and
// notes the name if the object is a large one.
func (p *parser) seen(start int, many map[string]struct{}, name string) bool {
	if many != nil {
		_, found := many[name]
		many[name] = struct{}{}
		return found
	}
	for i := start; i < len(p.stack); i++ {
		if p.stack[i].name == name {
			return true
		}
	}
	return false
}

func (p *parser) items() error {
	for p.dec.PeekKind() != ']' {
		at := len(p.stack)
		p.stack = append(p.stack, child{})
		var value node
		if err := p.value(&value); err != nil {
			return err
		}
		p.stack[at].node = value
	}
	return nil
}

// syntax turns the decoder's fault into words without quoting the body, which
// may hold personal data.
func (p *parser) syntax(err error) error {
	what := "This is not valid JSON."
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		what = "The JSON ends too early."
	case !utf8.ValidString(p.src):
		what = "The body is not valid UTF-8."
	}
	at := p.dec.InputOffset()
	if fault, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		at = fault.ByteOffset
	}
	return p.at(at, what)
}

func (p *parser) fault(what string) error { return p.at(p.dec.InputOffset(), what) }

func (p *parser) at(offset int64, what string) *issue.Error {
	before := p.src[:min(int(offset), len(p.src))]
	line := 1 + strings.Count(before, "\n")
	column := 1 + utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])
	return issue.Newf(issue.Invalid, p.expression(), "%s (line %d, column %d)", what, line, column).Coded(issue.CodeStructure)
}

// expression turns the decoder's JSON pointer, /name/0/given, into the FHIRPath
// name[0].given. Only names that look like FHIR elements are told: anything
// else is the client's own text.
func (p *parser) expression() string {
	var path strings.Builder
	for token := range p.dec.StackPointer().Tokens() {
		switch {
		case strings.Trim(token, "0123456789") == "":
			path.WriteString("[" + token + "]")
		case !isName(token):
			return path.String()
		default:
			if path.Len() > 0 {
				path.WriteByte('.')
			}
			path.WriteString(token)
		}
	}
	return path.String()
}

func isName(s string) bool {
	for i := range len(s) {
		c := s[i] | 0x20
		if (c < 'a' || c > 'z') && s[i] != '_' && (i == 0 || s[i] < '0' || s[i] > '9') {
			return false
		}
	}
	return s != "" && len(s) <= 64
}
