package decision_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"tahto/mapping/consent"
	"tahto/mapping/decision"
)

// TestCalendarEdges asks the same on the last instant before a day and on its
// first.
func TestCalendarEdges(t *testing.T) {
	v10, v11, v20 := informed(t, "1.0", "2021-11-01"), informed(t, "1.1", "2022-01-01"), informed(t, "2.0", "2023-11-30")
	all := func(s ...consent.Statement) []consent.Statement { return s }
	summary := held(t, "A", "patient", func(i *decision.Item) { i.Category = category("summary") })
	cross := grants(t, consent.ConsentHealthToSocial, consent.Recipient{Group: consent.GroupPublic}, category("summary"))
	paper := by(decision.Other)
	tests := []struct {
		name           string
		day            string
		request        decision.Request
		item           *decision.Item
		statements     []consent.Statement
		before, onward decision.Reason
	}{
		{"Uusimaa right begins", "2022-07-10", asks(t, "HUS", "patient"), held(t, "U1", "patient"), all(v11), decision.ReasonNoConsent, decision.ReasonUusimaaInformation},
		{"social data through Kanta", "2023-01-01", asks(t, "B", "social"), held(t, "A", "social"), all(v10, given(t, consent.ConsentSocial, "2022-05-01")), decision.ReasonSharingNotAvailableViaKanta, decision.ReasonConsent},
		{"consents outside Kanta", "2024-01-01", asks(t, "B", "patient", paper), held(t, "A", "patient"), all(v20, given(t, consent.ConsentHealth, "2023-12-01")), decision.ReasonConsentDoesNotCoverChannel, decision.ReasonConsent},
		{"agreed provider", "2024-07-01", asks(t, "B", "patient", paper, when(decision.AgreedWithPatient)), held(t, "A", "patient"), nil, decision.ReasonNoConsent, decision.ReasonAgreedCareProvider},
		{"across the sectors through Kanta", "2027-03-01", asks(t, "B", "social"), summary, all(v20, cross), decision.ReasonCrossSectorNotAvailableViaKanta, decision.ReasonCrossSectorConsent},
		{"prescriptions for social providers", "2027-11-01", asks(t, "A", "social"), prescribed(t), nil, decision.ReasonSharingNotAvailableViaKanta, decision.ReasonPrescriptionCareSituation},
		{"a consent begins", "2025-02-01", asks(t, "B", "patient"), held(t, "A", "patient"), all(v20, given(t, consent.ConsentHealth, "2025-02-01")), decision.ReasonConsentNotYetEffective, decision.ReasonConsent},
		{"a consent ends", "2025-03-01", asks(t, "B", "patient"), held(t, "A", "patient"), all(v20, declared(t, consent.ConsentHealth, "2024-02-01", "2025-03-01")), decision.ReasonConsent, decision.ReasonConsentWithdrawn},
		{"42 months are over the day after", "2025-06-16", asks(t, "PH", ""), prescribed(t, func(i *decision.Item) { i.Recorded = wholeDay(t, "2021-12-15") }), nil, decision.ReasonPrescriptionPharmacyRequest, decision.ReasonPrescriptionTooOld},
		{"42 months end with a short month", "2025-03-01", asks(t, "PH", ""), prescribed(t, func(i *decision.Item) { i.Recorded = wholeDay(t, "2021-08-31") }), nil, decision.ReasonPrescriptionPharmacyRequest, decision.ReasonPrescriptionTooOld},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.request.At = day(t, tt.day).Add(-1)
			if got := decide(tt.request, tt.statements, tt.item); got.Reason != tt.before {
				t.Errorf("before: got %v (%s), want %v", got.Reason, got.Rule, tt.before)
			}
			tt.request.At = day(t, tt.day)
			if got := decide(tt.request, tt.statements, tt.item); got.Reason != tt.onward {
				t.Errorf("from the day on: got %v (%s), want %v", got.Reason, got.Rule, tt.onward)
			}
		})
	}
}

// TestDeclaredOnTheEdge varies when a consent was given.
func TestDeclaredOnTheEdge(t *testing.T) {
	tests := []struct {
		name           string
		day            string
		request        decision.Request
		statements     []consent.Statement
		before, onward decision.Reason
	}{
		{"consents carried over", "2021-11-01", asks(t, "B", "patient"), nil, decision.ReasonConsent, decision.ReasonConsentWithoutInformation},
		{"text of November 2023", "2023-11-30", asks(t, "B", "patient", by(decision.Other)), []consent.Statement{informed(t, "1.1", "2022-01-01")}, decision.ReasonConsentDoesNotCoverChannel, decision.ReasonConsent},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := given(t, consent.ConsentHealth, "2020-01-01")
			for instant, want := range map[time.Time]decision.Reason{day(t, tt.day).Add(-1): tt.before, day(t, tt.day): tt.onward} {
				s.Declared = instant
				if got := decide(tt.request, append(tt.statements, s), held(t, "A", "patient")); got.Reason != want {
					t.Errorf("given %v: got %v, want %v", instant, got.Reason, want)
				}
			}
		})
	}
}

