package profiles

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tahto/fhir"
)

var kinds = map[string]Kind{"primitive-type": Primitive, "complex-type": Complex, "resource": Resource}

// structure reads a StructureDefinition: from its snapshot if there is one, else
// from its differential on its base.
func (s *Set) structure(d fhir.Element, version string) (*Structure, error) {
	made := &Structure{
		URL:        d.Get("url").Text(),
		Version:    version,
		Name:       d.Get("name").Text(),
		Type:       d.Get("type").Text(),
		Base:       d.Get("baseDefinition").Text(),
		Kind:       kinds[d.Get("kind").Text()],
		Abstract:   d.Get("abstract").Text() == "true",
		Constraint: d.Get("derivation").Text() == "constraint",
	}
	for context := range d.Each("context") {
		made.Contexts = append(made.Contexts, context.Get("expression").Text())
	}
	var err error
	if snapshot := d.Get("snapshot"); snapshot.Exists() {
		err = s.readSnapshot(made, snapshot)
	} else {
		err = s.buildSnapshot(made, d.Get("differential"))
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", made.URL, err)
	}
	return made, nil
}

// readSnapshot reads the elements as they stand, also in the form that the
// generator writes: what is left out is 0, 1, or the same as the path, and of
// the base there is the path alone.
func (s *Set) readSnapshot(made *Structure, snapshot fhir.Element) error {
	list := snapshot.Get("element")
	if list.Len() == 0 {
		return errors.New("the snapshot has no elements")
	}
	made.Elements = make([]Element, 0, list.Len())
	for _, d := range list.Items() {
		path := d.Get("path").Text()
		e := Element{ID: first(d.Get("id").Text(), path), Path: path, Slice: d.Get("sliceName").Text(), Max: 1}
		if err := s.apply(&e, d, made.URL); err != nil {
			return err
		}
		if err := applyBase(&e, d.Get("base")); err != nil {
			return err
		}
		made.Elements = append(made.Elements, e)
	}
	return nil
}

func applyBase(e *Element, base fhir.Element) error {
	e.Base = Base{Path: first(base.Text(), base.Get("path").Text(), e.Path), Min: e.Min, Max: e.Max}
	if base.Kind() != fhir.Object {
		return nil
	}
	of := Element{ID: e.ID}
	err := applyCardinality(&of, base)
	e.Base.Min, e.Base.Max = of.Min, of.Max
	return err
}

// apply writes into an element what a definition says of it; what it does not
// say stays.
func (s *Set) apply(e *Element, d fhir.Element, url string) error {
	e.Short = first(d.Get("short").Text(), e.Short)
	e.Definition = first(d.Get("definition").Text(), e.Definition)
	e.ModifierReason = first(d.Get("isModifierReason").Text(), e.ModifierReason)
	if err := applyCardinality(e, d); err != nil {
		return err
	}
	if types := d.Get("type"); types.Exists() {
		e.Types = readTypes(types)
	}
	if content := d.Get("contentReference").Text(); content != "" {
		e.Content = content[strings.IndexByte(content, '#')+1:]
	}
	applyValue(e, d)
	if err := applyBinding(e, d.Get("binding")); err != nil {
		return err
	}
	applySlicing(e, d.Get("slicing"))
	for c := range d.Each("constraint") {
		e.Constraints = withConstraint(e.Constraints, s.constraint(c, url))
	}
	e.Modifier = flag(d, "isModifier", e.Modifier)
	e.Summary = flag(d, "isSummary", e.Summary)
	e.MustSupport = flag(d, "mustSupport", e.MustSupport)
	return nil
}

func flag(d fhir.Element, name string, otherwise bool) bool {
	if said := d.Get(name); said.Exists() {
		return said.Text() == "true"
	}
	return otherwise
}

func applyCardinality(e *Element, d fhir.Element) (err error) {
	if least := d.Get("min"); least.Exists() {
		if e.Min, err = strconv.Atoi(least.Text()); err != nil {
			return fmt.Errorf("%s: min is no number", e.ID)
		}
	}
	switch most := d.Get("max").Text(); most {
	case "":
	case "*":
		e.Max = Unbounded
	default:
		if e.Max, err = strconv.Atoi(most); err != nil {
			return fmt.Errorf("%s: max is no number", e.ID)
		}
	}
	return nil
}

func readTypes(list fhir.Element) []Type {
	types := make([]Type, 0, list.Len())
	for _, t := range list.Items() {
		types = append(types, Type{
			Code:     typeName(t.Get("code").Text()),
			Profiles: texts(t.Get("profile")),
			Targets:  texts(t.Get("targetProfile")),
		})
	}
	return types
}

// typeName is the R4 primitive for a type of FHIRPath's own.
func typeName(code string) string {
	if name, found := strings.CutPrefix(code, "http://hl7.org/fhirpath/System."); found && name != "" {
		return strings.ToLower(name[:1]) + name[1:]
	}
	return code
}

func texts(list fhir.Element) []string {
	var all []string
	for _, item := range list.Items() {
		all = append(all, item.Text())
	}
	return all
}

// applyValue reads fixed[x] and pattern[x]; the type is in the name.
func applyValue(e *Element, d fhir.Element) {
	for name := range d.Members() {
		switch {
		case strings.HasPrefix(name, "fixed"):
			e.Fixed = d.Get(name)
		case strings.HasPrefix(name, "pattern"):
			e.Pattern = d.Get(name)
		}
	}
}

const limitExtension = coreBase + "elementdefinition-maxValueSet"

func applyBinding(e *Element, b fhir.Element) error {
	if !b.Exists() {
		return nil
	}
	strength := slices.Index(strengthNames[:], b.Get("strength").Text())
	if strength < 0 {
		return fmt.Errorf("%s: the binding has no known strength", e.ID)
	}
	made := &Binding{Strength: Strength(strength), ValueSet: b.Get("valueSet").Text(),
		Limit: b.Extension(limitExtension).Get("valueCanonical").Text()}
	if e.Binding != nil {
		made.ValueSet, made.Limit = first(made.ValueSet, e.Binding.ValueSet), first(made.Limit, e.Binding.Limit)
	}
	e.Binding = made
	return nil
}

func applySlicing(e *Element, d fhir.Element) {
	if !d.Exists() {
		return
	}
	made := &Slicing{Closed: d.Get("rules").Text() == "closed", Ordered: d.Get("ordered").Text() == "true"}
	for one := range d.Each("discriminator") {
		made.Discriminators = append(made.Discriminators, Discriminator{By: one.Get("type").Text(), Path: one.Get("path").Text()})
	}
	if e.Slicing != nil && made.Discriminators == nil {
		made.Discriminators = e.Slicing.Discriminators
	}
	e.Slicing = made
}

// constraint reads an invariant, or finds the one that only its key names.
func (s *Set) constraint(c fhir.Element, url string) Constraint {
	if c.Kind() == fhir.String {
		return s.inherited[c.Text()]
	}
	made := Constraint{
		Key:        c.Get("key").Text(),
		Human:      c.Get("human").Text(),
		Expression: c.Get("expression").Text(),
		Source:     c.Get("source").Text(),
		Warning:    c.Get("severity").Text() == "warning",
	}
	if made.Source == "" {
		made.Source = url
	}
	return made
}

// withConstraint adds an invariant, or puts it in the place of the one with its
// key. It never writes into the list it got, which other elements may share.
func withConstraint(all []Constraint, c Constraint) []Constraint {
	added := slices.Clone(all)
	if i := slices.IndexFunc(added, func(other Constraint) bool { return other.Key == c.Key }); i >= 0 {
		added[i] = c
		return added
	}
	return append(added, c)
}
