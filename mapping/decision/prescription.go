package decision

// prescriptions is table 3.3, rule R11: items of the prescription centre
// (reseptikeskus) follow their own act, 61/2007. No consent is needed; a
// denial is per prescription, with a closed list of exceptions. Every row has
// prescriptionItem, and the last has nothing else. A pharmacy's rows are for
// care, which P7 says of all (INFERENCE from the order P5, P7).
var prescriptions = []Rule{
	{
		ID: "P1", Law: "L61 11(1); K-rx-prof",
		Text:   "A pharmacy without a request of the patient or the person acting for them.",
		Effect: Deny, Reason: ReasonNoPurchaserRequest,
		all: prescriptionItem | pharmacy | unasked,
	},
	{
		ID: "P2", Law: "L61 11(3)",
		Text:   "A pharmacy, and the prescription is older than 42 months.",
		Effect: Deny, Reason: ReasonPrescriptionTooOld,
		all: prescriptionItem | pharmacy | tooOld,
	},
	{
		ID: "P3", Law: "K-rx-prof; K-rx-cit",
		Text:   "A pharmacy, a denied prescription, and the client shows the patient instructions or a MyKanta summary.",
		Effect: Permit, Reason: ReasonPrescriptionInstructions, Obligations: DisclosureLog,
		all: prescriptionItem | pharmacy | forCare | denied | instructed, restsOn: onDenials, lifts: true,
	},
	{
		ID: "P4", Law: "K-rx-prof; K-faq",
		Text:   "A pharmacy, a denied prescription, nothing shown.",
		Effect: Deny, Reason: ReasonPrescriptionDenied, Obligations: Hide,
		all: prescriptionItem | pharmacy | forCare | denied, restsOn: onDenials, tells: true,
	},
	{
		ID: "P5", Law: "L61 11(1); S4.8",
		Text:   "A pharmacy otherwise.",
		Effect: Permit, Reason: ReasonPrescriptionPharmacyRequest, Obligations: DisclosureLog,
		all: prescriptionItem | pharmacy | forCare,
	},
	{
		ID: "P6", Law: "L703 102(1) (L307)",
		Text:   "A social provider through Kanta before 1.11.2027.",
		Effect: Deny, Reason: ReasonSharingNotAvailableViaKanta,
		all: prescriptionItem | socialRequester | viaKanta | beforeSocialRx,
	},
	{
		ID: "P7", Law: "K-rx-prof",
		Text:   "Another purpose than care, with written consent.",
		Effect: Permit, Reason: ReasonPrescriptionWrittenConsent, Obligations: DisclosureLog,
		all: prescriptionItem | inWriting, none: forCare,
	},
	{
		ID: "P7", Law: "K-rx-prof",
		Text:   "Another purpose than care, without written consent.",
		Effect: Deny, Reason: ReasonPrescriptionOtherPurpose,
		all: prescriptionItem, none: forCare,
	},
	{
		ID: "P8", Law: "L61 13(1); S4.8; Q17",
		Text:   "No denial on the prescription, and a care situation. Missing information does not block it but must be put right.",
		Effect: Permit, Reason: ReasonPrescriptionCareSituation, Obligations: DisclosureLog,
		all: prescriptionItem, none: denied, informs: true,
	},
	{
		ID: "P9", Law: "L61 13(3)(4)",
		Text:   "Denied, but the requester prescribed it and the care relationship continues.",
		Effect: Permit, Reason: ReasonPrescriptionOwnPrescriber, Obligations: DisclosureLog,
		all: prescriptionItem | ownPrescriber, restsOn: onDenials, lifts: true, informs: true,
	},
	{
		ID: "P10", Law: "L61 13(3)(5); K-rx-prof",
		Text:   "Denied, but stored by the requesting provider (a county includes the providers merged into it) and the care relationship continues.",
		Effect: Permit, Reason: ReasonPrescriptionStoringProvider, Obligations: DisclosureLog,
		all: prescriptionItem | storedByOwn, restsOn: onDenials, lifts: true, informs: true,
	},
	{
		ID: "P11", Law: "L61 13(3)(3)",
		Text:   "Denied, but this prescription is being renewed at the patient's request.",
		Effect: Permit, Reason: ReasonPrescriptionRenewal, Obligations: DisclosureLog,
		all: prescriptionItem | renewing, restsOn: onDenials, lifts: true, informs: true,
	},
	{
		ID: "P12", Law: "L61 13(3)(2)",
		Text:   "Denied, but a CNS or narcotic drug is being prescribed and the denied prescription is for one.",
		Effect: Permit, Reason: ReasonPrescriptionControlled, Obligations: DisclosureLog,
		all: prescriptionItem | prescribingCNS | controlledDrug, restsOn: onDenials, lifts: true, informs: true,
	},
	{
		ID: "P13", Law: "L61 13(3)(6); K-rx-cit2",
		Text:   "Denied, but urgent care, the person's will cannot be had, and the emergency permission for prescriptions is in force.",
		Effect: Permit, Reason: ReasonPrescriptionEmergency, Obligations: DisclosureLog,
		all: prescriptionItem | unconscious | emergencyAllowed, restsOn: onEmergency, lifts: true, informs: true,
	},
	{
		ID: "P14", Law: "L61 13(1); K-rx-cit2",
		Text:   "Denied otherwise, also in an emergency without the permission.",
		Effect: Deny, Reason: ReasonPrescriptionDenied, Obligations: Hide,
		all: prescriptionItem, restsOn: onDenials, tells: true,
	},
}