func TestUusimaaRightEndsWhenTheSettingSaysSo(t *testing.T) {
	strict := decision.Setting{Directory: setting.Directory, UusimaaUntil: decision.UusimaaFixedUntil}
	statements := []consent.Statement{informed(t, "2.0", "2024-01-10")}
	item := held(t, "U1", "patient")
	tests := []struct {
		name        string
		setting     decision.Setting
		request     decision.Request
		want        decision.Reason
		unconfirmed bool
	}{
		{"no end, 2025", setting, asks(t, "HUS", "patient", justBefore(t, "2026-01-01")), decision.ReasonUusimaaInformation, false},
		{"no end, 2026", setting, asks(t, "HUS", "patient", at(t, "2026-01-01")), decision.ReasonUusimaaInformation, true},
		{"strict, 2025", strict, asks(t, "HUS", "patient", justBefore(t, "2026-01-01")), decision.ReasonUusimaaInformation, false},
		{"strict, 2026", strict, asks(t, "HUS", "patient", at(t, "2026-01-01")), decision.ReasonNoConsent, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := tt.setting.Decide(tt.request, statements, item)
			if got.Reason != tt.want || got.Unconfirmed != tt.unconfirmed {
				t.Errorf("got %v, unconfirmed %v, want %v, %v", got.Reason, got.Unconfirmed, tt.want, tt.unconfirmed)
			}
		})
	}
}

func TestCalendarIsInFinnishTime(t *testing.T) {
	days := map[string]time.Time{
		"2021-11-01": decision.ConsentsCarriedOver, "2022-07-10": decision.UusimaaFrom, "2026-01-01": decision.UusimaaFixedUntil,
		"2023-01-01": decision.CountiesStart, "2023-11-30": decision.ConsentTextRenewed, "2024-01-01": decision.OtherChannelsFrom,
		"2024-07-01": decision.AgreedProviderFrom, "2027-03-01": decision.CrossSectorViaKantaFrom, "2027-11-01": decision.SocialPrescriptionsFrom,
	}
	for date, got := range days {
		if want := day(t, date); !got.Equal(want) {
			t.Errorf("%s: got %v, want %v", date, got, want)
		}
	}
}

func TestDaysAreThoseOfTheZone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		year, n := rapid.IntRange(1997, 2090).Draw(t, "year"), rapid.IntRange(1, 366).Draw(t, "day of the year")
		want := time.Date(year, 1, n, 0, 0, 0, 0, helsinki)
		got := decision.Day(want.Year(), want.Month(), want.Day())
		if !got.From.Equal(want) || !got.Until.Equal(want.AddDate(0, 0, 1)) {
			t.Fatalf("got %v, want the day of %v", got, want)
		}
	})
}

// TestSameDayIsTheFinnishDay pins the day a consent and its information share:
// evenings in universal time belong to the next day.
func TestSameDayIsTheFinnishDay(t *testing.T) {
	tests := []struct {
		name              string
		consent, received string
		want              decision.Reason
	}{
		{"same day in Finland, other in universal time", "2024-07-01T21:30:00Z", "2024-07-02T20:59:59Z", decision.ReasonConsent},
		{"next day in Finland, same in universal time", "2024-07-01T20:30:00Z", "2024-07-01T21:00:00Z", decision.ReasonConsentWithoutInformation},
		{"day summer time ends", "2024-10-26T21:00:00Z", "2024-10-27T21:59:59Z", decision.ReasonConsent},
		{"after the day summer time ends", "2024-10-26T21:00:00Z", "2024-10-27T22:00:00Z", decision.ReasonConsentWithoutInformation},
		{"day summer time begins", "2024-03-30T22:00:00Z", "2024-03-31T20:59:59Z", decision.ReasonConsent},
		{"after the day summer time begins", "2024-03-30T22:00:00Z", "2024-03-31T21:00:00Z", decision.ReasonConsentWithoutInformation},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, i := given(t, consent.ConsentHealth, "2024-01-01"), informed(t, "2.0", "2024-01-01")
			c.From, c.Declared = instant(t, tt.consent), instant(t, tt.consent)
			i.From, i.Declared = instant(t, tt.received), instant(t, tt.received)
			if got := decide(asks(t, "B", "patient"), []consent.Statement{c, i}, held(t, "A", "patient")); got.Reason != tt.want {
				t.Errorf("got %v, want %v", got.Reason, tt.want)
			}
		})
	}
}

func instant(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}
