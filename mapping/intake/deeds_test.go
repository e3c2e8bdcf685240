package intake_test

import (
	"slices"
	"testing"

	"tahto/mapping/consent"
	"tahto/mapping/intake"
)

// refusedAs judges the refused one of a pair after something more was done to
// it.
func refusedAs(t *testing.T, p pair, later ...change) (said []string, refused bool) {
	t.Helper()
	found := rules(t).Judge(with(t, append(slices.Clone(p.refused), later...)...))
	return codes(found), intake.Refused(found)
}

// about leaves out the pairs that are about a withdrawal or annulment already.
func about(t *testing.T, pairs []pair) []pair {
	return slices.DeleteFunc(pairs, func(p pair) bool {
		s := with(t, p.refused...)
		towards := s.After != nil && s.After.Target != nil && !s.After.Target.Recipient.IsZero() // never stored
		return s.Before != nil || towards
	})
}

// TestAWithdrawalIsAskedWhoAndWhere: who could not declare it, or not there,
// can't withdraw it either.
func TestAWithdrawalIsAskedWhoAndWhere(t *testing.T) {
	for _, p := range about(t, slices.Concat(whoPairs(t), wherePairs(t))) {
		if with(t, p.refused...).Recording.Recorder == intake.Client && p.code == "recorder-contradiction" {
			continue // the client may withdraw what somebody declared on behalf
		}
		if got, refused := refusedAs(t, p, withdrawn); !refused || !slices.Contains(got, p.code) {
			t.Errorf("%s: got %v, want %s", p.name, got, p.code)
		}
	}
}

// TestAWithdrawalIsNotAskedAtWhatOrForHowLong: what should not have been stored
// can be withdrawn.
func TestAWithdrawalIsNotAskedAtWhatOrForHowLong(t *testing.T) {
	for _, p := range about(t, slices.Concat(targetPairs(t), termPairs(t))) {
		if p.code == "fixed-term-not-supported" || p.path == "Consent.policyRule" {
			continue // its dates are a withdrawal's own, and a receipt can't be withdrawn
		}
		if got, refused := refusedAs(t, p, withdrawn); refused {
			t.Errorf("%s: got %v", p.name, got)
		}
	}
}

// TestACorrectionIsAskedOnlyWhere: a professional at a provider that has joined
// corrects any record, whoever made it, wherever and at whatever it is aimed.
func TestACorrectionIsAskedOnlyWhere(t *testing.T) {
	for _, p := range about(t, slices.Concat(whoPairs(t), wherePairs(t), targetPairs(t), termPairs(t))) {
		if got, refused := refusedAs(t, p, at(t, "A"), deleted); refused {
			t.Errorf("%s: got %v", p.name, got)
		}
	}
	for _, key := range []string{"P0", "PH", "POL", ""} {
		found := rules(t).Judge(with(t, at(t, "A"), deleted, func(s *intake.Submission) {
			s.Recording.Unit = consent.Identifier{}
			if key != "" {
				s.Recording.Unit = org(t, key)
			}
		}))
		if !slices.Equal(codes(found), []string{"channel-not-available"}) {
			t.Errorf("%s: got %v", key, codes(found))
		}
	}
	nameless := func(s *intake.Submission) { s.Before.Person.Value = "x" }
	if found := rules(t).Judge(with(t, at(t, "A"), deleted, nameless)); codes(found)[0] != "person-unknown" {
		t.Errorf("of nobody known: got %v", codes(found))
	}
}

// TestARetractionInMyKantaIsAskedWho: who could not declare it in MyKanta can't
// annul it there, save that nobody's capacity is assessed again.
func TestARetractionInMyKantaIsAskedWho(t *testing.T) {
	for _, test := range []struct {
		name    string
		changes []change
		code    string
	}{
		{"entitled to information", []change{by(consent.ByInformationRecipient)}, "not-a-decision-maker"},
		{"a mandate for a minor", []change{ofMinor, proxy(t, "")}, "mandate-not-for-minors"},
		{"a proxy's testament", []change{kind(consent.LivingWill), proxy(t, "")}, "proxy-not-allowed"},
		{"a guardian of an adult", []change{by(consent.ByGuardian)}, "not-a-decision-maker"},
		{"a representative's by nobody named", []change{recorder(intake.Representative)}, "recorder-contradiction"},
		{"one who lacks the capacity", []change{capacity(consent.CapacityLacking)}, ""},
		{"a minor who grew up", []change{by(consent.ByMinor)}, ""},
		{"a proxy without a name", []change{proxy(t, ""), func(s *intake.Submission) { s.After.Acting = nil }}, ""},
		{"a body donation", []change{kind(consent.BodyDonation)}, ""},
	} {
		found := rules(t).Judge(with(t, append(test.changes, deleted)...))
		if test.code == "" && intake.Refused(found) || test.code != "" && codes(found)[0] != test.code {
			t.Errorf("%s: got %v, want %q", test.name, codes(found), test.code)
		}
	}
}

func TestAnUnknownKindIsNotEvenADraft(t *testing.T) {
	s := with(t, kind(99), func(s *intake.Submission) { s.After.Status = consent.Draft })
	if found := rules(t).Judge(s); !intake.Refused(found) {
		t.Error("was accepted")
	}
}
