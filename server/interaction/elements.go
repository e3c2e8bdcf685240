package interaction

import (
	"slices"
	"strings"

	"tahto/fhir/issue"
	"tahto/fhir/subset"
)

// readElements reads lists of names, each of an element of what is asked for or
// with its type before it.
func (s *Service) readElements(lists []string, lenient bool, types []string) (*view, error) {
	v := &view{part: subset.Elements, own: map[string][]string{}, named: map[string][]string{}}
	var canonical []string
	for name := range strings.SplitSeq(strings.Join(lists, ","), ",") {
		element, known := s.addElement(v, strings.TrimSpace(name), types)
		switch {
		case known && !slices.Contains(canonical, element):
			canonical = append(canonical, element)
		case known:
		case !lenient:
			return nil, issue.New(issue.Invalid, "http._elements", s.unknownElement(name, types)).Coded(issue.CodeNotSupported)
		case len(v.says) == 0: // one tells enough
			v.says = []issue.Issue{{
				Severity: issue.SeverityWarning, Code: issue.CodeNotSupported, Expression: "http._elements",
				Text: s.unknownElement(name, types) + " It was left out of the list.",
			}}
		}
	}
	if len(canonical) == 0 {
		return &view{says: v.says}, nil
	}
	v.shown = elementsParameter + "=" + strings.Join(canonical, ",")
	return v, nil
}

// addElement adds a name to the elements of every type it belongs to, and gives
// it as R4 has it.
func (s *Service) addElement(v *view, name string, types []string) (canonical string, known bool) {
	if of, rest, qualified := strings.Cut(name, "."); qualified && slices.Contains(s.shownTypes(types), of) {
		element, known := s.Types.Outline(of).Element(rest)
		if known {
			add(v.own, of, element)
			add(v.named, of, element)
		}
		return of + "." + element, known
	}
	for _, of := range types {
		if element, has := s.Types.Outline(of).Element(name); has {
			add(v.own, of, element)
			canonical, known = element, true
		}
	}
	for _, of := range types {
		if known && v.own[of] == nil {
			v.own[of] = []string{} // it has none of the elements, and is no less asked for in part
		}
	}
	return canonical, known
}

func add(to map[string][]string, of, element string) {
	if !slices.Contains(to[of], element) {
		to[of] = append(to[of], element)
	}
}

// shownTypes are those whose elements can be named: what is asked for, and what
// may be included.
func (s *Service) shownTypes(types []string) []string { return slices.Concat(types, s.types) }

// unknownElement says what is wrong with a name, which is not repeated.
func (s *Service) unknownElement(name string, types []string) string {
	of, rest, qualified := strings.Cut(strings.TrimSpace(name), ".")
	text := "_elements has a name that is no element of " + strings.Join(types, " or ")
	known := s.elementsOf(types)
	switch at := slices.Index(s.shownTypes(types), of); {
	case qualified && at >= 0 && strings.Contains(rest, "."), qualified && slices.Contains(known, of):
		return "_elements names elements of the resource itself, and not what is inside them; name the whole element."
	case qualified && at >= 0:
		name, known = rest, s.Types.Outline(of).Elements()
		text = "_elements has a name that is no element of " + of
	case qualified:
		near := issue.Nearest(of, s.shownTypes(types))
		if near == "" {
			near = strings.Join(slices.Compact(slices.Sorted(slices.Values(s.shownTypes(types)))), ", ")
		}
		return "_elements has a name with a type before it that this answer has not; these are: " + near + "."
	}
	if near := issue.Nearest(name, known); near != "" {
		return text + "; did you mean " + near + "?"
	}
	return text + "; there are " + strings.Join(known, ", ") + "."
}

func (s *Service) elementsOf(types []string) []string {
	var all []string
	for _, of := range types {
		for _, element := range s.Types.Outline(of).Elements() {
			if !slices.Contains(all, element) {
				all = append(all, element)
			}
		}
	}
	return all
}
