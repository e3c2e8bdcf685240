package fhirpath

// Check looks, without evaluating, for what can never be right on a focus of a
// type, such as "Consent" or "Consent.provision": elements that a type does not
// have, texts asked of what has none, as() on what repeats, and places in what
// has no order. It finds less than all faults, and no false ones. Without a
// model it finds nothing.
func (e *Expression) Check(typ string) error {
	if e.model == nil {
		return nil
	}
	c := checker{model: e.model}
	root := c.typed(typ)
	c.context, c.this = root, root
	_, err := c.check(e.root)
	return err
}

// static is what is known of a collection before it is evaluated.
type static struct {
	types     []string // of FHIR, or System.X; empty if nothing is known
	many      bool     // there may be more than one item, and by definition
	unordered bool
}

type checker struct {
	model         Model
	context, this static
}

func (c *checker) typed(types ...string) static {
	s := static{}
	for _, typ := range types {
		if typ == "Resource" || typ == "DomainResource" || abstract(typ) {
			return static{} // what it is shows only in the data
		}
		s.types = append(s.types, typ)
	}
	return s
}

func systemStatic(k kind) static { return static{types: []string{"System." + kindNames[k]}} }

func (c *checker) check(e expr) (static, error) {
	switch e := e.(type) {
	case *literal:
		if len(e.items) == 1 {
			return systemStatic(e.items[0].kind), nil
		}
		return static{}, nil
	case *step:
		return c.checkStep(e)
	case *this:
		return c.this, nil
	case *variable:
		if e.name == "context" {
			return c.context, nil
		}
		return static{}, nil
	case *index:
		return systemStatic(kindInteger), nil
	case *indexed:
		return c.checkIndexed(e)
	case *typeTest:
		_, err := c.check(e.in)
		return systemStatic(kindBoolean), err
	case *typeCast:
		return c.checkCast(e)
	case *call:
		return c.checkCall(e)
	case *union:
		return c.checkUnion(e)
	}
	return c.checkOperator(e)
}

// checkOperator checks both sides of what gives a value of FHIRPath's own.
func (c *checker) checkOperator(e expr) (static, error) {
	var sides []expr
	result := systemStatic(kindBoolean)
	switch e := e.(type) {
	case *logic:
		sides = []expr{e.left, e.right}
	case *equality:
		sides = []expr{e.left, e.right}
	case *order:
		sides = []expr{e.left, e.right}
	case *membership:
		sides = []expr{e.item, e.list}
	case *arithmetic:
		sides, result = []expr{e.left, e.right}, static{}
	case *polarity:
		sides, result = []expr{e.in}, static{}
	default:
		result = static{}
	}
	for _, side := range sides {
		if _, err := c.check(side); err != nil {
			return static{}, err
		}
	}
	return result, nil
}

func (c *checker) checkStep(s *step) (static, error) {
	in := c.this
	if s.in != nil {
		var err error
		if in, err = c.check(s.in); err != nil {
			return static{}, err
		}
	} else if isUpper(s.name[0]) && len(in.types) > 0 {
		for _, typ := range in.types {
			if descends(c.model, typ, s.name) {
				return in, nil
			}
		}
		if c.model.Kind(s.name) != 0 {
			return static{}, faultf(s.position(), "the path begins at %s, but it is evaluated on %s", s.name, in.types[0])
		}
	}
	return c.child(in, s)
}

func (c *checker) child(in static, s *step) (static, error) {
	out := static{many: in.many, unordered: in.unordered}
	found, known := false, true
	for _, typ := range in.types {
		if typ == "System.TypeInfo" || typ == "System.Quantity" {
			return static{}, nil
		}
		e, ok := c.model.Child(typ, s.name)
		if !ok && commonType(s.name) != "" {
			e, ok = ElementType{Types: []string{commonType(s.name)}, List: s.name != "id"}, true
		}
		if !ok {
			continue
		}
		found = true
		child := c.typed(e.Types...)
		known = known && len(child.types) > 0
		out.types = append(out.types, child.types...)
		out.many = out.many || e.List
	}
	if len(in.types) > 0 && !found {
		return static{}, faultf(s.position(), "%s has no element %s", in.types[0], s.name)
	}
	if !known {
		out.types = nil
	}
	return out, nil
}

func (c *checker) checkIndexed(i *indexed) (static, error) {
	in, err := c.check(i.in)
	if err != nil {
		return static{}, err
	}
	if in.unordered {
		return static{}, faultf(i.position(), "there is no order here by which to take one item")
	}
	_, err = c.check(i.index)
	in.many = false
	return in, err
}

func (c *checker) checkCast(t *typeCast) (static, error) {
	in, err := c.check(t.in)
	if err != nil {
		return static{}, err
	}
	if t.single && in.many && len(in.types) > 0 {
		return static{}, faultf(t.position(), "as takes one item; write ofType() or where($this is ...)")
	}
	name := t.typ.name
	if t.typ.space == "System" || c.model.Kind(name) == 0 && systemType(name) {
		name = "System." + name
	}
	out := c.typed(name)
	out.many, out.unordered = in.many, in.unordered
	return out, nil
}

func (c *checker) checkUnion(u *union) (static, error) {
	left, err := c.check(u.left)
	if err != nil {
		return static{}, err
	}
	right, err := c.check(u.right)
	if err != nil || len(left.types) == 0 || len(right.types) == 0 {
		return static{many: true}, err
	}
	types := append(append([]string(nil), left.types...), right.types...)
	return static{types: types, many: true, unordered: left.unordered || right.unordered}, nil
}
