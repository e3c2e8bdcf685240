package conformance_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tahto/conformance"
	"tahto/fhir"
	"tahto/fhir/search"
)

func statement(t *testing.T, offers ...conformance.Offer) *fhir.Resource {
	t.Helper()
	registry, err := search.NewRegistry()
	if err != nil {
		t.Fatal(err)
	}
	return conformance.CapabilityStatement(offers, conformance.Scope{Kept: registry}, conformance.Build{
		Version: "1.2.3", Date: time.Date(2026, 2, 3, 4, 5, 6, 0, time.FixedZone("", 7200)), Base: "https://tahto.test/fhir",
	})
}

var (
	read     = conformance.Offer{Level: conformance.Type, Code: "read"}
	batch    = conformance.Offer{Level: conformance.System, Code: "batch"}
	evaluate = conformance.Offer{Level: conformance.Operation, Code: "evaluate", On: "Consent", Doc: "asks"}
)

func TestStatementSaysWhatIsOfferedAndNothingElse(t *testing.T) {
	rest := statement(t, read, batch, evaluate).Root().Get("rest").At(0)
	for path, want := range map[string]string{
		"system interactions": `[{"code":"batch"}]`,
		"Consent":             `[{"code":"read"}]`, "Provenance": `[{"code":"read"}]`,
		"Consent operations":    `[{"name":"evaluate","definition":"https://tahto.example/fhir/OperationDefinition/evaluate","documentation":"asks"}]`,
		"Provenance operations": "",
	} {
		at := rest
		name, operations := strings.CutSuffix(path, " operations")
		for _, resource := range rest.Get("resource").Items() {
			if resource.Get("type").Text() == name {
				at = resource
			}
		}
		member := "interaction"
		if operations {
			member = "operation"
		}
		if diff := cmp.Diff(want, string(at.Get(member).JSON())); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
}

func TestStatementListsEveryParameterOfTheRegistry(t *testing.T) {
	registry, err := search.NewRegistry()
	if err != nil {
		t.Fatal(err)
	}
	for _, resource := range statement(t, read, batch).Root().Get("rest").At(0).Get("resource").Items() {
		var got, want []string
		for param := range resource.Each("searchParam") {
			got = append(got, param.Get("name").Text()+" "+param.Get("type").Text()+" "+param.Get("definition").Text())
		}
		for _, p := range registry.Parameters(resource.Get("type").Text()) {
			want = append(want, p.Name+" "+string(p.Kind)+" "+p.URL)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", resource.Get("type").Text(), diff)
		}
	}
}

func TestStatementIsDeterministic(t *testing.T) {
	first, second := statement(t, read, batch, evaluate), statement(t, read, batch, evaluate)
	if diff := cmp.Diff(string(first.JSON()), string(second.JSON())); diff != "" {
		t.Error(diff)
	}
	if got := first.Root().Get("date").Text(); got != "2026-02-03T02:05:06Z" {
		t.Errorf("date is %s", got)
	}
	if _, err := fhir.Parse(first.JSON()); err != nil {
		t.Errorf("not readable: %v", err)
	}
}

func TestExamplesAreResources(t *testing.T) {
	names, err := filepath.Glob("examples/*.json")
	if err != nil || len(names) < 5 {
		t.Fatalf("%d examples, %v", len(names), err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		r, err := fhir.Parse(data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		want := "Parameters"
		if strings.HasSuffix(name, "-bundle.json") {
			want = "Bundle"
		}
		if r.Type() != want {
			t.Errorf("%s is a %s, want a %s", name, r.Type(), want)
		}
	}
}
