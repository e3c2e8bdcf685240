package embedded

import "tahto/fhir/search"

// newestFirst answers the usual sort, by one date and the newest first, when no
// clause leads: it walks down the index of dates and stops when the page is
// full, instead of sorting all documents of the type. A document counts where
// its latest date stands, and those without a date come last, by id. The page
// is made before its first row is given: see walk.
func newestFirst(b *builder, q search.Query, param int64, p *plan) {
	b.add("WITH page AS MATERIALIZED (SELECT * FROM (")
	dated := q.After == nil || len(q.After.Keys) > 0 && !q.After.Keys[0].Missing
	if dated {
		b.add("SELECT * FROM (")
		byDate(b, q, param, p)
		b.add(") UNION ALL SELECT * FROM (")
	}
	undated(b, q, param, p, dated)
	if dated {
		b.add(")")
	}
	b.add(") LIMIT ?) SELECT id, version, updated, method, body FROM page ORDER BY at DESC NULLS LAST, id", limit(q.Count))
}

func byDate(b *builder, q search.Query, param int64, p *plan) {
	b.add(`SELECT d.high AS at, r.id, r.version, r.updated, r.method, r.body
		FROM entry d INDEXED BY entry_date CROSS JOIN resource r ON r.doc = d.doc
		WHERE d.param = ? AND d.high > d.low`, param)
	if q.After != nil {
		at := q.After.Keys[0].Time
		b.add(" AND d.high <= ? AND (d.high < ? OR r.id > ?)", at, at, q.After.ID)
	}
	b.add(` AND NOT EXISTS (SELECT 1 FROM entry l WHERE l.doc = d.doc AND l.param = d.param
		AND (+l.high > d.high OR +l.high = d.high AND (l.low, l.value, l.system, l.ver) < (d.low, d.value, d.system, d.ver)))`)
	p.conditions(b)
	b.add(" ORDER BY d.high DESC, r.id LIMIT ?", limit(q.Count))
}

// undated are the documents without the date, all of them or those after the
// position.
func undated(b *builder, q search.Query, param int64, p *plan, all bool) {
	b.add("SELECT NULL AS at, r.id, r.version, r.updated, r.method, r.body")
	p.from(b, q)
	b.add(" AND NOT EXISTS (SELECT 1 FROM entry d WHERE d.doc = r.doc AND d.param = ?)", param)
	if !all {
		b.add(" AND r.id > ?", q.After.ID)
	}
	b.add(" ORDER BY r.id LIMIT ?", limit(q.Count))
}
