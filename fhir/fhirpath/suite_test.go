package fhirpath_test

import (
	"bufio"
	"encoding/xml"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tahto/fhir"
	"tahto/fhir/fhirpath"
	"tahto/profiles"
)

// suiteFolder is where HL7's FHIRPath cases for R4 lie beside a checkout; the
// environment may name another place.
const (
	suiteFolder   = "../../../shared/hl7-fhirpath"
	suiteVariable = "TAHTO_FHIRPATH_SUITE"
)

type suite struct {
	Groups []struct {
		Name  string      `xml:"name,attr"`
		Cases []suiteCase `xml:"test"`
	} `xml:"group"`
}

type suiteCase struct {
	Name       string `xml:"name,attr"`
	Input      string `xml:"inputfile,attr"`
	Predicate  bool   `xml:"predicate,attr"`
	Ordered    string `xml:"ordered,attr"`
	Expression struct {
		Text    string `xml:",chardata"`
		Invalid string `xml:"invalid,attr"`
	} `xml:"expression"`
	Outputs []struct {
		Type string `xml:"type,attr"`
		Text string `xml:",chardata"`
	} `xml:"output"`
}

// TestHL7Suite runs HL7's cases. Each that fails is listed in
// testdata/suite_exceptions.txt with its reason, and each that is listed fails.
func TestHL7Suite(t *testing.T) {
	folder := os.Getenv(suiteVariable)
	if folder == "" {
		folder = suiteFolder
	}
	data, err := os.ReadFile(filepath.Join(folder, "tests-fhir-r4.xml"))
	if errors.Is(err, fs.ErrNotExist) && os.Getenv("CI") == "" {
		t.Skipf("HL7's cases are not beside the checkout, and %s does not say where they are: %v", suiteVariable, err)
	}
	if err != nil {
		t.Fatal(err)
	}
	var s suite
	if err := xml.Unmarshal(data, &s); err != nil {
		t.Fatal(err)
	}
	excepted := exceptions(t)
	model := loaded(t)
	run, failed := 0, 0
	for _, group := range s.Groups {
		for _, c := range group.Cases {
			run++
			why := c.fault(t, folder, model)
			reason, listed := excepted[c.Name]
			delete(excepted, c.Name)
			switch {
			case why != "" && !listed:
				t.Errorf("%s, %s: %q: %s", group.Name, c.Name, c.Expression.Text, why)
			case why == "" && listed:
				t.Errorf("%s passes, but is listed to fail: %s", c.Name, reason)
			}
			if why != "" {
				failed++
			}
		}
	}
	for name := range excepted {
		t.Errorf("%s is listed to fail, but there is no such case", name)
	}
	t.Logf("%d of %d cases as HL7 expects, %.1f %%", run-failed, run, 100*float64(run-failed)/float64(run))
}

// loadOnce: the model is immutable, and all tests share it.
var loadOnce = sync.OnceValues(profiles.Load)

func loaded(t testing.TB) *profiles.Set {
	t.Helper()
	set, err := loadOnce()
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// exceptions are the reasons why cases fail, by name.
func exceptions(t *testing.T) map[string]string {
	t.Helper()
	file, err := os.Open("testdata/suite_exceptions.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	all := map[string]string{}
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, reason, ok := strings.Cut(line, ": ")
		if !ok {
			t.Errorf("an exception without a reason: %s", line)
		}
		all[name] = reason
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// fault tells how a case fails; "" if it doesn't.
func (c suiteCase) fault(t *testing.T, folder string, model fhirpath.Model) string {
	t.Helper()
	result, err := c.evaluate(t, folder, model)
	switch {
	case c.Expression.Invalid != "" && err == nil:
		return "an error is expected (" + c.Expression.Invalid + "), but the result is " + strings.Join(result.Strings(), ", ")
	case c.Expression.Invalid != "":
		return ""
	case err != nil:
		return err.Error()
	case c.Predicate:
		result = fhirpath.Collection{fhirpath.BooleanValue(result.Len() > 0)}
	}
	got, want := []string{}, []string{}
	for i, v := range result {
		text := v.String()
		if i < len(c.Outputs) && c.Outputs[i].Type != "" {
			text = suiteType(v) + ":" + text
		}
		got = append(got, text)
	}
	for _, o := range c.Outputs {
		text := strings.TrimPrefix(strings.TrimPrefix(o.Text, "@T"), "@")
		if o.Type != "" {
			text = o.Type + ":" + text
		}
		want = append(want, text)
	}
	if c.Ordered == "false" {
		slices.Sort(got)
		slices.Sort(want)
	}
	if !slices.Equal(got, want) {
		return "the result is " + strings.Join(got, ", ") + ", want " + strings.Join(want, ", ")
	}
	return ""
}

// suiteType is the name that the cases have for the type of a value.
func suiteType(v fhirpath.Value) string {
	if name, is := strings.CutPrefix(v.Type(), "FHIR."); is {
		return name
	}
	name := strings.TrimPrefix(v.Type(), "System.")
	if name == "Quantity" {
		return name
	}
	return strings.ToLower(name[:1]) + name[1:]
}

func (c suiteCase) evaluate(t *testing.T, folder string, model fhirpath.Model) (fhirpath.Collection, error) {
	t.Helper()
	e, err := fhirpath.Compile(c.Expression.Text, model)
	if err != nil {
		return nil, err
	}
	in := fhirpath.Input{Now: time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC)}
	if c.Input != "" {
		data, err := os.ReadFile(filepath.Join(folder, strings.TrimSuffix(c.Input, ".xml")+".json"))
		if errors.Is(err, fs.ErrNotExist) {
			data, err = os.ReadFile(filepath.Join(folder, c.Input))
		}
		if err != nil {
			t.Fatal(err)
		}
		r, err := fhir.Parse(data)
		if err != nil {
			t.Fatal(err)
		}
		in.Focus = fhirpath.ResourceNode(r)
		if err := e.Check(r.Type()); err != nil {
			return nil, err
		}
	}
	return e.Evaluate(in)
}
