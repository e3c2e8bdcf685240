package xmlpatch

import (
	"math"
	"strconv"
	"strings"
)

// valueKind is a type of XPath's values.
type valueKind uint8

const (
	nodeSet valueKind = iota
	stringy
	numeric
	boolish
)

// value is what an expression gives. The nodes of a set are in the order of the
// document.
type value struct {
	kind   valueKind
	nodes  []*node
	text   string
	number float64
	truth  bool
}

func textValue(s string) value { return value{kind: stringy, text: s} }

func numberValue(n float64) value { return value{kind: numeric, number: n} }

func truthValue(b bool) value { return value{kind: boolish, truth: b} }

func (v value) boolean() bool {
	switch v.kind {
	case nodeSet:
		return len(v.nodes) > 0
	case stringy:
		return v.text != ""
	case numeric:
		return v.number != 0 && !math.IsNaN(v.number)
	}
	return v.truth
}

// string is the text of a value, for a set that of its first node.
func (v value) string(r *run) string {
	switch v.kind {
	case nodeSet:
		if len(v.nodes) == 0 {
			return ""
		}
		return r.text(v.nodes[0])
	case numeric:
		if math.IsInf(v.number, 0) || math.IsNaN(v.number) {
			return "NaN"
		}
		return strconv.FormatFloat(v.number, 'f', -1, 64)
	case boolish:
		return strconv.FormatBool(v.truth)
	}
	return v.text
}

func (v value) float(r *run) float64 {
	switch v.kind {
	case numeric:
		return v.number
	case boolish:
		if v.truth {
			return 1
		}
		return 0
	}
	return float(v.string(r))
}

// float reads a number as XPath writes it: digits, a point and a minus.
func float(s string) float64 {
	s = strings.Trim(s, " \t\r\n")
	if n, err := strconv.ParseFloat(s, 64); err == nil && strings.Trim(s, "-0123456789.") == "" {
		return n
	}
	return math.NaN()
}

// text is the string-value of a node (https://www.w3.org/TR/xpath-10/#data-model).
func (r *run) text(n *node) string {
	if n.kind != element && n.kind != document {
		r.spend(1 + len(n.value)/64)
		return n.value
	}
	var all strings.Builder
	descendants(n, func(d *node) bool {
		r.spend(1)
		if d.kind == text {
			r.spend(len(d.value) / 64)
			all.WriteString(d.value)
		}
		return !r.spent()
	})
	return all.String()
}
