package consent

// Kind is what sort of declaration it is; its codes are those of the code
// system "declaration". The zero Kind is unknown and has no effect.
type Kind uint8

// The kinds of declaration (rules section 2.1), with the Finnish name of each.
const (
	UnknownKind           Kind = iota
	Information                // Kanta-informointi: the notice was received
	ConsentHealth              // potilastietojen luovutuslupa
	ConsentSocial              // sosiaalihuollon luovutuslupa
	ConsentHealthToSocial      // lupa luovuttaa potilastietoja sosiaalihuoltoon
	ConsentSocialToHealth      // lupa luovuttaa sosiaalihuollon asiakastietoja terveydenhuoltoon
	DenialHealth               // potilastietojen luovutuskielto
	DenialSocial               // sosiaalihuollon luovutuskielto
	DenialPrescription         // lääkemääräyksen luovutuskielto
	EmergencyHealth            // kiellettyjen tietojen luovuttaminen hätätilanteessa
	EmergencyPrescription      // the same for prescriptions
	PatientSummary             // potilasyhteenveto ulkomaille
	LivingWill                 // hoitotahto
	OrganDonation              // elinluovutustahto
	BodyDonation               // ruumiinluovutustestamentti
	FindingContactDenial       // no contact about clinical findings (merkittävä kliininen löydös)
	WellbeingData              // omatietovaranto
	kindCount
)

var kindCodes = [kindCount]string{
	Information:           "information",
	ConsentHealth:         "consent-health",
	ConsentSocial:         "consent-social",
	ConsentHealthToSocial: "consent-health-to-social",
	ConsentSocialToHealth: "consent-social-to-health",
	DenialHealth:          "denial-health",
	DenialSocial:          "denial-social",
	DenialPrescription:    "denial-prescription",
	EmergencyHealth:       "emergency-health",
	EmergencyPrescription: "emergency-prescription",
	PatientSummary:        "patient-summary",
	LivingWill:            "living-will",
	OrganDonation:         "organ-donation",
	BodyDonation:          "body-donation",
	FindingContactDenial:  "finding-contact-denial",
	WellbeingData:         "wellbeing-data",
}

// String gives the code of the kind, or "" for an unknown one.
func (k Kind) String() string { return CodeOf(kindCodes[:], k) }

// ParseKind reads a code; false when no kind has it.
func ParseKind(code string) (Kind, bool) { return ParseCode[Kind](kindCodes[:], code) }

// Kinds lists every known kind in the order of their constants.
func Kinds() []Kind {
	all := make([]Kind, 0, kindCount-1)
	for k := Information; k < kindCount; k++ {
		all = append(all, k)
	}
	return all
}

// IsDenial reports whether the declaration forbids the sharing of data
// (luovutuskielto). A denial of contact about findings is not one.
func (k Kind) IsDenial() bool {
	return k == DenialHealth || k == DenialSocial || k == DenialPrescription
}

// IsCrossSector reports whether the declaration lets data pass between health
// and social care, 703/2023 section 53.
func (k Kind) IsCrossSector() bool {
	return k == ConsentHealthToSocial || k == ConsentSocialToHealth
}

// IsConsent reports whether the declaration is a consent to sharing
// (luovutuslupa), in a sector or across.
func (k Kind) IsConsent() bool {
	return k == ConsentHealth || k == ConsentSocial || k.IsCrossSector()
}
