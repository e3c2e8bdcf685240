// Package consent says what a person has declared about the sharing of their
// social and health care data: the declarations of intent (tahdonilmaisut) of
// Finnish law, in the law's own words and nothing else. It knows no FHIR, no
// storage and no clock, and imports only the standard library.
//
// One [Statement] is one declaration in one version: an information receipt
// (informointi), a consent (luovutuslupa), a denial (luovutuskielto), an
// emergency permission or a testament. Whether it is in force is a question
// with an instant, [Statement.InForce]; what it means for a piece of data is
// the business of package decision.
//
// Every type here is a plain value. Statements are shared between goroutines
// and cached, so nobody changes one, nor what it points at, after making it.
//
// Sources: act 703/2023 (asiakastietolaki) sections 3, 50-60, 68 and 72;
// e-prescription act 61/2007 section 13; decree 457/2024 section 25.
package consent

import "time"

// Identifier names an organisation, a person or a piece of data: a value that
// is unique in its system. Two identifiers are the same when both parts are.
// The zero Identifier names nothing.
type Identifier struct {
	System string // URI of the naming system, e.g. urn:ietf:rfc:3986
	Value  string // the name itself, e.g. urn:oid:1.2.246.10.1
}

// IsZero reports whether the identifier names nothing.
func (i Identifier) IsZero() bool { return i == Identifier{} }

// Coding is a code of a code system, compared by both parts. The zero Coding
// says nothing.
type Coding struct {
	System string // URI of the code system
	Code   string
}

// IsZero reports whether the coding says nothing.
func (c Coding) IsZero() bool { return c == Coding{} }

// Statement is one version of one declaration of intent (tahdonilmaisu). Rare
// parts stand behind pointers, because a server keeps many statements in
// memory. The zero Statement is never in force.
type Statement struct {
	ID      string // logical id of the stored declaration
	Version uint64 // version of it; a decision names both
	Person  Identifier
	// Declared is the instant the person made the declaration, or last
	// updated it. Zero when only From is known.
	Declared time.Time
	// From and Until bound the time in force: From <= t < Until. A zero Until
	// is open: until further notice (toistaiseksi), 703/2023 section 58(1).
	From, Until time.Time
	// Target is what a denial is aimed at; nil is all data of its sector.
	Target *Target
	// Grants are what a cross-sector consent covers, each for itself.
	Grants []Grant
	// Mandate is the Suomi.fi authorisation (valtuutus) acted under, if any.
	Mandate *Mandate
	// Acting is the person who acted on behalf of the client, if any.
	Acting      *ActingPerson
	Information InformationVersion // of an information receipt
	Kind        Kind
	Status      Status
	DeclaredBy  DeclaredBy
	Capacity    Capacity
	// Everything is the explicit "all" of a cross-sector consent: every
	// recipient and all data (rules X-16). Silence is never "all".
	Everything bool
	// Superseded tells that a newer version of the same declaration took its
	// place at Until ([Succession]): it was not withdrawn then.
	Superseded bool
}

// InForce reports whether the declaration has effect at an instant: half-open,
// From <= at < Until (rules section 2.3).
//
// A withdrawn declaration (peruutettu) is in force until its end; without an
// end it never was. That is the safe side for a consent. For a denial it is
// safe too: a withdrawn version exists only once the person has withdrawn, so
// at the instant of any real disclosure the denial is over; only a question
// about the past could be answered more openly, and it discloses nothing.
//
// A declaration with no known beginning has effect only if it is a denial:
// what is not known never opens anything, and never drops a denial.
func (s *Statement) InForce(at time.Time) bool {
	switch s.Status {
	case Active:
	case Withdrawn:
		if s.Until.IsZero() {
			return false
		}
	default:
		return false
	}
	if s.From.IsZero() && !s.Kind.IsDenial() {
		return false
	}
	return !at.Before(s.From) && (s.Until.IsZero() || at.Before(s.Until))
}

// Withdrawn reports whether the declaration was in force once and is over at
// an instant. A withdrawn declaration without an end is over at every instant.
func (s *Statement) Withdrawn(at time.Time) bool {
	if s.Superseded {
		return false
	}
	switch s.Status {
	case Active:
		return !s.Until.IsZero() && !at.Before(s.Until)
	case Withdrawn:
		return s.Until.IsZero() || !at.Before(s.Until)
	default:
		return false
	}
}

// Pending reports whether the declaration will come in force, but only after
// an instant.
func (s *Statement) Pending(at time.Time) bool {
	if s.Status != Active && s.Status != Withdrawn {
		return false
	}
	if s.Status == Withdrawn && s.Until.IsZero() {
		return false
	}
	return at.Before(s.From)
}

// Given is the instant the declaration was made: Declared, or From when that
// is all that is known.
func (s *Statement) Given() time.Time {
	if s.Declared.IsZero() {
		return s.From
	}
	return s.Declared
}

// Mandate is a Suomi.fi authorisation (Suomi.fi-valtuus), 703/2023 section 50.
type Mandate struct {
	Identifier Identifier
	Period     Period
}

// ActingPerson is who acted on behalf of the client: shown to the client, who
// may always know it (703/2023 section 74(3)). Personal data.
type ActingPerson struct {
	Identifier Identifier
	Display    string
}
