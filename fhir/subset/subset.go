package subset

import (
	"slices"

	"tahto/fhir"
)

// Part says which part of a resource is asked for.
type Part uint8

// The parts. The zero Part is all of it.
const (
	Whole    Part = iota
	Summary       // _summary=true: what R4 marks as part of the summary, inside elements too
	Text          // _summary=text: the narrative
	Data          // _summary=data: all but the narrative
	Elements      // _elements: those that are named
)

// The tag of a subset
// (https://terminology.hl7.org/CodeSystem-v3-ObservationValue.html).
const (
	TagSystem = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue"
	Tag       = "SUBSETTED"
)

// tag is the coding; its text is ours and parses.
var tag, _ = fhir.Value([]byte(`{"system":"` + TagSystem + `","code":"` + Tag + `"}`))

// Is tells whether a resource says that it is a subset of another.
func Is(r *fhir.Resource) bool {
	for one := range r.Root().Get("meta").Each("tag") {
		if one.Get("system").Text() == TagSystem && one.Get("code").Text() == Tag {
			return true
		}
	}
	return false
}

// Of is the part of a resource, tagged as such; named are the elements of
// [Elements], as [Outline.Element] names them. The resource itself comes back if
// all of it is asked for, if its type is not defined, and of an OperationOutcome,
// which is no content but what there is to say.
func Of(d Definitions, r *fhir.Resource, part Part, named []string) *fhir.Resource {
	resourceType := r.Type()
	outline := d.Outline(resourceType)
	if part == Whole || outline == nil || resourceType == "OperationOutcome" {
		return r
	}
	c := cut{definitions: d, part: part, named: named}
	return c.resource(outline, r.Root()).Resource()
}

// cut is the making of one subset.
type cut struct {
	definitions Definitions
	part        Part
	named       []string
}

// resource keeps members in their order.
func (c *cut) resource(outline *Outline, root fhir.Element) fhir.Element {
	kept := make([]fhir.Member, 0, 16)
	meta, described, contained, held := 0, false, fhir.Element{}, -1
	for name, value := range root.Members() {
		switch name {
		case "resourceType", "id":
			meta = len(kept) + 1 // it comes here if there is none
			kept = append(kept, fhir.Member{Name: name, Value: value})
			continue
		case "meta":
			described = true
			kept = append(kept, fhir.Member{Name: name, Value: tagged(value)})
			continue
		}
		field, defined := outline.field(name)
		switch value, keep := c.member(field, defined, name, value); {
		case keep:
			kept = append(kept, fhir.Member{Name: name, Value: value})
		case name == "contained":
			contained, held = value, len(kept)
		}
	}
	if needed := referred(kept, contained); len(needed) > 0 {
		kept = slices.Insert(kept, held, fhir.Member{Name: "contained", Value: fhir.NewArray(needed...)})
	}
	if !described {
		kept = slices.Insert(kept, meta, fhir.Member{Name: "meta", Value: tagged(fhir.Element{})})
	}
	return fhir.NewObject(kept...)
}

// member tells whether a member of the resource is kept, and gives what is left
// of it.
func (c *cut) member(field Field, defined bool, name string, value fhir.Element) (fhir.Element, bool) {
	switch c.part {
	case Data:
		return value, name != "text"
	case Text:
		return value, name == "text" || field.Always
	case Elements:
		return value, field.Always || defined && slices.Contains(c.named, field.Element)
	}
	return c.summary(field, name, value)
}

// tagged is the meta of a subset.
func tagged(meta fhir.Element) fhir.Element {
	var kept []fhir.Member
	var tags []fhir.Element
	at := -1
	for name, value := range meta.Members() {
		if name == "tag" {
			at = len(kept)
			for _, one := range value.Items() {
				tags = append(tags, one)
			}
		}
		kept = append(kept, fhir.Member{Name: name, Value: value})
	}
	all := fhir.Member{Name: "tag", Value: fhir.NewArray(append(tags, tag)...)}
	if at < 0 {
		return fhir.NewObject(append(kept, all)...)
	}
	kept[at] = all
	return fhir.NewObject(kept...)
}
