package subset_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/fhir/subset"
	"tahto/profiles"
	"tahto/profiles/validate"
)

// within tells whether a value is part of another: the same, or an object with
// some of its members in their order, or an array with parts of some of its
// items in theirs.
func within(part, whole fhir.Element) bool {
	switch {
	case part.Kind() != whole.Kind():
		return false
	case part.Kind() == fhir.Array:
		at := 0
		for _, item := range part.Items() {
			for at < whole.Len() && !within(item, whole.At(at)) {
				at++
			}
			if at++; at > whole.Len() {
				return false
			}
		}
		return true
	case part.Kind() == fhir.Object:
		names := slices.Collect(memberNames(whole))
		for name, value := range part.Members() {
			at := slices.Index(names, name)
			if at < 0 || !within(value, member(whole, name)) {
				return false
			}
			names = names[at+1:]
		}
		return true
	}
	return string(part.JSON()) == string(whole.JSON())
}

func memberNames(e fhir.Element) func(func(string) bool) {
	return func(yield func(string) bool) {
		for name := range e.Members() {
			if !yield(name) {
				return
			}
		}
	}
}

func member(e fhir.Element, name string) fhir.Element {
	for of, value := range e.Members() {
		if of == name {
			return value
		}
	}
	return fhir.Element{}
}

// broken are the invariants that subsets of the examples break, each for want of
// an element that R4 neither makes mandatory nor, for a summary, counts to it:
// Consent.policy, and what a StructureDefinition is about.
var broken = map[subset.Part][]string{
	subset.Summary: {"ppc-1", "sdf-6"},
	subset.Text:    {"ppc-1", "ppc-2", "sdf-4", "sdf-5", "sdf-6"},
	subset.Data:    nil,
}

// TestSubsetsOfAllExamples: whatever is kept is as in the whole, mandatory and
// modifier elements are all kept, and what R4 promises of the result holds.
func TestSubsetsOfAllExamples(t *testing.T) {
	set := definitions(t)
	found := map[subset.Part][]string{}
	for name, whole := range examples(t) {
		for part := subset.Summary; part <= subset.Elements; part++ {
			got := parse(t, string(subset.Of(set, whole, part, nil).JSON()))
			if why := wrong(set, whole, got); why != "" {
				t.Errorf("%s, part %d: %s\n%s", name, part, why, got.JSON())
			}
		}
		for _, part := range []subset.Part{subset.Summary, subset.Text, subset.Data} {
			found[part] = append(found[part], newFaults(t, whole, subset.Of(set, whole, part, nil))...)
		}
	}
	for part, want := range broken {
		got := slices.Compact(slices.Sorted(slices.Values(found[part])))
		if !slices.Equal(got, want) {
			t.Errorf("part %d breaks %v, want %v", part, got, want)
		}
	}
}

// wrong says what is wrong with a subset; nothing if it is right.
func wrong(set *profiles.Set, whole, part *fhir.Resource) string {
	if !subset.Is(part) {
		return "it has no tag"
	}
	for name, value := range part.Root().Members() {
		if name != "meta" && !within(value, member(whole.Root(), name)) {
			return name + " is not as in the whole"
		}
	}
	of, _ := set.Type(whole.Type())
	for _, e := range of.Elements[1:] {
		name := strings.TrimPrefix(e.Path, of.Name+".")
		always := (e.Min > 0 || e.Modifier || name == "id") && !strings.ContainsAny(name, ".[")
		if always && whole.Root().Get(name).Exists() && part.Root().Get(name).Len() != whole.Root().Get(name).Len() {
			return name + " is not all there"
		}
	}
	return ""
}

// newFaults are the errors that a subset has and the whole has not.
func newFaults(t *testing.T, whole, part *fhir.Resource) (faults []string) {
	t.Helper()
	validator, err := validators()
	if err != nil {
		t.Fatal(err)
	}
	o := validate.Options{Now: time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)}
	before := map[string]bool{}
	for _, i := range validator.Validate(bare(whole), o) {
		before[i.Reason] = true
	}
	for _, i := range validator.Validate(bare(part), o) {
		if i.Severity == issue.SeverityError && !before[i.Reason] {
			faults = append(faults, i.Reason)
		}
	}
	return faults
}

// bare is a resource that claims no profiles: those are for the whole.
func bare(r *fhir.Resource) *fhir.Resource {
	d := fhir.NewEditor(r)
	d.Remove(fhir.Place{}.Member("meta").Member("profile"))
	return d.Resource()
}

// TestSubsetsOfWhatIsInNoOrder: of any elements, in any order, with any left
// out.
func TestSubsetsOfWhatIsInNoOrder(t *testing.T) {
	set, all := definitions(t), examples(t)
	names := slices.Sorted(maps.Keys(all))
	rapid.Check(t, func(t *rapid.T) {
		r := all[rapid.SampledFrom(names).Draw(t, "example")]
		var members []fhir.Member
		described := r.WithTag("urn:x", "y") // so that there is a meta to be tagged
		for name, value := range described.Root().Members() {
			if name == "resourceType" || rapid.IntRange(0, 3).Draw(t, "keep") > 0 {
				members = append(members, fhir.Member{Name: name, Value: value})
			}
		}
		whole := fhir.NewObject(rapid.Permutation(members).Draw(t, "order")...).Resource()
		part := subset.Part(rapid.IntRange(int(subset.Summary), int(subset.Elements)).Draw(t, "part"))
		named := rapid.SliceOf(rapid.SampledFrom(set.Outline(r.Type()).Elements())).Draw(t, "named")
		got, err := fhir.Parse(subset.Of(set, whole, part, named).JSON())
		if err != nil {
			t.Fatal(err)
		}
		if why := wrong(set, whole, got); why != "" {
			t.Fatalf("%s\n%s\n%s", why, whole.JSON(), got.JSON())
		}
		for _, name := range named {
			if part == subset.Elements && name != "meta" && string(got.Root().Get(name).JSON()) != string(whole.Root().Get(name).JSON()) {
				t.Fatalf("%s was asked for and is not whole", name)
			}
		}
	})
}
