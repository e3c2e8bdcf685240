package decision

import "tahto/mapping/consent"

// Scope is what a requester can expect of one sector.
type Scope struct {
	Sector Sector
	// Decision is what an ordinary item of the sector would get that another
	// controller holds, one about which the directory knows nothing.
	Decision Decision
	// Exceptions are the denials of the sector in force: what they are aimed
	// at is decided otherwise. For the audit log only.
	Exceptions Declarations
}

// elsewhere names the controller of an ordinary item. It is in no directory.
var elsewhere = consent.Identifier{Value: "another controller"}

// Profile is the sharing scope of the requester for the person: health, social
// and prescription data, in this order. A cross-sector consent to named data
// does not cover an ordinary item, which is of no category.
func (h *Hearing) Profile() [3]Scope {
	return [3]Scope{h.scope(Health), h.scope(Social), h.scope(Prescription)}
}

func (h *Hearing) scope(sector Sector) Scope {
	ordinary := Item{
		Sector:       sector,
		Controller:   elsewhere,
		Prescription: elsewhere,
		Recorded:     Instant(h.request.At),
	}
	if sector == Health {
		ordinary.Register = consent.PatientPublic
	}
	return Scope{Sector: sector, Decision: h.Decide(&ordinary), Exceptions: h.denials[sector]}
}
