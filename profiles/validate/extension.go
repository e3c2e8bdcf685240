package validate

import (
	"slices"
	"strings"

	"tahto/fhir"
	"tahto/fhir/issue"
)

var (
	eitherValue      = fault{code: issue.CodeInvariant, reason: "ext-1"}
	unknownExtension = fault{code: issue.CodeExtension, reason: "extension-unknown"}
	misplaced        = fault{code: issue.CodeExtension, reason: "extension-misplaced"}
)

// extension adds the definition of an extension, if it is known, to what the
// extension is held to, and sees that it may stand where it does. R4 lets
// anybody use any extension, so one that is not known is no fault, unless it
// modifies what it stands in (https://hl7.org/fhir/R4/extensibility.html).
func (w *walk) extension(e fhir.Element, at *place, fields []*field) []*field {
	w.either(e, at)
	modifies := at.name == "modifierExtension"
	url := e.Get("url").Text()
	s, known := w.v.set.Structure(url)
	if !known || s.Type != "Extension" || !s.Constraint {
		if modifies {
			w.add(unknownExtension, at, "This extension can change the meaning of what it stands in and is not known here. Leave it out.")
		}
		return fields
	}
	definition := w.v.profile(s).root()
	switch {
	case definition.modifier != modifies:
		w.add(misplaced, at, "This extension is not to be given as “"+at.name+"”. Move it to “"+otherList(modifies)+"”.")
	case !w.v.fits(s.Contexts, at.parent):
		w.add(misplaced, at, "This extension is not made for this element. It may stand in: "+list(s.Contexts)+".")
	}
	return with(fields, definition)
}

// either is ext-1.
func (w *walk) either(e fhir.Element, at *place) {
	value := false
	for name := range e.Members() {
		value = value || strings.HasPrefix(name, "value") || strings.HasPrefix(name, "_value")
	}
	switch nested := e.Get("extension").Exists(); {
	case value && nested:
		w.add(eitherValue, at, "An extension has a value or extensions of its own. Keep the one or the other.")
	case !value && !nested && e.Get("url").Exists():
		w.add(eitherValue, at, "An extension has a value or extensions of its own. Give one of them, or leave the extension out.")
	}
}

func otherList(modifies bool) string {
	if modifies {
		return "extension"
	}
	return "modifierExtension"
}

// fits tells whether an extension may stand in an element: by the path where
// the element is defined, or by its type or what that specialises.
func (v *Validator) fits(contexts []string, at *place) bool {
	if len(contexts) == 0 || slices.Contains(contexts, at.path) {
		return true
	}
	name := at.typ
	if strings.Contains(name, ".") {
		name = "BackboneElement"
	}
	for name != "" {
		if slices.Contains(contexts, name) || slices.Contains(contexts, at.typ) {
			return true
		}
		name = v.set.Super(name)
	}
	return !at.isResource() && slices.Contains(contexts, "Element")
}
