package mongo

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"tahto/fhir/search"
)

// What a document is found by are strings, so that two array fields and their
// indexes serve every parameter. A string begins with the parameter's name,
// which has none of the signs = | @ * and }, and the sign after it tells the
// form:
//
//	status                  there is an entry of the parameter
//	status=active           an entry with the value, of any system
//	status|urn:a|active     an entry with the system, or type, and the value
//	target@2|Consent|a      a reference to that version; target@2=a of any type
//	date*                   several intervals of the parameter: see intervals
//
// A system and a version are escaped, so that no two entries give one string.

var escaper = strings.NewReplacer(`\`, `\\`, `|`, `\|`, `=`, `\=`)

func present(param string) string         { return param }
func severalKey(param string) string      { return param + "*" }
func valueKey(param, value string) string { return param + "=" + value }
func systemKey(param, system, value string) string {
	return systemPrefix(param, system) + value
}
func systemPrefix(param, system string) string { return param + "|" + escaper.Replace(system) + "|" }

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

// after is the least string that is greater than all that begin with the
// prefix, which ends in a sign of ASCII.
func after(prefix string) string {
	return prefix[:len(prefix)-1] + string(prefix[len(prefix)-1]+1)
}

// bound is an end of an interval as a string: strings are ordered as the times.
func bound(param string, t int64) string { return boundPrefix(param) + ordered(t) }

func boundPrefix(param string) string { return param + "|" }

func ordered(t int64) string { return fmt.Sprintf("%016x", uint64(t)^(1<<63)) }

func unordered(text string) (int64, error) {
	n, err := strconv.ParseUint(text, 16, 64)
	return int64(n ^ (1 << 63)), err
}

// isDate tells a date's entry from all others, which have no interval.
func isDate(e *search.Entry) bool { return e.High > e.Low }

// span is what a document has to be sorted by a date: of several intervals the
// least beginning, and the greatest end.
type span struct {
	Low  int64 `bson:"l"`
	High int64 `bson:"h"`
}

// index is what a document is found and sorted by.
type index struct {
	Keys []string `bson:"k,omitempty"`
	Low  []string `bson:"lo,omitempty"`
	High []string `bson:"hi,omitempty"`
	// Intervals are those of parameters that have several, which Low and High
	// alone can't tell apart.
	Intervals []string        `bson:"x,omitempty"`
	Sort      map[string]span `bson:"s,omitempty"`
}

func indexOf(entries []search.Entry) index {
	var x index
	dates := map[string]int{}
	for i := range entries {
		e := &entries[i]
		x.add(present(e.Param))
		if isDate(e) {
			dates[e.Param]++
			x.interval(e)
			continue
		}
		x.add(valueKey(e.Param, e.Value))
		x.add(systemKey(e.Param, e.System, e.Value))
		if e.Version != "" {
			v := search.Value{System: e.System, Value: e.Value, Version: e.Version}
			x.add(referenceKey(e.Param, v))
			v.AnySystem = true
			x.add(referenceKey(e.Param, v))
		}
	}
	for param, n := range dates {
		if n > 1 {
			x.several(param, entries)
		}
	}
	x.Keys = distinct(x.Keys)
	return x
}

func (x *index) add(key string) { x.Keys = append(x.Keys, key) }

func (x *index) interval(e *search.Entry) {
	x.Low = append(x.Low, bound(e.Param, e.Low))
	x.High = append(x.High, bound(e.Param, e.High))
	if !isWalked(e.Param) {
		return
	}
	if x.Sort == nil {
		x.Sort = map[string]span{}
	}
	s, there := x.Sort[e.Param]
	if !there {
		s = span{Low: math.MaxInt64, High: math.MinInt64}
	}
	x.Sort[e.Param] = span{Low: min(s.Low, e.Low), High: max(s.High, e.High)}
}

func (x *index) several(param string, entries []search.Entry) {
	x.add(severalKey(param))
	for i := range entries {
		if e := &entries[i]; e.Param == param && isDate(e) {
			x.Intervals = append(x.Intervals, bound(param, e.Low)+ordered(e.High))
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
		ends, ok := strings.CutPrefix(text, boundPrefix(param))
		if !ok || len(ends) != 32 {
			continue
		}
		low, errLow := unordered(ends[:16])
		high, errHigh := unordered(ends[16:])
		if errLow == nil && errHigh == nil {
			entries = append(entries, search.Entry{Param: param, Low: low, High: high})
		}
	}
	return entries
}

// entries are as many of the entries as a sort needs, made of the strings.
func (x *index) entries(sorts []search.Sort) []search.Entry {
	var list []search.Entry
	for _, s := range sorts {
		if !s.Date {
			for _, value := range x.startingWith(x.Keys, valueKey(s.Param, "")) {
				list = append(list, search.Entry{Param: s.Param, Value: value})
			}
			continue
		}
		from := x.Low
		if s.Descending {
			from = x.High
		}
		for _, text := range x.startingWith(from, boundPrefix(s.Param)) {
			if t, err := unordered(text); err == nil {
				list = append(list, search.Entry{Param: s.Param, Low: t, High: t})
			}
		}
	}
	return list
}

func (x *index) startingWith(list []string, prefix string) (rest []string) {
	for _, text := range list {
		if end, ok := strings.CutPrefix(text, prefix); ok {
			rest = append(rest, end)
		}
	}
	return rest
}
