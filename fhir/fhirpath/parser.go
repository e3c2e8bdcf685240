package fhirpath

import (
	"strconv"
)

// The bounds of a source. R4's longest invariant has some 1,500 characters.
const (
	maxSource = 16 << 10
	maxNested = 100
)

// parser reads the grammar (http://hl7.org/fhirpath/N1/grammar.html) by
// precedence climbing.
type parser struct {
	lexer
	token token // the next one
	model Model
	depth int
}

func parse(source string, model Model) (expr, error) {
	if len(source) > maxSource {
		return nil, faultf(0, "the expression is longer than %d characters", maxSource)
	}
	p := &parser{lexer: lexer{source: source}, model: model}
	if err := p.advance(); err != nil {
		return nil, err
	}
	root, err := p.expression(0)
	if err != nil {
		return nil, err
	}
	if p.token.kind != tokenEnd {
		return nil, faultf(p.token.at, "an operator or the end is expected here")
	}
	return root, nil
}

func (p *parser) advance() (err error) {
	p.token, err = p.next()
	return err
}

func (p *parser) isSymbol(text string) bool {
	return p.token.kind == tokenSymbol && p.token.text == text
}
func (p *parser) isWord(text string) bool { return p.token.kind == tokenWord && p.token.text == text }

func (p *parser) expect(symbol string) error {
	if !p.isSymbol(symbol) {
		return faultf(p.token.at, "%q is expected here", symbol)
	}
	return p.advance()
}

// precedence of the operators, from the weakest
// (http://hl7.org/fhirpath/N1/#operator-precedence).
var precedence = map[string]int{
	"implies": 1,
	"or":      2, "xor": 2,
	"and": 3,
	"in":  4, "contains": 4,
	"=": 5, "~": 5, "!=": 5, "!~": 5,
	"<": 6, "<=": 6, ">": 6, ">=": 6,
	"|":  7,
	"is": 8, "as": 8,
	"+": 9, "-": 9, "&": 9,
	"*": 10, "/": 10, "div": 10, "mod": 10,
}

// signs bind stronger than any operator of two, weaker than a full stop.
const signs = 11

// expression reads operators that bind at least as strong as least.
func (p *parser) expression(least int) (expr, error) {
	if p.depth++; p.depth > maxNested {
		return nil, faultf(p.token.at, "the expression nests deeper than %d", maxNested)
	}
	defer func() { p.depth-- }()
	left, err := p.signed()
	if err != nil {
		return nil, err
	}
	for p.token.kind == tokenSymbol || p.token.kind == tokenWord {
		op := p.token
		strength := precedence[op.text]
		if strength == 0 || strength < least {
			return left, nil
		}
		if err := p.advance(); err != nil {
			return nil, err
		}
		if left, err = p.binary(op, left, strength); err != nil {
			return nil, err
		}
	}
	return left, nil
}

func (p *parser) binary(op token, left expr, strength int) (expr, error) {
	place := at(op.at)
	if op.text == "is" || op.text == "as" {
		name, err := p.typeName()
		if err != nil {
			return nil, err
		}
		if op.text == "is" {
			return &typeTest{place, left, name}, nil
		}
		return &typeCast{place, left, name, true}, nil
	}
	right, err := p.expression(strength + 1)
	if err != nil {
		return nil, err
	}
	switch op.text {
	case "implies", "or", "xor", "and":
		return &logic{place, op.text, left, right}, nil
	case "in":
		return &membership{place, left, right}, nil
	case "contains":
		return &membership{place, right, left}, nil
	case "=", "~", "!=", "!~":
		return &equality{place, op.text, left, right}, nil
	case "<", "<=", ">", ">=":
		return &order{place, op.text, left, right}, nil
	case "|":
		return &union{place, left, right}, nil
	}
	return &arithmetic{place, op.text, left, right}, nil
}

func (p *parser) signed() (expr, error) {
	if !p.isSymbol("-") && !p.isSymbol("+") {
		return p.path()
	}
	sign := p.token
	if err := p.advance(); err != nil {
		return nil, err
	}
	in, err := p.expression(signs)
	if err != nil {
		return nil, err
	}
	return &polarity{at(sign.at), sign.text == "-", in}, nil
}

