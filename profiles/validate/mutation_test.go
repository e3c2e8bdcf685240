package validate_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/profiles/validate"
)

// odd are values that stand where they should not.
var odd = []any{nil, true, "", "x y", "#", "urn:uuid:", json.Number("-1e400"), json.Number("0.0"), []any{}, map[string]any{},
	[]any{nil}, []any{[]any{}}, map[string]any{"extension": []any{map[string]any{}}}, map[string]any{"resourceType": "Bundle", "entry": 1}}

// mutate changes one thing somewhere in a tree.
func mutate(t *rapid.T, tree any) any {
	if rapid.IntRange(0, 5).Draw(t, "here") == 0 {
		return rapid.SampledFrom(odd).Draw(t, "value")
	}
	switch v := tree.(type) {
	case map[string]any:
		names := slices.Sorted(maps.Keys(v))
		if len(names) == 0 {
			return v
		}
		name := rapid.SampledFrom(names).Draw(t, "name")
		changed := maps.Clone(v)
		switch rapid.IntRange(0, 4).Draw(t, "how") {
		case 0:
			delete(changed, name)
		case 1:
			changed["_"+name] = rapid.SampledFrom(odd).Draw(t, "companion")
		case 2:
			changed[name] = []any{v[name]}
		default:
			changed[name] = mutate(t, v[name])
		}
		return changed
	case []any:
		if len(v) == 0 {
			return v
		}
		i := rapid.IntRange(0, len(v)-1).Draw(t, "item")
		if rapid.IntRange(0, 3).Draw(t, "how") == 0 {
			return append(slices.Clone(v), v[i])
		}
		changed := slices.Clone(v)
		changed[i] = mutate(t, v[i])
		return changed
	}
	return rapid.SampledFrom(odd).Draw(t, "value")
}

// TestMutantsAreSurvived: whatever happens to a resource, the walk comes to its
// end, every finding is whole, and its expression leads into the resource.
func TestMutantsAreSurvived(t *testing.T) {
	v := validator(t)
	bases := map[string]any{}
	for _, name := range []string{"consent", "provenance", "bundle", "parameters", "outcome"} {
		bases[name] = decode(t, readBase(t, name))
	}
	asked := []string{fhir.Base + "/StructureDefinition/denial-health", fhir.Base + "/StructureDefinition/declaration-provenance"}
	rapid.Check(t, func(t *rapid.T) {
		tree := bases[rapid.SampledFrom(slices.Sorted(maps.Keys(bases))).Draw(t, "base")]
		for range rapid.IntRange(1, 4).Draw(t, "changes") {
			tree = mutate(t, tree)
		}
		data, err := json.Marshal(tree)
		if err != nil {
			t.Fatal(err)
		}
		r, err := fhir.Parse(data)
		if err != nil {
			t.Skip("it is no resource any more")
		}
		for _, i := range v.Validate(r, validate.Options{Now: clock, Profiles: asked}) {
			if i.Reason == "" || i.Text == "" || !strings.HasPrefix(i.Expression, r.Type()) && i.Expression != "resourceType" {
				t.Fatalf("%+v", i)
			}
		}
	})
}

// TestHarmlessChangesChangeNothing: R4 lets anybody add an extension that
// nobody knows, and the order of members has no meaning.
func TestHarmlessChangesChangeNothing(t *testing.T) {
	extension := json.RawMessage(`{"url":"https://other.example/note","valueString":"a"}`)
	for _, r := range append(readRows(t, "testdata/blind/primitives.json"), readRows(t, "testdata/blind/references.json")...) {
		before := validator(t).Validate(read(t, string(r.edited(t))), validate.Options{Now: clock})
		if hasReason(before, "resource-type-unknown") || r.Base == "parameters" || r.Base == "bundle" {
			continue // Bundle and Parameters are no DomainResource
		}
		r.Edits = append(r.Edits, edit{Op: "add", Path: "extension", Value: extension})
		after := validator(t).Validate(read(t, string(r.edited(t))), validate.Options{Now: clock})
		if got, want := lines(findings(after)), lines(findings(before)); !slices.Equal(got, want) {
			t.Errorf("%s: with an extension it has %v, without %v", r.Name, got, want)
		}
	}
}

func hasReason(issues []issue.Issue, reason string) bool {
	return slices.ContainsFunc(issues, func(i issue.Issue) bool { return i.Reason == reason })
}
