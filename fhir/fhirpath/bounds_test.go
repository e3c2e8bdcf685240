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

// TestEvaluationsShareABound: many cheap ones cost as much as one that is dear.
func TestEvaluationsShareABound(t *testing.T) {
	e, err := fhirpath.Compile("descendants().count()", loaded(t))
	if err != nil {
		t.Fatal(err)
	}
	tree := `{"resourceType":"Patient","name":[` + strings.Repeat(`{"family":"x"},`, 10_000) + `{"family":"x"}]}`
	spent := 0
	in := fhirpath.Input{Focus: fhirpath.ResourceNode(parsed(t, tree)), Spent: &spent}
	for n := 1; ; n++ {
		if _, err = e.Evaluate(in); err != nil {
			break
		}
		if spent < n*20_000 || n > 200 {
			t.Fatalf("%d evaluations have spent %d steps", n, spent)
		}
	}
	if !errors.Is(err, fhirpath.ErrTooCostly) {
		t.Errorf("ended with %v, want ErrTooCostly", err)
	}
	if _, err := e.Evaluate(fhirpath.Input{Focus: in.Focus}); err != nil {
		t.Errorf("an evaluation by itself: %v", err)
	}
}

// TestDeepSourcesAreRefused, be they short enough to be read or not, before any
// recursion could be deep.
func TestDeepSourcesAreRefused(t *testing.T) {
	for _, n := range []int{150, 1_000, 100_000} {
		for name, source := range map[string]string{
			"parentheses": strings.Repeat("(", n) + "1" + strings.Repeat(")", n),
			"signs":       strings.Repeat("-", n) + "1",
			"calls":       strings.Repeat("iif(true, ", n) + "1" + strings.Repeat(")", n),
			"methods":     strings.Repeat("a.where(", n) + "true" + strings.Repeat(")", n),
			"indexes":     strings.Repeat("a[", n) + "0" + strings.Repeat("]", n),
			"operators":   strings.Repeat("1 + (", n) + "1" + strings.Repeat(")", n),
			"open":        strings.Repeat("(", n),
		} {
			if _, err := fhirpath.Compile(source, nil); err == nil {
				t.Errorf("%d %s: compiled", n, name)
			}
		}
	}
}

// TestNestingThatIsOfUseIsTaken: R4's own invariants nest no deeper than ten.
func TestNestingThatIsOfUseIsTaken(t *testing.T) {
	for name, source := range map[string]string{
		"parentheses": strings.Repeat("(", 50) + "1" + strings.Repeat(")", 50),
		"a sum":       "1" + strings.Repeat("+1", 5_000) + " = 5001",
		"a path":      "$this" + strings.Repeat(".id", 4_000) + ".empty()",
		"calls":       "1" + strings.Repeat(".first()", 1_500),
		"a union":     "(1" + strings.Repeat("|1", 4_000) + ") = 1",
	} {
		if got := result(t, nil, source, patient); got != "1" && got != "true" {
			t.Errorf("%s gives %q", name, got)
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

// TestAnExpressionServesManyAtOnce, each with what belongs to its own input: the
// race detector looks on.
func TestAnExpressionServesManyAtOnce(t *testing.T) {
	e, err := fhirpath.Compile("name.where(family.matches('a$')).select($index.toString() & %n).aggregate($total & $this & ' ', '') & "+
		"descendants().distinct().count().toString() & (birthDate.extension.value as code) & managingOrganization.resolve().name", loaded(t))
	if err != nil {
		t.Fatal(err)
	}
	focus := fhirpath.ResourceNode(parsed(t, patient))
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			own := string(rune('a' + i))
			in := fhirpath.Input{Focus: focus, Variables: map[string]fhirpath.Collection{"n": {fhirpath.StringValue(own)}}}
			want := "0" + own + " 1" + own + " 20unknownClinic"
			for range 200 {
				if got, err := e.Evaluate(in); err != nil || got.Len() != 1 || got.At(0).String() != want {
					t.Errorf("%v is %v, %v, want %s", e, got.Strings(), err, want)
					return
				}
			}
		})
	}
	all.Wait()
}
