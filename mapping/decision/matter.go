package decision

import (
	"time"

	"tahto/mapping/consent"
)

// matter is one item in a hearing, with what was looked up for it.
type matter struct {
	sector     Sector
	register   consent.Register
	needed     consent.Kind // the consent that would permit it, if any could
	controller party        // who keeps it
	merged     bool         // the controller named was merged into another
	matched    Declarations // denials that match
	covering   Declarations // consents in force that cover it
}

// Decide answers about one item. For [ViewDenials] the item has no part.
func (h *Hearing) Decide(item *Item) Decision {
	if h.request.Operation == ViewDenials {
		return h.ViewDenials()
	}
	return h.decide(item)
}

// ViewDenials answers whether the requester may see the list of the person's
// denials (R02a, R02b); a request for anything else is denied.
func (h *Hearing) ViewDenials() Decision {
	f := h.base.when(h.request.Operation != ViewDenials, malformed)
	return firstThatHolds(f).answer(f)
}

func (h *Hearing) decide(item *Item) Decision {
	m := matter{sector: item.Sector, register: item.Register}
	f := h.base | h.itemFacts(item, &m)
	if f&malformed == 0 {
		f |= h.declarationFacts(item, &m, f)
	}
	rule := firstThatHolds(f)
	d := rule.answer(f)
	d.Declarations = h.restedOn(rule.restsOn, &m)
	d.Unconfirmed = rule.restsOn == onInformation && !h.request.At.Before(UusimaaFixedUntil)
	return d
}

// itemFacts establishes what the item is, and where it is as seen from the
// requester.
func (h *Hearing) itemFacts(item *Item, m *matter) facts {
	m.controller = h.directory.find(item.Controller)
	m.merged = !m.controller.known.MergedInto.IsZero()
	m.controller = h.keeperOf(m.controller)
	switch item.Sector {
	case Health:
		wrong := item.Controller.IsZero() || !item.Register.IsHealth()
		return h.sectorFacts(item, m, healthRequester, socialRequester).when(wrong, malformed) | healthItem |
			facts(0).when(item.Category.IsZero() || item.Category.Code == summaryCode, summaryItem)
	case Social:
		if m.register == consent.UnknownRegister {
			m.register = consent.Social // the only one there is
		}
		wrong := item.Controller.IsZero() || m.register != consent.Social
		return h.sectorFacts(item, m, socialRequester, healthRequester).when(wrong, malformed) | socialItem
	case Prescription:
		return h.prescriptionFacts(item)
	case Declaration:
		return facts(0).when(isOpen(item.Category), openDeclaration)
	}
	return malformed
}

// summaryCode is the category of the patient summary (potilasyhteenveto).
const summaryCode = "summary"

// isOpen reports whether the declaration is one that healthcare may always
// see (R10): of another category nothing is known, so it is not. Without a
// category the sector itself says that it is one of the three.
func isOpen(category consent.Coding) bool {
	if category.IsZero() {
		return true
	}
	kind, _ := consent.ParseKind(category.Code)
	return kind == consent.LivingWill || kind == consent.OrganDonation || kind == consent.BodyDonation
}

// sectorFacts is about health and social items: whether the file is the
// requester's (R08, R09), whether sectors differ, and what Kanta can carry.
func (h *Hearing) sectorFacts(item *Item, m *matter, same, other facts) facts {
	apart := h.request.Circumstances.has(KeptApart)
	f := facts(0).when(h.base&same != 0, sameSector).when(h.base&other != 0, crossSector)
	ours := m.controller.id == h.actor.id && m.register.Same(h.request.Requester.Register)
	if f != 0 && ours && !apart {
		f = f.when(!h.acting, ownFile).when(h.acting, assignedFile)
	}
	if !ours && !apart && h.isUusimaaPair(m) {
		blocked := h.request.Channel == Local && h.base&uusimaaInformed == 0
		f = f.when(true, uusimaaPair).when(blocked, uusimaaLocal)
	}
	return f | h.gateFacts(item, f)
}

