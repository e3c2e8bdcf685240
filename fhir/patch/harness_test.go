package patch_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/profiles"
)

var loadOnce = sync.OnceValues(profiles.Load)

// loaded are R4's definitions, as the model of paths and elements.
func loaded(tb testing.TB) *profiles.Set {
	tb.Helper()
	set, err := loadOnce()
	if err != nil {
		tb.Fatal(err)
	}
	return set
}

func parsed(tb testing.TB, text string) *fhir.Resource {
	tb.Helper()
	r, err := fhir.Parse([]byte(text))
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

// refused fails unless an error is of a kind, at an expression, with words in
// its text.
func refused(t *testing.T, got *fhir.Resource, err error, kind issue.Kind, expression, words string) {
	t.Helper()
	e, ours := errors.AsType[*issue.Error](err)
	if !ours {
		t.Fatalf("err = %v, want an issue.Error about %q", err, words)
	}
	if got != nil {
		t.Error("a resource comes with the error")
	}
	if first := e.Issues[0]; e.Kind != kind || first.Expression != expression || !strings.Contains(first.Text, words) {
		t.Errorf("got %v at %q: %s\nwant %v at %q about %q", e.Kind, first.Expression, first.Text, kind, expression, words)
	}
}

// A FHIRPath Patch is written as a list of these operations. A value is what
// stands in the part beside its name, such as "valueDate":"1930-01-01".

func add(path, name, value string) string {
	return operation("add", text("path", path), text("name", name), part("value", value))
}

func insert(path string, index int, value string) string {
	return operation("insert", text("path", path), number("index", index), part("value", value))
}

func remove(path string) string { return operation("delete", text("path", path)) }

func replace(path, value string) string {
	return operation("replace", text("path", path), part("value", value))
}

func move(path string, source, destination int) string {
	return operation("move", text("path", path), number("source", source), number("destination", destination))
}

func operation(kind string, parts ...string) string {
	return fmt.Sprintf(`{"name":"operation","part":[%s]}`, strings.Join(append([]string{part("type", `"valueCode":"`+kind+`"`)}, parts...), ","))
}

func part(name, value string) string { return fmt.Sprintf(`{"name":%q,%s}`, name, value) }

func text(name, value string) string { return part(name, fmt.Sprintf(`"valueString":%q`, value)) }

func number(name string, n int) string { return part(name, fmt.Sprintf(`"valueInteger":%d`, n)) }

func parts(parts ...string) string { return `"part":[` + strings.Join(parts, ",") + `]` }

func parameters(operations ...string) string {
	if len(operations) == 0 {
		return `{"resourceType":"Parameters"}`
	}
	return `{"resourceType":"Parameters","parameter":[` + strings.Join(operations, ",") + `]}`
}
