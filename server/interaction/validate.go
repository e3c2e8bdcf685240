package interaction

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/profiles/validate"
	"tahto/storage"
)

// checked are the types that $validate is offered on: what the server keeps,
// and what it takes and gives beside.
var checked = []string{"Bundle", "Consent", "OperationOutcome", "Parameters", "Provenance"}

// examination is one $validate
// (https://hl7.org/fhir/R4/resource-operation-validate.html): a resource, what
// is meant to be done with it, and what it is to be held to.
type examination struct {
	resource *fhir.Resource
	mode     string // create, update, delete; "" to look at the content alone
	profiles []string
	key      fhir.Key // the instance it is asked of; no id if of the type
}

var examinationModes = []string{"create", "update", "delete"}

// prepareValidate is POST [type]/$validate, and POST or GET
// [type]/[id]/$validate. The answer is an OperationOutcome with everything that
// there is to say, 200 whatever it says: that the resource is wrong is an
// answer. Nothing is stored.
func prepareValidate(s *Service, c Call) (Action, error) {
	e, err := readExamination(c)
	if err != nil {
		return Action{}, err
	}
	return Action{Whole: func(ctx context.Context) (Response, error) {
		found, err := s.examine(ctx, c, e)
		if err != nil {
			return Response{}, err
		}
		return Response{Status: http.StatusOK, Resource: fhir.OperationOutcome(found)}, nil
	}}, nil
}

// readExamination reads what is asked: from Parameters, or from the resource
// alone and the parameters of the URL.
func readExamination(c Call) (examination, error) {
	e := examination{resource: c.Body, key: c.key()}
	for name, values := range c.Query {
		switch name {
		case "mode":
			e.mode = values[len(values)-1]
		case "profile":
			e.profiles = append(e.profiles, values...)
		case "_format", "_pretty":
		default:
			return e, issue.New(issue.Invalid, "http", "$validate takes the parameters resource, mode and profile.").Coded(issue.CodeNotSupported)
		}
	}
	if c.Body != nil && c.Body.Type() == "Parameters" && (c.Type != "Parameters" || isWrapped(c.Body)) {
		e.resource = nil
		if err := e.parameters(c.Body.Root()); err != nil {
			return e, err
		}
	}
	if e.mode != "" && !slices.Contains(examinationModes, e.mode) {
		return e, issue.New(issue.Invalid, "Parameters.parameter", "The mode is create, update or delete.").Coded(issue.CodeCodeInvalid)
	}
	if e.resource == nil && c.ID == "" {
		return e, issue.New(issue.Invalid, "Parameters.parameter", "There is nothing to validate; send the resource as the body, or as the parameter resource.").Coded(issue.CodeRequired)
	}
	if e.mode != "" && e.mode != "create" && c.ID == "" {
		return e, issue.New(issue.Invalid, "Parameters.parameter", "This mode is about a resource that is there; ask at its own address: [type]/[id]/$validate.").Coded(issue.CodeBusinessRule)
	}
	return e, nil
}

// isWrapped tells whether Parameters are those of the operation, and not what
// is to be validated.
func isWrapped(r *fhir.Resource) bool {
	for parameter := range r.Root().Each("parameter") {
		if parameter.Get("name").Text() == "resource" && parameter.Get("resource").Exists() {
			return true
		}
	}
	return false
}

func (e *examination) parameters(root fhir.Element) error {
	for parameter := range root.Each("parameter") {
		switch name := parameter.Get("name").Text(); {
		case name == "resource" && parameter.Get("resource").Kind() == fhir.Object && e.resource == nil:
			e.resource = parameter.Get("resource").Resource()
		case name == "mode" && parameter.Get("valueCode").Kind() == fhir.String:
			e.mode = parameter.Get("valueCode").Text()
		case name == "profile" && profile(parameter) != "":
			e.profiles = append(e.profiles, profile(parameter))
		default:
			return issue.New(issue.Invalid, "Parameters.parameter", "$validate takes the parameters resource (once), mode (valueCode) and profile (valueUri).").Coded(issue.CodeNotSupported)
		}
	}
	return nil
}

// profile is the value of the parameter: a uri in R4, and a canonical since.
func profile(parameter fhir.Element) string {
	if uri := parameter.Get("valueUri").Text(); uri != "" {
		return uri
	}
	return parameter.Get("valueCanonical").Text()
}

// examine finds out all there is to say. Its error is that it can't be found
// out.
func (s *Service) examine(ctx context.Context, c Call, e examination) ([]issue.Issue, error) {
	if e.resource == nil && e.mode != "delete" {
		stored, err := s.stored(ctx, e.key)
		if err != nil {
			return nil, err
		}
		e.resource = stored.Resource
	}
	var found []issue.Issue
	if e.resource != nil {
		if e.resource.Type() != c.Type {
			return []issue.Issue{{
				Severity: issue.SeverityError, Code: issue.CodeInvalid, Expression: "resourceType",
				Text: "The address is for another type of resource than the one that was sent.",
			}}, nil
		}
		var err error
		if found, err = s.content(e); err != nil {
			return nil, err
		}
	}
	if e.mode == "" {
		return found, nil
	}
	if issue.List(issue.Unprocessable, found) != nil {
		more, err := s.askLaw(ctx, e)
		known := func(i issue.Issue) bool {
			return slices.ContainsFunc(found, func(told issue.Issue) bool { return told.Reason == i.Reason })
		}
		return append(found, slices.DeleteFunc(more, known)...), err
	}
	more, err := s.rehearse(ctx, c, e)
	return append(found, more...), err
}

func (s *Service) stored(ctx context.Context, key fhir.Key) (v storage.Version, err error) {
	err = s.Store.View(ctx, func(tx *storage.Tx) (err error) {
		v, err = tx.Read(ctx, key)
		return err
	})
	return v, err
}

// content is what there is to say of the resource itself.
func (s *Service) content(e examination) ([]issue.Issue, error) {
	asked := append(s.profilesOf(e.resource), e.profiles...)
	found, err := joined(s.readAs(e.resource), s.Validator.Validate(e.resource, validate.Options{Profiles: asked, ProfilesOf: s.profilesOf, Now: s.Now()}))
	part := isWhole(e.resource)
	if err != nil || part == nil || !slices.Contains(s.types, e.resource.Type()) {
		return found, err
	}
	more, err := issuesOf(part)
	return append(more, found...), err
}

// issuesOf are the issues of a client's fault; another error stays one.
func issuesOf(err error) ([]issue.Issue, error) {
	e, ours := errors.AsType[*issue.Error](err)
	if !ours {
		return nil, err
	}
	return e.Issues, nil
}
