package decision

import (
	"time"

	"tahto/mapping/consent"
)

// Request is what is asked about every item alike. Its zero value denies:
// each enumeration's zero is unknown, and whoever fills a request in sets the
// defaults of the interface (disclose, kanta, care) on purpose.
type Request struct {
	At        time.Time // the instant of the decision
	Operation Operation
	Requester Requester
	Channel   Channel
	Purpose   Purpose           // of a disclosure
	DenialUse DenialViewPurpose // of viewing the list of denials
	// Relationship: the care or client relationship (hoitosuhde,
	// asiakassuhde), or for social care another justified task, is verified.
	Relationship bool
	// AccessRight: the person's access right (käyttöoikeus) covers the data
	// and the task needs it.
	AccessRight   bool
	Basis         Basis
	Ground        uint8 // 1-3 with Basis56, else 0
	Circumstances Circumstances
}

// Requester is who asks. What sort of organisation it is, is looked up.
type Requester struct {
	Organisation consent.Identifier
	// Register is the file the requester works in; a provider must say.
	Register consent.Register
	// OnBehalfOf is the organiser (palvelunjärjestäjä) of an outsourced or
	// voucher service; the requester then works in the organiser's file.
	OnBehalfOf consent.Identifier
}

// Operation is what is asked for. The zero Operation is unknown.
type Operation uint8

// The operations.
const (
	UnknownOperation Operation = iota
	Disclose                   // may the data be shared
	ViewDenials                // may the list of denials be seen
	operationCount
)

// Channel is the way the data would go. The zero Channel is unknown.
type Channel uint8

// The channels.
const (
	UnknownChannel Channel = iota
	Kanta                  // through Kanta
	Local                  // a region's shared database
	Other                  // paper and the like
	channelCount
)

// Basis is a statutory ground the requester claims. The zero Basis is none.
type Basis uint8

// The statutory grounds.
const (
	NoBasis Basis = iota
	Basis53       // L703 53(5): social authority, patient data
	Basis55       // L703 55(2): social authority, social data
	Basis56       // L703 56: protection of the client, with a ground
	basisCount
)

var (
	operationCodes = []string{Disclose: "disclose", ViewDenials: "view-denials"}
	channelCodes   = []string{Kanta: "kanta", Local: "local", Other: "other"}
	basisCodes     = []string{Basis53: "703-2023-53-5", Basis55: "703-2023-55-2", Basis56: "703-2023-56"}
	sectorCodes    = []string{Health: "health", Social: "social", Prescription: "prescription", Declaration: "declaration"}
)

// ParseOperation reads a code; false when no operation has it.
func ParseOperation(code string) (Operation, bool) {
	return consent.ParseCode[Operation](operationCodes, code)
}

// String gives the code of the operation, or "" for an unknown one.
func (o Operation) String() string { return consent.CodeOf(operationCodes, o) }

// ParseChannel reads a code; false when no channel has it.
func ParseChannel(code string) (Channel, bool) { return consent.ParseCode[Channel](channelCodes, code) }

// String gives the code of the channel, or "" for an unknown one.
func (c Channel) String() string { return consent.CodeOf(channelCodes, c) }

// ParseBasis reads a code; false when no statutory ground has it.
func ParseBasis(code string) (Basis, bool) { return consent.ParseCode[Basis](basisCodes, code) }

// String gives the code of the statutory ground, or "" for none.
func (b Basis) String() string { return consent.CodeOf(basisCodes, b) }

// Sector is which law the data is under. The zero Sector is unknown.
type Sector uint8

// The sectors.
const (
	UnknownSector Sector = iota
	Health               // potilastiedot
	Social               // sosiaalihuollon asiakastiedot
	Prescription         // reseptikeskus
	Declaration          // a living will or testament in the declarations service
	sectorCount
)

// ParseSector reads a code; false when no sector has it.
func ParseSector(code string) (Sector, bool) { return consent.ParseCode[Sector](sectorCodes, code) }

// String gives the code of the sector, or "" for an unknown one.
func (s Sector) String() string { return consent.CodeOf(sectorCodes, s) }

// Item is a piece of data that is asked about. Health and social items name
// their controller, health items their register too; prescriptions name
// themselves. The rest is optional, but a denial of a service event, document
// or task can only be matched with an item that says which it belongs to.
type Item struct {
	Sector     Sector
	Controller consent.Identifier // rekisterinpitäjä
	Register   consent.Register
	// Recorded is when it was recorded: the day of a date (in Finland),
	// the instant of a dateTime ([Instant]). Zero is unknown.
	Recorded           consent.Period
	ServiceEvent       consent.Identifier // palvelutapahtuma
	ServiceTask        consent.Coding     // palvelutehtävä
	Document           consent.Identifier // asiakirja
	Category           consent.Coding     // of cross-sector data, or of a declaration
	OriginalController consent.Identifier // who recorded it, before a merger
	OutsideKanta       bool               // the item is not in Kanta
	Prescription       consent.Identifier // lääkemääräys
	StoredBy           consent.Identifier // provider that stored the prescription
	ControlledDrug     bool               // affects the central nervous system, or a narcotic (pkv, huume)
}

// Instant is the period of one instant.
func Instant(t time.Time) consent.Period {
	return consent.Period{From: t, Until: t.Add(1)}
}