// path reads a term and what follows it by full stop or bracket.
func (p *parser) path() (expr, error) {
	in, err := p.term()
	for err == nil {
		switch place := p.token.at; {
		case p.isSymbol("."):
			if err = p.advance(); err == nil {
				in, err = p.invocation(in)
			}
		case p.isSymbol("["):
			if err = p.advance(); err != nil {
				break
			}
			var i expr
			if i, err = p.expression(0); err != nil {
				break
			}
			in, err = &indexed{at(place), in, i}, p.expect("]")
		default:
			return in, nil
		}
	}
	return nil, err
}

func (p *parser) term() (expr, error) {
	t := p.token
	switch {
	case t.kind == tokenString:
		return p.constant(StringValue(t.text))
	case t.kind == tokenNumber:
		return p.number()
	case t.kind == tokenMoment:
		v, ok := literalMoment(t.text)
		if !ok {
			return nil, faultf(t.at, "this is not a date or time that exists")
		}
		return p.constant(v)
	case t.kind == tokenConstant:
		return &variable{at(t.at), t.text}, p.advance()
	case p.isSymbol("("):
		if err := p.advance(); err != nil {
			return nil, err
		}
		in, err := p.expression(0)
		if err != nil {
			return nil, err
		}
		return in, p.expect(")")
	case p.isSymbol("{"):
		if err := p.advance(); err != nil {
			return nil, err
		}
		return &literal{at: at(t.at)}, p.expect("}")
	}
	return p.invocation(nil)
}

func (p *parser) constant(v Value) (expr, error) {
	return &literal{at(p.token.at), Collection{v}}, p.advance()
}

// number reads a number, or a Quantity if a unit follows it.
func (p *parser) number() (expr, error) {
	t := p.token
	if err := p.advance(); err != nil {
		return nil, err
	}
	d, ok := parseDecimal(t.text)
	if !ok {
		return nil, faultf(t.at, "the number has too many digits")
	}
	unit := p.token
	_, calendar := calendarUnit(unit.text)
	if unit.kind == tokenString || unit.kind == tokenWord && calendar {
		return &literal{at(t.at), Collection{quantityOf(d, unit.text, unit.kind == tokenWord)}}, p.advance()
	}
	if d.scale > 0 {
		return &literal{at(t.at), Collection{number(d)}}, nil
	}
	n, err := strconv.ParseInt(t.text, 10, 32)
	if err != nil {
		return nil, faultf(t.at, "an Integer has at most 31 bits; write a Decimal with .0")
	}
	return &literal{at(t.at), Collection{integer(n)}}, nil
}

// invocation reads what may follow a full stop: a name or a function.
func (p *parser) invocation(in expr) (expr, error) {
	t := p.token
	switch t.kind {
	case tokenDollar:
		if in != nil {
			break
		}
		switch t.text {
		case "this":
			return &this{at(t.at)}, p.advance()
		case "index":
			return &index{at(t.at)}, p.advance()
		case "total":
			return &total{at(t.at)}, p.advance()
		}
	case tokenWord, tokenQuoted:
		if in == nil && t.kind == tokenWord && (t.text == "true" || t.text == "false") {
			return p.constant(BooleanValue(t.text == "true"))
		}
		// After a full stop nothing but a name can follow, so Narrative.div is
		// taken without backticks there, as HL7's own patches write it.
		if t.text == "" || in == nil && t.kind == tokenWord && reserved(t.text) {
			break
		}
		if err := p.advance(); err != nil {
			return nil, err
		}
		if p.isSymbol("(") && t.kind == tokenWord {
			return p.call(in, t)
		}
		return &step{at(t.at), in, t.text}, nil
	}
	if t.kind == tokenEnd {
		return nil, faultf(t.at, "the expression ends too early")
	}
	return nil, faultf(t.at, "a name, a function or a value is expected here")
}

// reserved are the keywords that are no identifiers; as, contains, in and is are.
func reserved(word string) bool {
	switch word {
	case "and", "or", "xor", "implies", "div", "mod", "true", "false":
		return true
	}
	return false
}
