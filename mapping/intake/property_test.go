package intake_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"tahto/mapping/consent"
	"tahto/mapping/intake"
)

func TestTheZeroSubmissionIsRefused(t *testing.T) {
	for name, r := range map[string]intake.Rules{"no rules": {}, "rules": rules(t)} {
		if found := r.Judge(intake.Submission{}); !intake.Refused(found) {
			t.Errorf("%s: got %v", name, codes(found))
		}
	}
	for _, s := range []intake.Submission{{After: &consent.Statement{}}, {Before: &consent.Statement{}}, {Before: &consent.Statement{}, After: &consent.Statement{Status: consent.Active}}} {
		if found := rules(t).Judge(s); !intake.Refused(found) {
			t.Errorf("%+v: got %v", s, codes(found))
		}
	}
}

func TestTheZeroRulesAcceptNothingAtAService(t *testing.T) {
	if found := (intake.Rules{}).Judge(with(t, at(t, "A"))); !intake.Refused(found) {
		t.Errorf("got %v", codes(found))
	}
}

// twists are what may be different from a consent that is in order. Each draws
// the value of one thing, sensible or not.
func twists(t testing.TB, units []consent.Identifier) []func(*rapid.T, *intake.Submission) {
	instants := rapid.SampledFrom([]time.Time{{}, noon(t, "2023-12-31"), noon(t, "2024-06-17"), noon(t, "2024-06-18"), noon(t, "2030-01-01")})
	people := rapid.SampledFrom([]consent.Identifier{anAdult, aMinor, {}, person("x")})
	unit := rapid.SampledFrom(units)
	return []func(*rapid.T, *intake.Submission){
		func(t *rapid.T, s *intake.Submission) {
			s.After.Person = people.Draw(t, "person")
			s.Others[0].Person = s.After.Person
		},
		func(t *rapid.T, s *intake.Submission) {
			s.After.Kind = consent.Kind(rapid.IntRange(0, 20).Draw(t, "kind"))
		},
		func(t *rapid.T, s *intake.Submission) {
			s.After.Status = consent.Status(rapid.IntRange(0, 8).Draw(t, "status"))
		},
		func(t *rapid.T, s *intake.Submission) {
			s.After.DeclaredBy = consent.DeclaredBy(rapid.IntRange(0, 7).Draw(t, "by"))
			s.After.Mandate, s.After.Acting = &consent.Mandate{Identifier: units[0], Period: consent.Period{From: instants.Draw(t, "mandate")}}, &consent.ActingPerson{Display: "x"}
		},
		func(t *rapid.T, s *intake.Submission) {
			s.After.Capacity = consent.Capacity(rapid.IntRange(0, 3).Draw(t, "capacity"))
		},
		func(t *rapid.T, s *intake.Submission) { s.After.Declared = instants.Draw(t, "declared") },
		func(t *rapid.T, s *intake.Submission) {
			s.After.From, s.After.Until = instants.Draw(t, "from"), instants.Draw(t, "until")
		},
		func(t *rapid.T, s *intake.Submission) { s.After.Everything = rapid.Bool().Draw(t, "everything") },
		func(t *rapid.T, s *intake.Submission) {
			s.After.Target = &consent.Target{Kind: consent.TargetKind(rapid.IntRange(0, 7).Draw(t, "target")), Register: consent.Register(rapid.IntRange(0, 5).Draw(t, "register")),
				Controller: unit.Draw(t, "controller"), Recipient: rapid.SampledFrom([]consent.Identifier{{}, {}, units[3]}).Draw(t, "recipient")}
		},
		func(t *rapid.T, s *intake.Submission) {
			s.Recording = &intake.Recording{Recorder: intake.Recorder(rapid.IntRange(0, 5).Draw(t, "recorder")), Unit: unit.Draw(t, "unit"), At: instants.Draw(t, "at")}
		},
		func(_ *rapid.T, s *intake.Submission) { s.Recording = nil },
		func(t *rapid.T, s *intake.Submission) {
			s.Others[0].Status = consent.Status(rapid.IntRange(0, 8).Draw(t, "informed"))
		},
		func(t *rapid.T, s *intake.Submission) { s.Now = instants.Draw(t, "now") },
		func(t *rapid.T, s *intake.Submission) {
			replaces(consent.Status(rapid.IntRange(0, 8).Draw(t, "before")))(s)
		},
	}
}

// someone draws a submission that is not in order in up to six things.
func someone(t *rapid.T, s intake.Submission, twists []func(*rapid.T, *intake.Submission)) intake.Submission {
	s.After.Kind = consent.Kind(rapid.IntRange(1, 16).Draw(t, "kind"))
	for range rapid.IntRange(0, 6).Draw(t, "twists") {
		rapid.SampledFrom(twists).Draw(t, "twist")(t, &s)
	}
	if s.Before != nil && rapid.IntRange(0, 4).Draw(t, "deleted") == 0 {
		s.After = nil
	}
	return s
}

// TestWhatIsAcceptedKeepsTheFirstPrinciples holds whatever is accepted to what
// must never be, said without the rules.
func TestWhatIsAcceptedKeepsTheFirstPrinciples(t *testing.T) {
	r := rules(t)
	units := []consent.Identifier{org(t, "A"), org(t, "A health centre 1"), org(t, "P0"), org(t, "P1"), org(t, "PH"), {}, {System: "urn:x", Value: "x"}}
	twists := twists(t, units)
	rapid.Check(t, func(rt *rapid.T) {
		s := someone(rt, given(t), twists)
		found := r.Judge(s)
		if intake.Refused(found) {
			for _, f := range found {
				if f.Severity != intake.Refuse {
					rt.Fatalf("refused, and yet %s", f.Code)
				}
			}
			return
		}
		act := intake.ActOf(s.Before, s.After)
		if act == intake.NoAct || act == intake.Prepare != (len(found) == 0) {
			rt.Fatalf("%v is accepted with %v", act, codes(found))
		}
		if act == intake.Prepare {
			return
		}
		declared := s.After
		if declared == nil {
			declared = s.Before
		}
		switch {
		case s.Recording == nil, s.Recording.Recorder == intake.NotRecorded, s.Recording.Recorder > intake.Client:
			rt.Fatal("nobody recorded it")
		case declared.Kind.String() == "":
			rt.Fatal("nobody knows it")
		case s.Before != nil && s.Before.Status == consent.EnteredInError:
			rt.Fatal("it came back from an error")
		case s.Recording.Recorder == intake.Professional && s.Recording.Unit != units[0] && s.Recording.Unit != units[1] && s.Recording.Unit != units[3]:
			rt.Fatal("it was made where nobody joined")
		case act != intake.Annul && declared.DeclaredBy >= consent.ByInformationRecipient:
			rt.Fatal("it was declared by who decides nothing")
		case act != intake.Annul && act != intake.Withdraw && (declared.Kind.IsConsent() || declared.Kind.IsDenial()) && s.Others[0].Status != consent.Active && s.Others[0].Status != consent.Withdrawn:
			rt.Fatal("nobody was informed")
		case (act == intake.Give || act == intake.Replace) && declared.Target != nil && !declared.Target.Recipient.IsZero():
			rt.Fatal("it is aimed at a recipient")
		case declared.Person == aMinor && declared.Kind.IsDenial() && s.Recording.Recorder != intake.Professional && s.Now.Year() == 2024:
			rt.Fatal("a minor's denial in MyKanta")
		}
	})
}
