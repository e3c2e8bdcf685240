package interaction_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"tahto/fhir/issue"
	"tahto/server/audit"
	"tahto/server/interaction"
)

func TestChangesAreRecordedOrNotAnswered(t *testing.T) {
	s := open(t)
	s.want(201, s.ask("PUT Consent/a", body(t, health("a"))))
	s.want(204, s.ask("DELETE Consent/a"))
	s.want(204, s.ask("DELETE Consent/a"))
	var got []string
	for _, e := range s.records.entries {
		for _, c := range e.Changes {
			got = append(got, c.Method+" "+c.Reference+" "+e.RequestID)
		}
	}
	if want := "[PUT Consent/a/_history/1 req-1 DELETE Consent/a/_history/2 req-1]"; fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
	s.records.fail = errors.New("disk full")
	failed := s.want(503, s.ask("PUT Consent/a", body(t, health("a"))))
	if failed.Err == nil || strings.Contains(text(failed.Resource), "disk full") {
		t.Errorf("cause %v, answer %s", failed.Err, text(failed.Resource))
	}
}

func TestEveryKindOfFailureHasItsStatus(t *testing.T) {
	want := map[issue.Kind]int{
		issue.Internal: 500, issue.Invalid: 400, issue.NotFound: 404, issue.Gone: 410, issue.Conflict: 409,
		issue.PreconditionFailed: 412, issue.MultipleMatches: 412, issue.Unprocessable: 422, issue.Unsupported: 501,
		issue.Unauthenticated: 401, issue.Forbidden: 403, issue.NotAllowed: 405, issue.NotAcceptable: 406,
		issue.UnknownMedia: 415, issue.TooLarge: 413, issue.Throttled: 429, issue.Timeout: 408, issue.Unavailable: 503,
	}
	for _, kind := range issue.Kinds() {
		got := interaction.Failure(issue.New(kind, "x", "told").Caused(errors.New("secret")), "req-7")
		if got.Status != want[kind] {
			t.Errorf("%s: got %d, want %d", kind, got.Status, want[kind])
		}
		if strings.Contains(text(got.Resource), "secret") {
			t.Errorf("%s tells its cause", kind)
		}
		if kind == issue.Internal && (got.Err == nil || !strings.Contains(text(got.Resource), "req-7") || strings.Contains(text(got.Resource), "told")) {
			t.Errorf("internal: %s, cause %v", text(got.Resource), got.Err)
		}
	}
	if got := interaction.Failure(errors.New("anything"), ""); got.Status != 500 || got.Err == nil {
		t.Errorf("an error of elsewhere: %d", got.Status)
	}
}

// panicking is a recorder with a fault.
type panicking struct{}

func (panicking) Record(context.Context, audit.Entry) error {
	panic("a fault of ours, about " + person)
}

func TestPanicIsAFailureOfOurs(t *testing.T) {
	s := open(t, func(o *interaction.Options) { o.Audit = panicking{} })
	got := s.want(500, s.ask("PUT Consent/a", body(t, health("a"))))
	if got.Err == nil || strings.Contains(text(got.Resource), "fault of ours, about") {
		t.Errorf("cause %v, answer %s", got.Err, text(got.Resource))
	}
	batched := s.want(200, s.post(batch(entry("", health("b"), "PUT Consent/b"), entry("", "", "GET Consent/b"))))
	if got := answered(batched.Resource, 0) + ", " + answered(batched.Resource, 1); batched.Err == nil || got != "500 exception, 200" {
		t.Errorf("cause %v, answers %s", batched.Err, got)
	}
}

func TestRequestThatWasGivenUpIsUnavailable(t *testing.T) {
	s := open(t)
	given, up := context.WithCancel(t.Context())
	up()
	got := s.Do(given, interaction.Request{Method: "GET", Path: "Consent/a"})
	if got.Status != 503 {
		t.Errorf("status %d: %s", got.Status, text(got.Resource))
	}
}

func TestServiceNeedsItsParts(t *testing.T) {
	if _, err := interaction.New(interaction.Options{Base: base}); err == nil {
		t.Error("a service without a store was made")
	}
}

func TestCauseOfABatchEntryReachesTheLog(t *testing.T) {
	s := open(t)
	s.records.fail = errors.New("disk full")
	got := s.want(200, s.post(batch(entry("", health(""), "POST Consent"))))
	if got.Err == nil || !strings.Contains(got.Err.Error(), "disk full") || strings.Contains(text(got.Resource), "disk full") {
		t.Errorf("cause %v, answer %s", got.Err, text(got.Resource))
	}
}

// TestFailuresCarryKantasCode: beside our own, where one is known (mapping.md §5).
func TestFailuresCarryKantasCode(t *testing.T) {
	s := open(t)
	for request, want := range map[string]string{
		"GET Consent?nonsense=1": "urn:oid:1.2.246.537.5.40112.2006 4Y00007 Virhe sanoman eheydessä.",
		"GET Consent/none":       "  ",
		"DELETE metadata":        "  ",
	} {
		coding := s.ask(request).Resource.Root().Get("issue").At(0).Get("details").Get("coding").At(0)
		if got := coding.Get("system").Text() + " " + coding.Get("code").Text() + " " + coding.Get("display").Text(); got != want {
			t.Errorf("%s: got %q, want %q", request, got, want)
		}
	}
	for kind, want := range map[issue.Kind]string{issue.Unauthenticated: "5Y00009", issue.Forbidden: "5Y00009", issue.Unprocessable: "", issue.Internal: ""} {
		got := interaction.Failure(issue.New(kind, "x", "told").Because("ours"), "")
		codes := text(got.Resource)
		if has := strings.Contains(codes, "40112"); has != (want != "") || !strings.Contains(codes, want) {
			t.Errorf("%s: %s", kind, codes)
		}
		if want != "" && at(got.Resource, "issue.0.details.coding.0.code") != "ours" {
			t.Errorf("%s: our own code is not the first: %s", kind, codes)
		}
	}
}
