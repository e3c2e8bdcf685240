package intake_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tahto/mapping/consent"
	"tahto/mapping/intake"
)

// pair is a submission that is refused for one reason, and its like that is
// accepted.
type pair struct {
	name             string
	refused          []change
	code, rule, path string
	accepted         []change
}

func pairs(t *testing.T) []pair {
	return slices.Concat(standingPairs(t), whoPairs(t), wherePairs(t), targetPairs(t), termPairs(t), timePairs(t))
}

func TestEveryRuleRefusesWhatItIsAboutAndNothingElse(t *testing.T) {
	for _, p := range pairs(t) {
		t.Run(p.name, func(t *testing.T) {
			found := rules(t).Judge(with(t, p.refused...))
			if len(found) == 0 || found[0].Code != p.code || found[0].Rule != p.rule || found[0].Severity != intake.Refuse {
				t.Fatalf("got %+v, want refused by %s as %s", found, p.rule, p.code)
			}
			if found[0].Element != p.path {
				t.Errorf("got element %s, want %s", found[0].Element, p.path)
			}
			if found = rules(t).Judge(with(t, p.accepted...)); intake.Refused(found) {
				t.Errorf("its like is refused: %+v", found)
			}
		})
	}
}

// TestEveryRuleIsShown: each row of the table refuses in some pair, so that one
// that can't be broken, or is never asked, is found out.
func TestEveryRuleIsShown(t *testing.T) {
	shown := map[string]bool{}
	for _, p := range pairs(t) {
		for _, name := range rules(t).Broken(with(t, p.refused...)) {
			shown[name] = true
		}
	}
	for _, name := range intake.RuleNames() {
		if !shown[name] {
			t.Errorf("never refused: %s", name)
		}
	}
}

func TestEveryRuleSaysWhereItComesFromAndWhatToDo(t *testing.T) {
	for _, law := range intake.Laws() {
		if law == "" {
			t.Error("a rule names no source")
		}
	}
	names := slices.Sorted(slices.Values(intake.RuleNames()))
	if len(slices.Compact(slices.Clone(names))) != len(names) {
		t.Error("two rules are the same")
	}
	texts := map[string]bool{}
	for _, p := range pairs(t) {
		for _, f := range rules(t).Judge(with(t, p.refused...)) {
			texts[f.Text] = true
			element, _, _ := strings.Cut(f.Element, ".")
			if element != "Consent" && element != "Provenance" || f.Rule == "" || f.Code == "" {
				t.Errorf("%+v is not complete", f)
			}
		}
	}
	for text := range maps.Keys(texts) {
		if !strings.HasSuffix(text, ".") || strings.Contains(text, "160350") || strings.Contains(text, "Example Proxy") {
			t.Errorf("no sentence, or one about a person: %s", text)
		}
	}
}

func TestAllThatIsWrongIsToldInOneOrder(t *testing.T) {
	s := with(t, denies(t, consent.DenialHealth, "P1", consent.PatientPrivate), by(consent.ByInformationRecipient), at(t, "P0"))
	s.Others = nil
	s.After.Until = s.Now.AddDate(1, 0, 0)
	want := []string{"not-a-decision-maker", "channel-not-available", "private-service-event-only", "fixed-term-not-supported", "information-not-received"}
	for range 3 {
		if diff := cmp.Diff(want, codes(rules(t).Judge(s))); diff != "" {
			t.Fatal(diff)
		}
	}
}

func TestWhatIsSaidOfTheAccepted(t *testing.T) {
	older := func(s *intake.Submission) { s.Others[0].Information = consent.Information11 }
	for _, test := range []struct {
		name    string
		changes []change
		want    []string
	}{
		{"given in MyKanta", nil, []string{"declaration-recorded"}},
		{"given at a service", []change{at(t, "A")}, []string{"declaration-recorded", "print-on-request"}},
		{"with older information", []change{at(t, "A"), older}, []string{"declaration-recorded", "information-update-needed", "print-on-request"}},
		{"denied with older information", []change{denies(t, consent.DenialHealth, "A", consent.PatientPublic), older}, []string{"declaration-recorded", "information-update-needed"}},
		{"withdrawn with older information", []change{older, withdrawn}, []string{"declaration-recorded"}},
		{"a living will with older information", []change{kind(consent.LivingWill), older}, []string{"declaration-recorded"}},
		{"annulled at a service", []change{deleted, at(t, "A")}, []string{"declaration-recorded"}},
		{"a guardian's denial", []change{ofMinor, by(consent.ByGuardian), at(t, "A"), capacity(consent.CapacityLacking), denies(t, consent.DenialHealth, "A", consent.PatientPublic)},
			[]string{"declaration-recorded-limited", "print-on-request"}},
		{"a legal representative's social denial", []change{on(t, "2025-02-01"), ofMinor, by(consent.ByLegalRepresentative), at(t, "A"), capacity(consent.CapacityLacking), denies(t, consent.DenialSocial, "A", consent.Social)},
			[]string{"declaration-recorded", "print-on-request"}},
		{"the withdrawal of a guardian's denial", []change{ofMinor, by(consent.ByGuardian), at(t, "A"), capacity(consent.CapacityLacking), denies(t, consent.DenialHealth, "A", consent.PatientPublic), withdrawn},
			[]string{"declaration-recorded", "print-on-request"}},
		{"a draft", []change{func(s *intake.Submission) { s.After.Status, s.Recording, s.Others = consent.Draft, nil, nil }}, []string{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			found := rules(t).Judge(with(t, test.changes...))
			if diff := cmp.Diff(test.want, codes(found)); diff != "" {
				t.Error(diff)
			}
			for _, f := range found {
				warns := f.Code == "information-update-needed" || f.Code == "declaration-recorded-limited"
				if warns != (f.Severity == intake.Warn) || !warns && f.Severity != intake.Note {
					t.Errorf("%s has severity %d", f.Code, f.Severity)
				}
			}
		})
	}
}

func TestTheNewestInformationIsThatOfTheDayUnlessSet(t *testing.T) {
	r := rules(t)
	r.CurrentInformation = consent.NoInformation
	s := with(t, on(t, "2023-06-01"))
	s.Others[0].Information = consent.Information11
	if got := codes(r.Judge(s)); slices.Contains(got, "information-update-needed") {
		t.Errorf("1.1 was the newest in June 2023, got %v", got)
	}
	for name, change := range map[string]change{
		"somebody else's":     func(s *intake.Submission) { s.Others[1].Person = aMinor },
		"one by mistake":      func(s *intake.Submission) { s.Others[1].Status = consent.EnteredInError },
		"one that is to come": func(s *intake.Submission) { s.Others[1].From = s.Now.Add(1) },
	} {
		s := with(t, on(t, "2024-06-01"))
		s.Others = append(s.Others, s.Others[0])
		s.Others[0].Information = consent.Information11
		change(&s)
		if got := codes(r.Judge(s)); !slices.Contains(got, "information-update-needed") {
			t.Errorf("%s counts as the newest: %v", name, got)
		}
	}
	r.CurrentInformation = consent.Information20 + 1
	if got := codes(r.Judge(given(t))); !slices.Contains(got, "information-update-needed") {
		t.Errorf("2.1 is the newest, got %v", got)
	}
}
