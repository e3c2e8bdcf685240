package kit

import (
	"slices"
	"strings"

	"tahto/fhir"
)

// claims are what a server says of itself in its CapabilityStatement
// (https://hl7.org/fhir/R4/capabilitystatement.html), in the words of
// [Case.Needs]:
//
//	system?_summary            one for resources of all types
//	system.respond-async       that a Bundle can be done in the background, which
//	                           is tried with an empty one
//	system.organizations=…     whom $evaluate knows, for which it is asked itself:
//	                           example, the two counties of conformance/examples,
//	                           or cases, those of mapping/decision/testdata
//	Consent.create             an interaction with a type
//	system.transaction         one with the whole server
//	system.format=xml          a format, whether it is told as xml or application/fhir+xml
//	system.patchFormat=…       a media type of patches
//	Consent.$validate          an operation
//	Consent?status             a search parameter
//	Provenance._include=…      what can be included; _revinclude likewise
//	Consent.conditionalCreate  and conditionalUpdate, conditionalDelete,
//	                           conditionalRead, updateCreate, readHistory, versioned
//	Consent.conditionalDelete=single  how, of those that are more than yes or no
//
// A Tahto that holds what comes in to the law claims that an update of a Consent
// must name its version (versioned-update); one with archive intake does not.
type claims struct {
	software string
	has      map[string]bool
}

func readClaims(statement *fhir.Resource) claims {
	c := claims{statement.Root().Get("software").Get("name").Text(), map[string]bool{}}
	c.formats(statement.Root())
	for rest := range statement.Root().Each("rest") {
		if rest.Get("mode").Text() != "server" {
			continue
		}
		c.add("system.", rest.Get("interaction"), "code")
		c.add("system.$", rest.Get("operation"), "name")
		c.add("system?", rest.Get("searchParam"), "name")
		for resource := range rest.Each("resource") {
			c.resource(resource)
		}
	}
	return c
}

func (c claims) formats(statement fhir.Element) {
	for one := range statement.Each("format") {
		c.has["system.format="+strings.TrimPrefix(one.Text(), "application/fhir+")] = true
	}
	for one := range statement.Each("patchFormat") {
		c.has["system.patchFormat="+one.Text()] = true
	}
}

func (c claims) add(prefix string, list fhir.Element, member string) {
	for _, one := range list.Items() {
		c.has[prefix+one.Get(member).Text()] = true
	}
}

func (c claims) resource(r fhir.Element) {
	name := r.Get("type").Text()
	c.add(name+".", r.Get("interaction"), "code")
	c.add(name+".$", r.Get("operation"), "name")
	c.add(name+"?", r.Get("searchParam"), "name")
	for member, prefix := range map[string]string{"searchInclude": "._include=", "searchRevInclude": "._revinclude="} {
		for one := range r.Each(member) {
			c.has[name+prefix+one.Text()] = true
		}
	}
	for _, member := range []string{"conditionalCreate", "conditionalUpdate", "updateCreate", "readHistory"} {
		c.has[name+"."+member] = r.Get(member).Text() == "true"
	}
	for _, member := range []string{"conditionalRead", "conditionalDelete", "versioning"} {
		how := r.Get(member).Text()
		c.has[name+"."+member] = !slices.Contains([]string{"", "not-supported"}, how)
		c.has[name+"."+member+"="+how] = true
	}
	c.has[name+".versioned"] = slices.Contains([]string{"versioned", "versioned-update"}, r.Get("versioning").Text())
}

// missing are the needs of a case that the server does not claim.
func (c claims) missing(needs []string) []string {
	return slices.DeleteFunc(slices.Clone(needs), func(need string) bool { return c.has[need] })
}

// meant tells whether a case is about this kind of server.
func (c claims) meant(a Audience) bool {
	return a == Any || (a == Tahto) == (c.software == "Tahto")
}
