package fhir_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tahto/fhir"
)

func TestDatesAreStretchesOfFinnishTime(t *testing.T) {
	for _, test := range []struct {
		text       string
		precision  fhir.Precision
		start, end string
	}{
		{"2024", fhir.ToYear, "2023-12-31T22:00:00Z", "2024-12-31T22:00:00Z"},
		{"2024-02", fhir.ToMonth, "2024-01-31T22:00:00Z", "2024-02-29T22:00:00Z"},
		{"2024-06-15", fhir.ToDay, "2024-06-14T21:00:00Z", "2024-06-15T21:00:00Z"},
		{"2024-03-31", fhir.ToDay, "2024-03-30T22:00:00Z", "2024-03-31T21:00:00Z"},
		{"2024-10-27", fhir.ToDay, "2024-10-26T21:00:00Z", "2024-10-27T22:00:00Z"},
		{"2024-12-31", fhir.ToDay, "2024-12-30T22:00:00Z", "2024-12-31T22:00:00Z"},
		{"2024-02-29T12:00:00Z", fhir.ToSecond, "2024-02-29T12:00:00Z", "2024-02-29T12:00:00Z"},
		{"2024-02-29T00:30:00+02:00", fhir.ToSecond, "2024-02-28T22:30:00Z", "2024-02-28T22:30:00Z"},
		{"2024-02-29T12:00:00.125-03:30", fhir.ToFraction, "2024-02-29T15:30:00.125Z", "2024-02-29T15:30:00.125Z"},
		{"2016-12-31T23:59:60Z", fhir.ToSecond, "2017-01-01T00:00:00Z", "2017-01-01T00:00:00Z"},
		{"2024-02-29T12:00:00+14:00", fhir.ToSecond, "2024-02-28T22:00:00Z", "2024-02-28T22:00:00Z"},
		{"2024-02-29T12:00:00.1234567891Z", fhir.ToFraction, "2024-02-29T12:00:00.123456789Z", "2024-02-29T12:00:00.123456789Z"},
	} {
		t.Run(test.text, func(t *testing.T) {
			got, err := fhir.ParseDateTime(test.text)
			if err != nil {
				t.Fatal(err)
			}
			start, end := got.Start.UTC().Format(time.RFC3339Nano), got.End().UTC().Format(time.RFC3339Nano)
			if got.Precision != test.precision || start != test.start || end != test.end || got.IsZero() {
				t.Errorf("got %v from %s to %s, want %v from %s to %s", got.Precision, start, end, test.precision, test.start, test.end)
			}
		})
	}
}

func TestDatesThatDoNotExistAreRefused(t *testing.T) {
	for _, text := range []string{
		"", "2023-02-29", "1900-02-29", "2024-13", "2024-00", "2024-04-31", "2024-01-00", "0000", "0000-01-01", "24", "20240101",
		"2024-1-1", "2024-01-1", "2024/01/01", "2024-01-01 ", " 2024", "2024-", "2024-01-", "+024-01-01", "٢٠٢٤",
		"2024-01-01T", "2024-01-01T12", "2024-01-01T12:00Z", "2024-01-01T12:00:00", "2024-01-01 12:00:00Z",
		"2024-01-01T24:00:00Z", "2024-01-01T12:60:00Z", "2024-01-01T12:00:61Z", "2024-01-01T12:00:00.Z", "2024-01-01T12:00:00,5Z",
		"2024-01-01T12:00:00z", "2024-01-01t12:00:00Z", "2024-01-01T12:00:00+2", "2024-01-01T12:00:00+0200",
		"2024-01-01T12:00:00+15:00", "2024-01-01T12:00:00+14:01", "2024-01-01T12:00:00+02:60", "2024-01-01T12:00:00ZZ",
		"2023-02-29T12:00:00Z", "10000-01-01", "2024-01-01T12:00:00+02:00:00",
		"0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00",
	} {
		if got, err := fhir.ParseDateTime(text); !errors.Is(err, fhir.ErrDateTime) || !got.IsZero() {
			t.Errorf("%q: got %v %v, want refused", text, got, err)
		}
		if _, err := fhir.ParseInstant(text); !errors.Is(err, fhir.ErrInstant) {
			t.Errorf("%q as an instant: got %v, want refused", text, err)
		}
		if got, err := fhir.ParseDate(text); !errors.Is(err, fhir.ErrDate) {
			t.Errorf("%q as a date: got %v %v, want refused", text, got, err)
		}
	}
	if _, err := fhir.ParseInstant("2024-01-01"); err == nil {
		t.Error("a day is taken for an instant")
	}
	if _, err := fhir.ParseDate("2024-01-01T12:00:00Z"); err == nil {
		t.Error("an instant is taken for a date")
	}
}

