package profiles

import (
	"strconv"
	"strings"

	"tahto/fhir"
)

// withSnapshot is a StructureDefinition of ours with the snapshot built from its
// differential, before which it stands. One that has a fault is served as it is
// written; no such one passes [Set.Check].
func (s *Set) withSnapshot(r *fhir.Resource) *fhir.Resource {
	made, found := s.Structure(r.Root().Get("url").Text())
	if !found || r.Root().Get("snapshot").Exists() {
		return r
	}
	var w fhir.Writer
	w.Object("")
	for name, value := range r.Root().Members() {
		if name == "differential" {
			s.writeSnapshot(&w, made.Elements)
		}
		w.Raw(name, value.JSON())
	}
	return w.Resource()
}

func (s *Set) writeSnapshot(w *fhir.Writer, elements []Element) {
	w.Object("snapshot")
	w.Array("element")
	for _, e := range elements {
		w.Object("")
		s.writeElement(w, e)
		w.End()
	}
	w.EndArray()
	w.End()
}

// writeElement writes an ElementDefinition, in FHIR's order. A snapshot must
// have a definition of each element (sdf-3); where the differential has none the
// short one stands for it, since R4's texts are not held.
func (s *Set) writeElement(w *fhir.Writer, e Element) {
	w.String("id", e.ID)
	w.String("path", e.Path)
	w.Optional("sliceName", e.Slice)
	writeSlicing(w, e.Slicing)
	w.Optional("short", e.Short)
	w.Optional("definition", first(e.Definition, e.Short, e.ID))
	writeCardinality(w, e.Min, e.Max)
	w.Object("base")
	w.String("path", e.Base.Path)
	writeCardinality(w, e.Base.Min, e.Base.Max)
	w.End()
	if e.Content != "" {
		w.String("contentReference", "#"+e.Content)
	}
	s.writeTypes(w, e)
	writeValue(w, "fixed", e, e.Fixed)
	writeValue(w, "pattern", e, e.Pattern)
	writeConstraints(w, e.Constraints)
	for _, one := range [...]struct {
		name string
		is   bool
	}{{"mustSupport", e.MustSupport}, {"isModifier", e.Modifier}} {
		if one.is {
			w.Bool(one.name, true)
		}
	}
	w.Optional("isModifierReason", e.ModifierReason)
	if e.Summary {
		w.Bool("isSummary", true)
	}
	writeBinding(w, e.Binding)
}

func first(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

func writeCardinality(w *fhir.Writer, least, most int) {
	w.Raw("min", strconv.AppendInt(nil, int64(least), 10))
	if most == Unbounded {
		w.String("max", "*")
		return
	}
	w.String("max", strconv.Itoa(most))
}

func writeSlicing(w *fhir.Writer, slicing *Slicing) {
	if slicing == nil {
		return
	}
	w.Object("slicing")
	if len(slicing.Discriminators) > 0 {
		w.Array("discriminator")
		for _, d := range slicing.Discriminators {
			w.Object("")
			w.String("type", d.By)
			w.String("path", d.Path)
			w.End()
		}
		w.EndArray()
	}
	if slicing.Ordered {
		w.Bool("ordered", true)
	}
	if slicing.Closed {
		w.String("rules", "closed")
	} else {
		w.String("rules", "open")
	}
	w.End()
}

const typeExtension = coreBase + "structuredefinition-fhir-type"

func (s *Set) writeTypes(w *fhir.Writer, e Element) {
	if len(e.Types) == 0 {
		return
	}
	w.Array("type")
	for _, t := range e.Types {
		w.Object("")
		if system := s.systemType(e, t); system != "" {
			w.Array("extension")
			w.Object("")
			w.String("url", typeExtension)
			w.String("valueUrl", t.Code)
			w.End()
			w.EndArray()
			w.String("code", system)
		} else {
			w.String("code", t.Code)
		}
		writeTexts(w, "profile", t.Profiles)
		writeTexts(w, "targetProfile", t.Targets)
		w.End()
	}
	w.EndArray()
}

// systemType is the type of FHIRPath's own that a snapshot names in place of the
// R4 primitive, for what is no element in XML but an attribute: ids, the url of
// an extension, the value of a primitive. "" for everything else.
func (s *Set) systemType(e Element, t Type) string {
	switch e.Base.Path {
	case "Element.id", "Resource.id", "Extension.url":
		return "http://hl7.org/fhirpath/System.String"
	}
	root, name, _ := strings.Cut(e.Base.Path, ".")
	if of, found := s.Type(root); found && of.Kind == Primitive && name == "value" {
		return "http://hl7.org/fhirpath/System." + title(t.Code)
	}
	return ""
}

func writeTexts(w *fhir.Writer, name string, texts []string) {
	if len(texts) == 0 {
		return
	}
	w.Array(name)
	for _, text := range texts {
		w.String("", text)
	}
	w.EndArray()
}

// writeValue writes fixed[x] or pattern[x]. The type is that of the element,
// which [builder.narrow] has made sure of.
func writeValue(w *fhir.Writer, name string, e Element, value fhir.Element) {
	if value.Exists() && len(e.Types) == 1 {
		w.Raw(name+title(e.Types[0].Code), value.JSON())
	}
}

// title is a type as it ends the name of a choice: of code Code.
func title(code string) string {
	if code == "" {
		return ""
	}
	return strings.ToUpper(code[:1]) + code[1:]
}

func writeConstraints(w *fhir.Writer, constraints []Constraint) {
	if len(constraints) == 0 {
		return
	}
	w.Array("constraint")
	for _, c := range constraints {
		severity := "error"
		if c.Warning {
			severity = "warning"
		}
		w.Object("")
		w.String("key", c.Key)
		w.String("severity", severity)
		w.String("human", c.Human)
		w.String("expression", c.Expression)
		w.String("source", c.Source)
		w.End()
	}
	w.EndArray()
}

func writeBinding(w *fhir.Writer, b *Binding) {
	if b == nil {
		return
	}
	w.Object("binding")
	if b.Limit != "" {
		w.Array("extension")
		w.Object("")
		w.String("url", limitExtension)
		w.String("valueCanonical", b.Limit)
		w.End()
		w.EndArray()
	}
	w.String("strength", b.Strength.String())
	w.Optional("valueSet", b.ValueSet)
	w.End()
}
