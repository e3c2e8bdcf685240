package issue_test

import (
	"errors"
	"fmt"
	"testing"

	"tahto/fhir/issue"
)

func TestKindOfForeignErrorIsInternal(t *testing.T) {
	if got := issue.KindOf(errors.New("disk")); got != issue.Internal {
		t.Errorf("KindOf = %v, want Internal", got)
	}
	wrapped := fmt.Errorf("reading: %w", issue.New(issue.Gone, "", "It was deleted."))
	if got := issue.KindOf(wrapped); got != issue.Gone {
		t.Errorf("KindOf a wrapped error = %v, want Gone", got)
	}
}

func TestEveryKindHasNameAndCode(t *testing.T) {
	for _, kind := range issue.Kinds() {
		if kind.String() == "" || kind.Code() == "" {
			t.Errorf("kind %d has name %q and code %q", kind, kind, kind.Code())
		}
	}
	if got := issue.Kind(200); got.String() != issue.Internal.String() || got.Code() != issue.CodeException {
		t.Errorf("a kind out of range is %v, want it to be internal", got)
	}
}

func TestUnderPutsAnIssueInItsPlace(t *testing.T) {
	tests := map[string]struct{ expression, want string }{
		"of a resource":             {"Consent.provision.type", "Bundle.entry[1].resource.provision.type"},
		"the resource itself":       {"Consent", "Bundle.entry[1].resource"},
		"an element without a head": {"status", "Bundle.entry[1].resource.status"},
		"no place of its own":       {"", "Bundle.entry[1].resource"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			err := issue.Under("Bundle.entry[1].resource", issue.New(issue.Invalid, tt.expression, "No."))
			moved, ok := errors.AsType[*issue.Error](err)
			if !ok || moved.Issues[0].Expression != tt.want {
				t.Errorf("Under = %v, want expression %q", err, tt.want)
			}
		})
	}
	foreign := errors.New("disk")
	if got := issue.Under("Bundle", foreign); got != foreign {
		t.Errorf("Under of a foreign error = %v, want it unchanged", got)
	}
}

func TestListFailsOnlyOnErrors(t *testing.T) {
	warning := issue.Issue{Severity: issue.SeverityWarning, Text: "Hm."}
	fault := issue.Issue{Severity: issue.SeverityError, Text: "No."}
	if err := issue.List(issue.Invalid, []issue.Issue{warning}); err != nil {
		t.Errorf("List of warnings = %v, want nil", err)
	}
	if err := issue.List(issue.Invalid, []issue.Issue{warning, fault}); issue.KindOf(err) != issue.Invalid {
		t.Errorf("List with an error = %v, want kind Invalid", err)
	}
}

func TestCauseIsKeptForTheLog(t *testing.T) {
	cause := errors.New("disk full")
	err := issue.New(issue.Unavailable, "", "Try again later.").Because("x").Coded(issue.CodeTransient).Caused(cause)
	if !errors.Is(err, cause) {
		t.Error("the cause is lost")
	}
}

func TestChangeLeavesTheErrorAsItIs(t *testing.T) {
	cause := errors.New("disk")
	before := issue.New(issue.Gone, "Consent.status", "It was deleted.").Caused(cause)
	after := issue.Change(fmt.Errorf("reading: %w", before), func(i *issue.Issue) { i.Expression = "elsewhere" })
	if before.Issues[0].Expression != "Consent.status" {
		t.Errorf("the error that was given is about %s now", before.Issues[0].Expression)
	}
	changed, ours := errors.AsType[*issue.Error](after)
	if !ours || changed.Kind != issue.Gone || changed.Issues[0].Expression != "elsewhere" || !errors.Is(after, cause) {
		t.Errorf("got %v", after)
	}
	if got := issue.Change(cause, func(*issue.Issue) { t.Error("there is no issue to change") }); got != cause {
		t.Errorf("an error of elsewhere became %v", got)
	}
}
