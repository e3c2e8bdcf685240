package embedded

import (
	"encoding/hex"
	"strconv"

	"tahto/fhir/search"
)

// filter is a clause of a query made ready for this state: words are numbers,
// and values that compare alike are together.
type filter struct {
	search.Clause
	param  int64 // 0: no document has the parameter
	groups []group
}

// group are values of a clause that compare the same columns in the same way.
// However many there are, they are one condition with a fixed number of
// arguments: SQLite bounds both the arguments and the depth of an expression.
type group struct {
	shape
	values []match
}

// shape is how a group compares.
type shape struct {
	value, system, version bool          // compared
	prefix                 search.Prefix // of dates; "" for tokens and references
}

// match is a value with its system as a number.
type match struct {
	search.Value
	system int64
}

// filter makes a clause ready.
func (r *reader) filter(q search.Query, c search.Clause) (filter, error) {
	f := filter{Clause: c}
	var err error
	if f.param, err = r.number(word{kindParam, q.Type, c.Param}); err != nil || f.param == 0 || c.Op == search.Missing {
		return f, err
	}
	for _, v := range c.Values {
		s, ok := shapeOf(c.Op, v)
		if !ok {
			continue
		}
		m := match{Value: v}
		if s.system {
			if m.system, ok, err = r.system(v.System); err != nil {
				return f, err
			}
		}
		if ok {
			f.put(s, m)
		}
	}
	return f, nil
}

func (f *filter) put(s shape, m match) {
	for i := range f.groups {
		if f.groups[i].shape == s {
			f.groups[i].values = append(f.groups[i].values, m)
			return
		}
	}
	f.groups = append(f.groups, group{s, []match{m}})
}

// shapeOf is how a value compares, as search.Query.Match does; false if it
// can't equal anything.
func shapeOf(op search.Op, v search.Value) (shape, bool) {
	switch op {
	case search.Token:
		return shape{value: !v.AnyValue, system: !v.AnySystem}, true
	case search.Reference:
		return shape{value: true, system: !v.AnySystem, version: v.Version != ""}, v.Value != ""
	case search.Date:
		_, known := dateConditions[v.Prefix]
		return shape{prefix: v.Prefix}, known
	}
	return shape{}, false
}

// constant tells what a filter gives for every document, if it can be told
// without looking at any.
func (f *filter) constant() (holds, known bool) {
	empty := f.param == 0 || len(f.groups) == 0
	switch {
	case f.Op == search.Missing:
		return f.Absent, f.param == 0
	case f.Op != search.Token && f.Op != search.Reference && f.Op != search.Date:
		return false, true
	}
	return f.Not, empty
}

// residual writes the filter as a condition on a candidate r. The unary plus
// keeps the planner on the entries of the document.
func (f *filter) residual(b *builder) {
	if f.Op == search.Missing && f.Absent || f.Op != search.Missing && f.Not {
		b.add("NOT ")
	}
	b.add("EXISTS (SELECT 1 FROM entry e WHERE e.doc = r.doc AND e.param = ?", f.param)
	if f.Op != search.Missing {
		b.add(" AND (")
		for i, g := range f.groups {
			if i > 0 {
				b.add(" OR ")
			}
			g.condition(b, "+e.")
		}
		b.add(")")
	}
	b.add(")")
}

// condition writes the group as a condition on an entry, whose columns begin
// with prefix.
func (g *group) condition(b *builder, column string) {
	switch {
	case g.prefix != "":
		g.date(b, column)
	case !g.value && !g.system:
		b.add("TRUE")
	case len(g.values) == 1:
		g.one(b, column)
	default:
		g.many(b, column)
	}
}

// columns are the names of the compared columns, in the order of the index.
func (g *group) columns() []string {
	var names []string
	if g.value {
		names = append(names, "value")
	}
	if g.system {
		names = append(names, "system")
	}
	if g.version {
		names = append(names, "ver")
	}
	return names
}

func (g *group) one(b *builder, column string) {
	v := &g.values[0]
	and := ""
	if g.value {
		b.add(column)
		b.add("value = ?", v.Value.Value)
		and = " AND "
	}
	if g.system {
		b.add(and)
		b.add(column)
		b.add("system = ?", v.system)
		and = " AND "
	}
	if g.version {
		b.add(and)
		b.add(column)
		b.add("ver = ?", v.Version)
	}
}

// many compares with a list that is one argument: JSON, with texts in
// hexadecimal, so that every text survives.
func (g *group) many(b *builder, column string) {
	b.add("(")
	for i, name := range g.columns() {
		if i > 0 {
			b.add(", ")
		}
		b.add(column)
		b.add(name)
	}
	b.add(") IN (SELECT ")
	for i, name := range g.columns() {
		if i > 0 {
			b.add(", ")
		}
		if name == "system" {
			b.add("j.value ->> " + strconv.Itoa(i))
		} else {
			b.add("CAST(unhex(j.value ->> " + strconv.Itoa(i) + ") AS TEXT)")
		}
	}
	b.add(" FROM json_each(?) j)", g.list())
}

func (g *group) list() string {
	list := []byte("[")
	for i := range g.values {
		v := &g.values[i]
		if i > 0 {
			list = append(list, ',')
		}
		list = append(list, '[')
		for n, name := range g.columns() {
			if n > 0 {
				list = append(list, ',')
			}
			switch name {
			case "value":
				list = appendHex(list, v.Value.Value)
			case "system":
				list = strconv.AppendInt(list, v.system, 10)
			case "ver":
				list = appendHex(list, v.Version)
			}
		}
		list = append(list, ']')
	}
	return string(append(list, ']'))
}

func appendHex(list []byte, text string) []byte {
	list = append(list, '"')
	list = hex.AppendEncode(list, []byte(text))
	return append(list, '"')
}
