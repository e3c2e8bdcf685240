package consent

import "time"

// Period is a half-open stretch of time, From <= t < Until. A zero bound is
// open; the zero Period is no bound at all.
type Period struct {
	From, Until time.Time
}

// IsZero reports whether neither end is bound.
func (p Period) IsZero() bool { return p.From.IsZero() && p.Until.IsZero() }

// Contains reports whether an instant is in the period.
func (p Period) Contains(t time.Time) bool {
	return !t.Before(p.From) && (p.Until.IsZero() || t.Before(p.Until))
}

// Covers reports whether the whole of another period is in this one. An open
// end is covered only by an open end.
func (p Period) Covers(other Period) bool {
	if !p.From.IsZero() && (other.From.IsZero() || other.From.Before(p.From)) {
		return false
	}
	return p.Until.IsZero() || !other.Until.IsZero() && !other.Until.After(p.Until)
}

// RecipientGroup is a set of recipients that a consent may name as a whole.
type RecipientGroup uint8

// The groups of recipients. GroupPublic is all counties (hyvinvointialueet),
// the City of Helsinki and HUS, decree 457/2024 section 25.
const (
	NoGroup RecipientGroup = iota
	GroupPublic
	groupCount
)

var groupCodes = [groupCount]string{GroupPublic: "public"}

// String gives the code of the group, or "" for none.
func (g RecipientGroup) String() string { return CodeOf(groupCodes[:], g) }

// ParseRecipientGroup reads a code; false when no group has it.
func ParseRecipientGroup(code string) (RecipientGroup, bool) {
	return ParseCode[RecipientGroup](groupCodes[:], code)
}

// Recipient is who may receive: one organisation, or a group.
type Recipient struct {
	Organisation Identifier
	Group        RecipientGroup
}

// Grant is one part of a cross-sector consent: these recipients may have this
// data. A grant without recipients or without data covers nothing, because
// 703/2023 section 53(2)-(3) has the client specify both.
type Grant struct {
	Recipients []Recipient
	// Data is what may be shared: categories of patient data (summary,
	// events, statements), or service tasks (palvelutehtävät).
	Data []Coding
	// Recorded bounds when the data was recorded (rules Q25), not the time
	// the consent is in force.
	Recorded Period
}
