package profiles

import (
	"strings"

	"tahto/fhir/xml"
)

// Layout is a type or backbone element of R4 as the XML format needs it
// ([xml.Definitions]). All of a type are made when it is first asked for one.
func (s *Set) Layout(name string) *xml.Layout {
	if entry := s.entry(name); entry != nil {
		return entry.layouts()[name]
	}
	return nil
}

var layoutKinds = map[string]xml.Kind{
	"boolean": xml.Boolean, "xhtml": xml.XHTML,
	"decimal": xml.Number, "integer": xml.Number, "unsignedInt": xml.Number, "positiveInt": xml.Number,
}

func layoutKind(of *Structure) xml.Kind {
	if kind, special := layoutKinds[of.Type]; special {
		return kind
	}
	return map[Kind]xml.Kind{Primitive: xml.Text, Complex: xml.Complex, Resource: xml.Resource}[of.Kind]
}

// newLayouts are those of a type and of the backbone elements in it, by path.
func newLayouts(of *Structure) map[string]*xml.Layout {
	fields := map[string][]xml.Field{}
	for i, e := range of.Elements[1:] {
		dot := strings.LastIndexByte(e.Path, '.')
		parent := e.Path[:dot]
		if e.Max == 0 || of.Kind == Primitive && e.Path[dot+1:] == "value" {
			continue // the value is the element itself
		}
		fields[parent] = append(fields[parent], layoutFields(e, typeNames(e, of.Elements[i+2:]))...)
	}
	all := map[string]*xml.Layout{}
	for path, list := range fields {
		kind := xml.Complex
		if path == of.Type {
			kind = layoutKind(of)
		}
		all[path] = xml.NewLayout(kind, of.Abstract && path == of.Type, list)
	}
	return all
}

// layoutFields are the fields of an element: one, or one for each type of a
// choice, which has its type in its name
// (https://hl7.org/fhir/R4/formats.html#choice).
func layoutFields(e Element, types []string) []xml.Field {
	name, choice := strings.CutSuffix(e.Path[strings.LastIndexByte(e.Path, '.')+1:], choiceMark)
	all := make([]xml.Field, len(types))
	for i, typ := range types {
		all[i] = xml.Field{Name: name, Element: name, Type: typ, List: e.Max != 1, Attribute: isAttribute(e)}
		if choice {
			all[i].Name = name + strings.ToUpper(typ[:1]) + typ[1:]
		}
	}
	return all
}

// isAttribute tells what R4 defines with the representation xmlAttr: beside the
// values of primitives these two, whatever type has them. The id of a resource
// is not among them.
func isAttribute(e Element) bool {
	return e.Base.Path == "Element.id" || e.Base.Path == "Extension.url"
}