// isUusimaaPair is the parties of R18: two public controllers in Uusimaa, and
// the patient register on both sides (Q2).
func (h *Hearing) isUusimaaPair(m *matter) bool {
	return m.controller.known.Uusimaa && m.controller.known.Public && m.register == consent.PatientPublic &&
		h.actor.known.Uusimaa && h.actor.known.Public && h.request.Requester.Register.IsPatient() &&
		h.base&healthRequester != 0 && m.controller.id != h.actor.id
}

// gateFacts is rule R24: what Kanta cannot carry at the instant.
func (h *Hearing) gateFacts(item *Item, f facts) facts {
	if h.request.Channel != Kanta {
		return 0
	}
	social := item.Sector == Social || h.base&socialRequester != 0
	missing := social && h.request.Circumstances.has(FunctionMissing)
	early := item.Sector == Social && h.request.At.Before(CountiesStart)
	across := f&crossSector != 0 && h.request.At.Before(CrossSectorViaKantaFrom)
	return facts(0).when(missing || early || item.OutsideKanta, gateShut).when(across, crossGateShut)
}

func (h *Hearing) prescriptionFacts(item *Item) facts {
	f := prescriptionItem.when(item.Prescription.IsZero(), malformed)
	if h.base&pharmacy != 0 {
		if item.Recorded.From.IsZero() {
			return f | malformed
		}
		f = f.when(tooOldForPharmacy(item.Recorded, h.request.At), tooOld)
	}
	ours := !item.StoredBy.IsZero() && h.keeper(item.StoredBy).id == h.actor.id
	return f.when(ours, storedByOwn).when(item.ControlledDrug, controlledDrug)
}

// declarationFacts establishes what the person's declarations say of the item.
func (h *Hearing) declarationFacts(item *Item, m *matter, f facts) facts {
	var said facts
	m.matched, said = h.matching(item, m)
	said = said.when(!h.emergency[item.Sector].IsEmpty(), emergencyAllowed)
	switch {
	case f&sameSector != 0 && item.Sector == Health:
		return said | h.consentFacts(item, m, consent.ConsentHealth)
	case f&sameSector != 0:
		return said | h.consentFacts(item, m, consent.ConsentSocial)
	case f&crossSector != 0 && item.Sector == Health:
		return said | h.consentFacts(item, m, consent.ConsentHealthToSocial)
	case f&crossSector != 0:
		return said | h.consentFacts(item, m, consent.ConsentSocialToHealth)
	}
	return said
}

func (h *Hearing) consentFacts(item *Item, m *matter, kind consent.Kind) facts {
	s := &h.standing[kind]
	m.needed = kind
	counts, covers := consentCounts, consentCovers
	m.covering = s.covering
	if kind.IsCrossSector() {
		counts, covers = crossCounts, crossCovers
		m.covering = crossCovering(item, s.parts)
	}
	f := facts(0).when(!s.counting.IsEmpty(), counts).when(!m.covering.IsEmpty(), covers)
	if !s.inForce.IsEmpty() {
		return f.when(s.counting.IsEmpty(), consentUnread)
	}
	return f.when(!s.withdrawn.IsEmpty(), consentOver).
		when(!s.pending.IsEmpty(), consentPending).
		when(!h.consents.IsEmpty(), consentElsewhere)
}

// crossCovering is which cross-sector consents cover requester, data and the
// time it was recorded (R17, D457 25). Who receives was settled as the consents
// were heard: it is the same for every item.
func crossCovering(item *Item, parts []part) Declarations {
	var covering Declarations
	for i := range parts {
		if parts[i].covers(item) {
			covering.add(parts[i].declaration)
		}
	}
	return covering
}

func (p *part) covers(item *Item) bool {
	if p.grant == nil {
		return true
	}
	data := item.Category
	if item.Sector == Social {
		data = item.ServiceTask
	}
	return !data.IsZero() && contains(p.grant.Data, data) && wasRecorded(p.grant.Recorded, item.Recorded)
}

func wasRecorded(bounds, recorded consent.Period) bool {
	if bounds.IsZero() {
		return true
	}
	known := recorded.From != time.Time{} && recorded.Until != time.Time{}
	return known && bounds.Covers(recorded)
}

func contains(data []consent.Coding, c consent.Coding) bool {
	for i := range data {
		if data[i] == c {
			return true
		}
	}
	return false
}
