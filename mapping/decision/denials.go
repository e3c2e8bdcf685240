package decision

import "tahto/mapping/consent"

// admissible reports whether a declaration may have effect at all, whoever it
// is about: rules R14c, R14d and, for prescriptions, L61 13(2). Who declared a
// denial in a way that is not known is honoured, a permission is not.
func (h *Hearing) admissible(s *consent.Statement) bool {
	minor := h.request.Circumstances.has(Minor)
	switch s.DeclaredBy {
	case consent.ByClient, consent.ByMinor, consent.ByAuthorisedPerson:
		return true
	case consent.ByInformationRecipient:
		return false
	case consent.ByGuardian:
		if s.Kind == consent.DenialPrescription {
			return false
		}
		return s.Kind != consent.DenialHealth || !minor || !h.urgent()
	case consent.ByLegalRepresentative:
		if s.Kind == consent.DenialPrescription {
			return !minor
		}
		return s.Kind != consent.DenialHealth || !minor || !h.urgent()
	}
	return s.Kind.IsDenial()
}

// urgent reports a situation of the patient act's section 8: care is urgent
// and the will cannot be had.
func (h *Hearing) urgent() bool {
	return h.request.Circumstances.has(Unconscious) || h.request.Circumstances.has(NoCapacity|ImmediateCare)
}

// hearDenial keeps a denial in force. A target at a merged provider is an old
// one, R14e.
func (h *Hearing) hearDenial(sector Sector, i int, s *consent.Statement) {
	h.denials[sector].add(i)
	if s.Target == nil || s.Target.Kind != consent.TargetController {
		return
	}
	if !h.directory.find(s.Target.Controller).known.MergedInto.IsZero() {
		h.legacy.add(i)
	}
}

// matching is the denials in force that match the item (R14a, R14b), with the
// facts that follow.
func (h *Hearing) matching(item *Item, m *matter) (Declarations, facts) {
	var matched Declarations
	var f facts
	in := &h.denials[m.sector]
	for i := in.next(0); i >= 0; i = in.next(i + 1) {
		hit := false
		if h.legacy.contains(i) {
			var unknown facts
			hit, unknown = h.matchesLegacy(h.declared[i].Target, item, m)
			f |= unknown
		} else {
			hit = h.matches(h.declared[i].Target, item, m)
		}
		if hit {
			matched.add(i)
			f |= denied
		}
	}
	return matched, f
}

// matches is table 2.4. A target that names nothing, or that nobody can read,
// narrows nothing: an odd denial is honoured.
func (h *Hearing) matches(target *consent.Target, item *Item, m *matter) bool {
	if target == nil {
		return true
	}
	switch target.Kind {
	case consent.TargetController:
		return target.Controller.IsZero() || h.matchesController(target, item, m)
	case consent.TargetServiceEvent:
		return target.ServiceEvent.IsZero() || target.ServiceEvent == item.ServiceEvent
	case consent.TargetDocument:
		return target.Document.IsZero() || target.Document == item.Document
	case consent.TargetPrescription:
		return target.Prescription.IsZero() || target.Prescription == item.Prescription
	case consent.TargetServiceTask:
		if !target.Task.IsZero() && target.Task != item.ServiceTask {
			return false
		}
		return target.Controller.IsZero() || h.keeper(target.Controller).id == m.controller.id
	}
	return true
}

// matchesController also serves a prescription denial aimed at a provider,
// which the law does not know: it is honoured where that provider stored it.
func (h *Hearing) matchesController(target *consent.Target, item *Item, m *matter) bool {
	keeper := h.keeper(target.Controller).id
	if m.sector == Prescription {
		return keeper == h.keeper(item.StoredBy).id || keeper == m.controller.id
	}
	return keeper == m.controller.id && m.inFile(target.Register)
}

// inFile reports whether a denial's register takes the item in. One that is
// not known, or of the other sector, is every file; the employer of an
// occupational file is not compared, since items do not tell theirs.
func (m *matter) inFile(register consent.Register) bool {
	if !register.IsKnown() || register.IsHealth() != (m.sector == Health) {
		return true
	}
	return register.Same(m.register)
}

// matchesLegacy is rule R14e. It matches what the merged provider recorded;
// if the denial carries over, the county's whole patient (or social) file too.
// What the county holds from before 2023 without saying from whom may be that
// provider's, so it matches (INFERENCE, fail closed).
func (h *Hearing) matchesLegacy(target *consent.Target, item *Item, m *matter) (bool, facts) {
	old := h.directory.find(target.Controller)
	inFile := m.inFile(target.Register)
	if m.sector == Prescription {
		return h.matchesController(target, item, m) || h.directory.isWithin(item.StoredBy, old.id), 0
	}
	original := item.OriginalController
	if original.IsZero() && m.merged {
		original = item.Controller
	}
	if inFile && (h.directory.isWithin(original, old.id) || h.directory.isWithin(item.Controller, old.id)) {
		return true, 0
	}
	if old.known.successor.id != m.controller.id {
		return false, 0
	}
	if old.known.DenialCoverage == CoverageRegister {
		main := !target.Register.IsKnown() && m.register != consent.Occupational
		return main || target.Register.IsKnown() && inFile, 0
	}
	unknown := facts(0).when(inFile && old.known.DenialCoverage == CoverageUnknown, legacyUnknown)
	from := item.Recorded.From
	return inFile && original.IsZero() && (from.IsZero() || from.Before(CountiesStart)), unknown
}
