package decision

// requestFacts establishes what the request says of itself.
func requestFacts(r *Request) facts {
	f := circumstanceFacts(r.Circumstances) | basisFacts(r)
	f = f.when(r.At.IsZero(), malformed)
	f = f.when(r.Relationship, relationship)
	f = f.when(r.AccessRight, accessRight)
	switch r.Operation {
	case Disclose:
		f = f.when(r.Channel == UnknownChannel || r.Channel >= channelCount, malformed)
		f = f.when(r.Purpose == UnknownPurpose || r.Purpose >= purposeCount, malformed)
	case ViewDenials:
		f |= viewingDenials
		f = f.when(r.DenialUse >= denialViewPurposeCount, malformed)
		f = f.when(r.DenialUse != NoDenialViewPurpose, viewJustified)
	default:
		f |= malformed
	}
	f = f.when(r.Channel == Kanta, viaKanta)
	return f.when(r.Purpose == Care, forCare)
}

// when adds facts if something is so.
func (f facts) when(so bool, more facts) facts {
	if so {
		return f | more
	}
	return f
}

// stated pairs a circumstance with the fact it establishes. The others have
// their part in facts about the requester, the item or the declarations, or
// none in any rule (KantaNotPossible, Voucher).
var stated = [...]struct {
	circumstance Circumstances
	fact         facts
}{
	{Unconscious, unconscious},
	{NoCapacity, noCapacity},
	{ConsentRefused, refused},
	{JointService, joint},
	{AgreedWithPatient, agreed},
	{ImmediateCare, immediate},
	{Deceased, deceased},
	{NoPurchaserRequest, unasked},
	{InstructionsPresented, instructed},
	{OwnPrescriber, ownPrescriber},
	{Renewal, renewing},
	{PrescribingControlledDrug, prescribingCNS},
	{WrittenConsent, inWriting},
}

func circumstanceFacts(c Circumstances) facts {
	var f facts
	if c == 0 {
		return f
	}
	for i := range stated {
		f = f.when(c.has(stated[i].circumstance), stated[i].fact)
	}
	return f.when(c >= circumstancesEnd, malformed)
}

// basisFacts reads the statutory ground. Ground 3 of L703 56 is for a client
// without capacity; grounds 1 (evident need, danger) and 2 (a child's interest)
// are the supplier's to assess.
func basisFacts(r *Request) facts {
	if r.Basis != Basis56 && r.Ground != 0 {
		return malformed
	}
	switch r.Basis {
	case NoBasis:
		return 0
	case Basis53:
		return basis53
	case Basis55:
		return basis55
	case Basis56:
		return groundFacts(r)
	}
	return malformed
}

func groundFacts(r *Request) facts {
	switch r.Ground {
	case 1, 2:
		return basis56
	case 3:
		unable := r.Circumstances&(NoCapacity|Unconscious) != 0
		return facts(0).when(unable, basis56)
	}
	return malformed
}
