package decision

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"tahto/mapping/consent"
)

type directoryFile struct {
	Note          string             `json:"note"`
	Organisations []organisationFile `json:"organisations"`
}

type organisationFile struct {
	Key            string `json:"key"`
	Identifier     string `json:"identifier"`
	Name           string `json:"name"`
	Ownership      string `json:"ownership"`
	Kind           string `json:"kind"`
	Uusimaa        bool   `json:"uusimaa"`
	MergedInto     string `json:"mergedInto"`
	DenialCoverage string `json:"denialCoverage"`

	PartOf      string                   `json:"partOf"`
	ProducesFor []string                 `json:"producesFor"`
	Joined      *bool                    `json:"joined"`
	Functions   map[string]functionValue `json:"functions"`
}

// functionValue is the day from which a system has a function, or whether it
// has it.
type functionValue Availability

// UnmarshalJSON reads true, false or a day such as "2024-09-01", which begins
// in Finland.
func (v *functionValue) UnmarshalJSON(text []byte) error {
	*v = functionValue{Stated: true}
	if string(text) == "true" || string(text) == "false" {
		v.Offered = text[0] == 't'
		return nil
	}
	day, err := time.Parse(`"`+time.DateOnly+`"`, string(text))
	if err != nil {
		return errors.New("a function is true, false or the day since when, such as 2024-09-01")
	}
	v.Offered, v.Since = true, midnight(day.Date())
	return nil
}

var (
	ownerships = map[string]bool{"public": true, "private": false}
	kinds      = map[string]OrganisationKind{
		"provider": Provider, "pharmacy": Pharmacy,
		"foreign-contact-point": ForeignContactPoint, "outside": Outside,
	}
	coverages = map[string]Coverage{
		"": CoverageUnknown, "unknown": CoverageUnknown,
		"original": CoverageOriginal, "register": CoverageRegister,
	}
	functions = map[string]Function{
		"social-consents": SocialConsents, "social-denials": SocialDenials,
		"all-health-denials": AllHealthDenials, "private-occupational-denials": PrivateOccupationalDenials,
	}
)

// ParseDirectory reads a directory file: a JSON object with "organisations",
// each with "identifier" (a URI), "name", "ownership" (public, private),
// "kind" (provider, pharmacy, foreign-contact-point, outside), and, where they
// apply, "uusimaa", "mergedInto" and "denialCoverage" (original, register,
// unknown); "key" and "note" are for people.
//
// For the intake of declarations it may also have "partOf" (the organisation
// whose unit it is), "producesFor" (the organisers it produces services for),
// "joined" (to Kanta; true unless it says false) and "functions", an object of
// what its system can record: "social-consents", "social-denials",
// "all-health-denials" and "private-occupational-denials", each true, false or
// the day since when.
//
// It is strict, since a misread line would share data: unknown members, unknown
// codes, text after the object and whatever [NewDirectory] refuses are errors.
func ParseDirectory(text []byte) (Directory, error) {
	var file directoryFile
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&file); err != nil {
		return Directory{}, fmt.Errorf("directory: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return Directory{}, errors.New("directory: text after the object")
	}
	if file.Organisations == nil {
		return Directory{}, errors.New("directory: no organisations")
	}
	organisations := make([]Organisation, 0, len(file.Organisations))
	keys := make(map[string]bool, len(file.Organisations))
	for i, line := range file.Organisations {
		o, err := line.organisation()
		if err != nil {
			return Directory{}, fmt.Errorf("directory: organisations[%d]: %w", i, err)
		}
		if line.Key != "" && keys[line.Key] {
			return Directory{}, fmt.Errorf("directory: organisations[%d]: key %q is used twice", i, line.Key)
		}
		keys[line.Key] = true
		organisations = append(organisations, o)
	}
	d, err := NewDirectory(organisations)
	if err != nil {
		return Directory{}, fmt.Errorf("directory: %w", err)
	}
	return d, nil
}

func (f organisationFile) organisation() (Organisation, error) {
	public, known := ownerships[f.Ownership]
	if !known {
		return Organisation{}, fmt.Errorf("ownership %q is not public or private", f.Ownership)
	}
	kind, known := kinds[f.Kind]
	if !known {
		return Organisation{}, fmt.Errorf("kind %q is not known", f.Kind)
	}
	coverage, known := coverages[f.DenialCoverage]
	if !known {
		return Organisation{}, fmt.Errorf("denialCoverage %q is not original, register or unknown", f.DenialCoverage)
	}
	if f.DenialCoverage != "" && f.MergedInto == "" {
		return Organisation{}, errors.New("denialCoverage without mergedInto")
	}
	o := Organisation{
		Identifier:     named(f.Identifier),
		Name:           f.Name,
		Public:         public,
		Kind:           kind,
		Uusimaa:        f.Uusimaa,
		MergedInto:     named(f.MergedInto),
		DenialCoverage: coverage,
		PartOf:         named(f.PartOf),
		Joined:         f.Joined == nil || *f.Joined,
	}
	for _, organiser := range f.ProducesFor {
		o.ProducesFor = append(o.ProducesFor, named(organiser))
	}
	for name, value := range f.Functions {
		function, known := functions[name]
		if !known {
			return Organisation{}, fmt.Errorf("function %q is not known", name)
		}
		o.Functions[function] = Availability(value)
	}
	return o, nil
}

// named reads an identifier, which a directory file writes as a URI alone.
func named(uri string) consent.Identifier {
	if uri == "" {
		return consent.Identifier{}
	}
	return consent.Identifier{System: consent.URISystem, Value: uri}
}
