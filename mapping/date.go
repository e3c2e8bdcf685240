package mapping

import (
	"errors"
	"sync"
	"time"
)

// ErrDate and its fellows say that a string is not the FHIR type asked for
// (https://hl7.org/fhir/R4/datatypes.html#dateTime). They do not repeat the string.
var (
	ErrDate     = errors.New("this is not a date that exists: write YYYY, YYYY-MM or YYYY-MM-DD, such as 2024-02-29")
	ErrDateTime = errors.New("this is not a date or time that exists: write YYYY, YYYY-MM, YYYY-MM-DD, or a date with " +
		"seconds and a time zone, such as 2024-02-29T12:00:00+02:00")
	ErrInstant = errors.New("this is not an instant: write a date with seconds and a time zone, such as 2024-02-29T12:00:00+02:00")
)

// Zone is the time zone of Finland, Europe/Helsinki, in which a date without a
// time begins and ends. The program carries the time zone data in itself
// (package main imports time/tzdata); without any the zone can't be known, and
// since a wrong one could put a denial in force hours late, Zone panics: the
// program is to call it once as it starts.
var Zone = sync.OnceValue(func() *time.Location {
	zone, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		panic("mapping: the time zone data of Europe/Helsinki is missing: " + err.Error())
	}
	return zone
})

// Precision is how exactly a FHIR date or dateTime was given.
type Precision uint8

// The precisions. The zero value is that of no date at all.
const (
	Year Precision = iota + 1
	Month
	Day
	Instant
)

// Date is a FHIR date, dateTime or instant as it was given: a stretch of time
// as long as its precision. The zero Date is none.
type Date struct {
	// Start is the first instant: for a date without a time the start of that
	// day, month or year in Europe/Helsinki (mapping.md §1).
	Start time.Time
	// Precision tells how long the stretch is.
	Precision Precision
}

// End is the first instant after the stretch: it includes the whole last day.
// An instant is a point, and ends as it starts.
func (d Date) End() time.Time {
	switch d.Precision {
	case Year:
		return d.Start.AddDate(1, 0, 0)
	case Month:
		return d.Start.AddDate(0, 1, 0)
	case Day:
		return d.Start.AddDate(0, 0, 1)
	}
	return d.Start
}

// IsZero tells whether there is no date.
func (d Date) IsZero() bool { return d.Precision == 0 }

// ParseDate reads a FHIR date. The error is [ErrDate].
func ParseDate(s string) (Date, error) {
	d, ok := parseDay(s)
	if !ok {
		return Date{}, ErrDate
	}
	return d, nil
}

// ParseDateTime reads a FHIR dateTime: a date of any precision, or a date with
// hours, minutes, seconds and a time zone, all of them
// (https://hl7.org/fhir/R4/datatypes.html#dateTime). The error is [ErrDateTime].
func ParseDateTime(s string) (Date, error) {
	if len(s) <= len("2024-02-29") {
		if d, ok := parseDay(s); ok {
			return d, nil
		}
		return Date{}, ErrDateTime
	}
	start, ok := parseInstant(s)
	if !ok {
		return Date{}, ErrDateTime
	}
	return Date{start, Instant}, nil
}

// ParseInstant reads a FHIR instant. The error is [ErrInstant].
func ParseInstant(s string) (time.Time, error) {
	start, ok := parseInstant(s)
	if !ok {
		return time.Time{}, ErrInstant
	}
	return start, nil
}

func parseDay(s string) (Date, bool) {
	year, month, day := 0, 1, 1
	precision, ok := Year, true
	switch len(s) {
	case 10:
		day, ok = digits(s[8:])
		precision, ok = Day, ok && s[7] == '-'
		if !ok {
			return Date{}, false
		}
		fallthrough
	case 7:
		month, ok = digits(s[5:7])
		precision, ok = max(precision, Month), ok && s[4] == '-'
		if !ok {
			return Date{}, false
		}
		fallthrough
	case 4:
		year, ok = digits(s[:4])
	default:
		return Date{}, false
	}
	if !ok || year == 0 || !realDay(year, month, day) {
		return Date{}, false
	}
	return Date{time.Date(year, time.Month(month), day, 0, 0, 0, 0, Zone()), precision}, true
}

// parseInstant reads YYYY-MM-DDThh:mm:ss, an optional fraction, and a zone. A
// second 60 (a leap second) is the first of the next minute. What would be
// outside the years 1 to 9999 in UTC is refused, since it could not be written
// again, and so is their first instant, which stands for "no time" in Go.
func parseInstant(s string) (time.Time, bool) {
	const seconds = len("2024-02-29T12:00:00")
	if len(s) <= seconds || s[4] != '-' || s[7] != '-' || s[10] != 'T' || s[13] != ':' || s[16] != ':' {
		return time.Time{}, false
	}
	var parts [6]int
	for i, at := range [...][2]int{{0, 4}, {5, 7}, {8, 10}, {11, 13}, {14, 16}, {17, 19}} {
		n, ok := digits(s[at[0]:at[1]])
		if !ok {
			return time.Time{}, false
		}
		parts[i] = n
	}
	if parts[0] == 0 || !realDay(parts[0], parts[1], parts[2]) || parts[3] > 23 || parts[4] > 59 || parts[5] > 60 {
		return time.Time{}, false
	}
	nanoseconds, rest, ok := fraction(s[seconds:])
	if !ok {
		return time.Time{}, false
	}
	offset, ok := zoneOffset(rest)
	if !ok {
		return time.Time{}, false
	}
	at := time.Date(parts[0], time.Month(parts[1]), parts[2], parts[3], parts[4], parts[5], nanoseconds, time.UTC).Add(-offset)
	return at, !at.IsZero() && at.Year() > 0 && at.Year() < 10_000
}

// fraction reads .123 at the head of s, if it is there, and gives what follows.
// More than nine digits are cut: time has no finer grain here.
func fraction(s string) (nanoseconds int, rest string, ok bool) {
	if s[0] != '.' {
		return 0, s, true
	}
	end, unit := 1, 100_000_000
	for ; end < len(s) && s[end] >= '0' && s[end] <= '9'; end++ {
		nanoseconds += int(s[end]-'0') * unit
		unit /= 10
	}
	return nanoseconds, s[end:], end > 1
}

// zoneOffset reads Z or +hh:mm, up to 14:00.
func zoneOffset(s string) (time.Duration, bool) {
	if s == "Z" {
		return 0, true
	}
	if len(s) != len("+02:00") || s[3] != ':' || (s[0] != '+' && s[0] != '-') {
		return 0, false
	}
	hours, isHours := digits(s[1:3])
	minutes, isMinutes := digits(s[4:])
	if !isHours || !isMinutes || minutes > 59 || hours > 14 || (hours == 14 && minutes > 0) {
		return 0, false
	}
	offset := time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute
	if s[0] == '-' {
		offset = -offset
	}
	return offset, true
}
