package validate

import (
	"tahto/fhir"
	"tahto/fhir/fhirpath"
	"tahto/fhir/issue"
	"tahto/fhir/xml"
	"tahto/profiles"
)

var (
	badFormat    = fault{code: issue.CodeValue, reason: "format"}
	tooLong      = fault{code: issue.CodeValue, reason: "too-long"}
	otherFixed   = fault{code: issue.CodeValue, reason: "fixed-value"}
	otherPattern = fault{code: issue.CodeValue, reason: "pattern-value"}
	noneOf       = fault{code: issue.CodeStructure, reason: "profile-unmatched"}
)

// value holds one value, a repetition or the only one, to its fields. The first
// of them is that of the type.
func (w *walk) value(e, fellow fhir.Element, at *place, one *variant, fields []*field) {
	t := one.typ
	switch {
	case t.kind == profiles.Primitive:
		w.primitive(e, fellow, at, one, fields)
	case e.Kind() != fhir.Object:
		w.add(wrongType, at, "The element "+at.quote()+" has elements of its own. Write it in curly braces.")
	case t.kind == profiles.Resource:
		w.resource(e, at, request{fields: fields[1:], contained: at.name == "contained"})
	default:
		w.complex(e, at, one, fields)
	}
}

func (w *walk) complex(e fhir.Element, at *place, one *variant, fields []*field) {
	var room [8]*field
	all := w.expand(append(room[:0], fields...), e, at, one)
	switch one.typ.name {
	case "Reference":
		w.reference(e, at, one, all)
	case "Extension":
		all = w.extension(e, at, all)
	case "Bundle.entry":
		defer w.enter(e, at)()
	}
	w.own(e, at, one.typ, all)
	w.inside(fhirpath.NewNode(e, one.typ.name), e, at, one.typ, all)
}

// inside looks into an object, and then at the invariants, whose findings come
// first. Those of a data type say nothing new if something in it is wrong.
func (w *walk) inside(node fhirpath.Node, e fhir.Element, at *place, t *datatype, fields []*field) {
	position, errors := len(w.issues), w.errors
	if e.Kind() == fhir.Object {
		var room [8]*shape
		shapes := room[:0]
		if root := t.root(); root.shape != nil {
			shapes = append(shapes, root.shape)
			for _, f := range fields {
				if f.shape != nil && f.shape != root.shape {
					shapes = append(shapes, f.shape)
				}
			}
			w.object(e, at, shapes)
		}
	}
	for _, f := range fields {
		if len(f.rules) == 0 && f.broken == nil {
			continue
		}
		if w.errors == errors || t.isBackbone() || t.kind == profiles.Resource {
			position += w.hold(f, node, at, t, position, w.errors == errors)
		}
	}
}

// expand adds to the fields of an element what its type and the profiles of its
// type ask of it.
func (w *walk) expand(fields []*field, e fhir.Element, at *place, one *variant) []*field {
	given := fields
	fields = append(fields, one.typ.root())
	for n, f := range given {
		mine := one
		if n > 0 && len(f.variants) > 0 {
			if mine = f.as(one.json); mine == nil {
				w.add(wrongType, at, "The profile does not allow this type for "+at.quote()+". Give it as one of: "+f.allowed()+".")
				continue
			}
		} else if n > 0 {
			continue
		}
		fields = w.claimed(fields, e, at, mine)
	}
	return fields
}

// claimed adds the profile that a type asks for. Of several the value conforms
// to one at least: there is nothing to add but whether it does.
func (w *walk) claimed(fields []*field, e fhir.Element, at *place, one *variant) []*field {
	switch len(one.profiles) {
	case 0:
	case 1:
		fields = with(fields, one.profiles[0].root())
	default:
		if !w.conforms(found{e, one.typ.name}, one.profiles) {
			w.add(noneOf, at, "The element "+at.quote()+" conforms to none of the profiles of which one is asked: "+titles(one.profiles)+".")
		}
	}
	return fields
}

// with adds a field unless it is there.
func with(fields []*field, f *field) []*field {
	for _, other := range fields {
		if other == f {
			return fields
		}
	}
	return append(fields, f)
}

// own holds a value to what is asked of it as a whole.
func (w *walk) own(e fhir.Element, at *place, t *datatype, fields []*field) {
	for _, f := range fields {
		if f.fixed.Exists() && !equal(e, f.fixed) {
			w.add(otherFixed, at, "The profile allows one value only for "+at.quote()+described(f)+". Give that.")
		}
		if f.pattern.Exists() && !matches(e, f.pattern) {
			w.add(otherPattern, at, "The element "+at.quote()+" lacks what the profile asks for"+asked(f.pattern)+". Add it.")
		}
	}
	w.bound(e, at, t, fields)
}

func (w *walk) primitive(e, fellow fhir.Element, at *place, one *variant, fields []*field) {
	if !w.paired(e, fellow, at) {
		return
	}
	var room [8]*field
	all := w.expand(append(room[:0], fields...), e, at, one)
	sound := true
	if kind := e.Kind(); kind != fhir.Absent && kind != fhir.Null {
		at.valued = true
		if sound = w.written(e, at, one.typ); sound {
			w.own(e, at, one.typ, all)
		}
	}
	if sound || fellow.Kind() == fhir.Object {
		w.inside(fhirpath.NewPrimitive(e, fellow, one.typ.name), fellow, at, one.typ, all)
	}
}

// paired sees that a primitive has a value or extensions, each in its place.
func (w *walk) paired(e, fellow fhir.Element, at *place) bool {
	item := at.index > 0
	switch {
	case fellow.Kind() != fhir.Absent && fellow.Kind() != fhir.Object && !(item && fellow.Kind() == fhir.Null):
		w.add(wrongType, at, "The element “_"+at.name+"” holds the id and extensions of "+at.quote()+". Write it in curly braces.")
	case e.Kind() == fhir.Null && !item:
		w.add(wrongType, at, "The element "+at.quote()+" is null, which FHIR never writes. Leave it out.")
	case e.Kind() == fhir.Null && fellow.Kind() != fhir.Object:
		w.add(wrongType, at, "The item of "+at.quote()+" is null and has no extensions. Give it a value or leave it out.")
	default:
		return true
	}
	return false
}

// written holds the value of a primitive to the way its type is written.
func (w *walk) written(e fhir.Element, at *place, t *datatype) bool {
	f := t.format
	if f == nil {
		return true
	}
	text := e.Text()
	switch {
	case e.Kind() != f.kind:
		w.add(wrongType, at, "The element "+at.quote()+" is a "+t.name+". Write it as a JSON "+f.kind.String()+".")
	case len(text) > maxText && t.name != "base64Binary":
		w.add(tooLong, at, "The element "+at.quote()+" is longer than 1 MiB. Shorten it.")
	case t.name == "xhtml":
		return w.narrative(text, at)
	case !xml.Holds(text):
		w.add(badFormat, at, "The element "+at.quote()+" holds a character that FHIR's XML format can't. Remove it.")
	case !f.fits(text):
		w.add(badFormat, at, "The element "+at.quote()+" is not a valid "+t.name+". Write "+f.how+".")
	default:
		return true
	}
	return false
}

// maxText is how many bytes a string may have
// (https://hl7.org/fhir/R4/datatypes.html#string).
const maxText = 1 << 20
