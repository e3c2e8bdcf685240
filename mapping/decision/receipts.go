package decision

import (
	"time"

	"tahto/mapping/consent"
)

// receipts are the information receipts (informoinnit) in force.
type receipts struct {
	first        time.Time                  // when the first information was received; zero: never
	firstRenewed time.Time                  // when the first of version 2.0 or later was
	newest       consent.InformationVersion // that was received by the instant
	grounding    Declarations
}

// hearReceipts goes first, since what a consent is worth depends on it.
func (h *Hearing) hearReceipts() {
	for i := range h.declared {
		s := &h.declared[i]
		if s.Kind != consent.Information || !h.admissible(s) || !s.InForce(h.request.At) {
			continue
		}
		received := latest(s.From, s.Declared)
		if !received.After(h.request.At) {
			h.receipts.newest = max(h.receipts.newest, s.Information)
		}
		h.receipts.first = earliest(h.receipts.first, received)
		if s.Information >= consent.Information20 {
			h.receipts.firstRenewed = earliest(h.receipts.firstRenewed, received)
		}
		if s.Information >= consent.Information11 && !received.After(h.request.At) {
			h.receipts.grounding.add(i)
		}
	}
	if !h.receipts.grounding.IsEmpty() {
		h.base |= uusimaaInformed
	}
	h.base |= facts(0).when(h.receipts.newest < CurrentInformation(h.request.At), uninformed)
}

// cameBefore reports whether a consent counts: some information was received
// on its day or earlier, or it was carried over from before information had
// versions (rules section 2.3, L703 58(2)).
func (r *receipts) cameBefore(s *consent.Statement) bool {
	return s.Given().Before(ConsentsCarriedOver) || onOrBefore(r.first, s.Given())
}

// onOrBefore reports whether the first instant is known and on the day of the
// second in Finland, or earlier.
func onOrBefore(first, second time.Time) bool {
	if first.IsZero() {
		return false
	}
	return !first.After(second) || first.Before(dayAfter(second))
}

func earliest(known, other time.Time) time.Time {
	if known.IsZero() || other.Before(known) {
		return other
	}
	return known
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
