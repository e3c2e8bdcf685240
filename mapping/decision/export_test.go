package decision

import (
	"time"

	"tahto/mapping/consent"
)

// What only tests look at: a Directory from outside, and days by their number.

// Len is the number of organisations listed.
func (d Directory) Len() int { return len(d.listed) }

// Lookup tells what is known of an organisation.
func (d Directory) Lookup(id consent.Identifier) Organisation {
	o := d.find(id).known.Organisation
	o.Identifier = id
	return o
}

// Successor is who keeps the organisation's files since the mergers: itself
// unless it was merged.
func (d Directory) Successor(id consent.Identifier) Organisation {
	return d.Lookup((&Hearing{directory: d}).keeper(id).id)
}

// Day is the period of one day in Finland.
func Day(year int, month time.Month, day int) consent.Period {
	return consent.Period{From: midnight(year, month, day), Until: midnight(year, month, day+1)}
}
