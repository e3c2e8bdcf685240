package intake

import (
	"slices"
	"time"

	"tahto/mapping/consent"
	"tahto/mapping/decision"
)

// Recorder is who recorded a declaration, which tells where it was made: a
// professional at a service (käynti palvelussa), or a representative or the
// client in MyKanta (OmaKanta). The zero Recorder is nobody.
type Recorder uint8

// The recorders.
const (
	NotRecorded    Recorder = iota
	Professional            // ammattihenkilö, for a service unit: in person
	Representative          // huoltaja, laillinen edustaja or valtuutettu, in MyKanta
	Client                  // asiakas, in MyKanta
)

// Recording is what the Provenance of a declaration says: who recorded it, for
// which service unit (palveluyksikkö, of a professional only), and when.
type Recording struct {
	Recorder Recorder
	Unit     consent.Identifier
	At       time.Time
	// Person is who acted in MyKanta, by the personal identity code; zero if
	// it does not say, and of a professional.
	Person consent.Identifier
}

// Submission is a declaration that somebody asks to have stored, and what the
// law needs to know to judge it. The zero Submission is refused.
type Submission struct {
	// Before is the stored version that is replaced; nil if it is new. Of one
	// that was deleted, that is annulled, it is the last version with the
	// status EnteredInError, so that it does not come back.
	Before *consent.Statement
	// After is what is to be stored; nil when it is to be deleted.
	After *consent.Statement
	// Recording is what the Provenance says; nil if none came.
	Recording *Recording
	// Others are the person's other declarations as they will stand when the
	// transaction is done, without this one.
	Others []consent.Statement
	Now    time.Time
}

// Severity is how much a finding weighs. The zero Severity refuses.
type Severity uint8

// The severities.
const (
	Refuse Severity = iota // nothing is stored
	Warn                   // it is stored; somebody has to know or do something
	Note                   // it is stored; for information
)

// Finding is one thing the law has to say about a submission. It holds no
// personal data.
type Finding struct {
	Rule     string // V1 to V17 of the rule base, or the section of it: 2.2 who, 2.3 status
	Code     string // reason code of the rule base, such as minor-in-person-only
	Element  string // FHIRPath of the element at fault, in Consent or Provenance
	Severity Severity
	Text     string // what is wrong and what to do, for a clerk
}

// Rules is the law on who may declare what, with what it has to look up. The
// zero Rules know no organisation, so that nothing can be declared at a
// service. Rules are a plain value and safe for any number of goroutines.
type Rules struct {
	// Directory tells the service units and controllers.
	Directory decision.Directory
	// CurrentInformation is the newest version of the information; zero:
	// decision.CurrentInformation.
	CurrentInformation consent.InformationVersion
	// Calendar are the days from which the systems have their functions.
	Calendar Calendar
}

// Calendar says from when something could be declared at all, or could be at a
// service whose own day the directory does not tell. A zero day is the default.
type Calendar struct {
	AllHealthDenials           time.Time // 1.1.2024: L703 102(2); K-denial-pat
	PrivateOccupationalDenials time.Time // 1.1.2024: the same
	SocialConsents             time.Time // at a service, 1.1.2023: L784 52; S2.2
	SocialDenials              time.Time // at a service, 1.1.2025: not yet on 18.6.2024 (S0.8), S1.14 later
}

// Judge holds a submission to the law and gives all that there is to say, the
// weightiest first and always in the same order. It is refused if any finding
// refuses; then there is nothing else among them. About what is accepted there
// is at least that it was recorded, unless it has no effect yet ([Prepare]).
func (r Rules) Judge(s Submission) []Finding {
	m := r.matter(&s)
	var found []Finding
	for i := range table {
		if table[i].asked(&m) && table[i].broken(&m) {
			found = append(found, table[i].finding(&m))
		}
	}
	if len(found) > 0 {
		return found
	}
	return m.said()
}

// Refused reports whether any of the findings refuses.
func Refused(found []Finding) bool {
	return slices.ContainsFunc(found, func(f Finding) bool { return f.Severity == Refuse })
}
