package decision

import (
	"iter"
	"math/bits"
)

// Obligations is a set of duties that come with a decision, codes of the code
// system "obligation" (rules section 3.4). The zero value is none.
type Obligations uint16

// The obligations a decision can carry.
const (
	// UseLog: log the use: data, user, purpose, time. L703 10(2).
	UseLog Obligations = 1 << iota
	// DisclosureLog: log the disclosure: source, recipient, purpose, and the
	// provision or consent used. L703 10(3), 70.
	DisclosureLog
	// Necessary: only what the task needs. L703 9.
	Necessary
	// Special: confirm separately before specially protected entries
	// (erityissuojattavat). L703 26(2); D457 26.
	Special
	// RecordBasis: record what was got, from whom, when, and by what provision. L703 39.
	RecordBasis
	// CheckDenials: check denials before any disclosure outside Kanta. S3.13.
	CheckDenials
	// CheckLegacy: look up whether an old denial covers the county's file. S3.33.
	CheckLegacy
	// PreferKanta: Kanta first, another way if Kanta is not possible. L703
	// 54(3), 55(3).
	PreferKanta
	// Inform: give the latest information, and prompt again. L703 68.
	Inform
	// Hide: do not reveal that a denial exists or that anything was removed.
	Hide
	obligationsEnd
)

var obligationCodes = [...]string{
	"O-USE-LOG", "O-DISC-LOG", "O-NECESSARY", "O-SPECIAL", "O-BASIS",
	"O-CHECK-DENIALS", "O-CHECK-LEGACY", "O-PREFER-KANTA", "O-INFORM", "O-HIDE",
}

// All yields each obligation of the set alone, always in the same order.
func (o Obligations) All() iter.Seq[Obligations] {
	return func(yield func(Obligations) bool) {
		for rest := o & (obligationsEnd - 1); rest != 0; rest &= rest - 1 {
			if !yield(rest & -rest) {
				return
			}
		}
	}
}

// Has reports whether every given obligation is in the set.
func (o Obligations) Has(all Obligations) bool { return o&all == all }

// String gives the code of a single obligation, and "" for anything else.
func (o Obligations) String() string {
	if bits.OnesCount16(uint16(o)) != 1 || o >= obligationsEnd {
		return ""
	}
	return obligationCodes[bits.TrailingZeros16(uint16(o))]
}

// AllObligations is the set of every obligation, so that a code system can be
// checked against it.
func AllObligations() Obligations { return obligationsEnd - 1 }
