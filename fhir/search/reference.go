package search

import (
	"strings"

	"tahto/fhir"
)

// identifierSuffix marks the logical identifiers of a reference.
const identifierSuffix = ":identifier"

// reference takes a Reference (https://hl7.org/fhir/R4/references.html): what
// it points at under the parameter itself, and under parameter:identifier its
// identifier, or those of the contained resource it points at.
func reference(x *extraction, param string, e fhir.Element) {
	if e.Kind() == fhir.Object {
		logical(x, param+identifierSuffix, e)
		addressed(x, param, e)
	}
}

// logical takes the identifier of a Reference, or those of the contained
// resource it points at.
func logical(x *extraction, param string, e fhir.Element) {
	for item := range e.Each("identifier") {
		identifier(x, param, item)
	}
	if id, isContained := strings.CutPrefix(member(e, "reference"), "#"); isContained {
		x.containedIdentifiers(param, id)
	}
}

// addressed takes where a Reference points.
func addressed(x *extraction, param string, e fhir.Element) {
	entry := Entry{Param: param}
	if a, ok := x.registry.address(member(e, "reference"), ""); ok {
		entry.System, entry.Value, entry.Version =
			strings.Clone(a.resourceType), strings.Clone(a.value), strings.Clone(a.version)
	}
	x.entries = append(x.entries, entry)
}

// patientReference takes a Reference if it is one to a Patient, as far as that
// is seen without resolving it: by its address, its type, or the contained
// resource.
func patientReference(x *extraction, param string, e fhir.Element) {
	text := member(e, "reference")
	id, isContained := strings.CutPrefix(text, "#")
	a, _ := x.registry.address(text, "")
	switch {
	case a.resourceType == "Patient", member(e, "type") == "Patient" && a.resourceType == "":
		reference(x, param, e)
	case isContained && member(x.find(id), "resourceType") == "Patient":
		reference(x, param, e)
	}
}

func (x *extraction) containedIdentifiers(param, id string) {
	key := param + x.within + "#" + id
	if x.pointed[key] {
		return
	}
	if x.pointed == nil {
		x.pointed = map[string]bool{}
	}
	x.pointed[key] = true
	for item := range x.find(id).Each("identifier") {
		identifier(x, param, item)
	}
}

// find is the contained resource with that id; absent if there is none.
func (x *extraction) find(id string) fhir.Element {
	if x.contained == nil {
		x.contained = map[string]fhir.Element{}
		for c := range x.root.Each("contained") {
			if id := member(c, "id"); id != "" {
				x.contained[id] = c
			}
		}
	}
	return x.contained[id]
}

// address is where a reference points: a type and id of this server, or an
// absolute URL of elsewhere with no type.
type address struct{ resourceType, value, version string }

// address reads a relative reference or an absolute URL. An absolute URL under
// one of the registry's bases, or under the other base given, is local.
func (r *Registry) address(text, base string) (address, bool) {
	if !isAbsolute(text) {
		return relative(text)
	}
	if a, ok := under(text, base); ok {
		return a, true
	}
	for _, base := range r.bases {
		if a, ok := under(text, base); ok {
			return a, true
		}
	}
	if at := strings.LastIndex(text, "/_history/"); at >= 0 && fhir.IsID(text[at+len("/_history/"):]) {
		return address{value: text[:at], version: text[at+len("/_history/"):]}, true
	}
	return address{value: text}, true
}

// under reads an absolute URL below a base, which ends in a slash; no base has
// anything below it.
func under(text, base string) (address, bool) {
	rest, found := strings.CutPrefix(text, base)
	if base == "" || !found {
		return address{}, false
	}
	return relative(rest)
}

// relative reads Type/id and Type/id/_history/version.
func relative(text string) (address, bool) {
	resourceType, rest, _ := strings.Cut(text, "/")
	id, version, versioned := strings.Cut(rest, "/_history/")
	if !isResourceType(resourceType) || !fhir.IsID(id) || versioned && !fhir.IsID(version) {
		return address{}, false
	}
	return address{resourceType, id, version}, true
}

// isAbsolute tells whether a reference has a scheme, as https: or urn:.
func isAbsolute(text string) bool {
	scheme, rest, found := strings.Cut(text, ":")
	if !found || scheme == "" || rest == "" {
		return false
	}
	for i := range len(scheme) {
		c := scheme[i]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && (i == 0 || (c < '0' || c > '9') && c != '+' && c != '-' && c != '.') {
			return false
		}
	}
	return true
}
