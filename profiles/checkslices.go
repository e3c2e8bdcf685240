package profiles

import (
	"fmt"
	"slices"
	"strings"
)

// checkSlices looks whether the slices of a definition of ours can be told
// apart: by every discriminator of value or pattern each must say a value, or be
// bound to a value set that must hold; by one of exists, whether the element is
// there.
func checkSlices(of *Structure) []error {
	var faults []error
	for _, e := range of.Elements {
		if e.Slicing == nil {
			continue
		}
		for _, slice := range of.Elements {
			if slice.Slice == "" || slice.ID != sliceID(e.ID, slice.Slice) {
				continue
			}
			for _, d := range e.Slicing.Discriminators {
				if !told(of.Elements, slice, d) {
					faults = append(faults, fmt.Errorf("%s: %s can't be told by the %s of %s", of.URL, slice.ID, d.By, d.Path))
				}
			}
		}
	}
	return faults
}

func told(all []Element, slice Element, d Discriminator) bool {
	if strings.ContainsRune(d.Path, '(') { // resolve(), extension() and ofType() lead out of the snapshot
		return true
	}
	id := slice.ID
	if d.Path != "$this" {
		id += "." + d.Path
	}
	switch d.By {
	case "exists":
		return slices.ContainsFunc(all, func(e Element) bool { return e.ID == id && (e.Min > 0 || e.Max == 0) })
	case "value", "pattern":
		return profiled(slice, d) || slices.ContainsFunc(all, func(e Element) bool {
			return (e.ID == id || strings.HasPrefix(id, e.ID+".") && strings.HasPrefix(e.ID, slice.ID) || strings.HasPrefix(e.ID, id+".")) && says(e)
		})
	}
	return true
}

// says tells whether an element has a value by which it is known.
func says(e Element) bool {
	return e.Fixed.Exists() || e.Pattern.Exists() || e.Binding != nil && e.Binding.Strength == Required
}

// profiled tells whether a slice of extensions is known by the profile, which
// fixes the url.
func profiled(slice Element, d Discriminator) bool {
	return d.Path == "url" && len(slice.Types) == 1 && len(slice.Types[0].Profiles) > 0
}
