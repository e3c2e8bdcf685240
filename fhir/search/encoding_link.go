package search

// conditions are a query's type, clauses and links.
func (e *encoder) conditions(q Query) {
	e.text(q.Type)
	e.length(len(q.Clauses))
	for i := range q.Clauses {
		e.clause(&q.Clauses[i])
	}
	e.length(len(q.Links))
	for i := range q.Links {
		e.link(&q.Links[i])
	}
}

func (e *encoder) link(l *Link) {
	e.text(l.Param)
	e.flags(l.Reverse)
	e.clause(&l.Or)
	e.length(len(l.Where))
	for _, where := range l.Where {
		e.conditions(where)
	}
}

// conditions reads them, so many links deep.
func (d *decoder) conditions(depth int) Query {
	q := Query{Type: d.text()}
	d.list(func() { q.Clauses = append(q.Clauses, d.clause()) })
	d.list(func() { q.Links = append(q.Links, d.link(depth+1)) })
	return q
}

func (d *decoder) link(depth int) Link {
	l := Link{Param: d.text()}
	if depth > MaxDepth {
		d.fail()
	}
	d.flags(&l.Reverse)
	l.Or = d.clause()
	d.list(func() { l.Where = append(l.Where, d.conditions(depth)) })
	return l
}
