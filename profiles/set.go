package profiles

import (
	"embed"
	"io/fs"
	"strings"

	"tahto/fhir"
)

// embedded are the definitions that come with the program.
//
//go:embed r4/*.gz fi/*.json
var embedded embed.FS

// coreBase is what the canonicals of R4's own structures begin with.
const coreBase = "http://hl7.org/fhir/StructureDefinition/"

// coreVersion is the version of R4's own definitions.
const coreVersion = "4.0.1"

// A definition is read when it is first asked for, by whichever goroutine.
type (
	structureReader func() (*Structure, error)
	systemReader    func() *codeSystem
	valueSetReader  func() *valueSet
)

// Set is all definitions the program has. It is made by [Load], never changes
// to the eye, and is safe for any number of goroutines.
type Set struct {
	inherited  map[string]Constraint // R4's constraints that are written by key alone
	structures map[string]structureReader
	types      map[string]*typeEntry // R4's types by name
	systems    map[string]systemReader
	valueSets  map[string]valueSetReader
	labels     map[string][]systemReader // what names codes beside the system itself, by system
	authored   []*fhir.Resource          // folder fi, in the order served
	profiles   map[string][]string       // canonicals of our profiles, by type
	served     []func() *fhir.Resource
}

// Load reads the definitions that come with the program. An error means that
// the program was built wrong.
func Load() (*Set, error) { return load(embedded) }

// load makes a set of the folders r4 and fi in files; fi may be missing.
func load(files fs.FS) (*Set, error) {
	s := &Set{
		inherited:  map[string]Constraint{},
		structures: map[string]structureReader{},
		types:      map[string]*typeEntry{},
		systems:    map[string]systemReader{},
		valueSets:  map[string]valueSetReader{},
		labels:     map[string][]systemReader{},
		profiles:   map[string][]string{},
	}
	if err := s.addCore(files); err != nil {
		return nil, err
	}
	if err := s.addAuthored(files); err != nil {
		return nil, err
	}
	return s, nil
}

// Structure is the profile, extension or base type with that canonical, which
// may carry a version: a version that is not held is not found. Nor is a
// definition with a fault in it; [Set.Check] tells what the fault is.
func (s *Set) Structure(canonical string) (*Structure, bool) {
	url, version, versioned := strings.Cut(canonical, "|")
	read, held := s.structures[url]
	if !held {
		return nil, false
	}
	found, err := read()
	if err != nil || versioned && version != found.Version {
		return nil, false
	}
	return found, true
}

// Type is the R4 type or resource of that name, such as Consent or HumanName.
func (s *Set) Type(name string) (*Structure, bool) {
	entry, held := s.types[name]
	if !held {
		return nil, false
	}
	found, err := entry.read()
	return found, err == nil
}

// Profiles are the profiles of ours that narrow a resource type, in the order
// of their canonicals; no extensions are among them.
func (s *Set) Profiles(resourceType string) []*Structure {
	var all []*Structure
	for _, url := range s.profiles[resourceType] {
		if found, ok := s.Structure(url); ok {
			all = append(all, found)
		}
	}
	return all
}

// Served are the conformance resources that the server serves, by type and id.
// The StructureDefinitions among them carry differential and snapshot.
func (s *Set) Served() []*fhir.Resource {
	all := make([]*fhir.Resource, len(s.served))
	for i, finished := range s.served {
		all[i] = finished()
	}
	return all
}
