package patch

import (
	"strconv"
	"strings"

	"tahto/fhir"
	"tahto/fhir/issue"
)

// pointer is a JSON Pointer (RFC 6901): names of members and indexes of items,
// unescaped. The empty pointer is the whole resource.
type pointer []string

var unescape = strings.NewReplacer("~0", "~", "~1", "/")

func readPointer(member, text string) (pointer, error) {
	if text == "" {
		return nil, nil
	}
	if text[0] != '/' {
		return nil, issue.New(issue.Invalid, member, "A JSON Pointer is empty or begins with a slash, such as /provision/type.")
	}
	tokens := strings.Split(text[1:], "/")
	for i, token := range tokens {
		for at := strings.IndexByte(token, '~'); at >= 0 && at < len(token); at++ {
			if token[at] == '~' && (at+1 == len(token) || token[at+1] != '0' && token[at+1] != '1') {
				return nil, issue.New(issue.Invalid, member, "In a JSON Pointer write ~0 for a tilde and ~1 for a slash.")
			}
		}
		tokens[i] = unescape.Replace(token)
	}
	return tokens, nil
}

// within tells whether p leads to something inside of what other leads to.
func (p pointer) within(other pointer) bool {
	if len(p) <= len(other) {
		return false
	}
	for i, token := range other {
		if p[i] != token {
			return false
		}
	}
	return true
}

// index reads a token as the index of an item: digits without a zero in front.
func index(token string) (int, bool) {
	if token == "" || len(token) > 9 || len(token) > 1 && token[0] == '0' {
		return 0, false
	}
	n, err := strconv.ParseUint(token, 10, 31)
	return int(n), err == nil
}

// existing is the place that a pointer leads to, and what is there.
func (d *draft) existing(p pointer) (fhir.Place, fhir.Element, bool) {
	e, place := d.Root(), fhir.Place{}
	for _, token := range p {
		step, ok := d.step(e, token)
		if !ok {
			return nil, fhir.Element{}, false
		}
		if e, ok = d.Child(e, step); !ok {
			return nil, fhir.Element{}, false
		}
		place = append(place, step)
	}
	return place, e, true
}

// step is what a token means in an element; "-" is the item after the last.
func (d *draft) step(in fhir.Element, token string) (fhir.Step, bool) {
	switch {
	case in.Kind() == fhir.Object:
		return fhir.Step{Name: token}, true
	case in.Kind() != fhir.Array:
		return fhir.Step{}, false
	case token == "-":
		return fhir.Step{Index: in.Len()}, true
	}
	i, ok := index(token)
	return fhir.Step{Index: i}, ok
}

// target is the place that something is to be added to: its parent must be
// there, and an index may be that of the item after the last.
func (d *draft) target(p pointer) (fhir.Place, bool) {
	if len(p) == 0 {
		return nil, true
	}
	place, parent, ok := d.existing(p[:len(p)-1])
	if !ok {
		return nil, false
	}
	step, ok := d.step(parent, p[len(p)-1])
	if !ok || parent.Kind() == fhir.Array && step.Index > parent.Len() {
		return nil, false
	}
	return place.Then(step), true
}
