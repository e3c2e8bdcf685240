// Package audit is the record of what was decided and what was changed: the
// use and disclosure log (käyttö- ja luovutusloki) that act 703/2023 sections
// 10 and 70 ask for, as far as this server takes part in it.
//
// An entry is written before the answer leaves: no record, no answer. It names
// persons, since the law asks whose data it was; it is not the program's log,
// which never does, and is to be kept and protected as such.
package audit

import (
	"time"

	"tahto/mapping/consent"
	"tahto/mapping/decision"
)

// Entry is one request that decided or changed something. Exactly one of
// Changes and Decision is there. It is read-only once given to a recorder.
type Entry struct {
	// Time is when it was done.
	Time time.Time
	// RequestID names the request, as the program's log does.
	RequestID string
	// Changes are the resources that were written, in the order of writing.
	Changes []Change
	// Again tells that the changes were made before, and that this request was
	// told what the one that made them was, or was to be.
	Again bool
	// Decision is what was decided; nil if nothing was.
	Decision *Decision
}

// Change is one version that was written.
type Change struct {
	// Method is the interaction: POST, PUT or DELETE.
	Method string
	// Reference is the version, such as Consent/1/_history/2.
	Reference string
}

// Decision is one question and its answers.
type Decision struct {
	// Person is whose data it was about. Personal data.
	Person consent.Identifier
	// Request is what was asked about every item alike, with the instant that
	// the decision is about.
	Request decision.Request
	// Audit tells that the asker saw reasons, rules and declarations.
	Audit bool
	// Items are the pieces of data asked about, in the order of the request;
	// empty if the scope of sharing was asked for.
	Items []Item
	// Scopes are the answers for each sector if no item was asked about.
	Scopes []Scope
	// DenialView is the answer if it was asked whether the list of denials may
	// be seen; nil otherwise.
	DenialView *decision.Decision
}

// Item is the answer about one piece of data.
type Item struct {
	// ID is the asker's name for it.
	ID string
	// Asked is what is known of it; the zero Item if it could not be read.
	Asked decision.Item
	// Decided is the answer, with the true reason.
	Decided decision.Decision
	// Declarations are what the answer rests on, such as Consent/1/_history/2;
	// of very many the first, and More is how many there are beside.
	Declarations []string
	More         int
}

// Scope is the answer about one sector.
type Scope struct {
	Sector       decision.Sector
	Decided      decision.Decision
	Declarations []string // as of an Item
	More         int
}
