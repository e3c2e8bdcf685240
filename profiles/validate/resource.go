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
	unknownResource = fault{code: issue.CodeStructure, reason: "resource-type-unknown"}
	unknownClaim    = fault{code: issue.CodeNotFound, reason: "profile-unknown", warning: true}
	unknownAsked    = fault{code: issue.CodeNotFound, reason: "profile-unknown"}
	otherType       = fault{code: issue.CodeStructure, reason: "profile-type"}
	twoOfOneID      = fault{code: issue.CodeStructure, reason: "id-not-unique"}
	badFullURL      = fault{code: issue.CodeStructure, reason: "full-url"}
)

// request is what a resource is held to beside its type and what it claims.
type request struct {
	asked     []string // profiles the caller asks for
	fields    []*field // what the profiles of what it stands in ask
	contained bool
}

// resource holds a whole resource to its type and profiles: the one validated,
// or one that stands in it.
func (w *walk) resource(e fhir.Element, at *place, r request) {
	kind := w.typed(e, at)
	if kind == nil {
		return
	}
	node := fhirpath.NewNode(e, kind.name)
	defer w.within(node, r.contained)()
	at.typ, at.path = kind.name, kind.name
	if kind.name == "Bundle" {
		w.bundle = &bundle{resource: e}
	}
	var room [8]*field
	fields := append(room[:0], kind.root())
	for _, f := range r.fields {
		fields = w.narrowed(fields, e, at, f, kind)
	}
	asked := r.asked
	if at.parent != nil && !r.contained && w.options.ProfilesOf != nil {
		asked = w.options.ProfilesOf(e.Resource())
	}
	fields = w.claims(fields, e, at, kind, asked)
	w.identified(e, at, r.contained)
	w.inside(node, e, at, kind, fields)
}

// typed is the type that a resource says it has. resourceType is no element, so
// that findings are about the resource.
func (w *walk) typed(e fhir.Element, at *place) *datatype {
	name := e.Get("resourceType")
	if name.Kind() != fhir.String {
		w.add(unknownResource, at, "The resource does not say what it is. Give its resourceType as a string.")
		return nil
	}
	kind := w.v.datatype(name.Text())
	if kind == nil || kind.kind != profiles.Resource || kind.name == "Resource" || kind.name == "DomainResource" {
		if at.parent == nil {
			at = &place{name: "resourceType"} // the type is the client's own text
		}
		w.add(unknownResource, at, "FHIR R4 has no resource of this type. Correct the resourceType.")
		return nil
	}
	return kind
}

// within makes a resource the one that invariants speak of, and gives what puts
// the one around it back. A contained resource has its container as root.
func (w *walk) within(node fhirpath.Node, contained bool) func() {
	resource, root, around := w.current, w.outer, w.bundle
	w.current = node
	if !contained || !root.resource.Exists() {
		w.outer = container{resource: node}
	}
	return func() { w.current, w.outer, w.bundle = resource, root, around }
}

// narrowed adds what a profile asks of a resource that stands in another.
func (w *walk) narrowed(fields []*field, e fhir.Element, at *place, f *field, kind *datatype) []*field {
	fields = append(fields, f)
	if len(f.variants) == 0 {
		return fields
	}
	for _, one := range f.variants {
		if one.typ == kind || one.typ.name == "Resource" || one.typ.name == "DomainResource" {
			return w.claimed(fields, e, at, one)
		}
	}
	w.add(wrongType, at, "The profile does not allow this resource here. Give one of: "+f.allowed()+".")
	return fields
}

// claims adds the profiles that the resource claims in meta.profile and those
// that the caller asks for.
func (w *walk) claims(fields []*field, e fhir.Element, at *place, kind *datatype, asked []string) []*field {
	meta := e.Get("meta")
	for i, claim := range meta.Get("profile").Items() {
		if claim.Kind() != fhir.String {
			continue
		}
		here := place{parent: at.below("meta"), name: "profile", index: i + 1}
		fields = w.profiled(fields, claim.Text(), &here, kind, unknownClaim)
	}
	for _, url := range asked {
		fields = w.profiled(fields, url, at, kind, unknownAsked)
	}
	return fields
}

