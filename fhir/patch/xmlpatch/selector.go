package xmlpatch

import (
	"strconv"
	"strings"
)

const (
	maxSelector = 4096 // bytes
	maxNesting  = 32   // of brackets and parentheses
)

// compile reads a selector. Its names have the namespaces that they have at the
// operation.
func compile(selector string, at *node) (expression, error) {
	if len(selector) > maxSelector {
		return nil, malformed(invalidAttribute, "sel", "The selector is longer than "+strconv.Itoa(maxSelector)+" bytes.")
	}
	all, fault := lex(selector)
	if fault != "" {
		return nil, malformed(invalidAttribute, "sel", fault)
	}
	c := &compiler{rest: all, at: at}
	e, err := c.union()
	if err == nil && len(c.rest) > 0 {
		err = c.unexpected()
	}
	if err == nil && !isSet(e) {
		err = malformed(invalidAttribute, "sel", "The selector leads to no node: it is a value.")
	}
	return e, err
}

// isSet tells whether an expression gives a set of nodes.
func isSet(e expression) bool {
	switch e := e.(type) {
	case *path, *filter:
		return true
	case *operation:
		return e.operator == "|"
	}
	return false
}

// compiler reads an expression by XPath's grammar
// (https://www.w3.org/TR/xpath-10/#node-sets). It is recursive, up to maxNesting.
type compiler struct {
	rest  []lexeme
	at    *node
	depth int
}

func (c *compiler) unexpected() error {
	if len(c.rest) == 0 {
		return malformed(invalidAttribute, "sel", "The selector ends too early.")
	}
	return malformed(invalidAttribute, "sel", "The selector is not XPath, or of the part of it that no patch needs.")
}

// peek is the next lexeme; ended after the last.
func (c *compiler) peek() lexeme {
	if len(c.rest) == 0 {
		return lexeme{}
	}
	return c.rest[0]
}

// takes takes the next lexeme if it is one of some symbols.
func (c *compiler) takes(any ...string) (string, bool) {
	l := c.peek()
	if l.sort != symbol {
		return "", false
	}
	for _, s := range any {
		if l.text == s {
			c.rest = c.rest[1:]
			return s, true
		}
	}
	return "", false
}

func (c *compiler) expect(s string) error {
	if _, is := c.takes(s); !is {
		return c.unexpected()
	}
	return nil
}

// levels are the operators from the loosest to the tightest.
var levels = [...][]string{{"or"}, {"and"}, {"=", "!="}, {"<", "<=", ">", ">="}, {"+", "-"}}

// deeper reads what stands in brackets or parentheses.
func (c *compiler) deeper() (expression, error) {
	if c.depth++; c.depth > maxNesting {
		return nil, malformed(invalidAttribute, "sel", "The selector nests deeper than "+strconv.Itoa(maxNesting)+" brackets.")
	}
	e, err := c.binary(0)
	c.depth--
	return e, err
}

func (c *compiler) binary(level int) (expression, error) {
	if level == len(levels) {
		return c.union()
	}
	left, err := c.binary(level + 1)
	for err == nil {
		operator, is := c.takes(levels[level]...)
		if !is {
			break
		}
		var right expression
		right, err = c.binary(level + 1)
		left = &operation{operator, left, right}
	}
	return left, err
}

func (c *compiler) union() (expression, error) {
	left, err := c.primary()
	for err == nil {
		if _, is := c.takes("|"); !is {
			break
		}
		var right expression
		if right, err = c.primary(); err == nil && !(isSet(left) && isSet(right)) {
			err = c.unexpected()
		}
		left = &operation{"|", left, right}
	}
	return left, err
}

// primary reads a constant, a call, or a path, which may begin in parentheses.
func (c *compiler) primary() (expression, error) {
	l := c.peek()
	switch {
	case l.sort == literal:
		c.rest = c.rest[1:]
		return constant{textValue(l.text)}, nil
	case l.sort == number:
		c.rest = c.rest[1:]
		n := float(l.text)
		if n != n {
			return nil, c.unexpected()
		}
		return constant{numberValue(n)}, nil
	case l.sort == callName && !nodeTypes[l.text]:
		c.rest = c.rest[1:]
		return c.call(l.text)
	}
	if _, is := c.takes("("); is {
		return c.inParentheses()
	}
	return c.location()
}

func (c *compiler) inParentheses() (expression, error) {
	e, err := c.deeper()
	if err == nil {
		err = c.expect(")")
	}
	if err != nil || !isSet(e) {
		return e, err
	}
	if predicates, err := c.predicates(); err != nil {
		return nil, err
	} else if len(predicates) > 0 {
		e = &filter{e, predicates}
	}
	if next := c.peek(); next.sort != symbol || next.text != "/" && next.text != "//" {
		return e, nil
	}
	p := &path{from: e}
	return p, c.steps(p, true)
}

func (c *compiler) call(function string) (expression, error) {
	if function == "id" {
		return nil, malformed(unsupportedID, "sel", "No attribute is an ID without a schema, so that id() finds nothing. Select by the attribute, as in [@id='a'].")
	}
	f, known := functions[function]
	if !known {
		return nil, malformed(invalidAttribute, "sel", "The selector calls a function that is not of XPath 1.0, or that no patch needs.")
	}
	made := &call{function: f}
	if err := c.expect("("); err != nil {
		return nil, err
	}
	for _, closed := c.takes(")"); !closed; {
		a, err := c.deeper()
		if err != nil {
			return nil, err
		}
		made.arguments = append(made.arguments, a)
		next, is := c.takes(",", ")")
		if !is {
			return nil, c.unexpected()
		}
		closed = next == ")"
	}
	return made, made.fits(function)
}

// fits tells why a function can't take its arguments.
func (f *call) fits(function string) error {
	wrong := len(f.arguments) < f.function.least || len(f.arguments) > f.function.most
	for _, a := range f.arguments {
		wrong = wrong || f.function.sets && !isSet(a)
	}
	if wrong {
		return malformed(invalidAttribute, "sel", "The function "+strings.ToLower(function)+"() does not take these arguments.")
	}
	return nil
}
