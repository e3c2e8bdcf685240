package xmlpatch

import "strings"

// call is the call of a function.
type call struct {
	function  function
	arguments []expression
}

// function is one of XPath's (https://www.w3.org/TR/xpath-10/#corelib). least
// and most are how many arguments it takes; sets, that they are sets of nodes.
type function struct {
	least, most int
	sets        bool
	of          func(c context, arguments []value) value
}

func (f *call) evaluate(c context) value {
	arguments := make([]value, len(f.arguments))
	for i, a := range f.arguments {
		arguments[i] = a.evaluate(c)
	}
	return f.function.of(c, arguments)
}

// subject is the argument of a function for which the node of the context
// stands in.
func subject(c context, arguments []value) value {
	if len(arguments) > 0 {
		return arguments[0]
	}
	return value{kind: nodeSet, nodes: []*node{c.node}}
}

func texts(c context, arguments []value) []string {
	all := make([]string, len(arguments))
	for i, a := range arguments {
		all[i] = a.string(c.run)
		c.run.spend(len(all[i]) / 64)
	}
	return all
}

// naming is a function that gives something of the name of a node.
func naming(of func(name) string) function {
	return function{0, 1, true, func(c context, arguments []value) value {
		s := subject(c, arguments)
		if len(s.nodes) == 0 {
			return textValue("")
		}
		return textValue(of(s.nodes[0].name))
	}}
}

func testing(of func(s, t string) bool) function {
	return function{2, 2, false, func(c context, arguments []value) value {
		t := texts(c, arguments)
		return truthValue(of(t[0], t[1]))
	}}
}

var functions = map[string]function{
	"boolean":       {1, 1, false, func(_ context, a []value) value { return truthValue(a[0].boolean()) }},
	"concat":        {2, 16, false, func(c context, a []value) value { return textValue(strings.Join(texts(c, a), "")) }},
	"contains":      testing(strings.Contains),
	"count":         {1, 1, true, func(_ context, a []value) value { return numberValue(float64(len(a[0].nodes))) }},
	"false":         {0, 0, false, func(context, []value) value { return truthValue(false) }},
	"last":          {0, 0, false, func(c context, _ []value) value { return numberValue(float64(c.size)) }},
	"local-name":    naming(func(n name) string { return n.local }),
	"name":          naming(func(n name) string { return strings.TrimPrefix(n.prefix+":"+n.local, ":") }),
	"namespace-uri": naming(func(n name) string { return n.space }),
	"normalize-space": {0, 1, false, func(c context, a []value) value {
		return textValue(strings.Join(strings.Fields(subject(c, a).string(c.run)), " "))
	}},
	"not":         {1, 1, false, func(_ context, a []value) value { return truthValue(!a[0].boolean()) }},
	"number":      {0, 1, false, func(c context, a []value) value { return numberValue(subject(c, a).float(c.run)) }},
	"position":    {0, 0, false, func(c context, _ []value) value { return numberValue(float64(c.position)) }},
	"starts-with": testing(strings.HasPrefix),
	"string":      {0, 1, false, func(c context, a []value) value { return textValue(subject(c, a).string(c.run)) }},
	"string-length": {0, 1, false, func(c context, a []value) value {
		return numberValue(float64(len([]rune(subject(c, a).string(c.run)))))
	}},
	"true": {0, 0, false, func(context, []value) value { return truthValue(true) }},
}
