package interaction

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"tahto/fhir/bundle"
	"tahto/fhir/issue"
)

// prepareBundle is POST to the base: a transaction or a batch
// (https://hl7.org/fhir/R4/http.html#transaction).
func prepareBundle(s *Service, c Call) (Action, error) {
	if err := noParameters(c); err != nil {
		return Action{}, err
	}
	if c.Body == nil {
		return Action{}, issue.New(issue.Invalid, "", "Send a Bundle of type batch or transaction as the body.").Coded(issue.CodeRequired)
	}
	work, err := bundle.Plan(c.Body, s.NewID)
	if err != nil {
		return Action{}, err
	}
	if work.Transaction {
		return s.prepareTransaction(c, work)
	}
	return Action{Whole: func(ctx context.Context) (Response, error) { return s.batch(ctx, c, work), nil }}, nil
}

// batch does the entries one after the other, each as if it had come alone.
// What fails fails alone.
func (s *Service) batch(ctx context.Context, c Call, work *bundle.Work) Response {
	answers := make([]bundle.Answer, len(work.Steps))
	for i, step := range work.Steps {
		answers[i] = s.answer(s.entry(ctx, c, step))
	}
	return Response{Status: http.StatusOK, Resource: bundle.Response(false, answers)}
}

func (s *Service) entry(ctx context.Context, c Call, step bundle.Step) Response {
	err := step.Fault
	if err == nil {
		var action Action
		if action, _, err = s.prepare(inside(c, step)); err == nil {
			var response Response
			if response, err = s.perform(ctx, action, c.RequestID); err == nil {
				return response
			}
		}
		err = underEntry(step.Entry, err)
	}
	return Failure(err, c.RequestID)
}

// inside is an entry as a request of its own.
func inside(c Call, step bundle.Step) Call {
	return Call{inside: true, Request: Request{
		Method: step.Method, Path: step.Path, Query: step.Query, Body: step.Resource,
		IfMatch: step.IfMatch, IfNoneMatch: step.IfNoneMatch, IfNoneExist: step.IfNoneExist, IfModifiedSince: step.IfModifiedSince,
		Prefer: c.Prefer, RequestID: c.RequestID,
	}}
}

// answer is a response as an entry of a response Bundle.
func (s *Service) answer(r Response) bundle.Answer {
	a := bundle.Answer{
		Status: r.Status, Location: r.Location, ETag: r.ETag, LastModified: r.LastModified,
		Resource: r.Resource, Outcome: r.outcome,
	}
	if r.Resource == r.outcome {
		a.Resource = nil
	}
	if r.key.ID != "" {
		a.FullURL = s.Base + "/" + r.key.String()
	}
	return a
}

// conditions are where a Bundle entry has what HTTP has in headers.
var conditions = map[string]string{
	"http.If-Match": "ifMatch", "http.If-None-Match": "ifNoneMatch", "http.If-None-Exist": "ifNoneExist",
}

// underEntry gives an error its place in the Bundle. An issue about the
// resource is about that of the entry; one about the address or a header is
// about its request.
func underEntry(entry int, err error) error {
	e, ours := errors.AsType[*issue.Error](err)
	if !ours {
		return err
	}
	moved := *e
	moved.Issues = slices.Clone(e.Issues)
	place := fmt.Sprintf("Bundle.entry[%d]", entry)
	for i := range moved.Issues {
		moved.Issues[i].Expression = inEntry(place, moved.Issues[i].Expression)
	}
	return &moved
}

func inEntry(place, expression string) string {
	switch {
	case expression == "":
		return place
	case conditions[expression] != "":
		return place + ".request." + conditions[expression]
	case expression == "http" || strings.HasPrefix(expression, "http."):
		return place + ".request.url"
	}
	head, rest, deeper := strings.Cut(expression, ".")
	if name, _, _ := strings.Cut(head, "["); name == "" || name[0] < 'A' || name[0] > 'Z' {
		return place + ".resource." + expression
	}
	if !deeper {
		return place + ".resource"
	}
	return place + ".resource." + rest
}
