package fhirpath_test

import (
	"errors"
	"io"
	"os"
	"strings"
	"sync"
	"testing"

	"tahto/fhir/fhirpath"
)

// TestHostileExpressionsEnd: what could take time or memory without bound is
// given up with an error. A test that hangs is the failure.
func TestHostileExpressionsEnd(t *testing.T) {
	model := loaded(t)
	deep := strings.Repeat(`{"extension":[`, 20) + `{"url":"u","valueCode":"x"}` + strings.Repeat(`]}`, 20)
	tree := `{"resourceType":"Patient","name":[` + strings.Repeat(deep+",", 40) + `{"family":"x"}]}`
	doubled := "'aaaaaaaaaaaaaaaa'" + strings.Repeat(".replace('a', 'aaaaaaaaaaaaaaaa')", 12)
	for name, c := range map[string]struct {
		source string
		costly bool // ErrTooCostly is wanted, not just an end
	}{
		"a text that grows":               {doubled, true},
		"a text that is joined to itself": {"('a' | 'b').aggregate($total & $total & 'abcdefgh', 'x')", false},
		"all pairs of all descendants":    {"descendants().where(%resource.descendants().where(%resource.descendants().exists()).count() > 0).count()", true},
		"a repeat without an end":         {"repeat($this | %resource.descendants()).count()", false},
		"a power beyond all numbers":      {"10.power(1000000)", false},
		"a power of a power":              {"2.power(2.power(2.power(10)))", false},
		"an exact fraction without end":   {"1.0 / 3.0 / 7.0 / 11.0 / 13.0", false},
		"a regular expression":            {"'" + strings.Repeat("a", 2000) + "'.matches('(a+)+$')", false},
	} {
		t.Run(name, func(t *testing.T) {
			e, err := fhirpath.Compile(c.source, model)
			if err == nil {
				_, err = e.Evaluate(fhirpath.Input{Focus: fhirpath.ResourceNode(parsed(t, tree))})
			}
			if c.costly && !errors.Is(err, fhirpath.ErrTooCostly) {
				t.Errorf("ended with %v, want ErrTooCostly", err)
			}
		})
	}
}

func TestDeepSourcesAreRefused(t *testing.T) {
	for name, source := range map[string]string{
		"parentheses": strings.Repeat("(", 100_000) + "1" + strings.Repeat(")", 100_000),
		"signs":       strings.Repeat("-", 100_000) + "1",
		"calls":       strings.Repeat("iif(true, ", 50_000) + "1" + strings.Repeat(")", 50_000),
		"open":        strings.Repeat("(", 100_000),
	} {
		if _, err := fhirpath.Compile(source, nil); err == nil {
			t.Errorf("%s: compiled", name)
		}
	}
}

// TestErrorsRepeatNoValue: what stands in a resource may be about a person.
func TestErrorsRepeatNoValue(t *testing.T) {
	secret := `{"resourceType":"Patient","name":[{"family":"Zyxwv"},{"family":"Zyxwv"}]}`
	for _, source := range []string{"name.family.length()", "name.family + 1", "name.family.toInteger() + name.family", "name.single()", "(name.family.first() - 1)"} {
		e, err := fhirpath.Compile(source, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err = e.Evaluate(fhirpath.Input{Focus: fhirpath.ResourceNode(parsed(t, secret))}); err == nil || strings.Contains(err.Error(), "Zyxwv") {
			t.Errorf("%s: %v", source, err)
		}
	}
}

// TestTraceIsSilent: R4's own dom-3 traces, and a trace would hold content.
func TestTraceIsSilent(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	out, fault := os.Stdout, os.Stderr
	os.Stdout, os.Stderr = w, w
	got := result(t, nil, "Patient.name.family.trace('family', $this & 'x').count()", patient)
	os.Stdout, os.Stderr = out, fault
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if said, _ := io.ReadAll(r); len(said) > 0 || got != "2" {
		t.Errorf("result %s, printed %q", got, said)
	}
}

func TestAnExpressionServesManyAtOnce(t *testing.T) {
	e, err := fhirpath.Compile("Patient.name.where(family.matches('a$')).given.select($this & %resource.id).count() = 3", loaded(t))
	if err != nil {
		t.Fatal(err)
	}
	focus := fhirpath.ResourceNode(parsed(t, patient))
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			for range 200 {
				if _, err := e.Evaluate(fhirpath.Input{Focus: focus}); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
}
