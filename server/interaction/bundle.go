package interaction

import (
	"context"
	"errors"
	"fmt"
	"net/http"
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
	var of ticket
	if work.Transaction {
		if of, err = ticketOf(c.Body); err != nil {
			return Action{}, err
		}
	}
	switch {
	case c.prefer.async:
		return s.later(c, work, of), nil
	case work.Transaction:
		return s.prepareTransaction(c, work, of)
	}
	response := Response{Status: http.StatusOK, Stream: &Stream{s, c, work}}
	return Action{Whole: func(context.Context) (Response, error) { return response, nil }}, nil
}

// entry does one entry of a batch. A panic is a failure of that entry alone.
func (s *Service) entry(ctx context.Context, c Call, step bundle.Step, spent budget) (response Response) {
	defer func() {
		if cause := recover(); cause != nil {
			response = Failure(Panicked(cause), c.RequestID)
		}
	}()
	err := step.Fault
	if err == nil {
		if response, err = s.each(ctx, inside(c, step), spent); err == nil {
			return response
		}
		err = spent.shorten(underEntry(step.Entry, err))
	}
	return Failure(err, c.RequestID)
}

func (s *Service) each(ctx context.Context, c Call, spent budget) (Response, error) {
	action, _, err := s.prepare(c)
	if err == nil {
		err = spent.admit(action)
	}
	if err != nil {
		return Response{}, err
	}
	return s.perform(ctx, action, c.RequestID)
}

// answerBytes is how much the answers of a Bundle may hold that are not sent one
// by one, before nothing more is read for it, in bytes of JSON. The last answer
// may go over it.
const answerBytes = 16 << 20

// budget is how many of the bytes are spent.
type budget int

// admit refuses to read more when the budget is spent. What writes is done: in
// a batch nothing undoes what was written before, so that a client must be able
// to rely on the rest, and what it is answered is small.
func (b budget) admit(a Action) error {
	if a.Writes || b < answerBytes {
		return nil
	}
	return issue.Newf(issue.Unprocessable, "", "The answers to this Bundle already hold more than %d MiB, so this is not read. Send fewer reads and searches at a time.", answerBytes>>20).
		Coded(issue.CodeTooCostly)
}

// shorten leaves an error its first issue when the budget is spent: one entry
// can have fifty, each longer than what is wrong with it.
func (b budget) shorten(err error) error {
	e, ours := errors.AsType[*issue.Error](err)
	if !ours || b < answerBytes || len(e.Issues) < 2 {
		return err
	}
	short := *e
	short.Issues = e.Issues[:1]
	return &short
}

// count adds a response to what is spent. One that would go over the budget by
// repeating what was written goes without that: return=representation is a
// preference, and status, location and version say what became of it.
func (b *budget) count(r Response) Response {
	size := r.bytes()
	if r.Location != "" && *b+size > answerBytes {
		r.Resource = nil
		size = r.bytes()
	}
	*b += size
	return r
}

func (r Response) bytes() (n budget) {
	if r.Resource != nil {
		n += budget(len(r.Resource.JSON()))
	}
	if r.outcome != nil && r.outcome != r.Resource {
		n += budget(len(r.outcome.JSON()))
	}
	return n
}

// counted is an action as part of a transaction, whose answers are held until
// it is done: reading too much fails it as a whole.
func (a Action) counted() Action {
	part := a.Part
	if part == nil {
		return a
	}
	a.Part = func(ctx context.Context, t *turn) (Response, error) {
		if err := t.spent.admit(a); err != nil {
			return Response{}, err
		}
		response, err := part(ctx, t)
		return t.spent.count(response), err
	}
	return a
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
	return issue.Change(err, func(i *issue.Issue) { i.Expression = inEntry(entry, i.Expression) })
}

func inEntry(entry int, expression string) string {
	place := fmt.Sprintf("Bundle.entry[%d]", entry)
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
