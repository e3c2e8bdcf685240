package xmlpatch

// nodeTypes are the types of nodes that a step can ask for.
var nodeTypes = map[string]bool{"node": true, "text": true, "comment": true, "processing-instruction": true}

// everything is the step that // stands for before the next.
func everything() step { return step{axis: axes["descendant-or-self"], test: test{kind: anyNode}} }

// location reads a location path (https://www.w3.org/TR/xpath-10/#location-paths).
func (c *compiler) location() (expression, error) {
	p := &path{}
	next := c.peek()
	if next.sort != symbol || next.text != "/" && next.text != "//" {
		return p, c.steps(p, false)
	}
	p.absolute = true
	if next.text == "/" && !begins(c.rest[1:]) {
		c.rest = c.rest[1:]
		return p, nil
	}
	return p, c.steps(p, true)
}

// begins tells whether a step begins here.
func begins(rest []lexeme) bool {
	if len(rest) == 0 {
		return false
	}
	switch l := rest[0]; l.sort {
	case nameTest, axisName, callName:
		return true
	case symbol:
		return l.text == "." || l.text == ".." || l.text == "@"
	}
	return false
}

// steps reads those of a path, with a slash before the first or without.
func (c *compiler) steps(p *path, slash bool) error {
	for {
		if slash {
			s, is := c.takes("/", "//")
			if !is {
				return nil
			}
			if s == "//" {
				p.steps = append(p.steps, everything())
			}
		}
		s, err := c.step()
		if err != nil {
			return err
		}
		p.steps, slash = append(p.steps, s), true
	}
}

func (c *compiler) step() (step, error) {
	switch s, _ := c.takes(".", "..", "@"); s {
	case ".":
		return step{axis: axes["self"], test: test{kind: anyNode}}, nil
	case "..":
		return step{axis: axes["parent"], test: test{kind: anyNode}}, nil
	case "@":
		return c.onAxis(axes["attribute"])
	}
	way := axes["child"]
	if l := c.peek(); l.sort == axisName {
		var known bool
		if way, known = axes[l.text]; !known {
			return step{}, c.unexpected()
		}
		c.rest = c.rest[1:]
	}
	return c.onAxis(way)
}

func (c *compiler) onAxis(way axis) (step, error) {
	s := step{axis: way}
	var err error
	switch l := c.peek(); {
	case l.sort == nameTest:
		c.rest = c.rest[1:]
		s.test, err = c.byName(l, way.principal)
	case l.sort == callName && nodeTypes[l.text]:
		c.rest = c.rest[1:]
		s.test, err = c.byType(l.text)
	default:
		err = c.unexpected()
	}
	if err == nil {
		s.predicates, err = c.predicates()
	}
	return s, err
}

// byName gives a name its namespace: the prefixes are those of the patch, and so
// is the namespace of an element without one (RFC 5261, section 4.2.1).
func (c *compiler) byName(l lexeme, principal kind) (test, error) {
	t := test{name: name{prefix: l.prefix, local: l.text}, anyName: l.text == "*"}
	switch {
	case principal == namespace:
		return t, nil
	case l.prefix == "" && (t.anyName || principal == attribute):
		t.anySpace = t.anyName
		return t, nil
	}
	space, declared := c.at.resolve(l.prefix)
	if !declared {
		return t, malformed(invalidPrefix, "sel", "The selector has a prefix that the patch does not declare.")
	}
	t.name.space = space
	if principal == attribute && space == xmlSpace && t.name.local == "id" {
		return t, malformed(unsupportedXMLID, "sel", "There is no xml:id here; select by another attribute.")
	}
	return t, nil
}

func (c *compiler) byType(nodeType string) (test, error) {
	t := test{anyName: true}
	switch nodeType {
	case "node":
		t.kind = anyNode
	case "text":
		t.kind = isText
	case "comment":
		t.kind = isComment
	default:
		t.kind = isInstruction
	}
	err := c.expect("(")
	if l := c.peek(); err == nil && t.kind == isInstruction && l.sort == literal {
		c.rest = c.rest[1:]
		t.anyName, t.name.local = false, l.text
	}
	if err == nil {
		err = c.expect(")")
	}
	return t, err
}

func (c *compiler) predicates() ([]expression, error) {
	var all []expression
	for {
		if _, is := c.takes("["); !is {
			return all, nil
		}
		e, err := c.deeper()
		if err == nil {
			err = c.expect("]")
		}
		if err != nil {
			return nil, err
		}
		all = append(all, e)
	}
}
