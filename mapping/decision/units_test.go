package decision_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tahto/mapping/consent"
	"tahto/mapping/decision"
)

// unitsFile has a county with a unit and a part of it, one merged into the
// county, a producer and a provider that has not joined.
const unitsFile = `{"organisations":[
	{"identifier":"urn:a","ownership":"public","kind":"provider","functions":{"social-denials":"2024-09-01","all-health-denials":false}},
	{"identifier":"urn:a1","ownership":"public","kind":"provider","partOf":"urn:a","functions":{"social-denials":true}},
	{"identifier":"urn:a11","ownership":"public","kind":"provider","partOf":"urn:a1","functions":{"social-consents":"2023-06-15"}},
	{"identifier":"urn:m","ownership":"public","kind":"provider","mergedInto":"urn:a"},
	{"identifier":"urn:m1","ownership":"public","kind":"provider","partOf":"urn:m"},
	{"identifier":"urn:s","ownership":"private","kind":"provider","producesFor":["urn:m"]},
	{"identifier":"urn:s1","ownership":"private","kind":"provider","partOf":"urn:s"},
	{"identifier":"urn:p","ownership":"private","kind":"provider","joined":false},
	{"identifier":"urn:p1","ownership":"private","kind":"provider","partOf":"urn:p","joined":true}]}`

func units(t *testing.T) decision.Directory {
	t.Helper()
	d, err := decision.ParseDirectory([]byte(unitsFile))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestControllerOfAUnitIsTheWholeThatStandsForItself(t *testing.T) {
	for unit, want := range map[string]string{
		"urn:a": "urn:a", "urn:a1": "urn:a", "urn:a11": "urn:a", "urn:m": "urn:a", "urn:m1": "urn:a", "urn:s1": "urn:s", "urn:x": "urn:x",
	} {
		if got := units(t).Controller(id(unit)); got != id(want) {
			t.Errorf("%s: got %s, want %s", unit, got.Value, want)
		}
	}
}

func TestUnitsHaveJoinedWhenNothingAboveThemHasNot(t *testing.T) {
	for unit, want := range map[string]bool{"urn:a": true, "urn:a11": true, "urn:p": false, "urn:p1": false, "urn:x": false} {
		if got := units(t).HasJoined(id(unit)); got != want {
			t.Errorf("%s: got %v, want %v", unit, got, want)
		}
	}
}

func TestProducersAreThoseOfTheOrganiserWhateverItBecame(t *testing.T) {
	for _, test := range []struct {
		producer, organiser string
		want                bool
	}{
		{"urn:s", "urn:m", true}, {"urn:s", "urn:a", true}, {"urn:s1", "urn:a11", true},
		{"urn:a", "urn:s", false}, {"urn:s", "urn:p", false}, {"urn:x", "urn:a", false}, {"urn:s", "urn:x", false},
	} {
		if got := units(t).Produces(id(test.producer), id(test.organiser)); got != test.want {
			t.Errorf("%s for %s: got %v", test.producer, test.organiser, got)
		}
	}
}

func TestFunctionsAreThoseOfTheNearestThatTells(t *testing.T) {
	finnish := func(year int, month time.Month, day int) time.Time {
		return decision.StartInFinland(consent.Date{Year: year, Month: month, Day: day})
	}
	for _, test := range []struct {
		unit     string
		function decision.Function
		want     decision.Availability
	}{
		{"urn:a", decision.SocialDenials, decision.Availability{Stated: true, Offered: true, Since: finnish(2024, time.September, 1)}},
		{"urn:a1", decision.SocialDenials, decision.Availability{Stated: true, Offered: true}},
		{"urn:a11", decision.SocialDenials, decision.Availability{Stated: true, Offered: true}},
		{"urn:a11", decision.SocialConsents, decision.Availability{Stated: true, Offered: true, Since: finnish(2023, time.June, 15)}},
		{"urn:a11", decision.AllHealthDenials, decision.Availability{Stated: true}},
		{"urn:a11", decision.PrivateOccupationalDenials, decision.Availability{}},
		{"urn:x", decision.SocialDenials, decision.Availability{}},
		{"urn:a", 200, decision.Availability{}},
	} {
		if diff := cmp.Diff(test.want, units(t).Function(id(test.unit), test.function)); diff != "" {
			t.Errorf("%s: %s", test.unit, diff)
		}
	}
}

func TestAvailabilityFromADay(t *testing.T) {
	at := time.Date(2024, 9, 1, 0, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name      string
		a         decision.Availability
		otherwise time.Time
		want      bool
	}{
		{"not said, usual from then", decision.Availability{}, at, true},
		{"not said, usual later", decision.Availability{}, at.Add(1), false},
		{"said from then", decision.Availability{Stated: true, Offered: true, Since: at}, at.AddDate(1, 0, 0), true},
		{"said from later", decision.Availability{Stated: true, Offered: true, Since: at.Add(1)}, time.Time{}, false},
		{"always", decision.Availability{Stated: true, Offered: true}, at.AddDate(1, 0, 0), true},
		{"never", decision.Availability{Stated: true}, time.Time{}, false},
	} {
		if got := test.a.At(at, test.otherwise); got != test.want {
			t.Errorf("%s: got %v", test.name, got)
		}
	}
}

func TestFindTellsWhoIsListed(t *testing.T) {
	if o, listed := units(t).Find(id("urn:p")); !listed || o.Joined || o.Public {
		t.Errorf("got %+v %v", o, listed)
	}
	if o, listed := units(t).Find(id("urn:x")); listed || o.Joined || o.Identifier != id("urn:x") {
		t.Errorf("got %+v %v", o, listed)
	}
}

func TestDaysInFinland(t *testing.T) {
	for _, test := range []struct {
		at   time.Time
		want consent.Date
	}{
		{time.Date(2024, 6, 14, 20, 59, 59, 0, time.UTC), consent.Date{Year: 2024, Month: 6, Day: 14}},
		{time.Date(2024, 6, 14, 21, 0, 0, 0, time.UTC), consent.Date{Year: 2024, Month: 6, Day: 15}},
		{time.Date(2023, 12, 31, 22, 0, 0, 0, time.UTC), consent.Date{Year: 2024, Month: 1, Day: 1}},
	} {
		if got := decision.DateInFinland(test.at); got != test.want {
			t.Errorf("%v: got %v, want %v", test.at, got, test.want)
		}
		if start := decision.StartInFinland(test.want); start.After(test.at) || !start.Add(24*time.Hour).After(test.at) {
			t.Errorf("%v: the day starts %v", test.at, start)
		}
	}
}
