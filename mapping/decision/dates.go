package decision

import (
	"time"

	"tahto/mapping/consent"
)

// DateInFinland is the day an instant falls on in Finland.
func DateInFinland(t time.Time) consent.Date {
	year, month, day := t.UTC().Add(offset(t)).Date()
	return consent.Date{Year: year, Month: month, Day: day}
}

// StartInFinland is the instant a day begins in Finland.
func StartInFinland(d consent.Date) time.Time { return midnight(d.Year, d.Month, d.Day) }
