package decision

import (
	"errors"
	"fmt"

	"tahto/mapping/consent"
)

// OrganisationKind is what an organisation does, as far as sharing goes. The
// zero kind is a provider.
type OrganisationKind uint8

// The kinds of organisation.
const (
	Provider            OrganisationKind = iota // palvelunantaja
	Pharmacy                                    // apteekki
	ForeignContactPoint                         // kansallinen yhteyspiste, healthcare abroad
	Outside                                     // police, court, insurer, employer, relative
	organisationKindCount
)

// Coverage is what a denial aimed at a provider that was merged into a county
// covers (rules R14e). The zero Coverage is unknown.
type Coverage uint8

// The coverages of an old denial.
const (
	CoverageUnknown  Coverage = iota // as CoverageOriginal, and must be looked up
	CoverageOriginal                 // what that provider recorded
	CoverageRegister                 // the whole register of the county
	coverageCount
)

// Organisation is what the directory knows of one organisation.
type Organisation struct {
	Identifier consent.Identifier
	Name       string
	Public     bool // ownership is public; else private
	Kind       OrganisationKind
	// Uusimaa: a controller named for the right of L616 64a.
	Uusimaa bool
	// MergedInto is the county that took over its files on 1.1.2023; zero
	// when it still is its own controller.
	MergedInto consent.Identifier
	// DenialCoverage is what an old denial of it covers, when merged.
	DenialCoverage Coverage
}

// Directory says what organisations are: looked up, never believed from a
// request. The zero Directory knows none; whoever is not listed is a private
// provider outside Uusimaa. A Directory does not change after it was made, so
// any number of goroutines may use one.
type Directory struct {
	listed map[consent.Identifier]*entry
}

// NewDirectory makes a directory of the organisations. It is an error when one
// has no identifier, two have the same, one is merged into another that is not
// listed, mergers go in a circle, or a value is out of range. Errors name the
// organisation by its identifier; organisations are not persons.
func NewDirectory(organisations []Organisation) (Directory, error) {
	d := Directory{listed: make(map[consent.Identifier]*entry, len(organisations))}
	for i, o := range organisations {
		if err := d.list(o); err != nil {
			return Directory{}, fmt.Errorf("organisation %d: %w", i, err)
		}
	}
	for id, e := range d.listed {
		last, err := d.followMergers(id)
		if err != nil {
			return Directory{}, fmt.Errorf("organisation %s: %w", id.Value, err)
		}
		e.successor = party{last, d.listed[last]}
	}
	return d, nil
}

func (d Directory) list(o Organisation) error {
	if o.Identifier.IsZero() {
		return errors.New("no identifier")
	}
	if o.Kind >= organisationKindCount || o.DenialCoverage >= coverageCount {
		return errors.New("kind or denial coverage out of range")
	}
	if o.MergedInto.IsZero() && o.DenialCoverage != CoverageUnknown {
		return errors.New("denial coverage without a merger")
	}
	if _, twice := d.listed[o.Identifier]; twice {
		return fmt.Errorf("%s is listed twice", o.Identifier.Value)
	}
	d.listed[o.Identifier] = &entry{Organisation: o}
	return nil
}

// followMergers finds the organisation that was merged into no other.
func (d Directory) followMergers(id consent.Identifier) (consent.Identifier, error) {
	for range len(d.listed) + 1 {
		e, listed := d.listed[id]
		if !listed {
			return id, fmt.Errorf("merged into %s, which is not listed", id.Value)
		}
		if e.MergedInto.IsZero() {
			return id, nil
		}
		id = e.MergedInto
	}
	return id, errors.New("mergers go in a circle")
}

// party is an organisation as the decision handles it: by its identifier,
// with what is known of it, which is shared and never changed.
type party struct {
	id    consent.Identifier
	known *entry
}

// entry is an organisation of the directory, with the end of its mergers.
type entry struct {
	Organisation
	successor party
}

// unlisted is what is known of an organisation that is not listed.
var unlisted entry

func (d Directory) find(id consent.Identifier) party {
	if o, listed := d.listed[id]; listed {
		return party{id, o}
	}
	return party{id, &unlisted}
}

// isWithin reports whether the first is the second or was merged, perhaps in
// steps, into it.
func (d Directory) isWithin(id, whole consent.Identifier) bool {
	for id != whole {
		into := d.find(id).known.MergedInto
		if into.IsZero() {
			return false
		}
		id = into
	}
	return true
}
