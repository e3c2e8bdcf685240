package xmlpatch

// operation is an expression of two others.
type operation struct {
	operator    string
	left, right expression
}

func (o *operation) evaluate(c context) value {
	left := o.left.evaluate(c)
	switch o.operator {
	case "or":
		return truthValue(left.boolean() || o.right.evaluate(c).boolean())
	case "and":
		return truthValue(left.boolean() && o.right.evaluate(c).boolean())
	}
	right := o.right.evaluate(c)
	switch o.operator {
	case "|":
		return value{kind: nodeSet, nodes: c.run.ordered(append(left.nodes[:len(left.nodes):len(left.nodes)], right.nodes...))}
	case "+":
		return numberValue(left.float(c.run) + right.float(c.run))
	case "-":
		return numberValue(left.float(c.run) - right.float(c.run))
	}
	return truthValue(compare(o.operator, left, right, c.run))
}

// compare asks whether a comparison holds: with a set, for any of its nodes
// (https://www.w3.org/TR/xpath-10/#booleans).
func compare(operator string, left, right value, r *run) bool {
	switch {
	case left.kind == nodeSet && right.kind != boolish:
		return anyOf(left, r, func(v value) bool { return compare(operator, v, right, r) })
	case right.kind == nodeSet && left.kind != boolish:
		return anyOf(right, r, func(v value) bool { return compare(operator, left, v, r) })
	case operator == "=" || operator == "!=":
		return equal(left, right, r) == (operator == "=")
	}
	a, b := left.float(r), right.float(r)
	switch operator {
	case "<":
		return a < b
	case "<=":
		return a <= b
	case ">":
		return a > b
	}
	return a >= b
}

func anyOf(set value, r *run, holds func(value) bool) bool {
	for _, n := range set.nodes {
		if r.spent() {
			return false
		}
		if holds(textValue(r.text(n))) {
			return true
		}
	}
	return false
}

func equal(left, right value, r *run) bool {
	switch {
	case left.kind == boolish || right.kind == boolish:
		return left.boolean() == right.boolean()
	case left.kind == numeric || right.kind == numeric:
		return left.float(r) == right.float(r)
	}
	return left.text == right.text
}

// constant is an expression that is its own value.
type constant struct{ value }

func (k constant) evaluate(context) value { return k.value }
