package search

import (
	"net/url"
	"strconv"
	"strings"
)

// Values are the query as parameters: what a self link shows that the server
// understood (https://hl7.org/fhir/R4/search.html#conformance). Parse of them
// gives the same query again. The position is not among them, nor what has its
// default.
func (q Query) Values() url.Values {
	values := url.Values{}
	for i := range q.Clauses {
		values.Add(q.Clauses[i].name(), q.Clauses[i].text())
	}
	for i := range q.Links {
		values.Add(q.Links[i].written())
	}
	if len(q.Sort) > 0 {
		values.Set("_sort", sortText(q.Sort))
	}
	if q.Count != DefaultCount {
		values.Set("_count", strconv.Itoa(q.Count))
	}
	if q.Total != "" {
		values.Set("_total", string(q.Total))
	}
	for _, i := range q.Include {
		values.Add("_include"+i.modifier(), i.text())
	}
	for _, i := range q.RevInclude {
		values.Add("_revinclude"+i.modifier(), i.text())
	}
	return values
}

// Canonical is [Query.Values] as the query string of a URL: the same for all
// ways to write the same search. It may carry an identity code; see
// [Query.Sensitive].
func (q Query) Canonical() string { return q.Values().Encode() }

// name is the clause's parameter with its modifier.
func (c *Clause) name() string {
	switch {
	case c.Op == Missing:
		return c.Param + ":missing"
	case c.Not:
		return c.Param + ":not"
	case c.Op == Date && len(c.Values) > 0 && c.Values[0].First != "":
		return strings.TrimSuffix(c.Param, composedParam("", c.Values[0].First))
	}
	return c.Param
}

func (c *Clause) text() string {
	if c.Op == Missing {
		return strconv.FormatBool(c.Absent)
	}
	texts := make([]string, len(c.Values))
	for i := range c.Values {
		texts[i] = c.Values[i].text(c.Op)
	}
	return strings.Join(texts, ",")
}

func (c *Clause) key() string { return c.name() + "=" + c.text() }

func (v *Value) text(op Op) string {
	switch {
	case v.First != "":
		second := v.written()
		return v.First + "$" + second.text(op)
	case op == Date && v.Prefix == Equal:
		return v.Text
	case op == Date:
		return string(v.Prefix) + v.Text
	case op == Reference:
		return escaper.Replace(v.referenceText())
	case v.AnySystem:
		return escaper.Replace(v.Value)
	}
	return escaper.Replace(v.System) + "|" + escaper.Replace(v.Value)
}

func (v *Value) referenceText() string {
	text := v.Value
	if v.System != "" {
		text = v.System + "/" + text
	}
	if v.Version != "" {
		text += "/_history/" + v.Version
	}
	return text
}

func sortText(keys []Sort) string {
	texts := make([]string, len(keys))
	for i, key := range keys {
		if key.Descending {
			texts[i] = "-"
		}
		texts[i] += key.Param
	}
	return strings.Join(texts, ",")
}

// written is a link as a parameter and its value.
func (l *Link) written() (name, text string) {
	where := &l.Where[0]
	if len(where.Links) > 0 {
		name, text = where.Links[0].written()
	} else {
		name, text = where.Clauses[0].name(), where.Clauses[0].text()
	}
	switch {
	case l.Reverse:
		return reverse + ":" + where.Type + ":" + l.Param + ":" + name, text
	case len(l.Where) == 1 && l.Or.Op == 0:
		return l.Param + ":" + where.Type + "." + name, text
	}
	return l.Param + "." + name, text
}

func (l *Link) key() string {
	name, text := l.written()
	return name + "=" + text
}

func (i Include) modifier() string {
	if i.Iterate {
		return ":" + iterate
	}
	return ""
}

func (i Include) key() string { return i.modifier() + "=" + i.text() }

func (i Include) text() string {
	if i.Target == "" {
		return i.Source + ":" + i.Param
	}
	return i.Source + ":" + i.Param + ":" + i.Target
}
