package decision

import (
	"errors"
	"fmt"
	"slices"
	"time"

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
	// PartOf is the organisation whose unit it is (palveluyksikkö); zero when
	// it is a controller itself.
	PartOf consent.Identifier
	// ProducesFor are the organisers that it produces services for
	// (ostopalvelu, palveluseteli).
	ProducesFor []consent.Identifier
	// Joined: it has joined Kanta, so that declarations may be made there.
	Joined bool
	// Functions is what its client or patient information system can do.
	Functions [functionCount]Availability
}

// Function is something a provider's system may be able to do, and declarations
// may need.
type Function uint8

// The functions.
const (
	SocialConsents             Function = iota // to record consents in social care
	SocialDenials                              // to record denials in social care
	AllHealthDenials                           // to record a denial of all patient data
	PrivateOccupationalDenials                 // to record one of a private occupational register
	functionCount
)

// Availability is what a directory says of a function. The zero Availability
// says nothing.
type Availability struct {
	Stated  bool      // the directory says whether it has the function
	Offered bool      // it has it,
	Since   time.Time // from this day on; zero: from of old
}

// At reports whether the function is there at an instant; where the directory
// says nothing, that it is from the given day on.
func (a Availability) At(at, otherwise time.Time) bool {
	if !a.Stated {
		return !at.Before(otherwise)
	}
	return a.Offered && !at.Before(a.Since)
}

// Directory says what organisations are: looked up, never believed from a
// request. The zero Directory knows none; whoever is not listed is a private
// provider outside Uusimaa. A Directory does not change after it was made, so
// any number of goroutines may use one.
type Directory struct {
	listed map[consent.Identifier]*entry
}

// NewDirectory makes a directory of the organisations. It is an error when one
// has no identifier, two have the same, one is merged into, part of or produces
// for another that is not listed, mergers or parts go in a circle, or a value
// is out of range. Errors name the organisation by its identifier;
// organisations are not persons.
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
		if err := d.checkParts(e); err != nil {
			return Directory{}, fmt.Errorf("organisation %s: %w", id.Value, err)
		}
	}
	return d, nil
}

// checkParts follows a unit up to who keeps its files.
func (d Directory) checkParts(e *entry) error {
	for _, organiser := range e.ProducesFor {
		if _, listed := d.listed[organiser]; !listed {
			return fmt.Errorf("produces for %s, which is not listed", organiser.Value)
		}
	}
	for range len(d.listed) {
		whole := e.whole()
		if whole.IsZero() {
			return nil
		}
		if e = d.listed[whole]; e == nil {
			return fmt.Errorf("part of %s, which is not listed", whole.Value)
		}
	}
	return errors.New("parts go in a circle")
}

// Find tells what is known of an organisation; false if it is not listed.
func (d Directory) Find(id consent.Identifier) (Organisation, bool) {
	e, listed := d.listed[id]
	if !listed {
		return Organisation{Identifier: id}, false
	}
	return e.Organisation, true
}

// Controller is who keeps the files (rekisterinpitäjä) of an organisation or of
// a unit: the whole that it is part of, and of that the county it was merged
// into. Who is not listed is its own controller.
func (d Directory) Controller(id consent.Identifier) consent.Identifier {
	for e := d.listed[id]; e != nil && !e.whole().IsZero(); e = d.listed[id] {
		id = e.whole()
	}
	return id
}

// Produces reports whether one organisation, or the whole it is part of,
// produces services for another.
func (d Directory) Produces(producer, organiser consent.Identifier) bool {
	keeper := d.Controller(organiser)
	for e := d.listed[producer]; e != nil; e = d.listed[e.PartOf] {
		if slices.ContainsFunc(e.ProducesFor, func(id consent.Identifier) bool { return d.Controller(id) == keeper }) {
			return true
		}
	}
	return false
}

// HasJoined reports whether declarations may be made at an organisation or a
// unit: it is listed, and neither it nor a whole it is part of has not joined
// Kanta.
func (d Directory) HasJoined(unit consent.Identifier) bool {
	e := d.listed[unit]
	if e == nil {
		return false
	}
	for ; e != nil; e = d.listed[e.PartOf] {
		if !e.Joined {
			return false
		}
	}
	return true
}

// Function tells of a function what the directory says of the unit, or else of
// the nearest whole it is part of of which it says anything.
func (d Directory) Function(unit consent.Identifier, f Function) Availability {
	for e := d.listed[unit]; e != nil && f < functionCount; e = d.listed[e.PartOf] {
		if e.Functions[f].Stated {
			return e.Functions[f]
		}
	}
	return Availability{}
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

// whole is what the organisation is part of, or was merged into; zero if it
// stands for itself.
func (e *entry) whole() consent.Identifier {
	if !e.PartOf.IsZero() {
		return e.PartOf
	}
	return e.MergedInto
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
