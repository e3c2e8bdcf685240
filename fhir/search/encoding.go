package search

import (
	"encoding/binary"

	"tahto/fhir/issue"
)

// encodingVersion is the first byte of what is written here. A page token of
// an older server is refused rather than misread.
const encodingVersion = 2

// EncodeQuery writes a query, its position included, in few bytes, so that it
// can travel in a page token. It may carry an identity code: whoever hands it
// out must encrypt it.
func EncodeQuery(q Query) []byte {
	e := encoder{encodingVersion}
	e.conditions(q)
	e.length(len(q.Sort))
	for _, s := range q.Sort {
		e.text(s.Param)
		e.flags(s.Date, s.Descending)
	}
	e.flags(q.After != nil)
	if q.After != nil {
		e.position(*q.After)
	}
	e.number(int64(q.Count))
	e.text(string(q.Total))
	e.includes(q.Include)
	e.includes(q.RevInclude)
	return e
}

// DecodeQuery reads what [EncodeQuery] wrote. Anything else is an error of
// kind Invalid, never a panic.
func DecodeQuery(data []byte) (Query, error) {
	d := newDecoder(data)
	q := d.conditions(0)
	d.list(func() {
		s := Sort{Param: d.text()}
		d.flags(&s.Date, &s.Descending)
		q.Sort = append(q.Sort, s)
	})
	var after bool
	if d.flags(&after); after {
		p := d.position()
		q.After = &p
	}
	q.Count = int(d.number())
	q.Total = Total(d.text())
	q.Include = d.includes()
	q.RevInclude = d.includes()
	if err := d.end(); err != nil {
		return Query{}, err
	}
	return q, nil
}

type encoder []byte

func (e *encoder) length(n int)   { *e = binary.AppendUvarint(*e, uint64(n)) }
func (e *encoder) number(n int64) { *e = binary.AppendVarint(*e, n) }

func (e *encoder) text(s string) {
	e.length(len(s))
	*e = append(*e, s...)
}

func (e *encoder) flags(flags ...bool) {
	var bits byte
	for i, set := range flags {
		if set {
			bits |= 1 << i
		}
	}
	*e = append(*e, bits)
}

func (e *encoder) clause(c *Clause) {
	e.text(c.Param)
	*e = append(*e, byte(c.Op))
	e.flags(c.Not, c.Absent)
	e.length(len(c.Values))
	for i := range c.Values {
		v := &c.Values[i]
		e.flags(v.AnySystem, v.AnyValue)
		e.text(v.System)
		e.text(v.Value)
		e.text(v.Version)
		e.text(string(v.Prefix))
		e.number(v.Low)
		e.number(v.High)
		e.text(v.Text)
		e.text(v.First)
	}
}

func (e *encoder) position(p Position) {
	e.text(p.ID)
	e.length(len(p.Keys))
	for _, k := range p.Keys {
		e.flags(k.Missing)
		e.text(k.Text)
		e.number(k.Time)
	}
}

func (e *encoder) includes(includes []Include) {
	e.length(len(includes))
	for _, i := range includes {
		e.text(i.Source)
		e.text(i.Param)
		e.text(i.Target)
		e.flags(i.Iterate)
	}
}

// decoder reads from the start of data. After a fault it reads zeros.
type decoder struct {
	data []byte
	bad  bool
}

func newDecoder(data []byte) *decoder {
	d := &decoder{data: data}
	if d.octet() != encodingVersion {
		d.fail()
	}
	return d
}

func (d *decoder) fail() { d.data, d.bad = nil, true }

// end tells whether everything was read, and nothing was left.
func (d *decoder) end() error {
	if d.bad || len(d.data) > 0 {
		return issue.New(issue.Invalid, "http", "The place in the search result can't be read; start the search again.")
	}
	return nil
}

func (d *decoder) octet() byte {
	if len(d.data) == 0 {
		d.fail()
		return 0
	}
	first := d.data[0]
	d.data = d.data[1:]
	return first
}

// length reads how many bytes or items follow. Each item is at least a byte,
// so that a length beyond the data is a fault and never an allocation.
func (d *decoder) length() int {
	n, size := binary.Uvarint(d.data)
	if size <= 0 || n > uint64(len(d.data)-size) {
		d.fail()
		return 0
	}
	d.data = d.data[size:]
	return int(n)
}

// list reads items until as many as were announced are read, or one is bad.
func (d *decoder) list(item func()) {
	for range d.length() {
		if item(); d.bad {
			return
		}
	}
}

func (d *decoder) number() int64 {
	n, size := binary.Varint(d.data)
	if size <= 0 {
		d.fail()
		return 0
	}
	d.data = d.data[size:]
	return n
}

func (d *decoder) text() string {
	n := d.length()
	s := string(d.data[:n])
	d.data = d.data[n:]
	return s
}

func (d *decoder) flags(flags ...*bool) {
	bits := d.octet()
	if bits >= 1<<len(flags) {
		d.fail()
		return
	}
	for i, flag := range flags {
		*flag = bits&(1<<i) != 0
	}
}

func (d *decoder) clause() Clause {
	c := Clause{Param: d.text(), Op: Op(d.octet())}
	d.flags(&c.Not, &c.Absent)
	d.list(func() {
		var v Value
		d.flags(&v.AnySystem, &v.AnyValue)
		v.System, v.Value, v.Version = d.text(), d.text(), d.text()
		v.Prefix = Prefix(d.text())
		v.Low, v.High = d.number(), d.number()
		v.Text, v.First = d.text(), d.text()
		c.Values = append(c.Values, v)
	})
	if c.Op > Missing {
		d.fail()
	}
	return c
}

func (d *decoder) position() Position {
	p := Position{ID: d.text()}
	d.list(func() {
		var k SortKey
		d.flags(&k.Missing)
		k.Text, k.Time = d.text(), d.number()
		p.Keys = append(p.Keys, k)
	})
	return p
}

func (d *decoder) includes() []Include {
	var includes []Include
	d.list(func() {
		i := Include{Source: d.text(), Param: d.text(), Target: d.text()}
		d.flags(&i.Iterate)
		includes = append(includes, i)
	})
	return includes
}
