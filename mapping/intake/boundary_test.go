package intake_test

import (
	"testing"
	"time"

	"tahto/mapping/consent"
	"tahto/mapping/intake"
)

// TestAMinorIsUnder18OnTheDay: in MyKanta a minor can't deny, an adult can, so
// that it shows on which day a person becomes one.
func TestAMinorIsUnder18OnTheDay(t *testing.T) {
	for _, test := range []struct {
		code, day string
		minor     bool
	}{
		{"150606A9036", "2024-06-14", true},
		{"150606A9036", "2024-06-15", false},
		{"150606B9047", "2024-06-14", true},
		{"150606C908B", "2024-06-14", true},
		{"150606D909C", "2024-06-15", false},
		{"150606E910D", "2024-06-14", true},
		{"150606F9058", "2024-06-15", false},
		{"290208A902F", "2026-02-28", true}, // born on a leap day
		{"290208A902F", "2026-03-01", false},
		{"010125+9064", "2024-06-15", false}, // born in 1825
		{"010150Y907L", "2024-06-15", false},
		{"010150X911R", "2024-06-15", false},
		{"010150W912S", "2024-06-15", false},
		{"010150V913T", "2024-06-15", false},
		{"010150U914U", "2024-06-15", false},
	} {
		s := with(t, on(t, test.day), denies(t, consent.DenialHealth, "A", consent.PatientPublic), func(s *intake.Submission) {
			s.After.Person, s.Others[0].Person = person(test.code), person(test.code)
		})
		found := rules(t).Judge(s)
		if got := intake.Refused(found); got != test.minor {
			t.Errorf("%s born in the century of %q: refused is %v: %v", test.day, test.code[6], got, codes(found))
		}
	}
}

// TestTheDayIsThatOfFinland: a birthday begins at midnight there, which is 21:00
// in universal time in summer and 22:00 in winter.
func TestTheDayIsThatOfFinland(t *testing.T) {
	for _, test := range []struct {
		code  string
		at    time.Time
		minor bool
	}{
		{"150606A9036", time.Date(2024, 6, 14, 20, 59, 59, 0, time.UTC), true},
		{"150606A9036", time.Date(2024, 6, 14, 21, 0, 0, 0, time.UTC), false},
		{"010107A910L", time.Date(2024, 12, 31, 21, 59, 59, 0, time.UTC), true},
		{"010107A910L", time.Date(2024, 12, 31, 22, 0, 0, 0, time.UTC), false},
	} {
		s := with(t, denies(t, consent.DenialHealth, "A", consent.PatientPublic), func(s *intake.Submission) {
			s.After.Person, s.Others[0].Person = person(test.code), person(test.code)
			s.After.Declared, s.After.From, s.Recording.At, s.Now = test.at, test.at, test.at, test.at
			s.Others[0].Declared, s.Others[0].From = test.at, test.at
		})
		if got := intake.Refused(rules(t).Judge(s)); got != test.minor {
			t.Errorf("%v: refused is %v", test.at, got)
		}
	}
}

// TestAWithdrawalCountsFromWhenItIsRecorded: what was declared for a minor is
// withdrawn by the adult, whatever day the declaration bears; a recording in
// the future makes nobody older.
func TestAWithdrawalCountsFromWhenItIsRecorded(t *testing.T) {
	denial := denies(t, consent.DenialHealth, "A", consent.PatientPublic)
	later := func(day string) change {
		return func(s *intake.Submission) {
			s.Recording.At, s.Now, s.After.Until = noon(t, day), noon(t, day), noon(t, day)
		}
	}
	if found := rules(t).Judge(with(t, ofMinor, denial, withdrawn, later("2028-03-01"))); intake.Refused(found) {
		t.Errorf("on the 18th birthday: %v", codes(found))
	}
	if found := rules(t).Judge(with(t, ofMinor, denial, withdrawn, later("2028-02-29"))); !intake.Refused(found) {
		t.Error("on the day before it was accepted")
	}
	ahead := with(t, ofMinor, denial, withdrawn, func(s *intake.Submission) { s.Recording.At = noon(t, "2028-03-01") })
	if !intake.Refused(rules(t).Judge(ahead)) {
		t.Error("recorded in the future it was accepted")
	}
}

func TestAMandateCountsOnItsLastDay(t *testing.T) {
	for _, test := range []struct {
		at      time.Time
		refused bool
	}{
		{day(t, "2024-06-18"), false},
		{day(t, "2024-06-19").Add(-time.Second), false},
		{day(t, "2024-06-19"), true},
	} {
		s := with(t, proxy(t, "2024-06-18"), func(s *intake.Submission) {
			s.After.Declared, s.After.From, s.Recording.At, s.Now = test.at, test.at, test.at, test.at
		})
		found := rules(t).Judge(s)
		if got := intake.Refused(found); got != test.refused {
			t.Errorf("%v: refused is %v: %v", test.at, got, codes(found))
		}
	}
}

func TestTheCalendarCanBeSet(t *testing.T) {
	r := rules(t)
	r.Calendar.AllHealthDenials = day(t, "2024-07-01")
	if got := r.Judge(with(t, kind(consent.DenialHealth))); !intake.Refused(got) {
		t.Error("not before July, but accepted in June")
	}
	r.Calendar = intake.Calendar{SocialDenials: day(t, "2024-06-01")}
	if got := r.Judge(with(t, denies(t, consent.DenialSocial, "A", consent.Social), at(t, "A"))); intake.Refused(got) {
		t.Errorf("from June, but refused: %v", codes(got))
	}
}

// TestAnnulmentsCorrectARecord: at a service any record can be corrected, also
// one of what nobody had the right to; in MyKanta only by who declared it, or by
// the client.
func TestAnnulmentsCorrectARecord(t *testing.T) {
	guardians := []change{ofMinor, deniesPrescription, by(consent.ByGuardian), at(t, "A"), deleted}
	for _, test := range []struct {
		name    string
		changes []change
		refused bool
	}{
		{"what a guardian had no right to, at a service", guardians, false},
		{"by an entry in error", append(guardians[:4:4], replaces(consent.Active), func(s *intake.Submission) { s.After.Status = consent.EnteredInError }), false},
		{"a proxy's living will, at a service", []change{kind(consent.LivingWill), proxy(t, "2024-01-31"), at(t, "A"), deleted}, false},
		{"one's own in MyKanta", []change{deleted}, false},
		{"a proxy's by the client in MyKanta", []change{proxy(t, ""), deleted, recorder(intake.Client)}, false},
		{"a proxy's by the proxy", []change{proxy(t, ""), deleted}, false},
		{"a proxy's by the proxy after the mandate", []change{proxy(t, "2024-01-31"), deleted}, true},
		{"by nobody", []change{deleted, func(s *intake.Submission) { s.Recording = nil }}, true},
		{"twice", []change{replaces(consent.EnteredInError), func(s *intake.Submission) { s.After = nil }}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			found := rules(t).Judge(with(t, test.changes...))
			if got := intake.Refused(found); got != test.refused {
				t.Errorf("refused is %v: %v", got, codes(found))
			}
		})
	}
}