func (w *walk) profiled(fields []*field, url string, at *place, kind *datatype, otherwise fault) []*field {
	s, known := w.v.set.Structure(url)
	if !known {
		w.add(otherwise, at, "This profile is not known here, so the resource can't be held to it. Correct its canonical, or ask for another.")
		return fields
	}
	if s.Type != kind.name && !w.v.specialises(kind.name, s.Type) {
		w.add(otherType, at, "The profile is for "+s.Type+", and this is a "+kind.name+". Claim a profile for "+kind.name+".")
		return fields
	}
	if !s.Constraint {
		return fields
	}
	return with(fields, w.v.profile(s).root())
}

// specialises tells whether a type goes back to another.
func (v *Validator) specialises(name, from string) bool {
	for name != "" {
		if name == from {
			return true
		}
		name = v.set.Super(name)
	}
	return false
}

// identified holds the ids of contained resources to their rules
// (https://hl7.org/fhir/R4/references.html#contained).
func (w *walk) identified(e fhir.Element, at *place, contained bool) {
	if contained && !e.Get("id").Exists() {
		w.add(missing, at.below("id"), "A contained resource is pointed at by its id. Give it one.")
	}
	list := e.Get("contained")
	if list.Len() < 2 {
		return
	}
	seen := map[string]bool{}
	for i, one := range list.Items() {
		id := one.Get("id").Text()
		if id != "" && seen[id] {
			here := place{parent: at, name: "contained", index: i + 1}
			w.add(twoOfOneID, here.below("id"), "Two contained resources have the same id. Give each its own.")
		}
		seen[id] = true
	}
}

// bundle is a Bundle around the walk, with its entries by fullUrl as soon as
// somebody asks for one.
type bundle struct {
	resource fhir.Element
	entries  map[string]fhir.Element
	base     string // of the entry that the walk is in
}

func (b *bundle) find(url string) (fhir.Element, bool) {
	if b.entries == nil {
		b.entries = map[string]fhir.Element{}
		for entry := range b.resource.Each("entry") {
			if name := entry.Get("fullUrl").Text(); name != "" && b.entries[name].Kind() == fhir.Absent {
				b.entries[name] = entry.Get("resource")
			}
		}
	}
	if found, ok := b.entries[url]; ok {
		return found, true
	}
	found, ok := b.entries[b.base+url]
	return found, ok && b.base != ""
}

// enter notes in which entry of a Bundle the walk is, and gives what forgets it.
func (w *walk) enter(entry fhir.Element, at *place) func() {
	if w.bundle == nil {
		return func() {}
	}
	url, resource := entry.Get("fullUrl").Text(), entry.Get("resource")
	w.fullURL(url, resource, at)
	before := w.bundle.base
	w.bundle.base = ""
	if key := resource.Get("resourceType").Text() + "/" + resource.Get("id").Text(); strings.HasSuffix(url, "/"+key) {
		w.bundle.base = strings.TrimSuffix(url, key)
	}
	inside := w.bundle
	return func() { inside.base = before }
}

// fullURL holds an entry's fullUrl to what it names: it is absolute, and one
// that is a URL ends in type and id of the resource
// (https://hl7.org/fhir/R4/bundle-definitions.html#Bundle.entry.fullUrl).
func (w *walk) fullURL(url string, resource fhir.Element, at *place) {
	if url == "" || strings.Contains(url, "/_history/") { // of that bdl-8 speaks
		return
	}
	scheme, _, absolute := strings.Cut(url, ":")
	if !absolute || !isName(scheme) {
		w.add(badFullURL, at.below("fullUrl"), "A fullUrl is absolute. Write the whole URL of the resource, or a urn:uuid of its own.")
		return
	}
	id := resource.Get("id").Text()
	if !slices.Contains([]string{"http", "https"}, scheme) || id == "" {
		return
	}
	if !strings.HasSuffix(url, "/"+resource.Get("resourceType").Text()+"/"+id) {
		w.add(badFullURL, at.below("fullUrl"), "The fullUrl does not end in the type and id of the resource. Correct the one or the other.")
	}
}

// resolver finds what a reference points at for FHIRPath's resolve().
type resolver struct{ w *walk }

// Resolve looks into the Bundle around first.
func (r resolver) Resolve(reference string) (fhirpath.Node, bool) {
	if r.w.bundle != nil {
		if found, ok := r.w.bundle.find(reference); ok && found.Exists() {
			return fhirpath.NewNode(found, "Resource"), true
		}
	}
	if r.w.options.Resolver != nil {
		return r.w.options.Resolver.Resolve(reference)
	}
	return fhirpath.Node{}, false
}
