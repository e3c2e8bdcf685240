// Package conformance is what the server promises, as FHIR has servers say it:
// the CapabilityStatement, built from what the route table offers and from the
// search parameters that there are, so that a promise can't be forgotten or
// invented. The folder examples holds requests to try a server with.
//
// # Concurrency
//
// Everything here is a pure function of its arguments.
package conformance

import (
	"slices"
	"time"

	"tahto/fhir"
	"tahto/fhir/search"
)

// Level says what an offer is about.
type Level uint8

// The levels. The zero Level is no offer: a route that serves but is not
// claimed on its own, such as POST [type]/_search beside the GET.
const (
	None       Level = iota
	Type             // an interaction with each type of resource that is kept
	Definition       // an interaction with each type of definition that is served
	System           // an interaction with the whole server
	Operation        // an operation on a type
)

// Offer is one thing that a server can be asked to do, in the words of
// CapabilityStatement.rest (https://hl7.org/fhir/R4/capabilitystatement.html).
type Offer struct {
	Level Level
	// Code is the interaction, such as search-type, or the operation's name
	// without its dollar sign.
	Code string
	// On is the resource type of an operation; "" otherwise.
	On string
	// Doc is a sentence for people; "" if the code says it.
	Doc string
}

// Scope says what resources there are to offer something on.
type Scope struct {
	// Kept are those that clients write, with their search parameters.
	Kept *search.Registry
	// Defined are the search parameters of the definitions, and Served which
	// types of them the server has.
	Defined *search.Registry
	Served  []string
	// IfMatch tells that a change of a Consent must name the version it changes.
	IfMatch bool
}

// Build says which server it is.
type Build struct {
	Version string    // of the software
	Date    time.Time // when the software was built or released
	Base    string    // the public base URL, without a trailing slash
}

// CapabilityStatement writes what the server does
// (https://hl7.org/fhir/R4/http.html#capabilities). The same arguments give the
// same bytes.
func CapabilityStatement(offers []Offer, scope Scope, b Build) *fhir.Resource {
	w := fhir.NewWriter("CapabilityStatement")
	head(w, b)
	w.Array("rest")
	w.Object("")
	w.String("mode", "server")
	w.String("documentation", "Declarations of intent (tahdonilmaisut) of Finnish social and health care: kept as Consent, with the Provenance of each, and decided on with Consent/$evaluate.")
	w.Array("resource")
	for _, resourceType := range scope.types(offers) {
		scope.resource(w, resourceType, offers)
	}
	w.EndArray()
	interactions(w, offers, System)
	searchParameters(w, everywhere)
	w.End()
	w.EndArray()
	return w.Resource()
}

// types are those of all resources that anything is offered on, in
// alphabetical order.
func (s Scope) types(offers []Offer) []string {
	types := slices.Concat(s.Kept.Types(), s.Served)
	for _, o := range offers {
		if o.Level == Operation {
			types = append(types, o.On)
		}
	}
	slices.Sort(types)
	return slices.Compact(types)
}

func head(w *fhir.Writer, b Build) {
	w.String("url", fhir.Base+"/CapabilityStatement/tahto")
	w.Optional("version", b.Version)
	w.String("name", "Tahto")
	w.String("title", "Tahto, an HL7 FHIR R4 Consent server")
	w.String("status", "active")
	w.String("date", b.Date.UTC().Format(time.RFC3339))
	w.String("kind", "instance")
	w.Object("software")
	w.String("name", "Tahto")
	w.Optional("version", b.Version)
	w.End()
	w.Object("implementation")
	w.String("description", "Tahto at this address")
	w.Optional("url", b.Base)
	w.End()
	w.String("fhirVersion", "4.0.1")
	list(w, "format", formats)
	list(w, "patchFormat", patchFormats)
}

// formats are those of resources, by their short names and their media types
// (https://hl7.org/fhir/R4/http.html#mime-type).
var formats = []string{"json", "xml", "application/fhir+json", "application/fhir+xml"}

// patchFormats are the media types of a patch: JSON Patch, XML Patch, and
// FHIRPath Patch as Parameters in either format.
var patchFormats = []string{"application/json-patch+json", "application/xml-patch+xml", "application/fhir+json", "application/fhir+xml"}

func (s Scope) resource(w *fhir.Writer, resourceType string, offers []Offer) {
	w.Object("")
	w.String("type", resourceType)
	switch {
	case slices.Contains(s.Served, resourceType):
		interactions(w, offers, Definition)
		searchParameters(w, s.Defined.Parameters(resourceType))
	case slices.Contains(s.Kept.Types(), resourceType):
		interactions(w, offers, Type)
		s.kept(w, resourceType)
	}
	operations(w, resourceType, offers)
	w.End()
}

