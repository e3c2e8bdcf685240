package mapping_test

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tahto/mapping"
)

func TestDatesAreStretchesOfFinnishTime(t *testing.T) {
	for _, test := range []struct {
		text       string
		precision  mapping.Precision
		start, end string
	}{
		{"2024", mapping.Year, "2023-12-31T22:00:00Z", "2024-12-31T22:00:00Z"},
		{"2024-02", mapping.Month, "2024-01-31T22:00:00Z", "2024-02-29T22:00:00Z"},
		{"2024-06-15", mapping.Day, "2024-06-14T21:00:00Z", "2024-06-15T21:00:00Z"},
		{"2024-03-31", mapping.Day, "2024-03-30T22:00:00Z", "2024-03-31T21:00:00Z"},
		{"2024-10-27", mapping.Day, "2024-10-26T21:00:00Z", "2024-10-27T22:00:00Z"},
		{"2024-12-31", mapping.Day, "2024-12-30T22:00:00Z", "2024-12-31T22:00:00Z"},
		{"2024-02-29T12:00:00Z", mapping.Instant, "2024-02-29T12:00:00Z", "2024-02-29T12:00:00Z"},
		{"2024-02-29T00:30:00+02:00", mapping.Instant, "2024-02-28T22:30:00Z", "2024-02-28T22:30:00Z"},
		{"2024-02-29T12:00:00.125-03:30", mapping.Instant, "2024-02-29T15:30:00.125Z", "2024-02-29T15:30:00.125Z"},
		{"2016-12-31T23:59:60Z", mapping.Instant, "2017-01-01T00:00:00Z", "2017-01-01T00:00:00Z"},
		{"2024-02-29T12:00:00+14:00", mapping.Instant, "2024-02-28T22:00:00Z", "2024-02-28T22:00:00Z"},
		{"2024-02-29T12:00:00.1234567891Z", mapping.Instant, "2024-02-29T12:00:00.123456789Z", "2024-02-29T12:00:00.123456789Z"},
	} {
		t.Run(test.text, func(t *testing.T) {
			got, err := mapping.ParseDateTime(test.text)
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
		if got, err := mapping.ParseDateTime(text); !errors.Is(err, mapping.ErrDateTime) || !got.IsZero() {
			t.Errorf("%q: got %v %v, want refused", text, got, err)
		}
		if _, err := mapping.ParseInstant(text); !errors.Is(err, mapping.ErrInstant) {
			t.Errorf("%q as an instant: got %v, want refused", text, err)
		}
		if got, err := mapping.ParseDate(text); !errors.Is(err, mapping.ErrDate) {
			t.Errorf("%q as a date: got %v %v, want refused", text, got, err)
		}
	}
	if _, err := mapping.ParseInstant("2024-01-01"); err == nil {
		t.Error("a day is taken for an instant")
	}
	if _, err := mapping.ParseDate("2024-01-01T12:00:00Z"); err == nil {
		t.Error("an instant is taken for a date")
	}
}

func TestInstantsAreReadAsGoReadsThem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		zone := time.FixedZone("", 60*rapid.IntRange(-14*60, 14*60).Draw(t, "zone"))
		want := time.Unix(rapid.Int64Range(-62000000000, 253000000000).Draw(t, "second"),
			rapid.Int64Range(0, 999999999).Draw(t, "nanosecond")).In(zone)
		got, err := mapping.ParseInstant(want.Format(time.RFC3339Nano))
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
		got, err := mapping.ParseDateTime(text)
		if err == nil && (got.Start.IsZero() || got.End().Before(got.Start)) {
			t.Errorf("%q: got %v to %v", text, got.Start, got.End())
		}
	})
}
