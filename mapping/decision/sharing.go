package decision

// denials: one match is enough, and it beats every ground that comes after.
var denials = []Rule{
	{
		ID: "R14a", Law: "L703 59(2); S3.14-S3.17", Step: true,
		Text: "Collect the denials of patient data in force that match: all, a controller or one of its files, a service event.",
	},
	{
		ID: "R14b", Law: "L703 59(1); S0.5; S1.13 (X-4, X-5)", Step: true,
		Text: "Collect the denials of social data in force that match: a document, a service task, a controller; one of all social data is honoured if found.",
	},
	{
		ID: "R14c", Law: "L703 58(1)", Step: true,
		Text: "A guardian's or legal representative's denial of patient data is left out when a minor needs urgent care and the will cannot be had.",
	},
	{
		ID: "R14d", Law: "S0.12", Step: true,
		Text: "A declaration by a person only entitled to information is left out.",
	},
	{
		ID: "R14e", Law: "S3.30; S3.33; K-faq", Step: true,
		Text: "A denial of a provider merged into a county matches the county's whole file if it carries over, and else what that provider recorded; O-CHECK-LEGACY when its coverage is unknown.",
	},
	{
		ID: "R15", Law: "K-KIE text 3, fields 14-15; K-denial-pat (X-9)",
		Text:   "Patient data is denied, the patient is unconscious or comparable, and the emergency permission is in force: the denial is lifted.",
		Effect: Permit, Reason: ReasonEmergencyPermittedByDenial, Obligations: DisclosureLog | RecordBasis,
		all: healthItem | denied | unconscious | emergencyAllowed | forCare, any: sameSector | crossSector, informs: true,
		restsOn: onEmergency, lifts: true, checksLegacy: true,
	},
	{
		ID: "R16", Law: "L703 54(1), 55(1); S3.12; S3.13; S3.39; S1.12; S4.10",
		Text:   "A matching denial remains. Beats consent, the Uusimaa right, incapacity, the agreed provider and the cross-sector consent.",
		Effect: Deny, Reason: ReasonDenialInForce, Obligations: Hide,
		all: denied, restsOn: onDenials, tells: true, checksLegacy: true,
	},
}

// grounds are what permits sharing. A consent that does not reach far enough
// (R17b) or that Kanta cannot carry (R24) takes nothing away from a ground
// that needs no consent, so those come first.
var grounds = []Rule{
	{
		ID: "R17", Law: "L703 53(2)-(4); D457 25; S3.24",
		Text:   "Item and requester are of different sectors, and a cross-sector consent covers recipient, data and period.",
		Effect: Permit, Reason: ReasonCrossSectorConsent, Obligations: DisclosureLog | Necessary,
		all: crossSector | crossCovers | forCare, none: gateShut | crossGateShut, restsOn: onConsent, checksLegacy: true, informs: true,
	},
	{
		ID: "R18", Law: "L616 64a; S3.7; S3.35; S3.36; S4.12 (X-1, X-2)",
		Text:   "Between the patient registers of two public Uusimaa controllers, or for one acting on behalf of the receiving one, and information 1.1 or later was received. Any channel, no consent.",
		Effect: Permit, Reason: ReasonUusimaaInformation, Obligations: DisclosureLog | Necessary,
		all: uusimaaPair | uusimaaInformed | uusimaaRightHeld | forCare, restsOn: onInformation, checksLegacy: true, informs: true,
	},
	{
		ID: "R20", Law: "L703 54(1), 55(1); S3.6; S1.3; S1.4; S2.3; S2.4; S4.6",
		Text:   "The sector's own consent is in force, information was received first, and it covers the channel (R21).",
		Effect: Permit, Reason: ReasonConsent, Obligations: DisclosureLog | Necessary | PreferKanta | Special,
		all: sameSector | consentCounts | consentCovers | forCare, none: gateShut | uusimaaLocal, informs: true,
		restsOn: onConsent, checksLegacy: true,
	},
	{
		// After R21 in the rule base's numbering: R19 and R21 say when R20
		// does not hold, and give their reasons among the refusals.
		ID: "R22", Law: "L703 54(2), 55(2), 53(5), 53(6)",
		Text:   "No capacity to assess the consent and no legal representative.",
		Effect: Permit, Reason: ReasonIncapacityOrUnconscious, Obligations: DisclosureLog | RecordBasis,
		all: noCapacity | forCare, any: sameSector | crossSector, checksLegacy: true,
	},
	{
		ID: "R22", Law: "L703 54(2), 53(5)",
		Text:   "Patient data, and the patient is unconscious or comparable, so that consent cannot be had.",
		Effect: Permit, Reason: ReasonIncapacityOrUnconscious, Obligations: DisclosureLog | RecordBasis,
		all: unconscious | healthItem | forCare, any: sameSector | crossSector, checksLegacy: true, informs: true,
	},
	{
		ID: "R23", Law: "L703 54(5) (L307)",
		Text:   "A healthcare provider sends necessary data or a summary to another one, agreed with the patient. From 1.7.2024. Section 54 is of health care, so not to social care.",
		Effect: Permit, Reason: ReasonAgreedCareProvider, Obligations: DisclosureLog | CheckDenials,
		all: agreed | healthItem | sameSector | forCare | agreedRuleBegun, checksLegacy: true, informs: true,
	},
}