func (s Scope) kept(w *fhir.Writer, resourceType string) {
	versioning := "versioned"
	if s.IfMatch && resourceType == "Consent" {
		versioning = "versioned-update"
	}
	w.String("versioning", versioning)
	w.Bool("readHistory", true)
	w.Bool("updateCreate", true)
	w.Bool("conditionalCreate", true)
	w.String("conditionalRead", "full-support")
	w.Bool("conditionalUpdate", true)
	w.String("conditionalDelete", "single")
	list(w, "searchInclude", includes(resourceType, s.Kept))
	list(w, "searchRevInclude", revIncludes(resourceType, s.Kept))
	searchParameters(w, s.Kept.Parameters(resourceType))
}

func interactions(w *fhir.Writer, offers []Offer, level Level) {
	open := false
	for _, o := range offers {
		if o.Level != level {
			continue
		}
		if !open {
			w.Array("interaction")
			open = true
		}
		w.Object("")
		w.String("code", o.Code)
		w.Optional("documentation", o.Doc)
		w.End()
	}
	if open {
		w.EndArray()
	}
}

func list(w *fhir.Writer, name string, values []string) {
	if len(values) == 0 {
		return
	}
	w.Array(name)
	for _, v := range values {
		w.String("", v)
	}
	w.EndArray()
}

// includes are the references that _include follows from resources of a type.
func includes(resourceType string, parameters *search.Registry) []string {
	var found []string
	for _, p := range parameters.Parameters(resourceType) {
		if p.Kind == search.KindReference {
			found = append(found, resourceType+":"+p.Name)
		}
	}
	return found
}

// revIncludes are the references that may lead to resources of a type.
func revIncludes(resourceType string, parameters *search.Registry) []string {
	var found []string
	for _, source := range parameters.Types() {
		for _, p := range parameters.Parameters(source) {
			if p.Kind == search.KindReference && (len(p.Targets) == 0 || slices.Contains(p.Targets, resourceType)) {
				found = append(found, source+":"+p.Name)
			}
		}
	}
	return found
}

// everywhere are the parameters of all types: of interactions that give resources
// (https://hl7.org/fhir/R4/http.html#parameters), and of searches. R4 has no
// definitions of them.
var everywhere = []search.Parameter{
	{Name: "_summary", Kind: "special", Doc: "How much to show of each resource: true, text, data or false; in searches and histories also count, the total alone. On reads, searches, histories, metadata and what answers a write, also in the entries of a Bundle. What is shown in part carries the tag SUBSETTED and can't be stored"},
	{Name: "_elements", Kind: "special", Doc: "Which elements to show of each resource, beside those that are mandatory or modify, by name: status,provision. What a search includes is whole unless its type stands before the name: Provenance.agent. Where _summary is taken, and not with it"},
	{Name: "_has", Kind: "special", Doc: "Reverse chaining, as in _has:Provenance:target:agent-role=2. What a reference can be chained to says its SearchParameter; up to three references lie within each other"},
	{Name: "_sort", Kind: "special", Doc: "The order of a search: any parameters but references and composites, each with - for downwards. What has no value comes last, what is alike goes by id"},
	{Name: "_count", Kind: "special", Doc: "How many resources, or versions, a page has at the most. In a search 0 asks for the total alone"},
	{Name: "_total", Kind: "special", Doc: "Whether a search tells the number of all matches: none, estimate or accurate. What is told is always accurate"},
}

func searchParameters(w *fhir.Writer, parameters []search.Parameter) {
	w.Array("searchParam")
	for _, p := range parameters {
		w.Object("")
		w.String("name", p.Name)
		w.Optional("definition", p.URL)
		w.String("type", string(p.Kind))
		w.Optional("documentation", p.Doc)
		w.End()
	}
	w.EndArray()
}

func operations(w *fhir.Writer, resourceType string, offers []Offer) {
	open := false
	for _, o := range offers {
		if o.Level != Operation || o.On != resourceType {
			continue
		}
		if !open {
			w.Array("operation")
			open = true
		}
		w.Object("")
		w.String("name", o.Code)
		w.String("definition", fhir.Base+"/OperationDefinition/"+o.Code)
		w.Optional("documentation", o.Doc)
		w.End()
	}
	if open {
		w.EndArray()
	}
}
