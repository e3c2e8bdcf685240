package fhirpath

import "strings"

// checkCall checks a function: what it is applied to, and its arguments in the
// scope in which it evaluates them.
func (c *checker) checkCall(e *call) (static, error) {
	in := c.this
	if e.in != nil {
		var err error
		if in, err = c.check(e.in); err != nil {
			return static{}, err
		}
	}
	if err := c.suits(e, in); err != nil {
		return static{}, err
	}
	args := make([]static, len(e.args))
	outer := c.this
	if onItems(e.fn.name) || e.fn.name == "iif" && e.in != nil {
		c.this = static{types: in.types}
	}
	if e.fn.name == "repeat" {
		c.this = static{} // also what it found itself
	}
	defer func() { c.this = outer }()
	for i, arg := range e.args {
		var err error
		if args[i], err = c.check(arg); err != nil {
			return static{}, err
		}
	}
	return c.resultOf(e, in, args), nil
}

// onItems tells whether a function evaluates its arguments for each item.
func onItems(name string) bool {
	switch name {
	case "where", "select", "exists", "all", "aggregate", "trace", "sort":
		return true
	}
	return false
}

// suits tells whether a function can be applied to what it is applied to.
func (c *checker) suits(e *call, in static) error {
	switch e.fn.name {
	case "first", "last", "tail", "skip", "take":
		if in.unordered {
			return faultf(e.position(), "there is no order here by which %s() could take items", e.fn.name)
		}
	case "indexOf", "substring", "startsWith", "endsWith", "contains", "upper", "lower", "replace", "matches", "matchesFull",
		"replaceMatches", "length", "toChars", "trim", "split":
		for _, typ := range in.types {
			if strings.HasPrefix(typ, "System.") || c.model.Kind(typ) == Primitive || c.model.Kind(typ) == 0 {
				return nil
			}
		}
		if len(in.types) > 0 {
			return faultf(e.position(), "%s() takes a String, and not %s", e.fn.name, in.types[0])
		}
	}
	return nil
}

// resultOf is what is known of the result of a function.
func (c *checker) resultOf(e *call, in static, args []static) static {
	switch e.fn.name {
	case "where", "trace", "distinct", "tail", "skip", "take", "exclude", "intersect":
		return in
	case "single", "first", "last":
		in.many = false
		return in
	case "sort":
		in.unordered = false
		return in
	case "select":
		out := args[0]
		out.many, out.unordered = out.many || in.many, out.unordered || in.unordered
		return out
	case "children", "descendants":
		return static{unordered: true, many: true}
	case "extension":
		return static{types: []string{"Extension"}}
	case "count", "length", "indexOf":
		return systemStatic(kindInteger)
	}
	if e.fn.truth != nil {
		return systemStatic(kindBoolean)
	}
	return static{}
}
