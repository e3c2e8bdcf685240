package intake_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tahto/mapping/consent"
	"tahto/mapping/intake"
)

var statuses = []consent.Status{
	consent.UnknownStatus, consent.Draft, consent.Proposed, consent.Active, consent.Withdrawn, consent.Rejected, consent.EnteredInError,
}

func TestStepsOfADeclaration(t *testing.T) {
	want := map[consent.Status][]consent.Status{
		consent.UnknownStatus:  {consent.Draft, consent.Proposed, consent.Active},
		consent.Draft:          {consent.Draft, consent.Proposed, consent.Active, consent.Rejected, consent.EnteredInError},
		consent.Proposed:       {consent.Proposed, consent.Active, consent.Rejected, consent.EnteredInError},
		consent.Active:         {consent.Active, consent.Withdrawn, consent.EnteredInError},
		consent.Withdrawn:      {consent.EnteredInError},
		consent.Rejected:       {consent.EnteredInError},
		consent.EnteredInError: nil,
	}
	for _, from := range statuses {
		if diff := cmp.Diff(want[from], intake.Allowed(from)); diff != "" {
			t.Errorf("from %q:\n%s", from, diff)
		}
	}
}

// TestJudgeTakesTheStepsAndNoOthers tries every pair of statuses.
func TestJudgeTakesTheStepsAndNoOthers(t *testing.T) {
	for _, from := range statuses {
		for _, to := range statuses {
			s := with(t, func(s *intake.Submission) {
				if from != consent.UnknownStatus {
					replaces(from)(s)
				}
				s.After.Status = to
			})
			refused := intake.Refused(rules(t).Judge(s))
			if allowed := slices.Contains(intake.Allowed(from), to); refused == allowed {
				t.Errorf("from %q to %q: refused is %v", from, to, refused)
			}
		}
	}
}

func TestAStoredVersionHasAStatus(t *testing.T) {
	if found := rules(t).Judge(with(t, replaces(consent.UnknownStatus))); !intake.Refused(found) {
		t.Error("a version of no status was replaced")
	}
}

func TestDeletingIsAnnulling(t *testing.T) {
	for _, from := range statuses[1:] {
		s := with(t, replaces(from), func(s *intake.Submission) { s.After = nil })
		refused := intake.Refused(rules(t).Judge(s))
		if allowed := slices.Contains(intake.Allowed(from), consent.EnteredInError); refused == allowed {
			t.Errorf("from %q: refused is %v", from, refused)
		}
	}
}

func TestEachStepIsTheActThatItSays(t *testing.T) {
	steps := intake.Transitions()
	for i, step := range steps {
		before, after := &consent.Statement{Status: step.From}, &consent.Statement{Status: step.To}
		if step.From == consent.UnknownStatus {
			before = nil
		}
		if got := intake.ActOf(before, after); got != step.What || got.String() == "" {
			t.Errorf("from %q to %q: got %v, want %v", step.From, step.To, got, step.What)
		}
		for _, other := range steps[i+1:] {
			if step.From == other.From && step.To == other.To {
				t.Errorf("from %q to %q stands there twice", step.From, step.To)
			}
		}
	}
	if got := intake.ActOf(nil, nil); got != intake.NoAct || got.String() != "" {
		t.Errorf("nothing done: got %v", got)
	}
	if got := intake.ActOf(nil, &consent.Statement{}); got != intake.NoAct {
		t.Errorf("no status: got %v", got)
	}
}

func TestTheListOfStepsIsTheCallersOwn(t *testing.T) {
	intake.Transitions()[0].To = consent.EnteredInError
	if slices.Contains(intake.Allowed(consent.UnknownStatus), consent.EnteredInError) {
		t.Error("a caller changed the state machine")
	}
}

func TestARefusedStepNamesTheAllowedOnes(t *testing.T) {
	for _, test := range []struct {
		from consent.Status
		to   consent.Status
		want []string
	}{
		{consent.UnknownStatus, consent.Withdrawn, []string{"draft, proposed or active"}},
		{consent.Active, consent.Draft, []string{"active, inactive or entered-in-error"}},
		{consent.Withdrawn, consent.Active, []string{"entered-in-error", "as a new declaration"}},
		{consent.Rejected, consent.Active, []string{"entered-in-error"}},
		{consent.EnteredInError, consent.Active, []string{"as a new declaration"}},
	} {
		s := with(t, func(s *intake.Submission) {
			if test.from != consent.UnknownStatus {
				replaces(test.from)(s)
			}
			s.After.Status = test.to
		})
		got := rules(t).Judge(s)[0]
		for _, want := range test.want {
			if got.Code != "status-transition" || !strings.Contains(got.Text, want) {
				t.Errorf("from %q to %q: got %s: %s", test.from, test.to, got.Code, got.Text)
			}
		}
	}
}
