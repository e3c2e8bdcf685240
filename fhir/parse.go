package fhir

import (
	"strings"
	"sync"
	"unicode/utf8"

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

func parse(data []byte) (*node, error) { return parseUpTo(MaxNodes, data) }

// stampNodes is how many values a resource has more when it is stored: id, meta
// with its members, and a tag. What was taken must be readable again.
const stampNodes = 16

// parseStored reads what this program wrote.
func parseStored(data []byte) (*node, error) { return parseUpTo(MaxNodes+stampNodes, data) }

func parseUpTo(most int, data []byte) (*node, error) {
	p := parsers.Get().(*parser)
	defer p.release()
	p.most = most
	p.src = string(data)
	p.slab = make([]child, 0, len(data)/bytesPerChild+8)
	if !utf8.ValidString(p.src) {
		p.at = validPrefix(p.src)
		return nil, p.fault("The body is not valid UTF-8.")
	}
	var root node
	if err := p.value(&root); err != nil {
		return nil, err
	}
	if p.next(); p.at < len(p.src) {
		return nil, p.fault("There is more after the end of the resource.")
	}
	return &root, nil
}

// validPrefix is how many bytes are valid UTF-8.
func validPrefix(s string) int {
	for i, c := range s {
		if c == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD") {
			return i
		}
	}
	return len(s)
}

// bytesPerChild is about how much JSON makes a member or an item, so that most
// bodies fit in one slab.
const bytesPerChild = 20

// parsers are reused, with the room of their stacks.
var parsers = sync.Pool{New: func() any { return &parser{} }}

// keptStack is the largest stack that is kept for another body.
const keptStack = 4096

// release lets go of the body, which may hold personal data, and gives the
// parser back.
func (p *parser) release() {
	stack := p.stack[:cap(p.stack)]
	if len(stack) > keptStack {
		stack = nil
	}
	clear(stack)
	clear(p.places[:cap(p.places)])
	*p = parser{stack: stack[:0], places: p.places[:0]}
	parsers.Put(p)
}

// parser reads JSON (RFC 8259) in one pass. Strings without escapes are slices
// of src, and finished objects and arrays are packed into slabs, so that a
// resource costs a handful of allocations.
type parser struct {
	src    string
	at     int // the next byte to read
	stack  []child
	slab   []child
	places []place // the objects and arrays that are open
	nodes  int
	most   int // values
}

// place is where in an open array or object the parser is: at an item, or at a
// member, which has no name between two of them.
type place struct {
	array bool
	index int
	name  string
}

func (p *parser) value(n *node) error {
	if p.nodes++; p.nodes > p.most {
		return issue.Newf(issue.TooLarge, "", "The body holds more than %d values; send less at a time.", MaxNodes)
	}
	switch c := p.next(); {
	case c == '"':
		return p.quoted(n)
	case c == '{':
		return p.nested(n, Object, p.members)
	case c == '[':
		return p.nested(n, Array, p.items)
	case c == '-' || isDigit(c):
		return p.number(n)
	}
	return p.literal(n)
}

func (p *parser) nested(n *node, kind Kind, fill func() error) error {
	p.at++
	if len(p.places) == MaxDepth {
		return p.fault("The body nests too deep; at most 64 objects and arrays may stand in each other.")
	}
	start := len(p.stack)
	p.places = append(p.places, place{array: kind == Array})
	if err := fill(); err != nil {
		return err
	}
	p.at++
	p.places = p.places[:len(p.places)-1]
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

// members reads an object up to its bracket.
func (p *parser) members() error {
	start := len(p.stack)
	open := len(p.places) - 1
	var many map[string]struct{}
	for c := p.next(); c != '}'; {
		name, err := p.name()
		if err != nil {
			return err
		}
		p.places[open].name = name
		if many == nil && len(p.stack)-start >= manyMembers {
			many = p.names(start)
		}
		if p.seen(start, many, name) {
			return p.fault("A member stands twice in the same object.")
		}
		at := len(p.stack)
		p.stack = append(p.stack, child{name: name})
		var value node
		if err := p.value(&value); err != nil {
			return err
		}
		p.stack[at].node = value
		p.places[open].name = ""
		if c, err = p.more('}'); err != nil {
			return err
		}
	}
	return nil
}

// name reads a member's name and the colon after it.
func (p *parser) name() (string, error) {
	if p.next() != '"' {
		return "", p.syntax()
	}
	var name node
	if err := p.quoted(&name); err != nil {
		return "", err
	}
	if p.next() != ':' {
		return "", p.syntax()
	}
	p.at++
	return name.text, nil
}

// more reads the comma before the next member or item. It gives the closing
// bracket, unread, if there is none.
func (p *parser) more(bracket byte) (byte, error) {
	switch c := p.next(); c {
	case bracket:
		return c, nil
	case ',':
		p.at++
		if c = p.next(); c != bracket {
			return c, nil
		}
	}
	return 0, p.syntax()
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

// items reads an array up to its bracket.
func (p *parser) items() error {
	open := len(p.places) - 1
	for c := p.next(); c != ']'; p.places[open].index++ {
		at := len(p.stack)
		p.stack = append(p.stack, child{})
		var value node
		err := p.value(&value)
		if err != nil {
			return err
		}
		p.stack[at].node = value
		if c, err = p.more(']'); err != nil {
			return err
		}
	}
	return nil
}
