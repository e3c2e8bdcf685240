package decision

import (
	"time"

	"tahto/mapping/consent"
)

// Setting is what the decision takes for granted: configuration, not asked
// for in a request. Its zero value knows no organisation and no end of the
// Uusimaa right. It is only read.
type Setting struct {
	Directory Directory
	// UusimaaUntil is the instant the right of L616 64a ends (rules X-1);
	// zero is no end. The strict reading is [UusimaaFixedUntil].
	UusimaaUntil time.Time
}

// Hearing is one person's declarations heard for one request: everything that
// is the same for every item. Make one with [Setting.Hear].
type Hearing struct {
	directory      Directory
	declared       []consent.Statement
	request        Request
	actor          party // whose file the requester works in
	acting         bool  // on behalf of that organiser
	beforeCounties bool  // the instant is before the mergers of 2023
	base           facts

	denials   [sectorCount]Declarations // in force and admissible
	legacy    Declarations              // of them, those of merged providers
	emergency [sectorCount]Declarations // emergency permissions in force
	standing  [consentKinds]standing
	consents  Declarations // every consent in force, of whatever kind
	summary   Declarations // patient summary consents that count
	receipts  receipts
}

// standing is how the person's consents of one kind stand at the instant.
type standing struct {
	inForce   Declarations
	counting  Declarations // in force, and information was received first
	covering  Declarations // counting, and covering the channel; within a sector only
	withdrawn Declarations
	pending   Declarations
	parts     []part // of counting, for consents between the sectors only
}

// part is a part of a consent between the sectors that the requester may
// receive by.
type part struct {
	declaration int
	grant       *consent.Grant // nil is everything
}

// consentKinds bounds the kinds that are consents, so that a kind is its own
// index.
const consentKinds = consent.ConsentSocialToHealth + 1

// Decide answers about one item: [Setting.Hear] and [Hearing.Decide] in one.
func (s *Setting) Decide(request Request, declared []consent.Statement, item *Item) Decision {
	hearing := s.Hear(request, declared)
	return hearing.Decide(item)
}

// Hear opens a hearing. The statements are one person's, in any order; they
// are kept, not copied, and must not be changed while the hearing is in use.
func (s *Setting) Hear(request Request, declared []consent.Statement) (h Hearing) {
	h.directory, h.declared, h.request = s.Directory, declared, request
	h.beforeCounties = request.At.Before(CountiesStart)
	h.hearRequester()
	h.base |= requestFacts(&request)
	h.hearReceipts()
	for i := range declared {
		h.hearStatement(i)
	}
	h.hearTime(s.UusimaaUntil)
	return h
}

// hearRequester looks the requester up, and establishes whose file it works in.
func (h *Hearing) hearRequester() {
	r := &h.request.Requester
	own := h.keeper(r.Organisation)
	h.actor = own
	within := !h.request.Circumstances.has(OutsideAssignment)
	if !r.OnBehalfOf.IsZero() && within {
		h.actor = h.keeper(r.OnBehalfOf)
		h.acting = h.actor.id != own.id
	}
	switch own.known.Kind {
	case Provider:
		h.hearProvider()
	case Pharmacy:
		h.base |= pharmacy
	case ForeignContactPoint:
		h.base |= abroad
	case Outside:
		h.base |= outOfScope
	default:
		h.base |= malformed
	}
	if r.Organisation.IsZero() || h.acting && h.actor.known.Kind != Provider {
		h.base |= malformed
	}
}

func (h *Hearing) hearProvider() {
	switch register := h.request.Requester.Register; {
	case register.IsHealth():
		h.base |= healthRequester
	case register == consent.Social:
		h.base |= socialRequester
	case h.request.Operation != ViewDenials || register != consent.UnknownRegister:
		h.base |= malformed // a provider works in a file, and says in which
	}
	if h.actor.known.Public {
		h.base |= authority
	}
}

// keeper is who keeps an organisation's files at the instant: from 2023 on,
// the county it was merged into.
func (h *Hearing) keeper(id consent.Identifier) party {
	return h.keeperOf(h.directory.find(id))
}

func (h *Hearing) keeperOf(p party) party {
	if h.beforeCounties || p.known == &unlisted {
		return p
	}
	return p.known.successor
}

// hearStatement puts one declaration where it belongs.
func (h *Hearing) hearStatement(i int) {
	s := &h.declared[i]
	if !h.admissible(s) {
		return
	}
	if s.Kind.IsConsent() {
		h.hearConsent(i, s)
		return
	}
	if !s.InForce(h.request.At) {
		return
	}
	switch s.Kind {
	case consent.DenialHealth:
		h.hearDenial(Health, i, s)
	case consent.DenialSocial:
		h.hearDenial(Social, i, s)
	case consent.DenialPrescription:
		h.hearDenial(Prescription, i, s)
	case consent.EmergencyHealth:
		h.emergency[Health].add(i)
	case consent.EmergencyPrescription:
		h.emergency[Prescription].add(i)
	case consent.PatientSummary:
		if h.receipts.cameBefore(s) {
			h.summary.add(i)
			h.base |= summaryConsent
		}
	}
}

func (h *Hearing) hearConsent(i int, s *consent.Statement) {
	at, kind := h.request.At, &h.standing[s.Kind]
	switch {
	case s.InForce(at):
		kind.inForce.add(i)
		h.consents.add(i)
		if !h.receipts.cameBefore(s) {
			return
		}
		kind.counting.add(i)
		if s.Kind.IsCrossSector() {
			kind.parts = h.receiving(kind.parts, i, s)
		} else if h.coversChannel(s) {
			kind.covering.add(i)
		}
	case s.Withdrawn(at):
		kind.withdrawn.add(i)
	case s.Pending(at):
		kind.pending.add(i)
	}
}

// receiving adds the parts of a consent between the sectors by which the
// requester may receive.
func (h *Hearing) receiving(parts []part, i int, s *consent.Statement) []part {
	if s.Everything {
		return append(parts, part{declaration: i})
	}
	for g := range s.Grants {
		if h.isRecipient(s.Grants[g].Recipients) {
			parts = append(parts, part{i, &s.Grants[g]})
		}
	}
	return parts
}

// isRecipient reports whether whoever's file the data would go to is named, or
// in a named group. The public ones are all counties, Helsinki and HUS.
func (h *Hearing) isRecipient(recipients []consent.Recipient) bool {
	for i := range recipients {
		r := &recipients[i]
		if r.Group == consent.GroupPublic && h.base&authority != 0 {
			return true
		}
		if !r.Organisation.IsZero() && h.keeper(r.Organisation).id == h.actor.id {
			return true
		}
	}
	return false
}

// coversChannel is rule R21: outside Kanta a consent counts from 2024 on, and
// only if it was given or updated under the text of November 2023.
func (h *Hearing) coversChannel(s *consent.Statement) bool {
	if h.request.Channel == Kanta {
		return true
	}
	if h.request.At.Before(OtherChannelsFrom) {
		return false
	}
	return !s.Given().Before(ConsentTextRenewed) || onOrBefore(h.receipts.firstRenewed, s.Given())
}

// hearTime establishes what depends on the day.
func (h *Hearing) hearTime(uusimaaUntil time.Time) {
	at := h.request.At
	if !at.Before(UusimaaFrom) && (uusimaaUntil.IsZero() || at.Before(uusimaaUntil)) {
		h.base |= uusimaaRightHeld
	}
	if !at.Before(AgreedProviderFrom) {
		h.base |= agreedRuleBegun
	}
	if at.Before(SocialPrescriptionsFrom) {
		h.base |= beforeSocialRx
	}
}
