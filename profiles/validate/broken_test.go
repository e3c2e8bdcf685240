package validate_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/profiles"
	"tahto/profiles/validate"
)

// row is one broken resource: a base of testdata/bases after some edits, or a
// resource as it stands, and every issue that must be found in it.
type row struct {
	Name     string
	Note     string // why it must be so, where that is not plain
	Base     string
	Resource json.RawMessage
	Edits    []edit
	Profiles []string
	Expect   []finding
}

// edit changes the value at a path, such as provision.actor[0].role; the
// resource's own type is not part of it.
type edit struct {
	Op    string // set, remove, or add to the end of an array
	Path  string
	Value json.RawMessage
}

// finding is an issue without its text.
type finding struct {
	Severity   issue.Severity `json:"severity"`
	Code       issue.Code     `json:"code"`
	Reason     string         `json:"reason"`
	Expression string         `json:"expression"`
}

// String writes a finding in one line, so that sets compare readably.
func (f finding) String() string {
	return fmt.Sprintf("%s %s %s %s", f.Severity, f.Code, f.Reason, f.Expression)
}

var sets = sync.OnceValues(profiles.Load)

func definitions(t testing.TB) *profiles.Set {
	t.Helper()
	set, err := sets()
	if err != nil {
		t.Fatal(err)
	}
	return set
}

var shared = sync.OnceValues(func() (*validate.Validator, error) {
	set, err := sets()
	if err != nil {
		return nil, err
	}
	return validate.New(set)
})

func validator(t testing.TB) *validate.Validator {
	t.Helper()
	v, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// clock is when the tests validate.
var clock = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

func TestBrokenResourcesAreFoundOut(t *testing.T) {
	total := 0
	for _, folder := range []string{"broken", "blind"} {
		files, err := filepath.Glob(filepath.Join("testdata", folder, "*.json"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			rows := readRows(t, file)
			total += len(rows)
			for _, r := range rows {
				t.Run(folder+"/"+strings.TrimSuffix(filepath.Base(file), ".json")+"/"+r.Name, r.run)
			}
		}
	}
	if total < 100 {
		t.Errorf("there are %d broken resources, want 100 at least", total)
	}
}

func readRows(t *testing.T, file string) []row {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var rows []row
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&rows); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return rows
}

func (r row) run(t *testing.T) {
	resource, err := fhir.Parse(r.edited(t))
	if err != nil {
		t.Fatal(err)
	}
	issues := validator(t).Validate(resource, validate.Options{Profiles: r.Profiles, Now: clock})
	if diff := cmp.Diff(lines(r.Expect), lines(findings(issues))); diff != "" {
		t.Errorf("issues (-want +got):\n%s\n%s", diff, texts(issues))
	}
}

// lines are findings in an order that depends on nothing but them.
func lines(all []finding) []string {
	texts := make([]string, 0, len(all))
	for _, f := range all {
		texts = append(texts, f.String())
	}
	slices.Sort(texts)
	return texts
}

func findings(issues []issue.Issue) []finding {
	all := make([]finding, 0, len(issues))
	for _, i := range issues {
		all = append(all, finding{i.Severity, i.Code, i.Reason, i.Expression})
	}
	return all
}

func texts(issues []issue.Issue) string {
	var all strings.Builder
	for _, i := range issues {
		fmt.Fprintf(&all, "%s %s/%s %s: %s\n", i.Severity, i.Code, i.Reason, i.Expression, i.Text)
	}
	return all.String()
}

func (r row) edited(t *testing.T) []byte {
	t.Helper()
	data := []byte(r.Resource)
	if r.Base != "" {
		data = readBase(t, r.Base)
	}
	tree := decode(t, data)
	for _, e := range r.Edits {
		changed, err := e.apply(t, tree, steps(e.Path))
		if err != nil {
			t.Fatalf("%s %s: %v", e.Op, e.Path, err)
		}
		tree = changed
	}
	data, err := json.Marshal(tree)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func readBase(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "bases", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// decode keeps the text of numbers.
func decode(t *testing.T, data []byte) any {
	t.Helper()
	var tree any
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(&tree); err != nil {
		t.Fatal(err)
	}
	return tree
}

// steps splits a path: a string is a member, an int an item.
func steps(path string) []any {
	var all []any
	for part := range strings.SplitSeq(strings.NewReplacer("[", ".", "]", "").Replace(path), ".") {
		if i, err := strconv.Atoi(part); err == nil {
			all = append(all, i)
			continue
		}
		all = append(all, part)
	}
	return all
}

// apply gives the tree after the edit. Objects on the way that are not there
// are made; items are not.
func (e edit) apply(t *testing.T, tree any, path []any) (any, error) {
	if len(path) == 0 {
		return e.changed(t, tree)
	}
	switch step := path[0].(type) {
	case string:
		object, ok := tree.(map[string]any)
		if tree == nil {
			object, ok = map[string]any{}, true
		}
		if !ok {
			return nil, fmt.Errorf("%q is asked of what is no object", step)
		}
		if e.Op == "remove" && len(path) == 1 {
			if _, there := object[step]; !there {
				return nil, fmt.Errorf("there is no %q to remove", step)
			}
			delete(object, step)
			return object, nil
		}
		below, err := e.apply(t, object[step], path[1:])
		object[step] = below
		return object, err
	case int:
		array, ok := tree.([]any)
		if !ok || step >= len(array) {
			return nil, fmt.Errorf("there is no item %d", step)
		}
		if e.Op == "remove" && len(path) == 1 {
			return slices.Delete(array, step, step+1), nil
		}
		below, err := e.apply(t, array[step], path[1:])
		array[step] = below
		return array, err
	}
	return nil, fmt.Errorf("a path has members and items")
}

func (e edit) changed(t *testing.T, old any) (any, error) {
	switch e.Op {
	case "set":
		return decode(t, e.Value), nil
	case "add":
		array, ok := old.([]any)
		if old != nil && !ok {
			return nil, fmt.Errorf("only to an array can a value be added")
		}
		return append(array, decode(t, e.Value)), nil
	}
	return nil, fmt.Errorf("no edit is called %q", e.Op)
}
