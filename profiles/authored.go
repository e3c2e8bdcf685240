package profiles

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"tahto/fhir"
)

// addAuthored indexes the folder fi: one resource a file.
func (s *Set) addAuthored(files fs.FS) error {
	err := fs.WalkDir(files, "fi", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() || !strings.HasSuffix(name, ".json") {
			return nil
		}
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		r, err := fhir.Parse(data)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := s.addResource(r); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return nil
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, urls := range s.profiles {
		slices.Sort(urls)
	}
	slices.SortFunc(s.authored, func(a, b *fhir.Resource) int { return strings.Compare(a.Key().String(), b.Key().String()) })
	for _, r := range s.authored {
		s.serve(r)
	}
	return s.checkCircles()
}

// addResource takes in one resource of ours. That two have the same id or
// canonical is a fault: one would hide the other.
func (s *Set) addResource(r *fhir.Resource) error {
	if r.ID() == "" {
		return errors.New("the resource has no id")
	}
	for _, other := range s.authored {
		if other.Key() == r.Key() {
			return fmt.Errorf("%s is there twice", r.Key())
		}
	}
	s.authored = append(s.authored, r)
	url := r.Root().Get("url").Text()
	switch r.Type() {
	case "StructureDefinition":
		return s.addAuthoredStructure(r, url)
	case "CodeSystem":
		return s.addAuthoredSystem(r, url)
	case "ValueSet":
		return s.addAuthoredValueSet(r, url)
	}
	return nil
}

var errNoCanonical = errors.New("the url is missing, or another definition has it")

func (s *Set) addAuthoredStructure(r *fhir.Resource, url string) error {
	if _, taken := s.structures[url]; taken || url == "" {
		return errNoCanonical
	}
	s.structures[url] = sync.OnceValues(func() (*Structure, error) {
		made, err := s.structure(r.Root(), r.Root().Get("version").Text())
		if err != nil {
			return nil, err
		}
		made.Definition = r
		return made, nil
	})
	if of := r.Root().Get("type").Text(); of != "Extension" {
		s.profiles[of] = append(s.profiles[of], url)
	}
	return nil
}

func (s *Set) addAuthoredSystem(r *fhir.Resource, url string) error {
	read := sync.OnceValue(func() *codeSystem { return readSystem(r.Root()) })
	if of := r.Root().Get("supplements").Text(); of != "" {
		of, _, _ = strings.Cut(of, "|")
		s.labels[of] = append(s.labels[of], read)
		return nil
	}
	if _, taken := s.systems[url]; taken || url == "" {
		return errNoCanonical
	}
	s.systems[url] = read
	return nil
}

func (s *Set) addAuthoredValueSet(r *fhir.Resource, url string) error {
	if _, taken := s.valueSets[url]; taken || url == "" {
		return errNoCanonical
	}
	s.addValueSet(url, r.Root)
	for p := range r.Root().Get("compose").Each("include") {
		if of := p.Get("system").Text(); p.Get("concept").Exists() {
			s.labels[of] = append(s.labels[of], sync.OnceValue(func() *codeSystem { return readConcepts(p) }))
		}
	}
	return nil
}

func (s *Set) addValueSet(url string, root func() fhir.Element) {
	s.valueSets[url] = sync.OnceValue(func() *valueSet { return s.readValueSet(root()) })
}

// serve adds a resource to what is served; a StructureDefinition gets its
// snapshot when it is first asked for.
func (s *Set) serve(r *fhir.Resource) {
	if r.Type() != "StructureDefinition" {
		s.served = append(s.served, func() *fhir.Resource { return r })
		return
	}
	s.served = append(s.served, sync.OnceValue(func() *fhir.Resource { return s.withSnapshot(r) }))
}