// refusals say why nothing permitted: the most specific reason first (R26).
var refusals = []Rule{
	{
		ID: "R17b", Law: "D457 25",
		Text:   "A cross-sector consent is in force, but does not cover recipient, data or period.",
		Effect: Deny, Reason: ReasonCrossSectorConsentScope, Obligations: Hide,
		all: crossSector | crossCounts, none: crossCovers, restsOn: onConsent, tells: true,
	},
	{
		ID: "R24", Law: "L703 102; L307; S3.23",
		Text:   "The cross-sector consent covers it, but Kanta does not carry data across the sectors before 1.3.2027.",
		Effect: Deny, Reason: ReasonCrossSectorNotAvailableViaKanta,
		all: crossSector | crossCovers | crossGateShut | forCare, restsOn: onConsent, tells: true,
	},
	{
		ID: "R24", Law: "L703 102; L784 52; S0.3; S0.4; S2.2; S2.11",
		Text:   "A consent covers it, but Kanta cannot carry it: the social sharing function is missing, before 1.1.2023, or the item is not in Kanta.",
		Effect: Deny, Reason: ReasonSharingNotAvailableViaKanta,
		all: gateShut | forCare, any: crossCovers | consentCovers, restsOn: onConsent, tells: true,
	},
	{
		ID: "R25", Law: "L703 16(1), INFERENCE", Step: true,
		Text: "Documents of a closed provider that the county keeps apart from its own file: not R08, so sharing.",
	},
	{
		ID: "R26", Law: "L703 58(1),(5)",
		Text:   "The consent needed was withdrawn.",
		Effect: Deny, Reason: ReasonConsentWithdrawn, Obligations: Hide,
		all: consentOver, restsOn: onWithdrawn, tells: true,
	},
	{
		ID: "R26", Law: "L703 58(1), INFERENCE",
		Text:   "The consent needed is not yet in force.",
		Effect: Deny, Reason: ReasonConsentNotYetEffective, Obligations: Hide,
		all: consentPending, restsOn: onPending, tells: true,
	},
	{
		ID: "R26", Law: "L703 58(2); S3.6; S1.4",
		Text:   "The consent needed is in force, but no information was received first.",
		Effect: Deny, Reason: ReasonConsentWithoutInformation, Obligations: Hide,
		all: consentUnread, restsOn: onInForce, tells: true,
	},
	{
		ID: "R26", Law: "S1.19; S3.24; K-cross",
		Text:   "Only consents for the other sector or direction are in force.",
		Effect: Deny, Reason: ReasonConsentWrongSector, Obligations: Hide,
		all: consentElsewhere, restsOn: onElsewhere, tells: true,
	},
	{
		ID: "R19", Law: "S3.38",
		Text:   "An Uusimaa pair through the local database, and no information 1.1 or later: not even with a consent (blocks R20).",
		Effect: Deny, Reason: ReasonUusimaaLocalNeedsInformation11, Obligations: Inform | Hide,
		all: uusimaaLocal, tells: true,
	},
	{
		ID: "R21", Law: "S4.1; S4.7; K-notice-2023; K-prof-pat (X-10)",
		Text:   "The consent covers Kanta only: never given or updated since 30.11.2023, or before 1.1.2024 (blocks R20).",
		Effect: Deny, Reason: ReasonConsentDoesNotCoverChannel, Obligations: Hide,
		all: sameSector | consentCounts, none: consentCovers, restsOn: onConsent, tells: true,
	},
	{
		ID: "R26", Law: "L703 4, 6; S3.1; S1.3",
		Text:   "Nothing permits it.",
		Effect: Deny, Reason: ReasonNoConsent, Obligations: Hide,
		tells: true,
	},
}
