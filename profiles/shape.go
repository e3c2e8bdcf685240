package profiles

import "regexp"

// shape is the form of the codes of a system whose list is not here.
type shape struct {
	form *regexp.Regexp
	// enough: every code of that form counts as one of the system.
	enough bool
}

// shapes are the systems that have a grammar: language tags (RFC 5646) and media
// types (RFC 6838) by that alone, with the short names that R4 takes for its own
// formats; currencies have three letters but not any.
var shapes = map[string]shape{
	"urn:ietf:bcp:47":      {regexp.MustCompile(`^([A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*|[xi](-[A-Za-z0-9]{1,8})+)$`), true},
	"urn:ietf:bcp:13":      {regexp.MustCompile(`^(xml|json|ttl|` + mimeName + `/` + mimeName + `(\s*;\s*` + mimeName + `=("[^"]*"|[^\s;"]+))*)$`), true},
	"urn:iso:std:iso:4217": {regexp.MustCompile(`^[A-Z]{3}$`), false},
}

const mimeName = `[A-Za-z0-9*][A-Za-z0-9!#$&^_.+*-]{0,126}`

// inSystem tells whether a part takes the code from its system.
func (s *Set) inSystem(p part, system, code string) verdict {
	switch {
	case system != "" && system != p.system:
		return outside
	case p.codes != nil:
		return verdictOf(p.codes[code])
	case !p.whole:
		return unknown
	}
	if known, shaped := shapes[p.system]; shaped {
		return known.verdict(code)
	}
	held := s.system(p.system)
	if held == nil {
		return unknown
	}
	if _, has := held.concepts[code]; has {
		return inside
	}
	if held.complete {
		return outside
	}
	return unknown
}

func (s shape) verdict(code string) verdict {
	switch {
	case !s.form.MatchString(code):
		return outside
	case s.enough:
		return inside
	}
	return unknown
}
