package validate

import (
	"slices"
	"strings"

	"tahto/fhir"
	"tahto/fhir/fhirpath"
	"tahto/fhir/issue"
	"tahto/profiles"
)

var (
	wrongTarget = fault{code: issue.CodeValue, reason: "reference-target"}
	noContained = fault{code: issue.CodeInvariant, reason: "ref-1"}
)

// reference holds a Reference to the types it may point at, as far as it tells
// its own: by Reference.type, by a literal reference, by what is contained or
// stands in the same Bundle. Whether the target exists is asked of contained
// resources only (ref-1).
func (w *walk) reference(e fhir.Element, at *place, one *variant, fields []*field) {
	literal := e.Get("reference").Text()
	if id, is := strings.CutPrefix(literal, "#"); is {
		if _, found := w.contains(id); !found {
			w.add(noContained, at, "The reference points at a contained resource that is not there. Add it to contained, or correct the reference.")
			return
		}
	}
	said := strings.TrimPrefix(e.Get("type").Text(), "http://hl7.org/fhir/StructureDefinition/")
	shown, known := w.target(literal)
	if !w.v.isResource(said) {
		said = "" // the binding of Reference.type has a word on that
	}
	switch {
	case !known:
		w.add(wrongTarget, at, "The reference names a type of resource that FHIR R4 does not have. Write it as type/id.")
	case said != "" && shown != "" && said != shown:
		w.add(wrongTarget, at, "The reference points at another type of resource than its type says. Correct the one or the other.")
	case shown == "":
		shown = said
	}
	if shown == "" || !known {
		return
	}
	w.allowedTarget(shown, at, one, fields)
}

func (w *walk) allowedTarget(shown string, at *place, one *variant, fields []*field) {
	for n, f := range fields {
		mine := f.as(one.json)
		if n == 0 {
			mine = one
		}
		if mine == nil || len(mine.targets) == 0 || slices.Contains(mine.targets, shown) {
			continue
		}
		if slices.Contains(mine.targets, w.v.set.Super(shown)) {
			continue
		}
		w.add(wrongTarget, at, "The element "+at.quote()+" can't point at a resource of this type ("+shown+"). Point at one of these: "+list(mine.targets)+".")
		return
	}
}

// container is the resource that contains others, with their types by id as
// soon as a reference asks for one.
type container struct {
	resource fhirpath.Node
	types    map[string]string
}

// contains is the type of the contained resource of that id; "" alone is the
// container itself. The type is "" if R4 has none of that name.
func (w *walk) contains(id string) (name string, found bool) {
	if id == "" {
		return w.v.typeOfResource(w.outer.resource.Element()), true
	}
	if w.outer.types == nil {
		w.outer.types = map[string]string{}
		for one := range w.outer.resource.Element().Each("contained") {
			if id := one.Get("id").Text(); id != "" {
				w.outer.types[id] = w.v.typeOfResource(one)
			}
		}
	}
	name, found = w.outer.types[id]
	return name, found
}

// target is the type of what a literal reference points at: "" if it doesn't
// show. known is false if it shows a type that R4 has not.
func (w *walk) target(literal string) (name string, known bool) {
	if id, is := strings.CutPrefix(literal, "#"); is {
		name, _ = w.contains(id)
		return name, true
	}
	if w.bundle != nil {
		if found, ok := w.bundle.find(literal); ok {
			return w.v.typeOfResource(found), true
		}
	}
	literal, _, _ = strings.Cut(literal, "/_history/")
	relative := !strings.Contains(literal, ":")
	if condition, _, is := strings.Cut(literal, "?"); is {
		literal = condition + "/0"
	}
	parts := strings.Split(literal, "/")
	if len(parts) < 2 || relative && len(parts) != 2 || strings.HasPrefix(literal, "urn:") {
		return "", true
	}
	name = parts[len(parts)-2]
	if w.v.isResource(name) {
		return name, true
	}
	return "", !relative || !isTypeName(name)
}

func (v *Validator) isResource(name string) bool {
	s, ok := v.set.Type(name)
	return ok && s.Kind == profiles.Resource
}

// typeOfResource is the type that a resource gives itself; "" if R4 has none of
// that name: then it is the client's own text.
func (v *Validator) typeOfResource(e fhir.Element) string {
	if name := e.Get("resourceType").Text(); v.isResource(name) {
		return name
	}
	return ""
}

func isTypeName(s string) bool { return isName(s) && s[0] >= 'A' && s[0] <= 'Z' }

// targetType is the type that a Reference points at, for a discriminator that
// goes through resolve().
func (w *walk) targetType(e fhir.Element) string {
	name, _ := w.target(e.Get("reference").Text())
	if name == "" {
		name = e.Get("type").Text()
	}
	return name
}
