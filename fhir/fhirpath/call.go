package fhirpath

// function is one that expressions can call.
type function struct {
	name string
	// least and most are how many arguments it takes.
	least, most int
	// run pushes the result.
	run func(m *machine, c *call) error
	// truth is instead of run for what gives one boolean or nothing.
	truth func(m *machine, c *call) (tri, error)
	// prepare makes ready what can be made so from constant arguments.
	prepare func(c *call) error
}

// functions are all functions by name, each theme in a file of its own.
var functions = func() map[string]*function {
	all := map[string]*function{}
	for _, theme := range [][]function{
		existence, filtering, subsetting, combining, conversions, texts, moreTexts, numbers, walks, utilities, boundaries, fhirs,
	} {
		for i := range theme {
			all[theme[i].name] = &theme[i]
		}
	}
	return all
}()

// call reads the arguments of a function, from the bracket on.
func (p *parser) call(in expr, name token) (expr, error) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	switch name.text {
	case "is", "as", "ofType":
		return p.typeCall(in, name)
	}
	fn, known := functions[name.text]
	if !known {
		return nil, faultf(name.at, "there is no function %s()", name.text)
	}
	c := &call{at: at(name.at), in: in, fn: fn}
	for !p.isSymbol(")") {
		if len(c.args) > 0 {
			if err := p.expect(","); err != nil {
				return nil, err
			}
		}
		arg, err := p.expression(0)
		if err != nil {
			return nil, err
		}
		c.args = append(c.args, arg)
	}
	if len(c.args) < fn.least || len(c.args) > fn.most {
		return nil, faultf(name.at, "%s() takes %s", name.text, arity(fn))
	}
	if fn.prepare != nil {
		if err := fn.prepare(c); err != nil {
			return nil, err
		}
	}
	return c, p.advance()
}

func arity(fn *function) string {
	switch {
	case fn.most == 0:
		return "no arguments"
	case fn.most > 9:
		return "one argument or more"
	case fn.least == fn.most && fn.most == 1:
		return "one argument"
	}
	return string(rune('0'+fn.least)) + " to " + string(rune('0'+fn.most)) + " arguments"
}

// typeCall reads the type in is(), as() and ofType().
func (p *parser) typeCall(in expr, name token) (expr, error) {
	if in == nil {
		in = &this{at(name.at)}
	}
	typ, err := p.typeName()
	if err != nil {
		return nil, err
	}
	if err := p.expect(")"); err != nil {
		return nil, err
	}
	if name.text == "is" {
		return &typeTest{at(name.at), in, typ}, nil
	}
	return &typeCast{at(name.at), in, typ, name.text == "as"}, nil
}

// typeName reads a type specifier. With a model, the type must exist.
func (p *parser) typeName() (*typeName, error) {
	from := p.token.at
	first, err := p.identifier()
	if err != nil {
		return nil, err
	}
	name := &typeName{name: first}
	if p.isSymbol(".") && (first == "FHIR" || first == "System") {
		if err := p.advance(); err != nil {
			return nil, err
		}
		second, err := p.identifier()
		if err != nil {
			return nil, err
		}
		name = &typeName{space: first, name: second}
	}
	if p.model == nil || name.space == "System" {
		return name, nil
	}
	kind := p.model.Kind(name.name)
	if kind == 0 && !abstract(name.name) && (name.space == "FHIR" || !systemType(name.name)) {
		return nil, faultf(from, "there is no type %s", name.name)
	}
	name.exact = kind == Primitive
	return name, nil
}

// abstract are the types of R4 that a model may leave out, having no instances.
func abstract(name string) bool {
	switch name {
	case "Element", "BackboneElement", "Resource", "DomainResource", "xhtml":
		return true
	}
	return false
}

func systemType(name string) bool {
	for k := kindBoolean; k <= kindQuantity; k++ {
		if kindNames[k] == name {
			return true
		}
	}
	return name == "Any"
}

func (p *parser) identifier() (string, error) {
	if t := p.token; t.kind == tokenWord || t.kind == tokenQuoted {
		return t.text, p.advance()
	}
	return "", faultf(p.token.at, "the name of a type is expected here")
}

// eval runs the function.
func (c *call) eval(m *machine) error {
	if c.fn.run != nil {
		return c.fn.run(m, c)
	}
	t, err := c.fn.truth(m, c)
	if err != nil {
		return err
	}
	m.pushTruth(t)
	return nil
}

// truth is the result as a truth value, without pushing it where the function
// has it so.
func (c *call) truth(m *machine) (tri, error) {
	if c.fn.truth != nil {
		return c.fn.truth(m, c)
	}
	base := len(m.stack)
	if err := c.fn.run(m, c); err != nil {
		return unknown, err
	}
	return m.popTruth(base, c)
}

// givesTruth tells whether an expression gives booleans only: all that have a
// truth value do, but for some functions.
func givesTruth(t truther) bool {
	c, is := t.(*call)
	return !is || c.fn.truth != nil
}
