package search

import (
	"cmp"
	"strings"
)

// SortKeys are what a resource with these entries has to compare for each key
// of the query's sort: of several values the least when ascending, the
// greatest when descending (https://hl7.org/fhir/R4/search.html#sort).
func (q Query) SortKeys(entries []Entry) []SortKey {
	if len(q.Sort) == 0 {
		return nil
	}
	keys := make([]SortKey, len(q.Sort))
	for i := range q.Sort {
		keys[i] = q.Sort[i].key(entries)
	}
	return keys
}

func (s Sort) key(entries []Entry) SortKey {
	best := SortKey{Missing: true}
	for i := range entries {
		if entries[i].Param != s.Param {
			continue
		}
		if k := s.of(&entries[i]); s.compare(k, best) < 0 {
			best = k
		}
	}
	return best
}

func (s Sort) of(e *Entry) SortKey {
	switch {
	case !s.Date:
		return SortKey{Text: e.Value}
	case s.Descending:
		return SortKey{Time: e.High}
	}
	return SortKey{Time: e.Low}
}

// compare orders two keys. What is missing comes last, either way; texts
// compare byte by byte.
func (s Sort) compare(a, b SortKey) int {
	if a.Missing || b.Missing {
		return order(a.Missing, b.Missing)
	}
	result := strings.Compare(a.Text, b.Text)
	if s.Date {
		result = cmp.Compare(a.Time, b.Time)
	}
	if s.Descending {
		return -result
	}
	return result
}

// order puts false before true.
func order(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// Compare orders two positions as the query's result is ordered: negative if a
// comes first. It is a total order: by the keys of the sort, then by logical
// id, ascending, byte by byte. A key that a position lacks counts as missing.
func (q Query) Compare(a, b Position) int {
	for i, s := range q.Sort {
		if result := s.compare(a.key(i), b.key(i)); result != 0 {
			return result
		}
	}
	return strings.Compare(a.ID, b.ID)
}

func (p Position) key(i int) SortKey {
	if i < len(p.Keys) {
		return p.Keys[i]
	}
	return SortKey{Missing: true}
}
