package kit

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// operationCodes are those of TestScript's operations.
const operationCodes = "http://terminology.hl7.org/CodeSystem/testscript-operation-codes"

// step adds the actions of a step: its operation and an assert for each thing
// that is expected, in the order of [Expect.expectations].
func (s *scripting) step(step *Step, number int) error {
	if step.Parallel > 1 {
		s.cannot("requests at the same time")
	}
	if len(step.Again) > 0 {
		s.cannot("waiting until an answer is there")
	}
	operation, err := s.operation(step, number)
	if err != nil {
		return err
	}
	asserts, err := s.asserts(&step.Expect)
	if err != nil {
		return err
	}
	test := &s.out.Test[0]
	test.Action = append(test.Action, scriptAction{Operation: operation})
	for i := range asserts {
		test.Action = append(test.Action, scriptAction{Assert: &asserts[i]})
	}
	for _, name := range slices.Sorted(maps.Keys(step.Capture)) {
		s.capture(name, step.Capture[name], operation.ResponseID)
	}
	return nil
}

func (s *scripting) operation(step *Step, number int) (*scriptOperation, error) {
	do, err := s.holes.expand(step.Do)
	if err != nil {
		return nil, err
	}
	method, path, _ := strings.Cut(do, " ")
	o := &scriptOperation{
		Description: do, Accept: "application/fhir+json", Method: strings.ToLower(method),
		ResponseID: fmt.Sprintf("answer%d", number),
	}
	sent, err := s.fixture(step, o, number)
	if err != nil {
		return nil, err
	}
	o.address(method, path, sent)
	return o, s.headers(step, o)
}

// fixture writes the body of a step as a file, and gives its type.
func (s *scripting) fixture(step *Step, o *scriptOperation, number int) (string, error) {
	body, media, err := step.body(s.holes)
	if err != nil || body == nil {
		return "", err
	}
	o.ContentType = media
	var resource struct{ ResourceType, Type string }
	extension := "json"
	if step.Text != nil && strings.Contains(step.Headers["Content-Type"], "xml") {
		if body, err := readXML([]byte(*step.Text)); err == nil {
			_ = json.Unmarshal(body, &resource) // it was made as JSON
			extension = "xml"
		}
	} else if json.Unmarshal(body, &resource) != nil {
		resource.ResourceType = ""
	}
	if step.Form != nil {
		s.cannot("a body that is a form")
	} else if resource.ResourceType == "" {
		s.cannot("a body that is no resource")
	}
	for _, v := range s.out.Variable {
		if v.HeaderField != "" && strings.Contains(string(body), "${"+v.Name+"}") {
			s.cannot("a header's value, which may have quotes, in a body")
		}
	}
	o.SourceID = fmt.Sprintf("body%d", number)
	name := fmt.Sprintf("fixtures/%s-%d.%s", s.out.ID, number, extension)
	s.out.Fixture = append(s.out.Fixture, scriptFixture{ID: o.SourceID, Resource: scriptReference{name}})
	s.fixtures = append(s.fixtures, ScriptFile{name, body})
	if resource.ResourceType == "Bundle" {
		return resource.Type, nil
	}
	return resource.ResourceType, nil
}

// typed is a path below the base that begins with a type of resource.
var typed = regexp.MustCompile(`^(Bundle|CodeSystem|Consent|OperationDefinition|Provenance|SearchParameter)([/?].+)?$`)

// address says where the request goes: by type and params as far as these can
// say it, as engines like it best, and by a whole URL otherwise.
func (o *scriptOperation) address(method, path, sent string) {
	code := operationCode(method, path)
	if path == "" && (sent == "transaction" || sent == "batch") {
		code = sent
	}
	if code != "" {
		o.Type = &scriptCoding{operationCodes, code}
	}
	found := typed.FindStringSubmatch(path)
	switch {
	case code == "transaction", code == "batch", code == "capabilities":
	case found != nil && (found[2] != "" || o.SourceID != "" || code == "search"):
		o.Resource, o.Params = found[1], found[2]
	default:
		o.URL = address("${base}", path)
	}
}

// operationPatterns tell an operation's code by its method and path.
var operationPatterns = []struct {
	pattern *regexp.Regexp
	code    string
}{
	{regexp.MustCompile(`^GET metadata$`), "capabilities"},
	{regexp.MustCompile(`^GET ([A-Z]\w+(/[^/?]+)?/)?_history(\?.*)?$`), "history"},
	{regexp.MustCompile(`^GET [A-Z]\w+/[^/?]+/_history/[^/?]+$`), "vread"},
	{regexp.MustCompile(`^GET [A-Z]\w+/[^/?$]*(\$\{[^/?]+)?$`), "read"},
	{regexp.MustCompile(`^GET [A-Z]\w+(\?.*)?$`), "search"},
	{regexp.MustCompile(`^POST [A-Z]\w+$`), "create"},
	{regexp.MustCompile(`^PUT [A-Z]\w+([/?].*)?$`), "update"},
	{regexp.MustCompile(`^PATCH [A-Z]\w+([/?].*)?$`), "patch"},
	{regexp.MustCompile(`^DELETE [A-Z]\w+([/?].*)?$`), "delete"},
}

func operationCode(method, path string) string {
	for _, one := range operationPatterns {
		if one.pattern.MatchString(method + " " + path) {
			return one.code
		}
	}
	return ""
}

func (s *scripting) headers(step *Step, o *scriptOperation) error {
	for _, name := range slices.Sorted(maps.Keys(step.Headers)) {
		text, err := s.holes.expand(step.Headers[name])
		if err != nil {
			return err
		}
		switch {
		case text == "":
			s.cannot("a request without the header " + name)
		// What is more than one media type is none that accept could have.
		case http.CanonicalHeaderKey(name) == "Accept" && strings.ContainsAny(text, ",;"):
			o.Accept = ""
			o.RequestHeader = append(o.RequestHeader, scriptHeader{name, text})
		case http.CanonicalHeaderKey(name) == "Accept":
			o.Accept = text
		case http.CanonicalHeaderKey(name) == "Content-Type":
			o.ContentType = text
		default:
			o.RequestHeader = append(o.RequestHeader, scriptHeader{name, text})
		}
	}
	return nil
}

// capture makes a variable of what a step takes. A name that is taken again is
// another variable, since a script has each once.
func (s *scripting) capture(name string, c Capture, answer string) {
	v := scriptVariable{Name: name, SourceID: answer, HeaderField: c.Header}
	if s.captures[name]++; s.captures[name] > 1 {
		v.Name = fmt.Sprintf("%s%d", name, s.captures[name])
	}
	switch {
	case c.Match != "":
		s.cannot("a variable that is a part of a header")
	case c.Whole:
		s.cannot("a variable that is a whole body")
	case c.Header == "":
		v.Expression = modelled(c.FHIRPath)
	}
	s.holes[name] = "${" + v.Name + "}"
	s.out.Variable = append(s.out.Variable, v)
}
