package profiles

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"tahto/fhir"
)

// narrow is an element as the differential wants it. A profile may only narrow:
// what allows more than the base is an error
// (https://hl7.org/fhir/R4/profiling.html#limitations).
func (b *builder) narrow(e Element, d fhir.Element) (Element, error) {
	after := e
	if err := b.set.apply(&after, d, b.url); err != nil {
		return e, err
	}
	for _, check := range [...]func(e, after Element) error{narrowCardinality, b.narrowTypes, narrowBinding, narrowValue} {
		if err := check(e, after); err != nil {
			return e, fmt.Errorf("%s: %w", e.ID, err)
		}
	}
	if name := mistyped(after, d); name != "" {
		return e, fmt.Errorf("%s: %s is not of the element's type", e.ID, name)
	}
	return after, nil
}

// mistyped is the name of a fixed[x] or pattern[x] that is not of the one type
// the element has; "" for none.
func mistyped(e Element, d fhir.Element) string {
	for name := range d.Members() {
		for _, prefix := range [...]string{"fixed", "pattern"} {
			code, found := strings.CutPrefix(name, prefix)
			if found && (len(e.Types) != 1 || title(e.Types[0].Code) != code) {
				return name
			}
		}
	}
	return ""
}

func narrowCardinality(e, after Element) error {
	switch {
	case after.Min < e.Min:
		return fmt.Errorf("min %d is below %d, that of the base", after.Min, e.Min)
	case e.Max != Unbounded && (after.Max == Unbounded || after.Max > e.Max):
		return fmt.Errorf("max is above %d, that of the base", e.Max)
	case after.Max != Unbounded && after.Min > after.Max:
		return fmt.Errorf("min %d is above max %d", after.Min, after.Max)
	}
	return nil
}

// narrowTypes: every type must be one of the base's, or a special case of one,
// and so must what a reference may point at.
func (b *builder) narrowTypes(e, after Element) error {
	if len(e.Types) == 0 {
		return nil
	}
	for _, t := range after.Types {
		i := slices.IndexFunc(e.Types, func(base Type) bool { return b.set.is(t.Code, base.Code) })
		if i < 0 {
			return fmt.Errorf("the base does not allow the type %s", t.Code)
		}
		for _, target := range t.Targets {
			if !b.target(target, e.Types[i].Targets) {
				return fmt.Errorf("the base does not allow references to %s", target)
			}
		}
	}
	return nil
}

// target tells whether a reference to what has this canonical is allowed by the
// base. Of a definition that is not here that can't be told, and it is let pass.
func (b *builder) target(canonical string, allowed []string) bool {
	if len(allowed) == 0 || slices.Contains(allowed, canonical) {
		return true
	}
	url, _, _ := strings.Cut(canonical, "|")
	if url == b.url {
		return true
	}
	found, held := b.set.Structure(url)
	if !held {
		_, named := b.set.structures[url]
		return !named
	}
	return slices.ContainsFunc(allowed, func(base string) bool {
		name, isCore := strings.CutPrefix(base, coreBase)
		return !isCore || b.set.is(found.Type, name)
	})
}

func narrowBinding(e, after Element) error {
	if e.Binding != nil && after.Binding.Strength < e.Binding.Strength {
		return fmt.Errorf("the binding is weaker than that of the base")
	}
	return nil
}

func narrowValue(e, after Element) error {
	if e.Fixed.Exists() && !bytes.Equal(e.Fixed.JSON(), after.Fixed.JSON()) {
		return fmt.Errorf("the base fixes another value")
	}
	return nil
}

// is tells whether a type is another or specialises it.
func (s *Set) is(name, super string) bool {
	for ; name != ""; name = s.Super(name) {
		if name == super {
			return true
		}
	}
	return false
}
