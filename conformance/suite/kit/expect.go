package kit

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"tahto/fhir"
	"tahto/fhir/fhirpath"
)

// expectation is one thing that an answer must show: how it reads, and what is
// wrong with an answer; "" if nothing.
type expectation struct {
	text string
	miss func(e *Exchange) string
}

// expectations are those of a step, with its variables in place.
func (x *Expect) expectations(v variables) ([]expectation, error) {
	all := []expectation{expectStatus(x.Status)}
	for _, name := range slices.Sorted(maps.Keys(x.Headers)) {
		want, err := v.expandHeader(x.Headers[name])
		if err != nil {
			return nil, err
		}
		one, err := expectHeader(name, want)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	for _, name := range x.Absent {
		all = append(all, expectAbsent(name))
	}
	return x.ofBody(all, v)
}

func (x *Expect) ofBody(all []expectation, v variables) ([]expectation, error) {
	if x.Type != "" {
		all = append(all, expectType(x.Type))
	}
	for _, source := range x.True {
		text, err := v.quoted().expand(source)
		if err != nil {
			return nil, err
		}
		one, err := expectTrue(text)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	all, err := x.ofText(all, v)
	if err != nil {
		return nil, err
	}
	if x.Body != "" {
		text, err := v.expand(x.Body)
		if err != nil {
			return nil, err
		}
		all = append(all, expectBody(text))
	}
	if x.Empty {
		all = append(all, expectEmpty())
	}
	return all, nil
}

// ofText are the expectations of what stands in the body and what does not.
func (x *Expect) ofText(all []expectation, v variables) ([]expectation, error) {
	for _, text := range x.Has {
		text, err := v.expand(text)
		if err != nil {
			return nil, err
		}
		all = append(all, expectHas(text))
	}
	for _, text := range x.Lacks {
		text, err := v.expand(text)
		if err != nil {
			return nil, err
		}
		all = append(all, expectLack(text))
	}
	return all, nil
}

// quoted are the variables as they stand in a string of FHIRPath.
func (v variables) quoted() variables {
	escape := strings.NewReplacer(`\`, `\\`, `'`, `\'`)
	all := make(variables, len(v))
	for name, text := range v {
		all[name] = escape.Replace(text)
	}
	return all
}

// expandHeader puts the variables into what a header must be: into a regular
// expression they go as they read, not as what they would match.
func (v variables) expandHeader(want string) (string, error) {
	if !strings.HasPrefix(want, "~") {
		return v.expand(want)
	}
	literal := make(variables, len(v))
	for name, text := range v {
		literal[name] = regexp.QuoteMeta(text)
	}
	return literal.expand(want)
}

func expectStatus(want statuses) expectation {
	words := make([]string, len(want))
	for i, status := range want {
		words[i] = strings.TrimSpace(fmt.Sprintf("%d %s", status, http.StatusText(status)))
	}
	text := "status " + strings.Join(words, " or ")
	return expectation{text, func(e *Exchange) string {
		if slices.Contains(want, e.Status) {
			return ""
		}
		return fmt.Sprintf("status %d, want %s%s", e.Status, strings.Join(words, " or "), e.outcome())
	}}
}

// outcome is what an OperationOutcome says in its first issue, after a colon; ""
// if the body is none.
func (e *Exchange) outcome() string {
	resource, err := e.resource()
	if err != nil || resource.Type() != "OperationOutcome" {
		return ""
	}
	for first := range resource.Root().Each("issue") {
		text := cmp.Or(first.Get("details").Get("text").Text(), first.Get("diagnostics").Text(), first.Get("code").Text())
		return strings.TrimRight(": "+text, ": ")
	}
	return ""
}

func expectHeader(name, want string) (expectation, error) {
	pattern, isPattern := strings.CutPrefix(want, "~")
	if !isPattern {
		pattern = "^" + regexp.QuoteMeta(want) + "$"
	}
	compiled, err := regexp.Compile(pattern)
	if err != nil {
		return expectation{}, err
	}
	text := fmt.Sprintf("header %s: %s", name, want)
	return expectation{text, func(e *Exchange) string {
		got := strings.Join(e.Header.Values(name), ", ")
		if compiled.MatchString(got) {
			return ""
		}
		return fmt.Sprintf("header %s is %q, want %q", name, got, want)
	}}, nil
}

func expectAbsent(name string) expectation {
	return expectation{"no header " + name, func(e *Exchange) string {
		if e.Header.Values(name) == nil {
			return ""
		}
		return fmt.Sprintf("header %s is %q, want none", name, e.Header.Get(name))
	}}
}

// resource is the body: JSON, or XML if the answer says so.
func (e *Exchange) resource() (*fhir.Resource, error) {
	body := []byte(e.Body)
	if strings.Contains(e.Header.Get("Content-Type"), "xml") {
		var err error
		if body, err = readXML(body); err != nil {
			return nil, err
		}
	}
	return fhir.Parse(body)
}

func expectType(want string) expectation {
	return expectation{"a resource of type " + want, func(e *Exchange) string {
		resource, err := e.resource()
		switch {
		case err != nil:
			return fmt.Sprintf("the body is no resource, want a resource of type %s: %v", want, err)
		case resource.Type() != want:
			return fmt.Sprintf("the body is a resource of type %s, want %s", resource.Type(), want)
		}
		return ""
	}}
}

func expectTrue(source string) (expectation, error) {
	expression, err := fhirpath.Compile(source, nil)
	if err != nil {
		return expectation{}, fmt.Errorf("%s: %w", source, err)
	}
	return expectation{source, func(e *Exchange) string {
		resource, err := e.resource()
		if err != nil {
			return fmt.Sprintf("%s can't be asked, the body is no resource: %v", source, err)
		}
		found, err := expression.Evaluate(fhirpath.Input{Focus: fhirpath.ResourceNode(resource)})
		if err != nil {
			return fmt.Sprintf("%s can't be asked of the body: %v", source, err)
		}
		if is, ok := found.At(0).Bool(); found.Len() == 1 && ok && is {
			return ""
		}
		return fmt.Sprintf("not true of the body, which gives %v: %s", found.Strings(), source)
	}}, nil
}

func expectHas(text string) expectation {
	return expectation{fmt.Sprintf("%q in the body", text), func(e *Exchange) string {
		if strings.Contains(e.Body, text) {
			return ""
		}
		return fmt.Sprintf("%q is not in the body", text)
	}}
}

func expectLack(text string) expectation {
	return expectation{fmt.Sprintf("%q nowhere in the body", text), func(e *Exchange) string {
		if !strings.Contains(e.Body, text) {
			return ""
		}
		return fmt.Sprintf("%q is in the body, want it nowhere", text)
	}}
}

func expectBody(text string) expectation {
	return expectation{"the body: " + text, func(e *Exchange) string {
		if e.Body == text {
			return ""
		}
		return "the body is another than expected"
	}}
}

func expectEmpty() expectation {
	return expectation{"no body", func(e *Exchange) string {
		if e.Body == "" {
			return ""
		}
		return fmt.Sprintf("there is a body of %d bytes, want none", len(e.Body))
	}}
}

// take is what a capture finds in an answer.
func (c Capture) take(e *Exchange) (string, error) {
	switch {
	case c.Whole:
		return e.Body, nil
	case c.Header == "":
		return c.fromBody(e)
	}
	got := e.Header.Get(c.Header)
	if c.Match == "" {
		return got, nil
	}
	pattern, err := regexp.Compile(c.Match)
	if err != nil {
		return "", err
	}
	found := pattern.FindStringSubmatch(got)
	if len(found) < 2 {
		return "", fmt.Errorf("header %s is %q, in which nothing matches %s", c.Header, got, c.Match)
	}
	return found[1], nil
}

func (c Capture) fromBody(e *Exchange) (string, error) {
	expression, err := fhirpath.Compile(c.FHIRPath, nil)
	if err != nil {
		return "", err
	}
	resource, err := e.resource()
	if err != nil {
		return "", fmt.Errorf("the body is no resource: %w", err)
	}
	found, err := expression.Evaluate(fhirpath.Input{Focus: fhirpath.ResourceNode(resource)})
	if err != nil {
		return "", err
	}
	if found.Len() != 1 {
		return "", fmt.Errorf("%s gives %d items, want one", c.FHIRPath, found.Len())
	}
	return found.At(0).String(), nil
}