func TestInstantsAreReadAsGoReadsThem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		zone := time.FixedZone("", 60*rapid.IntRange(-14*60, 14*60).Draw(t, "zone"))
		want := time.Unix(rapid.Int64Range(-62000000000, 253000000000).Draw(t, "second"),
			rapid.Int64Range(0, 999999999).Draw(t, "nanosecond")).In(zone)
		got, err := fhir.ParseInstant(want.Format(time.RFC3339Nano))
		if err != nil || !got.Equal(want) {
			t.Fatalf("%s: got %v %v", want.Format(time.RFC3339Nano), got, err)
		}
	})
}

func FuzzParseDateTime(f *testing.F) {
	for _, seed := range []string{"2024", "2024-02-29", "2024-02-29T12:00:00.5+02:00", "2016-12-31T23:59:60Z"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := fhir.ParseDateTime(text)
		if err == nil && (got.Start.IsZero() || got.End().Before(got.Start)) {
			t.Errorf("%q: got %v to %v", text, got.Start, got.End())
		}
	})
}

func TestLooseDatesMayLeaveSecondsAndZoneOut(t *testing.T) {
	for _, test := range []struct {
		text, start, end string
		precision        fhir.Precision
	}{
		{"2024-06-15T12:00", "2024-06-15T09:00:00Z", "2024-06-15T09:01:00Z", fhir.ToMinute},
		{"2024-06-15T12:00Z", "2024-06-15T12:00:00Z", "2024-06-15T12:01:00Z", fhir.ToMinute},
		{"2024-01-15T12:00:00", "2024-01-15T10:00:00Z", "2024-01-15T10:00:01Z", fhir.ToSecond},
		{"2024-01-15T12:00:00.25", "2024-01-15T10:00:00.25Z", "2024-01-15T10:00:00.26Z", fhir.ToFraction},
		{"2024-01-15T12:00:00.12345678Z", "2024-01-15T12:00:00.12345678Z", "2024-01-15T12:00:00.12345778Z", fhir.ToFraction},
		{"2024-03-31", "2024-03-30T22:00:00Z", "2024-03-31T21:00:00Z", fhir.ToDay},
		{"1921-05-01", "1921-04-30T22:20:11Z", "1921-05-01T22:00:00Z", fhir.ToDay},
		{"2024", "2023-12-31T22:00:00Z", "2024-12-31T22:00:00Z", fhir.ToYear},
	} {
		t.Run(test.text, func(t *testing.T) {
			got, err := fhir.ParseLoose(test.text)
			if err != nil {
				t.Fatal(err)
			}
			start, end := got.Start.UTC().Format(time.RFC3339Nano), got.Shifted(1).UTC().Format(time.RFC3339Nano)
			if got.Precision != test.precision || start != test.start || end != test.end {
				t.Errorf("got %v from %s to %s, want %v from %s to %s", got.Precision, start, end, test.precision, test.start, test.end)
			}
			if back := got.Shifted(-1); !back.Before(got.Start) {
				t.Errorf("the stretch before starts at %v", back)
			}
		})
	}
}

func TestLooseDatesTellWhatIsWrong(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"", "write YYYY"}, {"2024-01-15T12", "write YYYY"}, {"2024-01-15 12:00", "write YYYY"}, {"2024-01-15Z", "write YYYY"},
		{"0000", "year"}, {"2024-13", "month"}, {"2023-02-29", "day"}, {"2024-01-15T24:00", "time of day"},
		{"2024-01-15T12:00+14:01", "offset"}, {"2024-01-15T12:00+02:60", "offset"},
	} {
		if got, err := fhir.ParseLoose(test.text); err == nil || !strings.Contains(err.Error(), test.want) || !got.IsZero() {
			t.Errorf("%q: got %v %v, want an error about %q", test.text, got, err, test.want)
		}
	}
}

func TestWhatIsStrictIsLooseAsWell(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[0-2][0-9]{3}(-[01][0-9](-[0-3][0-9](T[0-2][0-9]:[0-5][0-9](:[0-6][0-9](\.[0-9]{1,10})?)?(Z|[+-][01][0-9]:[0-5][0-9])?)?)?)?`).Draw(t, "text")
		strict, err := fhir.ParseDateTime(text)
		if err != nil {
			return
		}
		loose, err := fhir.ParseLoose(text)
		if err != nil || loose != strict {
			t.Fatalf("%s: got %v %v, want %v", text, loose, err, strict)
		}
	})
}

func TestZoneIsThatOfFinland(t *testing.T) {
	zone, err := fhir.Zone()
	if err != nil || zone.String() != "Europe/Helsinki" {
		t.Fatalf("got %v %v", zone, err)
	}
	at := time.Date(2024, 6, 14, 21, 0, 0, 0, time.UTC)
	if got := fhir.InFinland(at); !got.Equal(at) || got.Hour() != 0 || got.Day() != 15 {
		t.Errorf("got %v, want midnight of 15 June", got)
	}
}
