package consent

// Status is the standing of a declaration. The zero Status, like draft,
// proposed, rejected and entered in error, is never in force.
type Status uint8

// The standings, with the FHIR status code each goes by.
const (
	UnknownStatus  Status = iota
	Active                // active: in force from its beginning to its end
	Withdrawn             // inactive: peruutettu, in force until its end
	EnteredInError        // entered-in-error: mitätöity, never was in force
	Draft                 // draft
	Proposed              // proposed
	Rejected              // rejected
	statusCount
)

var statusCodes = [statusCount]string{
	Active:         "active",
	Withdrawn:      "inactive",
	EnteredInError: "entered-in-error",
	Draft:          "draft",
	Proposed:       "proposed",
	Rejected:       "rejected",
}

// String gives the code of the status, or "" for an unknown one.
func (s Status) String() string { return CodeOf(statusCodes[:], s) }

// ParseStatus reads a code; false when no status has it.
func ParseStatus(code string) (Status, bool) { return ParseCode[Status](statusCodes[:], code) }

// DeclaredBy is in what role the declaration was made. Not everyone may
// declare everything (rules section 2.2, R14c, R14d).
type DeclaredBy uint8

// The roles; the client is the default.
const (
	ByClient               DeclaredBy = iota
	ByMinor                           // alaikäinen, assessed as capable
	ByGuardian                        // huoltaja
	ByLegalRepresentative             // laillinen edustaja
	ByAuthorisedPerson                // Suomi.fi-valtuutettu
	ByInformationRecipient            // tiedonsaantiin oikeutettu: may view, sets nothing
	declaredByCount
)

var declaredByCodes = [declaredByCount]string{
	ByClient:               "client",
	ByMinor:                "minor",
	ByGuardian:             "guardian",
	ByLegalRepresentative:  "legal-representative",
	ByAuthorisedPerson:     "authorised-person",
	ByInformationRecipient: "information-recipient",
}

// String gives the code of the role, or "" for an unknown one.
func (d DeclaredBy) String() string { return CodeOf(declaredByCodes[:], d) }

// ParseDeclaredBy reads a code; false when no role has it.
func ParseDeclaredBy(code string) (DeclaredBy, bool) {
	return ParseCode[DeclaredBy](declaredByCodes[:], code)
}

// Capacity is a professional's assessment of a minor's capacity to decide
// (päätöskyky), 703/2023 sections 40 and 51.
type Capacity uint8

// The outcomes of the assessment; none is the default.
const (
	CapacityNotAssessed Capacity = iota
	CapacityFound
	CapacityLacking
)
