package profiles

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"tahto/fhir"
	"tahto/fhir/fhirpath"
)

// Check reads every definition, compiles every constraint and looks in it for
// elements that can't be there, and in ours for slices that nobody could tell
// apart. It gives all faults at once: what passes can be
// relied on everywhere.
func (s *Set) Check() error {
	var faults []error
	done := map[checked]bool{}
	for _, url := range slices.Sorted(maps.Keys(s.structures)) {
		faults = append(faults, s.checkStructure(url, done)...)
	}
	return errors.Join(faults...)
}

// checkStructure checks one definition but for the constraints done already.
func (s *Set) checkStructure(url string, done map[checked]bool) []error {
	made, err := s.structures[url]()
	if err != nil {
		return []error{err}
	}
	var faults []error
	if made.Definition != nil {
		faults = checkSlices(made)
	}
	for _, e := range made.Elements {
		faults = append(faults, s.checkConstraints(made.URL, e, done)...)
	}
	return faults
}

// checked is an expression on a type.
type checked struct{ expression, typ string }

func (s *Set) checkConstraints(url string, e Element, done map[checked]bool) []error {
	var faults []error
	for _, c := range e.Constraints {
		one := checked{c.Expression, s.modelType(e)}
		if done[one] {
			continue
		}
		done[one] = true
		compiled, err := fhirpath.Compile(c.Expression, s)
		if err == nil && one.typ != "" {
			err = compiled.Check(one.typ)
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %s: constraint %s: %w", url, e.ID, c.Key, err))
		}
	}
	return faults
}

// modelType is the type of an element as FHIRPath knows it: of a backbone
// element its path in the R4 type; "" for a choice.
func (s *Set) modelType(e Element) string {
	switch {
	case s.Kind(e.Base.Path) != 0:
		return e.Base.Path
	case e.Content != "":
		return e.Content
	case len(e.Types) == 1:
		return e.Types[0].Code
	}
	return ""
}

// checkCircles refuses definitions of ours that are built from each other in a
// circle: reading one would never end.
func (s *Set) checkCircles() error {
	needs := map[string][]string{}
	for _, r := range s.authored {
		if r.Type() == "StructureDefinition" {
			needs[r.Root().Get("url").Text()] = needed(r.Root())
		}
	}
	done := map[string]bool{}
	for _, url := range slices.Sorted(maps.Keys(needs)) {
		if err := walk(url, needs, done, nil); err != nil {
			return err
		}
	}
	return nil
}

// needed are the canonicals of what a snapshot may be built from.
func needed(d fhir.Element) []string {
	all := []string{d.Get("baseDefinition").Text()}
	for e := range d.Get("differential").Each("element") {
		for t := range e.Each("type") {
			all = append(all, texts(t.Get("profile"))...)
		}
	}
	return all
}

func walk(url string, needs map[string][]string, done map[string]bool, trail []string) error {
	if slices.Contains(trail, url) {
		return fmt.Errorf("definitions are built from each other in a circle: %s", strings.Join(append(trail, url), ", "))
	}
	if done[url] {
		return nil
	}
	done[url] = true
	for _, next := range needs[url] {
		next, _, _ := strings.Cut(next, "|")
		if err := walk(next, needs, done, append(trail, url)); err != nil {
			return err
		}
	}
	return nil
}
