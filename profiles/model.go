package profiles

import (
	"strings"
	"sync"

	"tahto/fhir/fhirpath"
	"tahto/fhir/subset"
	"tahto/fhir/xml"
)

// typeEntry is an R4 type, with what FHIRPath, the XML format and subsets ask
// about it prepared when they first ask.
type typeEntry struct {
	read     structureReader
	tree     func() typeTree
	layouts  func() map[string]*xml.Layout     // by path
	outlines func() map[string]*subset.Outline // by path
}

// typeTree is a type as FHIRPath sees it: by the path of what holds elements,
// the type itself or a backbone element in it, their types and what it
// specialises.
type typeTree struct {
	children map[string]map[string]fhirpath.ElementType
	super    map[string]string
}

func newTypeEntry(read structureReader) *typeEntry {
	return &typeEntry{
		read: read, tree: prepared(read, newTypeTree),
		layouts: prepared(read, newLayouts), outlines: prepared(read, newOutlines),
	}
}

// prepared makes something of a type when it is first asked for; nothing if the
// type can't be read.
func prepared[T any](read structureReader, from func(*Structure) T) func() T {
	return sync.OnceValue(func() T {
		found, err := read()
		if err != nil {
			var nothing T
			return nothing
		}
		return from(found)
	})
}

func newTypeTree(of *Structure) typeTree {
	t := typeTree{children: map[string]map[string]fhirpath.ElementType{}, super: map[string]string{}}
	t.super[of.Name] = strings.TrimPrefix(of.Base, coreBase)
	for i, e := range of.Elements[1:] {
		dot := strings.LastIndexByte(e.Path, '.')
		parent, name := e.Path[:dot], e.Path[dot+1:]
		if t.children[parent] == nil {
			t.children[parent] = map[string]fhirpath.ElementType{}
		}
		name, choice := strings.CutSuffix(name, choiceMark)
		names := typeNames(e, of.Elements[i+2:])
		t.children[parent][name] = fhirpath.ElementType{Types: names, Choice: choice, List: e.Max > 1 || e.Max == Unbounded}
		if len(names) == 1 && names[0] == e.Path {
			t.super[e.Path] = e.Types[0].Code
		}
	}
	return t
}

// typeNames are the types of an element: its own path, if what follows it is
// inside it, or the path it refers to.
func typeNames(e Element, following []Element) []string {
	if e.Content != "" {
		return []string{e.Content}
	}
	if len(following) > 0 && strings.HasPrefix(following[0].Path, e.Path+".") {
		return []string{e.Path}
	}
	names := make([]string, len(e.Types))
	for i, t := range e.Types {
		names[i] = t.Code
	}
	return names
}

// Child is an element of a type or backbone element of R4, as
// [fhirpath.Model] wants it.
func (s *Set) Child(parent, name string) (fhirpath.ElementType, bool) {
	entry := s.entry(parent)
	if entry == nil {
		return fhirpath.ElementType{}, false
	}
	found, ok := entry.tree().children[parent][name]
	return found, ok
}

// entry is the type that a type name or path begins with; nil if there is none.
func (s *Set) entry(path string) *typeEntry {
	root, _, _ := strings.Cut(path, ".")
	return s.types[root]
}

// Super is the type that a type or backbone element of R4 specialises; "" at the
// root or if there is no such type.
func (s *Set) Super(name string) string {
	entry := s.entry(name)
	if entry == nil {
		return ""
	}
	return entry.tree().super[name]
}

var typeKinds = map[Kind]fhirpath.TypeKind{Primitive: fhirpath.Primitive, Complex: fhirpath.Complex, Resource: fhirpath.Resource}

// Kind tells whether a name is that of a primitive, of a complex type or
// backbone element, or of a resource; 0 if there is no such type.
func (s *Set) Kind(name string) fhirpath.TypeKind {
	if of, found := s.Type(name); found {
		return typeKinds[of.Kind]
	}
	if s.Super(name) != "" {
		return fhirpath.Complex
	}
	return 0
}
