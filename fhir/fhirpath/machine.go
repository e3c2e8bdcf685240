package fhirpath

import (
	"sync"
)

// tri is a truth value of FHIRPath's three-valued logic; unknown is the empty
// collection (http://hl7.org/fhirpath/N1/#boolean-logic).
type tri uint8

const (
	unknown tri = iota
	no
	yes
)

func truthOf(b bool) tri {
	if b {
		return yes
	}
	return no
}

func (t tri) not() tri {
	switch t {
	case yes:
		return no
	case no:
		return yes
	}
	return unknown
}

// The bounds of one evaluation.
const (
	maxSteps = 4_000_000 // items pushed, compared or visited
	maxItems = 500_000   // items held at once
	maxText  = 1 << 20   // bytes of one text that is built
)

// What is looked through quickly counts as a step only so often: members of an
// object, bytes of a text that are compared, and bytes that are worked through.
const (
	cheap     = 8
	cheapText = 256
	eachText  = 16
)

// maxName bounds the names in a resource that are looked up in the model. R4's
// longest has some 60 bytes; a hostile one could have a million.
const maxName = 128

// machine evaluates one expression once. Items are pushed onto one stack; a part
// of the expression leaves its items on top of what was there, and whoever asked
// for them knows where they begin. Nothing is allocated per item.
type machine struct {
	stack []Value
	this  Value
	index int
	total Collection
	model Model
	in    Input
	steps int
}

// machines are reused with their stacks.
var machines = sync.Pool{New: func() any { return &machine{stack: make([]Value, 0, fewItems)} }}

// fewItems are as many as most evaluations hold.
const fewItems = 32

// keptItems is the largest stack that is kept for another evaluation.
const keptItems = 2048

// start takes a machine for one evaluation.
func (e *Expression) start(in *Input) *machine {
	m := machines.Get().(*machine)
	m.model, m.in = e.model, *in
	m.this = m.in.Focus.value()
	if m.in.Spent != nil {
		m.steps = *m.in.Spent
	}
	return m
}

// resource is %resource.
func (m *machine) resource() Node {
	if m.in.Resource.Exists() {
		return m.in.Resource
	}
	return m.in.Focus
}

// root is %rootResource.
func (m *machine) root() Node {
	if m.in.Root.Exists() {
		return m.in.Root
	}
	return m.resource()
}

// release lets go of the input, which may be personal, and gives the machine back.
func (m *machine) release() {
	if m.in.Spent != nil {
		*m.in.Spent = m.steps
	}
	stack := m.stack[:0]
	if cap(stack) > keptItems {
		stack = make([]Value, 0, fewItems)
	} else {
		clear(stack[:min(m.steps, cap(stack))]) // every push is a step
	}
	m.stack, m.this, m.total, m.model, m.in = stack, Value{}, nil, nil, Input{}
	m.index, m.steps = 0, 0
	machines.Put(m)
}

// result copies the items out, with their types.
func (m *machine) result() Collection {
	if len(m.stack) == 0 {
		return nil
	}
	out := make(Collection, len(m.stack))
	for i, v := range m.stack {
		out[i] = m.typed(v)
	}
	return out
}

// eval pushes the items of an expression, within what it may cost.
func (m *machine) eval(e expr) error {
	if m.steps++; m.steps > maxSteps || len(m.stack) > maxItems {
		return tooCostly(e.position())
	}
	return e.eval(m)
}

// spend counts work that pushes nothing.
func (m *machine) spend(steps int, at expr) error {
	if m.steps += steps; m.steps > maxSteps {
		return tooCostly(at.position())
	}
	return nil
}

// bounded tells whether what was pushed since the last look is too much.
func (m *machine) bounded(at expr) error {
	if len(m.stack) > maxItems {
		return tooCostly(at.position())
	}
	return m.spend(0, at)
}

func (m *machine) push(v Value) {
	m.steps++
	m.stack = append(m.stack, v)
}

func (m *machine) pushTruth(t tri) {
	if t != unknown {
		m.push(BooleanValue(t == yes))
	}
}

// drop takes the items from base to mid away from below those on top.
func (m *machine) drop(base, mid int) {
	n := copy(m.stack[base:], m.stack[mid:])
	m.stack = m.stack[:base+n]
}

// input pushes what a step or a function is applied to.
func (m *machine) input(in expr) error {
	if in != nil {
		return m.eval(in)
	}
	if m.this.kind != kindNone {
		m.push(m.this)
	}
	return nil
}

// one is the single item of an expression; the zero Value if it has none.
func (m *machine) one(e expr, in bool) (Value, error) {
	base := len(m.stack)
	var err error
	if in && e == nil {
		return m.this, nil
	}
	if err = m.eval(e); err != nil {
		return Value{}, err
	}
	top := m.stack[base:]
	m.stack = m.stack[:base]
	switch len(top) {
	case 0:
		return Value{}, nil
	case 1:
		return top[0], nil
	}
	return Value{}, faultf(e.position(), "one item is expected here, but there are %d", len(top))
}

// subject is the single item that a function is applied to.
func (m *machine) subject(c *call) (Value, error) { return m.one(c.in, true) }

// argument is the single item of an argument.
func (m *machine) argument(c *call, i int) (Value, error) {
	if i >= len(c.args) {
		return Value{}, nil
	}
	return m.one(c.args[i], false)
}

// truth is the truth value of an expression that stands where a boolean is
// expected (http://hl7.org/fhirpath/N1/#singleton-evaluation-of-collections).
func (m *machine) truth(e expr) (tri, error) {
	if t, is := e.(truther); is {
		if err := m.spend(1, e); err != nil {
			return unknown, err
		}
		return t.truth(m)
	}
	base := len(m.stack)
	if err := m.eval(e); err != nil {
		return unknown, err
	}
	return m.popTruth(base, e)
}

// popTruth takes the items from base on as a truth value: one item that is no
// boolean is true, as something is there.
func (m *machine) popTruth(base int, e expr) (tri, error) {
	top := m.stack[base:]
	m.stack = m.stack[:base]
	switch len(top) {
	case 0:
		return unknown, nil
	case 1:
		return m.itemTruth(top[0]), nil
	}
	return unknown, faultf(e.position(), "one boolean is expected here, but there are %d items", len(top))
}

func (m *machine) itemTruth(v Value) tri {
	s := m.system(v)
	switch {
	case s.kind == kindBoolean:
		return truthOf(s.number == 1)
	case v.kind == kindNode && !v.hasValue() && m.typed(v).text == "boolean":
		return unknown // only extensions say something
	}
	return yes
}

// holds tells whether the result makes an invariant true.
func (m *machine) holds() (bool, error) {
	for _, v := range m.stack {
		if t := m.itemTruth(v); len(m.stack) == 1 {
			return t == yes, nil
		}
		if m.system(v).kind == kindBoolean {
			return false, faultf(0, "an invariant gives one boolean, but there are %d items", len(m.stack))
		}
	}
	return len(m.stack) > 0, nil
}

// scope is what a function changes while it looks at the items of its input.
type scope struct {
	this  Value
	index int
}

func (m *machine) enter() scope { return scope{m.this, m.index} }

func (m *machine) leave(s scope) { m.this, m.index = s.this, s.index }
