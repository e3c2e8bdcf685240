package fhirpath

import (
	"math/big"
	"strings"
)

// maxUnit bounds the text of a unit, and maxExponent its powers.
const (
	maxUnit     = 128
	maxExponent = 24
)

// unitSteps are what a byte of a unit counts: the factors of a hostile one have
// hundreds of digits.
const unitSteps = 8

// countUnits counts what it takes to understand the units of two quantities.
func (m *machine) countUnits(a, b Value) {
	for _, v := range []Value{a, b} {
		if v.kind == kindQuantity {
			m.steps += unitSteps * min(len(v.text), maxUnit)
		}
	}
}

// dimension is what a base unit of UCUM measures (https://ucum.org/ucum, table 4).
type dimension int

const (
	metre dimension = iota
	second
	gram
	radian
	kelvin
	coulomb
	candela
	arbitrary // what has no relation to anything else, as [IU]
	dimensions
)

// unit is a unit as a multiple of base units.
type unit struct {
	factor   *big.Rat
	powers   [dimensions]int
	name     string // of an arbitrary unit, which compares to itself only
	calendar bool   // in months of the calendar
}

func (u unit) sameDimension(o unit) bool {
	return u.powers == o.powers && u.name == o.name && u.calendar == o.calendar
}

// base is a value of the unit in base units.
func (u unit) base(d decimal) *big.Rat { return new(big.Rat).Mul(d.rat(), u.factor) }

func (u unit) times(o unit) (unit, bool) {
	if u.name != "" && o.name != "" && u.name != o.name {
		return unit{}, false
	}
	if u.name == "" {
		u.name = o.name
	}
	u.factor = new(big.Rat).Mul(u.factor, o.factor)
	for i, power := range o.powers {
		u.powers[i] += power
		if u.powers[i] > maxExponent || u.powers[i] < -maxExponent {
			return unit{}, false
		}
	}
	return u, u.factor.Num().BitLen() < 4096 && u.factor.Denom().BitLen() < 4096
}

// power is the unit to the n.
func (u unit) power(n int) (unit, bool) {
	result, ok := one(), true
	for range max(n, -n) {
		if result, ok = result.times(u); !ok {
			return unit{}, false
		}
	}
	if n < 0 {
		result.factor = new(big.Rat).Inv(result.factor)
		for i := range result.powers {
			result.powers[i] = -result.powers[i]
		}
	}
	return result, true
}

func one() unit { return unit{factor: big.NewRat(1, 1)} }

// parseUnit reads a unit of UCUM in its case-sensitive form: the units that are
// in common use, with prefixes, powers, products, quotients, brackets and
// annotations. Units on scales of their own, as Cel, compare to themselves only.
func parseUnit(text string) (unit, bool) {
	if text == "" || len(text) > maxUnit {
		return unit{}, false
	}
	p := unitParser{text: text}
	u, ok := p.term(0)
	return u, ok && p.at == len(p.text)
}

type unitParser struct {
	text string
	at   int
}

func (p *unitParser) term(depth int) (unit, bool) {
	if depth > 8 {
		return unit{}, false
	}
	result, ok := one(), true
	operator := byte('.')
	if p.skip('/') {
		operator = '/'
	}
	for {
		factor, good := p.component(depth)
		if !good {
			return unit{}, false
		}
		if operator == '/' {
			if factor, good = factor.power(-1); !good {
				return unit{}, false
			}
		}
		if result, ok = result.times(factor); !ok {
			return unit{}, false
		}
		switch {
		case p.skip('.'):
			operator = '.'
		case p.skip('/'):
			operator = '/'
		default:
			return result, true
		}
	}
}

func (p *unitParser) skip(c byte) bool {
	if p.at < len(p.text) && p.text[p.at] == c {
		p.at++
		return true
	}
	return false
}

func (p *unitParser) component(depth int) (unit, bool) {
	if p.skip('(') {
		u, ok := p.term(depth + 1)
		return u, ok && p.skip(')')
	}
	if p.skip('{') {
		return one(), p.annotation()
	}
	from := p.at
	for p.at < len(p.text) && isDigit(p.text[p.at]) {
		p.at++
	}
	if p.at > from && (p.at == len(p.text) || strings.IndexByte("./)", p.text[p.at]) >= 0) {
		n, ok := new(big.Rat).SetString(p.text[from:p.at])
		return unit{factor: n}, ok && n.Sign() > 0 && p.at-from < maxExponent
	}
	p.at = from
	return p.simple()
}

// simple reads an atom with its prefix, its power and an annotation.
func (p *unitParser) simple() (unit, bool) {
	from := p.at
	for bracket := false; p.at < len(p.text); p.at++ {
		c := p.text[p.at]
		if !bracket && (strings.IndexByte("./(){+-", c) >= 0 || isDigit(c) && !p.powerOfTen(from)) {
			break
		}
		bracket = c == '[' || bracket && c != ']'
	}
	u, ok := atom(p.text[from:p.at])
	if !ok {
		return unit{}, false
	}
	power, ok := p.exponent()
	if !ok {
		return unit{}, false
	}
	if u, ok = u.power(power); ok && p.skip('{') {
		ok = p.annotation()
	}
	return u, ok
}

// powerOfTen tells whether the digits at p.at are those of 10* or 10^.
func (p *unitParser) powerOfTen(from int) bool {
	rest := p.text[from:]
	return (strings.HasPrefix(rest, "10*") || strings.HasPrefix(rest, "10^")) && p.at-from < 3
}

func (p *unitParser) exponent() (int, bool) {
	sign := 1
	if p.skip('-') {
		sign = -1
	} else {
		p.skip('+')
	}
	from, n := p.at, 0
	for p.at < len(p.text) && isDigit(p.text[p.at]) && n <= maxExponent {
		n = n*10 + int(p.text[p.at]-'0')
		p.at++
	}
	if p.at == from {
		return 1, sign == 1
	}
	return sign * n, n <= maxExponent
}

func (p *unitParser) annotation() bool {
	end := strings.IndexByte(p.text[p.at:], '}')
	if end < 0 {
		return false
	}
	p.at += end + 1
	return true
}
