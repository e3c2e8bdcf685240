package bundle

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"tahto/fhir"
	"tahto/fhir/issue"
)

// reader understands one entry and gathers what is wrong with it.
type reader struct {
	entry  int
	kind   issue.Kind
	faults []issue.Issue
}

func (r *reader) faultf(kind issue.Kind, code issue.Code, at, format string, args ...any) {
	if len(r.faults) == 0 || kind == issue.Invalid {
		r.kind = kind
	}
	expression := fmt.Sprintf("Bundle.entry[%d]", r.entry)
	if at != "" {
		expression += "." + at
	}
	r.faults = append(r.faults, issue.Issue{
		Severity: issue.SeverityError, Code: code, Expression: expression, Text: fmt.Sprintf(format, args...),
	})
}

func (r *reader) err() error { return issue.List(r.kind, r.faults) }

func (r *reader) step(entry fhir.Element) Step {
	step := Step{Entry: r.entry}
	if entry.Kind() != fhir.Object {
		r.faultf(issue.Invalid, issue.CodeStructure, "", "An entry is an object with a request.")
		return step
	}
	step.FullURL = r.fullURL(entry)
	request := entry.Get("request")
	if request.Kind() != fhir.Object {
		r.faultf(issue.Invalid, issue.CodeRequired, "request", "Each entry of a batch or transaction says in request what to do.")
		return step
	}
	step.Method = r.method(request)
	step.Path, step.Query = r.address(request)
	step.Resource = r.resource(entry, step)
	r.conditions(request, &step)
	if step.Method != "" && step.Path != "" {
		r.target(&step)
	}
	return step
}

// text reads an optional string member; another JSON kind is a fault.
func (r *reader) text(of fhir.Element, name, at string) string {
	e := of.Get(name)
	if e.Exists() && e.Kind() != fhir.String {
		r.faultf(issue.Invalid, issue.CodeStructure, at, "This must be one string.")
	}
	if e.Kind() != fhir.String {
		return ""
	}
	return e.Text()
}

func (r *reader) fullURL(entry fhir.Element) string {
	full := r.text(entry, "fullUrl", "fullUrl")
	switch {
	case full == "":
	case !absolute(full):
		r.faultf(issue.Invalid, issue.CodeValue, "fullUrl", "A fullUrl is absolute: urn:uuid:…, urn:oid:… or a URL with http or https.")
	case strings.Contains(full, "/_history/"):
		r.faultf(issue.Invalid, issue.CodeInvariant, "fullUrl", "A fullUrl is not specific to a version (bdl-8).")
	}
	return full
}

// absolute tells whether a URI has a scheme.
func absolute(uri string) bool {
	scheme, _, found := strings.Cut(uri, ":")
	return found && scheme != "" && !strings.ContainsAny(scheme, "/?#")
}

func (r *reader) method(request fhir.Element) string {
	switch method := r.text(request, "method", "request.method"); method {
	case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE":
		return method
	case "":
		r.faultf(issue.Invalid, issue.CodeRequired, "request.method", "Say the method: GET, HEAD, POST, PUT, PATCH or DELETE.")
	default:
		r.faultf(issue.Invalid, issue.CodeCodeInvalid, "request.method", "This is no method; use GET, HEAD, POST, PUT, PATCH or DELETE, in capitals.")
	}
	return ""
}

// address splits request.url, which is relative to the base, into path and
// parameters.
func (r *reader) address(request fhir.Element) (string, url.Values) {
	written := r.text(request, "url", "request.url")
	path, query, _ := strings.Cut(written, "?")
	path = strings.Trim(path, "/")
	switch {
	case path == "":
		r.faultf(issue.Invalid, issue.CodeRequired, "request.url", "Say the address relative to the base, such as Consent or Consent/1.")
		return "", nil
	case absolute(path):
		r.faultf(issue.Invalid, issue.CodeValue, "request.url", "The address must be relative to the base, such as Consent/1.")
		return "", nil
	}
	plain, err := url.PathUnescape(path)
	if err != nil {
		r.faultf(issue.Invalid, issue.CodeValue, "request.url", "The address is not well escaped.")
		return "", nil
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		r.faultf(issue.Invalid, issue.CodeValue, "request.url", "The parameters of the address are not well escaped.")
		return "", nil
	}
	return plain, values
}

