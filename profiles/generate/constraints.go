package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"path"
)

// constraint is an invariant. One that is inherited is written as its key alone
// wherever it stands, and in full once, in a file of its own.
type constraint struct {
	Key        string `json:"key"`
	Severity   string `json:"severity"`
	Human      string `json:"human"`
	Expression string `json:"expression"`
	Source     string `json:"source,omitempty"`

	shared bool
}

// MarshalJSON writes a shared constraint as its key.
func (c constraint) MarshalJSON() ([]byte, error) {
	if c.shared {
		return json.Marshal(c.Key)
	}
	type plain constraint
	return json.Marshal(plain(c))
}

// share takes the inherited constraints out of the structures.
func share(set []structure) ([]constraint, []structure) {
	var table []constraint
	seen := map[string]constraint{}
	for _, s := range set {
		for _, e := range s.elements() {
			for i, c := range e.Constraint {
				if c.Source == "" || c.Source == s.URL {
					continue
				}
				first, known := seen[c.Key]
				if !known {
					seen[c.Key], first = c, c
					table = append(table, c)
				}
				e.Constraint[i].shared = first == c
			}
		}
	}
	return table, set
}

func (s structure) elements() []element {
	if s.Snapshot == nil {
		return s.Differential.Element
	}
	return s.Snapshot.Element
}

// correction replaces an expression that HL7 published wrong, under a key or
// under all that a pattern matches; is "" takes the constraint away.
type correction struct {
	key, was, is, why string
}

// correct applies every correction, wherever the constraint was copied to; one
// that finds nothing to correct is an error, since the source has changed.
func correct(set []structure) error {
	for _, c := range corrections {
		found := false
		for _, s := range set {
			for i := range s.elements() {
				found = c.apply(&s.elements()[i]) || found
			}
		}
		if !found {
			return fmt.Errorf("the correction of %s finds nothing to correct", c.key)
		}
	}
	if err := correctHistory(set); err != nil {
		return err
	}
	return correctFHIRType(set)
}

// apply corrects the constraints of an element, and tells whether there was one
// to correct.
func (c correction) apply(e *element) bool {
	found := false
	var kept []constraint
	for _, has := range e.Constraint {
		matches, _ := path.Match(c.key, has.Key) // the patterns are ours and well formed
		if matches && has.Expression == c.was {
			found, has.Expression = true, c.is
		}
		if has.Expression != "" {
			kept = append(kept, has)
		}
	}
	e.Constraint = kept
	return found
}

// correctHistory takes the max of 0 from the inner extensions of
// codesystem-history, which go on to define four of them.
func correctHistory(set []structure) error {
	for _, s := range set {
		if s.URL != structureBase+"codesystem-history" {
			continue
		}
		for i, e := range s.elements() {
			if e.ID == "Extension.extension:revision.extension" && e.Max == "0" {
				s.elements()[i].Max = ""
				return nil
			}
		}
	}
	return errors.New("codesystem-history has nothing to correct")
}

// correctFHIRType lets the extension fhir-type stand where HL7's own
// definitions have it: in the type, beside the code, and not in the code.
func correctFHIRType(set []structure) error {
	for i, s := range set {
		if s.URL == structureBase+"structuredefinition-fhir-type" && len(s.Context) == 1 && s.Context[0].Expression == "ElementDefinition.type.code" {
			set[i].Context[0].Expression = "ElementDefinition.type"
			return nil
		}
	}
	return errors.New("structuredefinition-fhir-type has nothing to correct")
}
