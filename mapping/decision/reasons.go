package decision

// Reason is why something was decided, a code of the code system "reason".
// The zero Reason is [ReasonInvalidInput], so that an empty decision is a deny
// for want of a question.
type Reason uint8

// The reasons (rules sections 3.2 and 3.3).
const (
	ReasonInvalidInput Reason = iota
	ReasonNothingAvailable
	ReasonDenialViewJustified
	ReasonDenialViewNotJustified
	ReasonSubjectDeceased
	ReasonRequesterOutOfScope
	ReasonPatientSummaryConsent
	ReasonNoPatientSummaryConsent
	ReasonNoCareOrClientRelationship
	ReasonNoPurchaserRequest
	ReasonNoAccessRight
	ReasonOwnRegister
	ReasonOutsourcedService
	ReasonDeclarationOpenToHealthcare
	ReasonJointService
	ReasonStatutoryRightSocialAuthority
	ReasonSocialProtection56
	ReasonEmergencyPermittedByDenial
	ReasonDenialInForce
	ReasonCrossSectorConsent
	ReasonCrossSectorConsentScope
	ReasonUusimaaInformation
	ReasonUusimaaLocalNeedsInformation11
	ReasonConsent
	ReasonConsentDoesNotCoverChannel
	ReasonIncapacityOrUnconscious
	ReasonAgreedCareProvider
	ReasonSharingNotAvailableViaKanta
	ReasonCrossSectorNotAvailableViaKanta
	ReasonConsentWithdrawn
	ReasonConsentNotYetEffective
	ReasonConsentWithoutInformation
	ReasonConsentWrongSector
	ReasonNoConsent
	ReasonPrescriptionTooOld
	ReasonPrescriptionInstructions
	ReasonPrescriptionDenied
	ReasonPrescriptionPharmacyRequest
	ReasonPrescriptionWrittenConsent
	ReasonPrescriptionOtherPurpose
	ReasonPrescriptionCareSituation
	ReasonPrescriptionOwnPrescriber
	ReasonPrescriptionStoringProvider
	ReasonPrescriptionRenewal
	ReasonPrescriptionControlled
	ReasonPrescriptionEmergency
	reasonCount
)

var reasonCodes = [reasonCount]string{
	ReasonInvalidInput:                    "invalid-input",
	ReasonNothingAvailable:                "nothing-available",
	ReasonDenialViewJustified:             "denial-view-justified",
	ReasonDenialViewNotJustified:          "denial-view-not-justified",
	ReasonSubjectDeceased:                 "subject-deceased",
	ReasonRequesterOutOfScope:             "requester-out-of-scope",
	ReasonPatientSummaryConsent:           "patient-summary-consent",
	ReasonNoPatientSummaryConsent:         "no-patient-summary-consent",
	ReasonNoCareOrClientRelationship:      "no-care-or-client-relationship",
	ReasonNoPurchaserRequest:              "no-purchaser-request",
	ReasonNoAccessRight:                   "no-access-right",
	ReasonOwnRegister:                     "own-register",
	ReasonOutsourcedService:               "outsourced-service",
	ReasonDeclarationOpenToHealthcare:     "declaration-open-to-healthcare",
	ReasonJointService:                    "joint-service",
	ReasonStatutoryRightSocialAuthority:   "statutory-right-social-authority",
	ReasonSocialProtection56:              "social-protection-56",
	ReasonEmergencyPermittedByDenial:      "emergency-permitted-by-denial",
	ReasonDenialInForce:                   "denial-in-force",
	ReasonCrossSectorConsent:              "cross-sector-consent",
	ReasonCrossSectorConsentScope:         "cross-sector-consent-scope",
	ReasonUusimaaInformation:              "uusimaa-information",
	ReasonUusimaaLocalNeedsInformation11:  "uusimaa-local-needs-information-1.1",
	ReasonConsent:                         "consent",
	ReasonConsentDoesNotCoverChannel:      "consent-does-not-cover-channel",
	ReasonIncapacityOrUnconscious:         "incapacity-or-unconscious",
	ReasonAgreedCareProvider:              "agreed-care-provider",
	ReasonSharingNotAvailableViaKanta:     "sharing-not-available-via-kanta",
	ReasonCrossSectorNotAvailableViaKanta: "cross-sector-not-available-via-kanta",
	ReasonConsentWithdrawn:                "consent-withdrawn",
	ReasonConsentNotYetEffective:          "consent-not-yet-effective",
	ReasonConsentWithoutInformation:       "consent-without-information",
	ReasonConsentWrongSector:              "consent-wrong-sector",
	ReasonNoConsent:                       "no-consent",
	ReasonPrescriptionTooOld:              "prescription-too-old-for-pharmacy",
	ReasonPrescriptionInstructions:        "prescription-instructions-presented",
	ReasonPrescriptionDenied:              "prescription-denied",
	ReasonPrescriptionPharmacyRequest:     "prescription-pharmacy-request",
	ReasonPrescriptionWrittenConsent:      "prescription-written-consent",
	ReasonPrescriptionOtherPurpose:        "prescription-other-purpose",
	ReasonPrescriptionCareSituation:       "prescription-care-situation",
	ReasonPrescriptionOwnPrescriber:       "prescription-own-prescriber",
	ReasonPrescriptionStoringProvider:     "prescription-storing-provider",
	ReasonPrescriptionRenewal:             "prescription-renewal",
	ReasonPrescriptionControlled:          "prescription-cns-narcotic",
	ReasonPrescriptionEmergency:           "prescription-emergency-permitted",
}

// String gives the code of the reason; one out of range reads as invalid
// input.
func (r Reason) String() string {
	if r < reasonCount {
		return reasonCodes[r]
	}
	return reasonCodes[ReasonInvalidInput]
}

// Reasons lists every reason, so that a code system can be checked against it.
func Reasons() []Reason {
	all := make([]Reason, 0, reasonCount)
	for r := range reasonCount {
		all = append(all, r)
	}
	return all
}
