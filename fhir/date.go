package fhir

import (
	"errors"
	"fmt"
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

var finland = sync.OnceValues(func() (*time.Location, error) {
	zone, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		return nil, fmt.Errorf("fhir: no time zone data: %w", err)
	}
	return zone, nil
})

// Zone is the time zone of Finland, Europe/Helsinki, in which a date without a
// time begins and ends: a declaration dated 1 May begins at midnight there. The
// error says that neither the machine nor the program (import time/tzdata) has
// time zone data. The program is to ask as it starts and to stop then: without
// a zone no date can be read, since a wrong one could put a denial in force
// hours late, and reading one panics.
func Zone() (*time.Location, error) { return finland() }

// InFinland is the same instant on a Finnish clock. It panics if [Zone] fails.
func InFinland(t time.Time) time.Time { return t.In(mustZone()) }

func mustZone() *time.Location {
	zone, err := finland()
	if err != nil {
		panic(err)
	}
	return zone
}

// Precision is how exactly a date was given.
type Precision uint8

// The precisions. The zero value is that of no date at all.
const (
	ToYear Precision = iota + 1
	ToMonth
	ToDay
	ToMinute // only where a search leaves the seconds out
	ToSecond
	ToFraction // of a second
)

// Date is a FHIR date, dateTime or instant as it was given: a stretch of time
// as long as its precision. The zero Date is none. It is a plain value.
type Date struct {
	// Start is the first instant: for a date without a time the start of that
	// day, month or year in Finland ([Zone]).
	Start time.Time
	// Precision tells how long the stretch is.
	Precision Precision

	step time.Duration // the length of the stretch, if it has a time
}

// IsZero tells whether there is no date.
func (d Date) IsZero() bool { return d.Precision == 0 }

// HasTime tells whether the date has a time of day, and so stands for a point
// in time wherever its length does not matter.
func (d Date) HasTime() bool { return d.Precision >= ToMinute }

// End is the first instant after the stretch: it includes the whole last day.
// A date with a time is taken as a point, which ends as it starts.
func (d Date) End() time.Time {
	if d.HasTime() {
		return d.Start
	}
	return d.Shifted(1)
}

// Shifted is where the stretch n of its own length later starts: of a month,
// that of a month later. Shifted(1) is where the stretch ends, also for a date
// with a time, whose stretch is a minute, a second or a fraction of it, but no
// less than a microsecond. The day on which summer time begins has 23 hours.
func (d Date) Shifted(n int) time.Time {
	if d.HasTime() {
		return d.Start.Add(time.Duration(n) * d.step)
	}
	// At noon no clock was ever changed; at midnight in 1921 it was.
	year, month, day := d.Start.Add(12 * time.Hour).Date()
	switch d.Precision {
	case ToYear:
		year += n
	case ToMonth:
		month += time.Month(n)
	case ToDay:
		day += n
	}
	return time.Date(year, month, day, 0, 0, 0, 0, d.Start.Location())
}

// ParseDate reads a FHIR date. The error is [ErrDate].
func ParseDate(text string) (Date, error) {
	d, err := readDate(text)
	if err != nil || d.date.HasTime() {
		return Date{}, ErrDate
	}
	return d.date, nil
}

// ParseDateTime reads a FHIR dateTime: a date of any precision, or a date with
// hours, minutes, seconds and a time zone, all of them
// (https://hl7.org/fhir/R4/datatypes.html#dateTime). A time that is outside the
// years 1 to 9999 in UTC is refused, since it could not be written again, and
// so is their first instant, which stands for "no time" in Go. The error is
// [ErrDateTime].
func ParseDateTime(text string) (Date, error) {
	d, err := readDate(text)
	if err != nil || d.date.HasTime() && !d.isInstant() {
		return Date{}, ErrDateTime
	}
	return d.date, nil
}

// ParseInstant reads a FHIR instant, with the bounds of [ParseDateTime]. The
// error is [ErrInstant].
func ParseInstant(text string) (time.Time, error) {
	d, err := readDate(text)
	if err != nil || !d.isInstant() {
		return time.Time{}, ErrInstant
	}
	return d.date.Start, nil
}

// ParseLoose reads a dateTime or instant as a search may give one: with a time,
// the seconds and the zone can be left out
// (https://hl7.org/fhir/R4/search.html#date), and a time without a zone is
// Finnish. The error is the end of a sentence about what is wrong.
func ParseLoose(text string) (Date, error) {
	d, err := readDate(text)
	if err != nil {
		return Date{}, err
	}
	return d.date, nil
}
