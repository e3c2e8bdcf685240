package kit

import (
	"slices"
	"strings"
	"time"

	"tahto/fhir"
)

// metadata says where a case comes from and what a server must claim to be held
// to it.
func metadata(c Case) scriptMetadata {
	one := scriptCapability{Required: true, Description: c.Title, Capabilities: "#needs"}
	m := scriptMetadata{}
	if strings.HasPrefix(c.Spec, "https://") {
		m.Link = []scriptLink{{c.Spec, "Where the behaviour is asked for"}}
		one.Link = []string{c.Spec}
	} else {
		one.Description += " (" + c.Spec + ")"
	}
	m.Capability = []scriptCapability{one}
	return m
}

// object is one of JSON.
type object = map[string]any

// gathered are the claims of a case as they are gathered, by type.
type gathered struct {
	system    object
	resources map[string]object
	order     []string
}

// requirements are what a case needs, as the CapabilityStatement of a server
// that would have it and nothing else: [readClaims] of it misses none.
func requirements(c Case, date time.Time) object {
	n := gathered{object{"mode": "server"}, map[string]object{}, nil}
	for _, need := range c.claimed() {
		n.add(need)
	}
	statement := object{
		"resourceType": "CapabilityStatement", "id": "needs", "status": "active", "date": date.UTC().Format(time.DateOnly),
		"kind": "requirements", "description": "What a server must have for the test " + c.ID, "fhirVersion": "4.0.1", "format": []string{"json"},
	}
	for _, name := range []string{"format", "patchFormat"} {
		if formats, is := n.system[name]; is {
			statement[name] = formats
			delete(n.system, name)
		}
	}
	var resources []object
	for _, name := range n.order {
		resources = append(resources, n.resources[name])
	}
	if resources != nil {
		n.system["resource"] = resources
	}
	statement["rest"] = []object{n.system}
	return statement
}

func (n *gathered) of(name string) object {
	if name == "system" {
		return n.system
	}
	if n.resources[name] == nil {
		n.resources[name] = object{"type": name}
		n.order = append(n.order, name)
	}
	return n.resources[name]
}

// add is the reverse of what [claims.resource] reads.
func (n *gathered) add(need string) {
	at := strings.IndexAny(need, ".?")
	on, claim := n.of(need[:at]), need[at+1:]
	name, how, given := strings.Cut(claim, "=")
	switch {
	case need[at] == '?':
		also(on, "searchParam", object{"name": claim, "type": searchType(claim)})
	case strings.HasPrefix(claim, "$"):
		also(on, "operation", object{"name": claim[1:], "definition": fhir.Base + "/OperationDefinition/" + claim[1:]})
	case name == "_include":
		on["searchInclude"] = []string{how}
	case name == "_revinclude":
		on["searchRevInclude"] = []string{how}
	case name == "format", name == "patchFormat":
		formats, _ := on[name].([]string)
		on[name] = append(formats, how)
	case given:
		on[name] = how
	default:
		n.plain(on, claim)
	}
}

// plain adds a claim that has no value.
func (n *gathered) plain(on object, claim string) {
	switch claim {
	case "conditionalCreate", "conditionalUpdate", "updateCreate", "readHistory":
		on[claim] = true
	case "conditionalRead":
		on[claim] = "full-support"
	case "conditionalDelete":
		unlessThere(on, claim, "single")
	case "versioned":
		unlessThere(on, "versioning", "versioned")
	default:
		also(on, "interaction", object{"code": claim})
	}
}

func also(on object, list string, item object) {
	items, _ := on[list].([]object)
	on[list] = append(items, item)
}

func unlessThere(on object, name, value string) {
	if on[name] == nil {
		on[name] = value
	}
}

// searchType is that of a search parameter of Consent or Provenance.
func searchType(name string) string {
	switch {
	case slices.Contains([]string{"date", "period", "recorded", "when", "_lastUpdated"}, name):
		return "date"
	case slices.Contains([]string{"actor", "agent", "consentor", "data", "entity", "location", "organization", "patient", "source-reference", "target"}, name):
		return "reference"
	case strings.Contains(name, "$"):
		return "composite"
	}
	return "token"
}
