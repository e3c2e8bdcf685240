package mongo

import (
	"fmt"
	"strconv"
	"strings"

	"tahto/fhir/search"
)

// What a document is found by are strings, so that one array field and its index
// serve every parameter but dates. A string begins with the parameter's name,
// which has none of the signs = | ~ @ and *, and the sign after it tells the
// form:
//
//	status                  there is an entry of the parameter
//	status=active           an entry with the value, of any system
//	status|urn:a|active     an entry with the system, or type, and the value
//	status~urn:a            an entry with the system
//	target@2|Consent|a      a reference to that version; target@2=a of any type
//	date*                   several intervals of the parameter: see intervals
//
// A system and a version are escaped, so that no two entries give one string.

var escaper = strings.NewReplacer(`\`, `\\`, `|`, `\|`, `=`, `\=`)

func present(param string) string             { return param }
func severalKey(param string) string          { return param + "*" }
func valueKey(param, value string) string     { return param + "=" + value }
func ofSystemKey(param, system string) string { return param + "~" + system }
func systemKey(param, system, value string) string {
	return param + "|" + escaper.Replace(system) + "|" + value
}

// referenceKey is a reference's string: to a version of it, of a type or of any.
func referenceKey(param string, v search.Value) string {
	if v.Version != "" {
		param += "@" + escaper.Replace(v.Version)
	}
	if v.AnySystem {
		return valueKey(param, v.Value)
	}
	return systemKey(param, v.System, v.Value)
}

// isDate tells a date's entry from all others, which have no interval.
func isDate(e *search.Entry) bool { return e.High > e.Low }

// span is what there is of a date's intervals, each up to but not including its
// end, in microseconds: the least and the greatest of the ends. What asks for one
// end of any interval asks for one of these.
type span struct {
	Low      int64 `bson:"lo"` // the earliest beginning
	LastLow  int64 `bson:"ll"`
	FirstEnd int64 `bson:"fe"`
	High     int64 `bson:"hi"` // the latest end
}

func (s span) with(e *search.Entry) span {
	return span{min(s.Low, e.Low), max(s.LastLow, e.Low), min(s.FirstEnd, e.High), max(s.High, e.High)}
}

// index is what a document is found and sorted by.
type index struct {
	Keys  []string        `bson:"k,omitempty"`
	Dates map[string]span `bson:"s,omitempty"`
	// Intervals are those of parameters that have several, of which a span does
	// not tell which ends belong together: parameter|beginning and end.
	Intervals []string `bson:"x,omitempty"`
}

func indexOf(entries []search.Entry) index {
	x := index{Dates: map[string]span{}}
	for i := range entries {
		e := &entries[i]
		x.add(present(e.Param))
		if isDate(e) {
			x.interval(e)
			continue
		}
		x.add(valueKey(e.Param, e.Value), systemKey(e.Param, e.System, e.Value), ofSystemKey(e.Param, e.System))
		if e.Version != "" {
			v := search.Value{System: e.System, Value: e.Value, Version: e.Version}
			x.add(referenceKey(e.Param, v))
			v.AnySystem = true
			x.add(referenceKey(e.Param, v))
		}
	}
	x.several(entries)
	x.Keys = distinct(x.Keys)
	return x
}

func (x *index) add(keys ...string) { x.Keys = append(x.Keys, keys...) }

func (x *index) interval(e *search.Entry) {
	s, there := x.Dates[e.Param]
	if !there {
		s = span{e.Low, e.Low, e.High, e.High}
	}
	x.Dates[e.Param] = s.with(e)
}

// several keeps the intervals of a parameter that has more than one.
func (x *index) several(entries []search.Entry) {
	for i := range entries {
		e := &entries[i]
		if s := x.Dates[e.Param]; isDate(e) && (s.Low != s.LastLow || s.FirstEnd != s.High) {
			x.add(severalKey(e.Param))
			x.Intervals = append(x.Intervals, e.Param+"|"+hexadecimal(e.Low)+hexadecimal(e.High))
		}
	}
}

// distinct leaves the first of what is there several times.
func distinct(keys []string) []string {
	seen := make(map[string]bool, len(keys))
	kept := keys[:0]
	for _, key := range keys {
		if !seen[key] {
			seen[key] = true
			kept = append(kept, key)
		}
	}
	return kept
}

// intervals are the entries of a parameter that has several; none of one that
// has one at most.
func (x *index) intervals(param string) []search.Entry {
	var entries []search.Entry
	for _, text := range x.Intervals {
		ends, ok := strings.CutPrefix(text, param+"|")
		if !ok || len(ends) != 32 {
			continue
		}
		low, errLow := strconv.ParseUint(ends[:16], 16, 64)
		high, errHigh := strconv.ParseUint(ends[16:], 16, 64)
		if errLow == nil && errHigh == nil {
			entries = append(entries, search.Entry{Param: param, Low: int64(low), High: int64(high)})
		}
	}
	return entries
}

// entries are as many of the entries as a sort needs.
func (x *index) entries(sorts []search.Sort) []search.Entry {
	var list []search.Entry
	for _, s := range sorts {
		if span, there := x.Dates[s.Param]; s.Date && there {
			list = append(list, search.Entry{Param: s.Param, Low: span.Low, High: span.High})
		}
		if s.Date {
			continue
		}
		for _, key := range x.Keys {
			if value, ok := strings.CutPrefix(key, valueKey(s.Param, "")); ok {
				list = append(list, search.Entry{Param: s.Param, Value: value})
			}
		}
	}
	return list
}

func hexadecimal(t int64) string { return fmt.Sprintf("%016x", uint64(t)) }
