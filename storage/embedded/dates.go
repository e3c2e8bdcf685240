package embedded

import (
	"strconv"
	"strings"

	"tahto/fhir/search"
)

// dateCondition is what a prefix asks of an entry's low and high, in SQL; from
// and to are the interval that is looked for (search.Query.Match). reach is
// what follows for high alone, by which the index finds candidates; "" if
// nothing does.
type dateCondition struct{ holds, reach string }

var dateConditions = map[search.Prefix]dateCondition{
	search.Equal:        {"{low} >= {from} AND {high} <= {to}", "{high} > {from} AND {high} <= {to}"},
	search.NotEqual:     {"({low} < {from} OR {high} > {to})", ""},
	search.GreaterThan:  {"{high} > {to}", "{high} > {to}"},
	search.LessThan:     {"{low} < {from}", ""},
	search.GreaterEqual: {"({high} > {to} OR {low} >= {from})", "{high} > {from}"},
	search.LessEqual:    {"({low} < {from} OR {high} <= {to})", ""},
	search.StartsAfter:  {"{low} >= {to}", "{high} > {to}"},
	search.EndsBefore:   {"{high} <= {from}", "{high} <= {from}"},
	search.Approximate:  {"({low} < {to} AND {high} > {from})", "{high} > {from}"},
}

// date writes a group of dates with one prefix as a condition on an entry. An
// entry without an interval is no date.
func (g *group) date(b *builder, column string) {
	b.add("(" + column + "high > " + column + "low AND ")
	g.dates(b, dateConditions[g.prefix].holds, column)
	b.add(")")
}

// dates writes a condition for one interval or for any of a list.
func (g *group) dates(b *builder, condition, column string) {
	if len(g.values) == 1 {
		g.interval(b, condition, column)
		return
	}
	b.add("EXISTS (SELECT 1 FROM json_each(?) j WHERE ", g.intervals())
	b.add(replaceColumns(condition, column, "(j.value ->> 0)", "(j.value ->> 1)"))
	b.add(")")
}

// interval writes the condition with one interval as arguments, in the order in
// which the condition names its ends.
func (g *group) interval(b *builder, condition, column string) {
	v := &g.values[0]
	b.add(replaceColumns(condition, column, "?", "?"))
	for rest := condition; ; {
		i := strings.IndexByte(rest, '{')
		if i < 0 {
			return
		}
		rest = rest[i+1:]
		switch {
		case strings.HasPrefix(rest, "from"):
			b.add("", v.Low)
		case strings.HasPrefix(rest, "to"):
			b.add("", v.High)
		}
	}
}

func replaceColumns(condition, column, from, to string) string {
	return strings.NewReplacer("{low}", column+"low", "{high}", column+"high", "{from}", from, "{to}", to).Replace(condition)
}

func (g *group) intervals() string {
	list := []byte("[")
	for i := range g.values {
		if i > 0 {
			list = append(list, ',')
		}
		list = append(list, '[')
		list = strconv.AppendInt(list, g.values[i].Low, 10)
		list = append(list, ',')
		list = strconv.AppendInt(list, g.values[i].High, 10)
		list = append(list, ']')
	}
	return string(append(list, ']'))
}
