package subset

import (
	"tahto/fhir"
)

// summary keeps what belongs to the summary, and of that again what does. Of
// what has to be there and would be left with nothing, all is kept.
func (c *cut) summary(field Field, name string, value fhir.Element) (fhir.Element, bool) {
	if !field.Summary && !field.Always {
		return value, false
	}
	if name[0] == '_' {
		return value, true // the id and extensions of a primitive follow it
	}
	left, any := c.shrink(field.Type, value)
	if !any && field.Always {
		return value, true
	}
	return left, any
}

// shrink is what is left of a value of a type, and whether there is anything. A
// value of which nothing is left out comes back itself.
func (c *cut) shrink(typ string, value fhir.Element) (fhir.Element, bool) {
	switch value.Kind() {
	case fhir.Array:
		return c.list(typ, value)
	case fhir.Object:
		if outline := c.definitions.Outline(typ); outline != nil {
			return c.object(outline, value)
		}
	}
	return value, true
}

// list leaves out the items of which nothing is left.
func (c *cut) list(typ string, value fhir.Element) (fhir.Element, bool) {
	items := make([]fhir.Element, 0, value.Len())
	changed := false
	for _, item := range value.Items() {
		left, any := c.shrink(typ, item)
		changed = changed || !any || left != item
		if any {
			items = append(items, left)
		}
	}
	if !changed {
		return value, true
	}
	return fhir.NewArray(items...), len(items) > 0
}

// object keeps the members of the summary, with the id and the extensions of
// what they are in. An id alone is nothing (ele-1).
func (c *cut) object(outline *Outline, value fhir.Element) (fhir.Element, bool) {
	kept := make([]fhir.Member, 0, 8)
	changed, any := false, false
	for name, of := range value.Members() {
		left, keep := of, name == "id" || name == "_id" || name == "extension"
		if !keep {
			field, _ := outline.field(name)
			left, keep = c.summary(field, name, of)
		}
		changed = changed || !keep || left != of
		if keep {
			any = any || name != "id" && name != "_id"
			kept = append(kept, fhir.Member{Name: name, Value: left})
		}
	}
	if !changed {
		return value, true
	}
	return fhir.NewObject(kept...), any
}
