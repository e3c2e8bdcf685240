package fhirpath

// expr is a node of the syntax tree. It evaluates itself: its items are pushed
// onto the machine's stack.
type expr interface {
	eval(m *machine) error
	position() int
}

// truther is an expression whose result is one boolean or nothing, which can be
// had without pushing it.
type truther interface {
	expr
	truth(m *machine) (tri, error)
}

// at is where in the source a node stands.
type at int

func (a at) position() int { return int(a) }

type (
	// literal is a constant, and {}.
	literal struct {
		at
		items Collection
	}
	// step is a name: of an element, or at the start of a path of a type.
	step struct {
		at
		in   expr // nil at the start of a path: $this
		name string
	}
	// this is $this.
	this struct{ at }
	// index is $index.
	index struct{ at }
	// total is $total.
	total struct{ at }
	// variable is %name.
	variable struct {
		at
		name string
	}
	// call is a function with its arguments.
	call struct {
		at
		in   expr // nil at the start of a path: $this
		fn   *function
		args []expr
		// fixed is what could be made ready from constant arguments: a *regex.
		fixed any
	}
	// indexed is in[index].
	indexed struct {
		at
		in, index expr
	}
	// logic is and, or, xor, implies.
	logic struct {
		at
		op          string
		left, right expr
	}
	// equality is =, !=, ~, !~.
	equality struct {
		at
		op          string
		left, right expr
	}
	// order is <, <=, >, >=.
	order struct {
		at
		op          string
		left, right expr
	}
	// membership is in and contains.
	membership struct {
		at
		item, list expr
	}
	// arithmetic is +, -, *, /, div, mod and &.
	arithmetic struct {
		at
		op          string
		left, right expr
	}
	// union is |.
	union struct {
		at
		left, right expr
	}
	// polarity is a sign.
	polarity struct {
		at
		minus bool
		in    expr
	}
	// typeTest is is, and the function is().
	typeTest struct {
		at
		in  expr
		typ *typeName
	}
	// typeCast is as and ofType, operators and functions.
	typeCast struct {
		at
		in     expr
		typ    *typeName
		single bool // as: of one item
	}
)

// typeName is a type specifier: FHIR.Patient, System.String, Patient.
type typeName struct {
	space string // FHIR, System or "" if not told
	name  string
	exact bool // a primitive of FHIR, of which ofType takes no subtypes
}
