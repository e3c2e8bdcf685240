package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// structure is what is kept of a StructureDefinition, under FHIR's own names.
type structure struct {
	URL            string    `json:"url"`
	Name           string    `json:"name"`
	Kind           string    `json:"kind,omitempty"`
	Abstract       bool      `json:"abstract,omitempty"`
	Context        []context `json:"context,omitempty"`
	Type           string    `json:"type"`
	BaseDefinition string    `json:"baseDefinition,omitempty"`
	Derivation     string    `json:"derivation,omitempty"`
	Snapshot       *elements `json:"snapshot,omitempty"`
	Differential   *elements `json:"differential,omitempty"`
}

type context struct {
	Type       string `json:"type"`
	Expression string `json:"expression"`
}

type elements struct {
	Element []element `json:"element"`
}

// element is what is kept of an ElementDefinition. In a snapshot min and max are
// left out where they are 0 and 1, and id where it is the path.
type element struct {
	ID               string       `json:"id,omitempty"`
	Path             string       `json:"path"`
	SliceName        string       `json:"sliceName,omitempty"`
	Short            string       `json:"short,omitempty"`
	Min              *int         `json:"min,omitempty"`
	Max              string       `json:"max,omitempty"`
	Base             any          `json:"base,omitempty"` // the path alone, where it is another
	Type             []kind       `json:"type,omitempty"`
	ContentReference string       `json:"contentReference,omitempty"`
	FixedURI         string       `json:"fixedUri,omitempty"`
	Binding          *binding     `json:"binding,omitempty"`
	Slicing          *slicing     `json:"slicing,omitempty"`
	Constraint       []constraint `json:"constraint,omitempty"`
	IsModifier       bool         `json:"isModifier,omitempty"`
	IsModifierReason string       `json:"isModifierReason,omitempty"`
	IsSummary        bool         `json:"isSummary,omitempty"`
}

type kind struct {
	Extension     []extension `json:"extension,omitempty"`
	Code          string      `json:"code"`
	Profile       []string    `json:"profile,omitempty"`
	TargetProfile []string    `json:"targetProfile,omitempty"`
}

type extension struct {
	URL            string `json:"url"`
	ValueURL       string `json:"valueUrl,omitempty"`
	ValueCanonical string `json:"valueCanonical,omitempty"`
}

type binding struct {
	Extension []extension `json:"extension,omitempty"`
	Strength  string      `json:"strength"`
	ValueSet  string      `json:"valueSet,omitempty"`
}

type slicing struct {
	Discriminator []discriminator `json:"discriminator"`
	Rules         string          `json:"rules,omitempty"`
	Ordered       bool            `json:"ordered,omitempty"`
}

type discriminator struct {
	Type string `json:"type"`
	Path string `json:"path"`
}

const (
	structureBase = "http://hl7.org/fhir/StructureDefinition/"
	fhirType      = structureBase + "structuredefinition-fhir-type"
	maxValueSet   = structureBase + "elementdefinition-maxValueSet"
	systemTypes   = "http://hl7.org/fhirpath/System."
)

// trimStructures keeps the types and resources with their snapshots, and the
// extensions with their differentials, which say the same in a tenth of it.
func trimStructures(raw []json.RawMessage) ([]structure, error) {
	var kept []structure
	for _, data := range raw {
		var s structure
		if err := json.Unmarshal(data, &s); err != nil {
			return nil, err
		}
		if s.Kind == "logical" {
			continue
		}
		if err := unknownValues(data); err != nil {
			return nil, fmt.Errorf("%s: %w", s.URL, err)
		}
		if s.isExtension() {
			s.Snapshot, s.Kind = nil, ""
			trimDifferential(s.Differential.Element)
		} else {
			s.Differential = nil
			trimSnapshot(s)
		}
		kept = append(kept, s)
	}
	slices.SortFunc(kept, func(a, b structure) int { return strings.Compare(a.URL, b.URL) })
	return kept, nil
}

func (s structure) isExtension() bool { return s.Type == "Extension" && s.Derivation == "constraint" }

// trimSnapshot also gives a resource's id its type, which is said to be string
// in 4.0.1, against https://hl7.org/fhir/R4/resource.html#id.
func trimSnapshot(s structure) {
	for i := range s.Snapshot.Element {
		e := &s.Snapshot.Element[i]
		if e.Max == "1" {
			e.Max = ""
		}
		if *e.Min == 0 {
			e.Min = nil
		}
		if s.Kind == "resource" && e.Path == s.Type+".id" {
			e.Type = []kind{{Code: "id"}}
		}
		base := e.Base.(map[string]any)["path"]
		if e.Base = base; base == e.Path {
			e.Base = nil
		}
		e.trim()
	}
}

func trimDifferential(all []element) {
	for i := range all {
		all[i].trim()
	}
}

// trim drops what goes without saying, in snapshots and differentials alike.
func (e *element) trim() {
	if e.ID == e.Path {
		e.ID = ""
	}
	for i := range e.Type {
		e.Type[i].name(e.Path)
	}
	if e.Binding != nil {
		e.Binding.Extension = slices.DeleteFunc(e.Binding.Extension, func(x extension) bool { return x.URL != maxValueSet })
	}
}

// name gives the R4 name of a type that is written as one of FHIRPath's own:
// what the element is said to be in FHIR, but of the value of a primitive the
// primitive nearest to the type of FHIRPath.
func (k *kind) name(path string) {
	declared := ""
	for _, x := range k.Extension {
		if x.URL == fhirType {
			declared = x.ValueURL
		}
	}
	k.Extension = nil
	system, isSystem := strings.CutPrefix(k.Code, systemTypes)
	switch {
	case !isSystem:
	case declared == "" || strings.HasSuffix(path, ".value"):
		k.Code = strings.ToLower(system[:1]) + system[1:]
	default:
		k.Code = declared
	}
}

// unknownValues refuses fixed and pattern values other than the one there is
// room for: dropped in silence, they would leave a definition that says less.
func unknownValues(data json.RawMessage) error {
	var s struct {
		Snapshot, Differential struct{ Element []map[string]json.RawMessage }
	}
	if err := json.Unmarshal(data, &s); err != nil {
		return err
	}
	for _, e := range slices.Concat(s.Snapshot.Element, s.Differential.Element) {
		for _, name := range slices.Sorted(maps.Keys(e)) {
			if name != "fixedUri" && (strings.HasPrefix(name, "fixed") || strings.HasPrefix(name, "pattern")) {
				return fmt.Errorf("%s has %s, which is not kept", e["path"], name)
			}
		}
	}
	return nil
}
