package profiles

import (
	"strings"

	"tahto/fhir/subset"
)

// Outline is a type or backbone element of R4 as subsets of resources need it
// ([subset.Definitions]). All of a type are made when it is first asked for one.
func (s *Set) Outline(name string) *subset.Outline {
	if entry := s.entry(name); entry != nil {
		return entry.outlines()[name]
	}
	return nil
}

// newOutlines are those of a type and of the backbone elements in it, by path.
func newOutlines(of *Structure) map[string]*subset.Outline {
	fields := map[string][]subset.Field{}
	for i, e := range of.Elements[1:] {
		if e.Max == 0 {
			continue
		}
		parent := e.Path[:strings.LastIndexByte(e.Path, '.')]
		for _, f := range layoutFields(e, typeNames(e, of.Elements[i+2:])) {
			fields[parent] = append(fields[parent], subset.Field{
				Name: f.Name, Element: f.Element, Type: divisible(f.Type), Summary: e.Summary, Always: e.Min > 0 || e.Modifier,
			})
		}
	}
	all := map[string]*subset.Outline{}
	for path, list := range fields {
		all[path] = subset.NewOutline(list)
	}
	return all
}

// divisible is the type of what can be taken apart. A resource inside another,
// and an extension, is whole or not there: the value of an extension is no
// element of R4's own, and none of them counts to the summary.
func divisible(typ string) string {
	if typ == "Resource" || typ == "Extension" {
		return ""
	}
	return typ
}
