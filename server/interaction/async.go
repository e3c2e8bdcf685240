package interaction

import (
	"context"
	"fmt"
	"net/http"

	"tahto/fhir"
	"tahto/fhir/bundle"
	"tahto/fhir/issue"
)

// notDone is what is said of what is left of a Bundle that was given up.
func notDone(ctx context.Context) error {
	return issue.New(issue.Unavailable, "", "This was not done: the request had ended.").Coded(issue.CodeTimeout).Caused(ctx.Err())
}

// later is a batch or a transaction that the client does not want to wait for
// (Prefer: respond-async): it is told where to ask for it. The pattern is that of
// https://hl7.org/fhir/R4/async.html; what the result is, R4 says for files of
// bulk data only, and R5 for Bundles
// (https://hl7.org/fhir/R5/async-bundle.html), in words that R4 has too.
func (s *Service) later(c Call, work *bundle.Work, of ticket) Action {
	return Action{Whole: func(context.Context) (Response, error) {
		size, _, _ := c.Body.Root().Measure()
		ctx, cancel := context.WithTimeout(context.Background(), jobEndsAfter)
		one := &job{cancel: cancel, over: make(chan struct{}), bytes: size + answerBytes}
		do := func(ctx context.Context, _ func(int)) Response { return s.whole(ctx, c, work, of) }
		if !work.Transaction {
			one.entries = len(work.Steps)
			do = func(ctx context.Context, done func(int)) Response { return s.batch(ctx, c, work, done) }
		}
		name := s.Store.Seal(nil)
		if err := s.jobs.add(name, one, s.Now()); err != nil {
			cancel()
			return Response{}, err
		}
		go s.runJob(ctx, one, c.RequestID, do)
		response := told(http.StatusAccepted, "The Bundle is worked on. Content-Location is where to ask for the result, and to cancel it.")
		response.ContentLocation = s.Base + "/_async/" + name
		return response, nil
	}}
}

// whole does a transaction; failing is an answer.
func (s *Service) whole(ctx context.Context, c Call, work *bundle.Work, of ticket) Response {
	response, err := s.submit(ctx, c, work, of)
	if err != nil {
		return Failure(err, c.RequestID)
	}
	return response
}

// prepareJobStatus is GET of the status of what is worked on: 202 while it is,
// then 200 with a Bundle of type batch-response whose one entry has the status of
// the work, and its answer as the resource or what is wrong as the outcome.
func prepareJobStatus(s *Service, c Call) (Action, error) {
	one, err := s.job(c)
	return Action{Whole: func(context.Context) (Response, error) {
		select {
		case <-one.over:
			return Response{Status: http.StatusOK, Resource: one.answer, Expires: one.until}, nil
		default:
		}
		response := told(http.StatusAccepted, "The Bundle is worked on: "+one.standing()+".")
		response.Progress, response.RetryAfter = one.standing(), retryJob
		return response, nil
	}}, err
}

// retryJob is after how many seconds a client may ask for a result again.
const retryJob = 1

// prepareJobCancel is DELETE of the status: what has not been done is not done
// any more, and the result is forgotten. It waits for the work to end, so that
// the answer tells what was done after all.
func prepareJobCancel(s *Service, c Call) (Action, error) {
	one, err := s.job(c)
	return Action{Whole: func(ctx context.Context) (Response, error) {
		select {
		case <-one.over:
			s.jobs.remove(c.Job)
			return told(http.StatusAccepted, "The work was done already, and nothing of it is undone. Its result is forgotten."), nil
		default:
		}
		one.cancel()
		select {
		case <-one.over:
		case <-ctx.Done():
			return Response{}, issue.New(issue.Unavailable, "", "It is being cancelled, and has not ended yet.").Coded(issue.CodeTimeout).Caused(ctx.Err())
		}
		s.jobs.remove(c.Job)
		return told(http.StatusAccepted, one.cancelled()), nil
	}}, err
}

// job is the one that a request names.
func (s *Service) job(c Call) (*job, error) {
	if c.inside {
		return nil, issue.New(issue.Unprocessable, "http", "What is worked on is asked for alone, not in a Bundle.").Coded(issue.CodeNotSupported)
	}
	if err := noParameters(c); err != nil {
		return nil, err
	}
	one := s.jobs.get(c.Job, s.Now())
	if one == nil {
		return nil, issue.New(issue.NotFound, "", "Nothing is known of this any more: it was cancelled, its result was kept long enough, or the server was started anew. Send the Bundle again; a transaction with the same Bundle.identifier, and conditional entries, are not done twice.")
	}
	return one, nil
}

// standing is how far the work is, in a few words.
func (j *job) standing() string {
	switch {
	case !j.started.Load():
		return "waiting for others to end"
	case j.entries == 0:
		return "the transaction is running"
	}
	return fmt.Sprintf("%d of %d entries are done", j.progress.Load(), j.entries)
}

// cancelled tells what became of work that was to be cancelled.
func (j *job) cancelled() string {
	switch {
	case !j.started.Load():
		return "Cancelled: nothing was done."
	case j.entries > 0:
		return fmt.Sprintf("Cancelled: %d of %d entries were performed, and what they changed stays.", j.progress.Load(), j.entries)
	case j.result.Status == http.StatusOK:
		return "The transaction was done before it could be cancelled, and nothing of it is undone."
	}
	return "Cancelled. The transaction ended with: " + j.result.outcome.Root().Get("issue").At(0).Get("details").Get("text").Text()
}

// told is an answer that says one thing.
func told(status int, text string) Response {
	outcome := fhir.OperationOutcome([]issue.Issue{{Severity: issue.SeverityInformation, Code: issue.CodeInformational, Text: text}})
	return Response{Status: status, Resource: outcome, outcome: outcome}
}

// Close cancels what is worked on by itself and waits for it: what a transaction
// had not committed is undone, and of a batch the rest is not done. Nothing of it
// is taken any more. Closing twice is harmless.
func (s *Service) Close() { s.jobs.close() }
