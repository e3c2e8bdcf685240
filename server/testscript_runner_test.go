package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"tahto/conformance/suite/kit"
	"tahto/fhir"
	"tahto/fhir/fhirpath"
	"tahto/fhir/xml"
	"tahto/profiles"
)

// script is a TestScript as far as those of the suite go
// (https://hl7.org/fhir/R4/testscript.html).
type script struct {
	ID      string
	Fixture []struct {
		ID       string
		Resource struct{ Reference string }
	}
	Variable []struct{ Name, DefaultValue, Expression, HeaderField, SourceID string }
	Test     []struct {
		Action []struct {
			Operation *operation
			Assert    *assertion
		}
	}
}

type operation struct {
	Type                                                                     struct{ Code string }
	Resource, Accept, ContentType, Method, Params, URL, ResponseID, SourceID string
	RequestHeader                                                            []struct{ Field, Value string }
}

type assertion struct {
	ContentType, Expression, HeaderField, Operator, Resource, ResponseCode, Value string
}

// engine runs TestScripts as another engine would: by what stands in them, with
// expressions over FHIR's types.
type engine struct {
	base   string
	files  map[string][]byte
	model  *profiles.Set
	script script
	folder string
	last   answer
	given  map[string]answer // by responseId
}

func newEngine(t *testing.T, base string, files []kit.ScriptFile) *engine {
	t.Helper()
	set, err := profiles.Load()
	if err != nil {
		t.Fatal(err)
	}
	e := &engine{base: base, files: map[string][]byte{}, model: set}
	for _, file := range files {
		e.files[file.Name] = file.Data
	}
	return e
}

// run gives the first thing that is not as the script wants it; nil if nothing.
func (e *engine) run(name string) error {
	e.script, e.given = script{}, map[string]answer{}
	e.folder, _, _ = strings.Cut(name, "/")
	if err := json.Unmarshal(e.files[name], &e.script); err != nil {
		return err
	}
	for _, test := range e.script.Test {
		for _, action := range test.Action {
			var err error
			if action.Operation != nil {
				err = e.operate(action.Operation)
			} else {
				err = e.hold(action.Assert)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (e *engine) operate(o *operation) error {
	var body []byte
	for _, fixture := range e.script.Fixture {
		if fixture.ID == o.SourceID {
			text, err := e.fill(string(e.files[e.folder+"/"+fixture.Resource.Reference]))
			if err != nil {
				return err
			}
			body = []byte(text)
		}
	}
	address, err := e.fill(o.address(e.base))
	if err != nil {
		return err
	}
	header := http.Header{}
	set := func(name, value string) {
		if value, err = e.fill(value); err == nil && value != "" {
			header.Set(name, value)
		}
	}
	set("Accept", o.Accept)
	set("Content-Type", o.ContentType)
	for _, h := range o.RequestHeader {
		set(h.Field, h.Value)
	}
	if err != nil {
		return err
	}
	e.last, err = send(strings.ToUpper(o.Method), address, header, body)
	e.given[o.ResponseID] = e.last
	return err
}

func (o *operation) address(base string) string {
	switch {
	case o.URL != "":
		return o.URL
	case o.Type.Code == "transaction", o.Type.Code == "batch":
		return base
	case o.Type.Code == "capabilities":
		return base + "/metadata"
	}
	return base + "/" + o.Resource + o.Params
}

var placeholder = regexp.MustCompile(`\$\{([A-Za-z0-9]+)\}`)

// fill puts the variables in.
func (e *engine) fill(text string) (filled string, err error) {
	filled = placeholder.ReplaceAllStringFunc(text, func(found string) string {
		value, failed := e.value(placeholder.FindStringSubmatch(found)[1])
		if failed != nil {
			err = failed
		}
		return value
	})
	return filled, err
}

func (e *engine) value(name string) (string, error) {
	for _, v := range e.script.Variable {
		if v.Name != name {
			continue
		}
		switch {
		case v.Expression != "":
			found, err := e.ask(e.given[v.SourceID], v.Expression)
			if err != nil || found.Len() != 1 {
				return "", fmt.Errorf("variable %s: %d found, %w", name, found.Len(), err)
			}
			return found.At(0).String(), nil
		case v.HeaderField != "":
			return e.given[v.SourceID].header.Get(v.HeaderField), nil
		}
		return v.DefaultValue, nil
	}
	return "", fmt.Errorf("there is no variable %s", name)
}

func (e *engine) ask(a answer, source string) (fhirpath.Collection, error) {
	expression, err := fhirpath.Compile(source, e.model)
	if err != nil {
		return nil, err
	}
	resource, err := e.parse(a)
	if err != nil {
		return nil, err
	}
	return expression.Evaluate(fhirpath.Input{Focus: fhirpath.ResourceNode(resource)})
}

func (e *engine) parse(a answer) (*fhir.Resource, error) {
	if strings.Contains(a.header.Get("Content-Type"), "xml") {
		return xml.Decode(a.body, e.model)
	}
	return fhir.Parse(a.body)
}

func (e *engine) hold(a *assertion) error {
	got, err := e.got(a)
	if err != nil {
		return err
	}
	want, err := e.fill(a.Value + a.ResponseCode + a.Resource + a.ContentType)
	if err != nil {
		return err
	}
	if !compare(a.Operator, got, want) {
		return fmt.Errorf("%+v: got %q", *a, got)
	}
	return nil
}

// got is what an assertion looks at.
func (e *engine) got(a *assertion) (string, error) {
	switch {
	case a.ResponseCode != "":
		return fmt.Sprint(e.last.status), nil
	case a.HeaderField != "":
		return strings.Join(e.last.header.Values(a.HeaderField), ", "), nil
	case a.ContentType != "":
		media, _, _ := strings.Cut(e.last.header.Get("Content-Type"), ";")
		return media, nil
	case a.Resource != "":
		resource, err := e.parse(e.last)
		if err != nil {
			return "", err
		}
		return resource.Type(), nil
	}
	source, err := e.fill(a.Expression)
	if err != nil {
		return "", err
	}
	found, err := e.ask(e.last, source)
	return strings.Join(found.Strings(), ", "), err
}

func compare(operator, got, want string) bool {
	switch operator {
	case "", "equals":
		return got == want
	case "in":
		return slices.Contains(strings.Split(want, ","), got)
	case "contains":
		return strings.Contains(got, want)
	case "empty":
		return got == ""
	case "notEmpty":
		return got != ""
	}
	return false
}
