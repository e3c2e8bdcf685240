package profiles

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"tahto/fhir"
)

// published is the folder of HL7's definitions; the test is skipped if the go
// command can't fetch them.
func published(t *testing.T) string {
	t.Helper()
	command := exec.Command("go", "mod", "download", "-json", "github.com/gofhir/validator@v1.0.0")
	command.Dir = t.TempDir()
	out, err := command.Output()
	if err != nil && os.Getenv("CI") != "" {
		t.Fatal(err)
	}
	if err != nil {
		t.Skip("HL7's definitions can't be fetched")
	}
	var found struct{ Dir string }
	if err := json.Unmarshal(out, &found); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(found.Dir, "specs", "r4")
}

// definitions are the StructureDefinitions of one of HL7's bundles.
func definitions(t *testing.T, folder, name string) []map[string]json.RawMessage {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		t.Fatal(err)
	}
	var bundle struct {
		Entry []struct{ Resource map[string]json.RawMessage }
	}
	if err := json.Unmarshal(data, &bundle); err != nil {
		t.Fatal(err)
	}
	var all []map[string]json.RawMessage
	for _, entry := range bundle.Entry {
		all = append(all, entry.Resource)
	}
	return all
}

// facts is what is compared of an element.
func facts(e Element) string {
	var types []string
	for _, t := range e.Types {
		if strings.HasSuffix(e.Path, ".id") || strings.HasSuffix(e.Path, ".url") {
			t.Code = "a type of FHIRPath's own"
		}
		types = append(types, fmt.Sprint(t.Code, t.Profiles, t.Targets))
	}
	slices.Sort(types)
	most := fmt.Sprint(e.Max)
	line := fmt.Sprintf("%s %d..%s %v content=%s fixed=%s pattern=%s", e.Path, e.Min, most, types, e.Content, e.Fixed.JSON(), e.Pattern.JSON())
	if e.Binding != nil {
		line += fmt.Sprint(" ", e.Binding.Strength, e.Binding.ValueSet)
	}
	return line
}

// otherwise are the definitions of which HL7's snapshot is not the one built
// here, and why.
var otherwise = map[string]string{
	"familymemberhistory-genetic": "names a slice of what is not sliced",
	"catalog":                     "names a slice of what is not sliced",
	"provenance-relevant-history": "the snapshot has another binding than the differential, and moves a contentReference into a slice",
	"bp":                          "the snapshot of value[x] of a component leaves out the choice that its slice is of",
	"elementdefinition-de":        "the snapshot unfolds extensions that the differential does not enter",
	"codesystem-history":          "the max of 0 that the generator corrects",
}

// TestSnapshotsAreThoseThatHL7Publishes builds the snapshots of HL7's own
// extensions and example profiles and compares them with the published ones.
func TestSnapshotsAreThoseThatHL7Publishes(t *testing.T) {
	folder := published(t)
	core, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{}
	all := definitions(t, folder, "profiles-others.json")
	for i, d := range all {
		d := map[string]json.RawMessage{"resourceType": d["resourceType"], "id": d["id"], "url": d["url"], "type": d["type"],
			"baseDefinition": d["baseDefinition"], "derivation": d["derivation"], "differential": d["differential"]}
		data, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		files[fmt.Sprintf("fi/%d.json", i)] = &fstest.MapFile{Data: data}
	}
	if err := core.addAuthored(files); err != nil {
		t.Fatal(err)
	}
	all = append(all, definitions(t, folder, "extension-definitions.json")...)
	for _, d := range all {
		url := strings.Trim(string(d["url"]), `"`)
		if otherwise[strings.TrimPrefix(url, coreBase)] != "" {
			continue
		}
		got, err := core.structures[url]()
		if err != nil {
			t.Error(err)
			continue
		}
		want := Structure{URL: url}
		if err := core.readSnapshot(&want, fhir.Stored(d["snapshot"]).Root()); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff(allFacts(want.Elements), allFacts(got.Elements)); diff != "" {
			t.Errorf("%s:\n%s", url, diff)
		}
	}
}

func allFacts(all []Element) []string {
	var lines []string
	for _, e := range all {
		lines = append(lines, facts(e))
	}
	return lines
}
