package subset

import (
	"strings"

	"tahto/fhir"
)

// referred are the contained resources that what is kept refers to by #id, and
// those that these refer to, in their order
// (https://hl7.org/fhir/R4/references.html#contained).
func referred(kept []fhir.Member, contained fhir.Element) []fhir.Element {
	if contained.Kind() != fhir.Array {
		return nil
	}
	names := map[string]bool{}
	for _, member := range kept {
		fragments(member.Value, names)
	}
	needed := make([]bool, contained.Len())
	for more := true; more; {
		more = false
		for i, one := range contained.Items() {
			if !needed[i] && names[one.Get("id").Text()] {
				needed[i], more = true, true
				fragments(one, names)
			}
		}
	}
	var all []fhir.Element
	for i, one := range contained.Items() {
		if needed[i] {
			all = append(all, one)
		}
	}
	return all
}

// fragments gathers what stands behind a # at the start of any string: beside
// references, canonicals can name a contained resource too. What is no name of
// one does no harm.
func fragments(e fhir.Element, into map[string]bool) {
	switch e.Kind() {
	case fhir.String:
		if id, found := strings.CutPrefix(e.Text(), "#"); found && id != "" {
			into[id] = true
		}
	case fhir.Array:
		for _, item := range e.Items() {
			fragments(item, into)
		}
	case fhir.Object:
		for _, member := range e.Members() {
			fragments(member, into)
		}
	}
}
