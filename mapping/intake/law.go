package intake

import "tahto/mapping/consent"

// declarers is a set of the roles in which somebody may declare.
type declarers uint8

const (
	client     declarers = 1<<consent.ByClient | 1<<consent.ByMinor
	guardian   declarers = 1 << consent.ByGuardian
	legal      declarers = 1 << consent.ByLegalRepresentative
	authorised declarers = 1 << consent.ByAuthorisedPerson

	onlyThePerson = client
	represented   = client | guardian | legal
	anybody       = represented | authorised
)

func (d declarers) has(by consent.DeclaredBy) bool { return by < 8 && d&(1<<by) != 0 }

// service is at which services something may be declared.
type service uint8

const (
	noService service = iota
	publicService
	anyService // that has joined Kanta
)

// law is what the rule base says of one kind of declaration (rules section
// 2.1): who may make it at all, where, what has to come before it, and whether
// it is in force until further notice. The zero law lets nobody do anything.
type law struct {
	kind     consent.Kind
	who      declarers
	myKanta  bool
	service  service
	informed bool // needs an information receipt, V1
	open     bool // until further notice, V15
}

// laws is the table. Kinds of which a source names no place other than MyKanta
// can't be declared at a service, and the other way round.
var laws = [...]law{
	{consent.Information, anybody, true, anyService, false, true},
	{consent.ConsentHealth, anybody, true, anyService, true, true},
	{consent.ConsentSocial, anybody, true, anyService, true, true},
	{consent.ConsentHealthToSocial, represented, true, anyService, true, true}, // no proxy: Q24
	{consent.ConsentSocialToHealth, represented, true, anyService, true, true},
	{consent.DenialHealth, anybody, true, anyService, true, true},
	{consent.DenialSocial, anybody, true, anyService, true, true},
	{consent.DenialPrescription, anybody, true, anyService, true, true},
	{consent.EmergencyHealth, anybody, true, anyService, true, true},
	{consent.EmergencyPrescription, anybody, true, anyService, true, true},
	{consent.PatientSummary, onlyThePerson, true, noService, false, true}, // K-ps; L703 60
	{consent.LivingWill, onlyThePerson, true, anyService, false, false},   // K-will; K-dvv
	{consent.OrganDonation, onlyThePerson, true, anyService, false, false},
	{consent.BodyDonation, onlyThePerson, false, anyService, false, false},
	{consent.FindingContactDenial, onlyThePerson, true, publicService, false, false}, // L552 55(5)
	{consent.WellbeingData, onlyThePerson, true, noService, false, false},            // L703 73(3)
}

func lawOf(kind consent.Kind) law {
	for _, l := range laws {
		if l.kind == kind {
			return l
		}
	}
	return law{}
}

// sharing reports whether the declaration is about sharing data for care: a
// consent, a denial, or the emergency permission that is part of the denials.
func (l law) sharing() bool { return l.informed }

// denying reports whether it is a denial, or part of the denials as the
// emergency permission is (K-KIE fields 14-15).
func denying(kind consent.Kind) bool {
	return kind.IsDenial() || kind == consent.EmergencyHealth || kind == consent.EmergencyPrescription
}
