package fhirpath

import (
	"strings"

	"tahto/fhir"
)

// resolve gives what references point at
// (https://hl7.org/fhir/R4/fhirpath.html#functions): contained resources,
// entries of the Bundle that is %rootResource, or what the Resolver of the input
// finds. What is not found is left out.
func resolve(m *machine, c *call) error {
	base := len(m.stack)
	if err := m.input(c.in); err != nil {
		return err
	}
	mid := len(m.stack)
	for i := base; i < mid; i++ {
		reference := m.referenceOf(m.stack[i])
		if reference == "" {
			continue
		}
		if err := m.spend(len(reference)/eachText, c); err != nil {
			return err
		}
		n, found, err := m.lookUp(reference, c)
		if err != nil {
			return err
		}
		if found {
			m.push(n.value())
		}
	}
	m.drop(base, mid)
	return nil
}

// referenceOf is the text of a Reference, or of a uri or canonical.
func (m *machine) referenceOf(v Value) string {
	if v.kind == kindNode && v.element.Kind() == fhir.Object {
		return v.element.Get("reference").Text()
	}
	if s := m.system(v); s.kind == kindString {
		return s.text
	}
	return ""
}

func (m *machine) lookUp(reference string, c *call) (Node, bool, error) {
	if id, is := strings.CutPrefix(reference, "#"); is {
		n, found := m.contained(id)
		return n, found, m.spend(m.resource().element.Get("contained").Len(), c)
	}
	if m.root().element.Get("resourceType").Text() == "Bundle" {
		if err := m.spend(2*m.root().element.Get("entry").Len(), c); err != nil {
			return Node{}, false, err
		}
		if e, found := inBundle(m.root().element, m.resource().element, reference); found {
			return NewNode(e, "Resource"), true, nil
		}
	}
	if m.in.Resolver == nil {
		return Node{}, false, nil
	}
	n, found := m.in.Resolver.Resolve(reference)
	return n, found && n.Exists(), nil
}

// contained finds a resource by its local id; no id is the container itself
// (https://hl7.org/fhir/R4/references.html#contained).
func (m *machine) contained(id string) (Node, bool) {
	for _, holder := range []Node{m.resource(), m.root()} {
		for e := range holder.element.Each("contained") {
			if id != "" && e.Get("id").Text() == id {
				return NewNode(e, "Resource"), true
			}
		}
	}
	holder := m.root()
	if holder.element.Get("resourceType").Text() == "Bundle" {
		holder = m.resource()
	}
	if id != "" && holder.element.Get("id").Text() != id {
		return Node{}, false
	}
	return holder, holder.Exists()
}

// inBundle finds an entry as https://hl7.org/fhir/R4/bundle.html#references says:
// an absolute reference by the fullUrl, a relative one by the fullUrl with the
// base of the entry that refers. from is the resource that refers.
func inBundle(bundle, from fhir.Element, reference string) (fhir.Element, bool) {
	reference, version, _ := strings.Cut(reference, "/_history/")
	typ, id, relative := strings.Cut(reference, "/")
	relative = relative && !strings.Contains(reference, ":") && !strings.Contains(id, "/")
	base := ""
	if relative {
		base = baseOf(bundle, from)
	}
	for entry := range bundle.Each("entry") {
		resource := entry.Get("resource")
		url := entry.Get("fullUrl").Text()
		switch {
		case !resource.Exists() || version != "" && resource.Get("meta").Get("versionId").Text() != version:
		case !relative && url == reference, relative && base != "" && url == base+reference:
			return resource, true
		case relative && (base == "" || url == "") && resource.Get("resourceType").Text() == typ && resource.Get("id").Text() == id:
			return resource, true
		}
	}
	return fhir.Element{}, false
}

// baseOf is the part of the fullUrl before the type, of the entry whose resource
// refers; "" if it is not an entry, or its fullUrl is no RESTful one.
func baseOf(bundle, from fhir.Element) string {
	for entry := range bundle.Each("entry") {
		resource := entry.Get("resource")
		if resource != from {
			continue
		}
		own := resource.Get("resourceType").Text() + "/" + resource.Get("id").Text()
		if base, is := strings.CutSuffix(entry.Get("fullUrl").Text(), own); is {
			return base
		}
	}
	return ""
}