func (r *reader) resource(entry fhir.Element, step Step) *fhir.Resource {
	resource := entry.Get("resource")
	switch {
	case !resource.Exists():
		if step.Method == "PATCH" {
			r.faultf(issue.Invalid, issue.CodeRequired, "resource", "A PATCH needs the patch: a FHIRPath Patch as Parameters, or a JSON Patch or XML Patch in a Binary.")
		}
		if step.Method == "PUT" || step.Method == "POST" && isType(step.Path) {
			r.faultf(issue.Invalid, issue.CodeRequired, "resource", "A %s needs the resource.", step.Method)
		}
		return nil
	case resource.Kind() != fhir.Object || resource.Get("resourceType").Text() == "":
		r.faultf(issue.Invalid, issue.CodeStructure, "resource", "A resource is an object that says its resourceType.")
		return nil
	}
	return resource.Resource()
}

// fits says for which methods a condition has a meaning.
var fits = map[string]string{
	"ifMatch":         "PUT PATCH DELETE",
	"ifNoneMatch":     "GET HEAD PUT",
	"ifNoneExist":     "POST",
	"ifModifiedSince": "GET HEAD",
}

// Fits tells whether a condition (ifMatch, ifNoneMatch, ifNoneExist or
// ifModifiedSince) has a meaning with the method, and with which it has. One
// that has none is to be refused: whoever sent it relies on it.
func Fits(condition, method string) (methods string, ok bool) {
	methods = fits[condition]
	return methods, slices.Contains(strings.Fields(methods), method)
}

func (r *reader) conditions(request fhir.Element, step *Step) {
	for _, c := range []struct {
		name string
		to   *string
	}{
		{"ifMatch", &step.IfMatch}, {"ifNoneMatch", &step.IfNoneMatch},
		{"ifNoneExist", &step.IfNoneExist}, {"ifModifiedSince", &step.IfModifiedSince},
	} {
		at := "request." + c.name
		*c.to = r.text(request, c.name, at)
		if *c.to == "" || step.Method == "" {
			continue
		}
		if methods, ok := Fits(c.name, step.Method); !ok {
			r.faultf(issue.Invalid, issue.CodeInvalid, at, "%s means nothing with %s; it goes with %s.", c.name, step.Method, methods)
		}
	}
}

var typeName = regexp.MustCompile(`^[A-Z][A-Za-z]{1,63}$`)

func isType(path string) bool { return typeName.MatchString(path) }

// target finds out which resource a writing step is about, and that the
// resource sent is that one.
func (r *reader) target(step *Step) {
	resourceType, id, _ := strings.Cut(step.Path, "/")
	switch {
	case step.Method == "POST" && id == "" && isType(resourceType):
		step.Key = fhir.Key{Type: resourceType}
		r.sameType(step)
	case step.Method == "PUT" || step.Method == "PATCH" || step.Method == "DELETE":
		if id == "" && len(step.Query) > 0 && isType(resourceType) {
			r.conditional(step, resourceType)
			return
		}
		if id == "" || strings.Contains(id, "/") || !isType(resourceType) {
			r.faultf(issue.Invalid, issue.CodeValue, "request.url", "A %s goes to [type]/[id].", step.Method)
			return
		}
		step.Key = fhir.Key{Type: resourceType, ID: id}
		if step.Method == "PUT" {
			r.sameType(step)
			r.sameID(step)
		}
	}
}

// conditional is a PUT or DELETE of what a search finds. What a PUT makes if it
// finds nothing has the id in the resource, or a new one.
func (r *reader) conditional(step *Step, resourceType string) {
	if step.Method != "PUT" {
		return
	}
	step.Key = fhir.Key{Type: resourceType}
	r.sameType(step)
	if step.Resource != nil && step.Resource.ID() != "" {
		step.Key = fhir.Key{} // whose it is, is known when it is looked for
	}
}

func (r *reader) sameType(step *Step) {
	if step.Resource != nil && step.Resource.Type() != step.Key.Type {
		r.faultf(issue.Invalid, issue.CodeInvalid, "resource", "The resource is not of the type that the address says.")
	}
}

func (r *reader) sameID(step *Step) {
	switch {
	case step.Resource == nil:
	case step.Resource.ID() == "":
		r.faultf(issue.Invalid, issue.CodeRequired, "resource.id", "A resource that is updated carries its id, the one in the address.")
	case step.Resource.ID() != step.Key.ID:
		r.faultf(issue.Invalid, issue.CodeValue, "resource.id", "The id of the resource is not the one in the address.")
	}
}
