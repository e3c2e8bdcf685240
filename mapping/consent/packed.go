package consent

import (
	"encoding/binary"
	"time"
)

// Packed are statements in a form that takes a third of their memory and holds
// no pointers, so that hundreds of thousands can be kept without work for the
// collector. It is for memory only: another version of the program may pack
// otherwise. A Packed is immutable, and the zero one holds none.
type Packed string

// Pack packs statements. [Packed.Unpack] gives them back equal, with times in
// UTC.
func Pack(statements []Statement) Packed {
	c := coder{writing: true, buf: make([]byte, 0, 128*len(statements)+1)}
	list(&c, &statements, c.statement)
	return Packed(c.buf)
}

// Unpack gives the statements. Their strings share the memory of p.
func (p Packed) Unpack() []Statement {
	if p == "" {
		return nil
	}
	c := coder{rest: string(p)}
	var statements []Statement
	list(&c, &statements, c.statement)
	return statements
}

// coder writes to buf, or reads from rest: which fields there are, and in which
// order, stands once for both.
type coder struct {
	writing bool
	buf     []byte
	rest    string
	person  Identifier // of the statement before
}

func (c *coder) statement(s *Statement) {
	c.text(&s.ID)
	number(c, &s.Version)
	c.samePerson(&s.Person)
	c.time(&s.Declared)
	c.time(&s.From)
	c.time(&s.Until)
	optional(c, &s.Target, c.target)
	list(c, &s.Grants, c.grant)
	optional(c, &s.Mandate, c.mandate)
	optional(c, &s.Acting, c.acting)
	number(c, &s.Information)
	number(c, &s.Kind)
	number(c, &s.Status)
	number(c, &s.DeclaredBy)
	number(c, &s.Capacity)
	c.flag(&s.Everything)
	c.flag(&s.Superseded)
}

// samePerson writes the person once for statements that follow each other.
func (c *coder) samePerson(person *Identifier) {
	same := *person == c.person
	if c.flag(&same); same {
		*person = c.person
		return
	}
	c.identifier(person)
	c.person = *person
}

func (c *coder) target(t *Target) {
	number(c, &t.Kind)
	number(c, &t.Register)
	c.identifier(&t.Controller)
	c.identifier(&t.Employer)
	c.identifier(&t.ServiceEvent)
	c.identifier(&t.Document)
	c.identifier(&t.Prescription)
	c.coding(&t.Task)
	c.identifier(&t.Recipient)
}

func (c *coder) grant(g *Grant) {
	list(c, &g.Recipients, func(r *Recipient) {
		c.identifier(&r.Organisation)
		number(c, &r.Group)
	})
	list(c, &g.Data, c.coding)
	c.period(&g.Recorded)
}

func (c *coder) mandate(m *Mandate) {
	c.identifier(&m.Identifier)
	c.period(&m.Period)
}

func (c *coder) acting(a *ActingPerson) {
	c.identifier(&a.Identifier)
	c.text(&a.Display)
}

func (c *coder) period(p *Period) {
	c.time(&p.From)
	c.time(&p.Until)
}

func (c *coder) identifier(i *Identifier) {
	c.text(&i.System)
	c.text(&i.Value)
}

func (c *coder) coding(code *Coding) {
	c.text(&code.System)
	c.text(&code.Code)
}

func (c *coder) text(s *string) {
	n := uint64(len(*s))
	number(c, &n)
	if c.writing {
		c.buf = append(c.buf, *s...)
		return
	}
	*s, c.rest = c.rest[:n], c.rest[n:]
}

func (c *coder) flag(b *bool) {
	var n uint8
	if *b {
		n = 1
	}
	number(c, &n)
	*b = n == 1
}

// time keeps the instant; the zero Time is told apart from every other.
func (c *coder) time(t *time.Time) {
	known := !t.IsZero()
	if c.flag(&known); !known {
		return
	}
	// Shifted, since numbers have no sign; a year has some 2^25 seconds.
	const shift = 1 << 40
	seconds, nanos := uint64(t.Unix()+shift), uint32(t.Nanosecond())
	number(c, &seconds)
	number(c, &nanos)
	if !c.writing {
		*t = time.Unix(int64(seconds)-shift, int64(nanos)).UTC()
	}
}

func number[N ~uint8 | ~uint16 | ~uint32 | ~uint64](c *coder, n *N) {
	if c.writing {
		c.buf = binary.AppendUvarint(c.buf, uint64(*n))
		return
	}
	var value uint64
	for shift := 0; ; shift += 7 {
		b := c.rest[0]
		c.rest = c.rest[1:]
		value |= uint64(b&0x7f) << shift
		if b < 0x80 {
			break
		}
	}
	*n = N(value)
}

func optional[T any](c *coder, p **T, code func(*T)) {
	there := *p != nil
	if c.flag(&there); !there {
		return
	}
	if !c.writing {
		*p = new(T)
	}
	code(*p)
}

func list[T any](c *coder, items *[]T, code func(*T)) {
	n := uint64(len(*items))
	number(c, &n)
	if !c.writing && n > 0 {
		*items = make([]T, n)
	}
	for i := range *items {
		code(&(*items)[i])
	}
}
