package consent_test

import (
	"testing"
	"time"

	"tahto/mapping/consent"
)

func TestBirthDateIsThatOfTheIdentityCode(t *testing.T) {
	date := func(year int, month time.Month, day int) consent.Date {
		return consent.Date{Year: year, Month: month, Day: day}
	}
	for _, test := range []struct {
		code string
		want consent.Date
	}{
		{"160350-900N", date(1950, time.March, 16)},
		{"010125+9064", date(1825, time.January, 1)},
		{"290208A902F", date(2008, time.February, 29)},
		{"010150Y907L", date(1950, time.January, 1)},
		{"010150X911R", date(1950, time.January, 1)},
		{"010150W912S", date(1950, time.January, 1)},
		{"010150V913T", date(1950, time.January, 1)},
		{"010150U914U", date(1950, time.January, 1)},
		{"150606A9036", date(2006, time.June, 15)},
		{"150606B9047", date(2006, time.June, 15)},
		{"150606C908B", date(2006, time.June, 15)},
		{"150606D909C", date(2006, time.June, 15)},
		{"150606E910D", date(2006, time.June, 15)},
		{"150606F9058", date(2006, time.June, 15)},
		{"290207A9020", consent.Date{}}, // no such day
		{"311150-9000", consent.Date{}},
		{"001250-9000", consent.Date{}},
		{"011350-9000", consent.Date{}},
		{"160350T900N", consent.Date{}},
		{"160350a900N", consent.Date{}},
		{"1603x0-900N", consent.Date{}},
		{"160350-900", consent.Date{}},
		{"160350-900NN", consent.Date{}},
		{"", consent.Date{}},
	} {
		got, known := consent.BirthDate(consent.Identifier{System: consent.IdentitySystem, Value: test.code})
		if known == test.want.IsZero() || known && got != test.want {
			t.Errorf("%q: got %v %v, want %v", test.code, got, known, test.want)
		}
	}
	if _, known := consent.BirthDate(consent.Identifier{System: "urn:x", Value: "160350-900N"}); known {
		t.Error("an identifier of another system has a day of birth")
	}
}

func TestAnniversaryOfALeapDayIsTheFirstOfMarch(t *testing.T) {
	leap := consent.Date{Year: 2008, Month: time.February, Day: 29}
	if got, want := leap.Anniversary(18), (consent.Date{Year: 2026, Month: time.March, Day: 1}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
	if got, want := leap.Anniversary(4), (consent.Date{Year: 2012, Month: time.February, Day: 29}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestDaysAreOrdered(t *testing.T) {
	days := []consent.Date{{}, {2023, 12, 31}, {2024, 1, 1}, {2024, 1, 2}, {2024, 2, 1}, {2025, 1, 1}}
	for i, a := range days {
		for j, b := range days {
			if got := a.Before(b); got != (i < j) {
				t.Errorf("%v before %v is %v", a, b, got)
			}
		}
	}
}
