package conformance

import (
	"slices"
	"strings"
	"time"

	"tahto/fhir"
	"tahto/fhir/search"
)

// SearchParameters writes a SearchParameter
// (https://hl7.org/fhir/R4/searchparameter.html) for each parameter that the
// server has, as it works here: with the modifiers, prefixes and chains that it
// takes. One of HL7's is derived from HL7's definition, which the
// CapabilityStatement names.
func SearchParameters(registry *search.Registry, b Build) []*fhir.Resource {
	var all []*fhir.Resource
	for _, resourceType := range registry.Types() {
		for _, p := range registry.Parameters(resourceType) {
			all = append(all, searchParameter(registry, resourceType, p, b))
		}
	}
	return all
}

func searchParameter(registry *search.Registry, resourceType string, p search.Parameter, b Build) *fhir.Resource {
	w := fhir.NewWriter("SearchParameter")
	id := resourceType + "-" + strings.TrimPrefix(p.Name, "_")
	w.String("id", id)
	w.String("language", "en")
	w.String("url", fhir.Base+"/SearchParameter/"+id)
	w.Optional("version", b.Version)
	w.String("name", "Tahto"+camel(id))
	if !strings.HasPrefix(p.URL, fhir.Base) {
		w.String("derivedFrom", p.URL)
	}
	w.String("status", "active")
	w.Bool("experimental", false)
	w.String("date", b.Date.UTC().Format(time.RFC3339))
	w.String("publisher", "Tahto")
	w.String("description", p.Doc)
	w.String("code", p.Name)
	list(w, "base", []string{resourceType})
	w.String("type", string(p.Kind))
	w.String("expression", p.Expression)
	list(w, "target", p.Targets)
	w.Bool("multipleOr", true)
	w.Bool("multipleAnd", true)
	if p.Kind == search.KindDate {
		list(w, "comparator", []string{"eq", "ne", "gt", "ge", "lt", "le", "sa", "eb", "ap"})
	}
	list(w, "modifier", modifiers(p))
	list(w, "chain", chains(registry, p))
	components(w, registry, resourceType, p)
	return w.Resource()
}

// camel is an id as a name that a program can use.
func camel(id string) string {
	var name strings.Builder
	for part := range strings.SplitSeq(id, "-") {
		name.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	return name.String()
}

func modifiers(p search.Parameter) []string {
	if p.Kind == search.KindReference {
		return append(p.Modifiers(), "type")
	}
	return p.Modifiers()
}

// chains are what a reference can be chained to: the parameters of what is kept
// of that which it refers to, and the identifier of all else.
func chains(registry *search.Registry, p search.Parameter) []string {
	if p.Kind != search.KindReference {
		return nil
	}
	names := []string{"identifier"}
	for _, resourceType := range registry.Types() {
		if len(p.Targets) > 0 && !slices.Contains(p.Targets, resourceType) {
			continue
		}
		for _, further := range registry.Parameters(resourceType) {
			names = append(names, further.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func components(w *fhir.Writer, registry *search.Registry, resourceType string, p search.Parameter) {
	if len(p.Components) == 0 {
		return
	}
	w.Array("component")
	for _, part := range p.Components {
		w.Object("")
		for _, defined := range registry.Parameters(resourceType) {
			if defined.Name == part.Name {
				w.String("definition", defined.URL)
			}
		}
		w.String("expression", part.Expression)
		w.End()
	}
	w.EndArray()
}
