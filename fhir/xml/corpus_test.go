package xml_test

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tahto/fhir"
	"tahto/profiles"
)

// TestResourcesComeBack takes every resource that the project has to XML and
// back: only the order of members may change, and that once.
func TestResourcesComeBack(t *testing.T) {
	for name, r := range corpus(t) {
		for _, pretty := range []bool{false, true} {
			back := decode(t, encode(t, r, pretty))
			if diff := cmp.Diff(inOrder(r.Root()), inOrder(back.Root())); diff != "" {
				t.Errorf("%s changed (-want +got):\n%s", name, diff)
			}
			again := decode(t, encode(t, back, !pretty))
			if !bytes.Equal(back.JSON(), again.JSON()) {
				t.Errorf("%s changed the second time:\n%s", name, cmp.Diff(back.JSON(), again.JSON()))
			}
		}
	}
}

// corpus are the resources of the project by where they are from: its
// examples, what it serves, HL7's examples, and the Bundles and Parameters of
// the cases of the law.
func corpus(t testing.TB) map[string]*fhir.Resource {
	t.Helper()
	all := examples(t)
	addCases(t, all, "../../mapping/testdata/decisions.fhir.ndjson")
	s, err := profiles.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range s.Served() {
		all["served "+r.Key().String()] = r
	}
	return all
}

// examples are those of the corpus that have a file of their own.
func examples(t testing.TB) map[string]*fhir.Resource {
	t.Helper()
	all := map[string]*fhir.Resource{}
	for _, pattern := range []string{"../../conformance/examples/*.json", "../../profiles/fi/*.json", "../testdata/hl7/*.json"} {
		addFiles(t, all, pattern)
	}
	return all
}

func addFiles(t testing.TB, all map[string]*fhir.Resource, pattern string) {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) == 0 {
		t.Fatalf("%s: %d files, %v", pattern, len(names), err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all[name] = parse(t, string(text))
	}
}

// addCases adds the resources that are the members of each line.
func addCases(t testing.TB, all map[string]*fhir.Resource, name string) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		// A case is no resource; it is read like one to reach those in it.
		line := parse(t, `{"resourceType":"Case",`+strings.TrimSpace(lines.Text())[1:])
		for member, e := range line.Root().Members() {
			// One case has a Bundle with an empty array, which is no FHIR.
			if r := e.Resource(); r != nil && r.Type() != "" && r.CheckForm() == nil {
				all[name+":"+strconv.Itoa(n)+" "+member] = r
			}
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
}
