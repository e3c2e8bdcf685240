package decision

import "slices"

// Rule is one rule of the table: under which condition it holds, and what
// follows. Rules are looked at in order and the first that holds decides.
type Rule struct {
	ID   string // as in the rule base: R01-R26, P1-P14
	Law  string // section of the law, or source, it comes from
	Text string // the condition, in words
	// Step marks a rule that establishes facts for later ones and decides
	// nothing by itself.
	Step        bool
	Effect      Effect
	Reason      Reason
	Obligations Obligations

	all  facts // every one is established,
	any  facts // at least one is, if there are any,
	none facts // and none of these is

	restsOn      ground // which declarations the decision rests on
	tells        bool   // a deny whose reason tells of declarations
	lifts        bool   // a permit in spite of a denial that matches
	informs      bool   // O-INFORM when the current information was not received
	checksLegacy bool   // O-CHECK-LEGACY when an old denial's reach is unknown
}

// holds reports whether the rule decides.
func (r *Rule) holds(f facts) bool {
	return f&r.all == r.all && f&r.none == 0 && (r.any == 0 || f&r.any != 0) && !r.Step
}

// Rules lists the rules in their order, for people to read and tests to check.
func Rules() []Rule { return slices.Clone(table) }

// table is the whole procedure. Its last rule has no condition, so one holds.
var table = slices.Concat(thresholds, ownUse, prescriptions, statutory, denials, grounds, refusals)

func firstThatHolds(f facts) *Rule {
	for i := range table {
		if table[i].holds(f) {
			return &table[i]
		}
	}
	return &table[len(table)-1]
}

// thresholds come before any declaration: who asks, and may they ask at all.
var thresholds = []Rule{
	{
		ID: "R01", Law: "INFERENCE: fail closed",
		Text:   "An obligatory input is missing, unknown or contradictory.",
		Effect: Deny, Reason: ReasonInvalidInput,
		all: malformed,
	},
	{
		ID: "R02a", Law: "S3.34",
		Text:   "A provider views the list of denials because the client wants to change them, data is to be disclosed outside Kanta, or a problem is investigated.",
		Effect: Permit, Reason: ReasonDenialViewJustified, Obligations: UseLog,
		all: viewingDenials | viewJustified, none: outOfScope | abroad | pharmacy,
	},
	{
		ID: "R02b", Law: "S3.34; K-mtv",
		Text:   "The list of denials is viewed for any other purpose, or by somebody who is no provider.",
		Effect: Deny, Reason: ReasonDenialViewNotJustified, Obligations: Hide,
		all: viewingDenials,
	},
	{
		ID: "R03", Law: "L703 52",
		Text:   "The subject has died: written application, declarations do not govern it.",
		Effect: Deny, Reason: ReasonSubjectDeceased,
		all: deceased,
	},
	{
		ID: "R04", Law: "L703 4, 6, 62-64, 76",
		Text:   "The requester is outside social and health care and no pharmacy.",
		Effect: Deny, Reason: ReasonRequesterOutOfScope,
		all: outOfScope,
	},
	{
		ID: "R05", Law: "L703 60; K-ps",
		Text:   "Foreign healthcare through the national contact point, and the patient summary consent is in force. Domestic consents and denials have no part in it.",
		Effect: Permit, Reason: ReasonPatientSummaryConsent, Obligations: DisclosureLog,
		all: abroad | relationship | accessRight | healthItem | summaryItem | summaryConsent, restsOn: onSummary,
	},
	{
		ID: "R05", Law: "L703 60; K-ps",
		Text:   "Foreign healthcare otherwise.",
		Effect: Deny, Reason: ReasonNoPatientSummaryConsent, tells: true,
		all: abroad | relationship | accessRight,
	},
	{
		ID: "R06", Law: "L61 11(1)",
		Text:   "A pharmacy's customer relationship (a request by the patient or purchaser) is not verified.",
		Effect: Deny, Reason: ReasonNoPurchaserRequest,
		all: pharmacy, none: relationship,
	},
	{
		ID: "R06", Law: "L703 9(1), 57; S1.5; S2.5; S3.5; S4.2",
		Text:   "No verified care or client relationship, nor, in social care, another justified task (X-7). Blocks use of one's own file and statutory rights too.",
		Effect: Deny, Reason: ReasonNoCareOrClientRelationship,
		none: relationship,
	},
	{
		ID: "R07", Law: "L703 9; D457; S3.5; S4.2; S4.3",
		Text:   "The access right does not cover the item, or the task does not need it.",
		Effect: Deny, Reason: ReasonNoAccessRight,
		none: accessRight,
	},
}

// ownUse is what is not sharing at all, and what is open to healthcare.
var ownUse = []Rule{
	{
		ID: "R08", Law: "L703 4(3); L612 58; S4.5; S3.26; S3.30; S3.32",
		Text:   "The item is in the requester's own file and not kept apart (R25). Above every declaration.",
		Effect: NotADisclosure, Reason: ReasonOwnRegister, Obligations: UseLog | Necessary | Special,
		all: ownFile, informs: true,
	},
	{
		ID: "R09", Law: "L703 4(2), 14; L612 58; L569 11; K-osva; K-sosreg; S1.8; S3.8; S0.6",
		Text:   "The requester produces an outsourced or voucher service, and the item is in the organiser's same file, within the assignment. Denials have no part in it.",
		Effect: NotADisclosure, Reason: ReasonOutsourcedService, Obligations: UseLog | Necessary,
		all: assignedFile, informs: true,
	},
	{
		ID: "R10", Law: "K-will; L703 72(2)",
		Text:   "A living will, organ or body donation testament, and the requester is healthcare. Denials do not apply.",
		Effect: Permit, Reason: ReasonDeclarationOpenToHealthcare, Obligations: UseLog,
		all: openDeclaration | healthRequester, informs: true,
	},
	{
		ID: "R11", Law: "L703 54(1), 59(3); L61",
		Text: "An item of the prescription centre is decided by P1-P14 alone; consents and denials of the sectors have no effect.",
		Step: true,
	},
}

// statutory rights come before denials: they are not tied to a consent.
var statutory = []Rule{
	{
		ID: "R12", Law: "L703 53(1); D457 18-19",
		Text:   "Joint social and health service at one site, the requester takes part and needs the data. Before denials by INFERENCE.",
		Effect: Permit, Reason: ReasonJointService, Obligations: UseLog | Necessary,
		all: joint | forCare, any: sameSector | crossSector, informs: true,
	},
	{
		ID: "R13a", Law: "L703 55(2); S0.7; S1.6; S1.7",
		Text:   "A social welfare authority, or one acting on its behalf, needs social data of another provider for a statutory duty. Beats denials.",
		Effect: Permit, Reason: ReasonStatutoryRightSocialAuthority, Obligations: DisclosureLog | RecordBasis | Necessary,
		all: basis55 | socialRequester | authority | socialItem, informs: true,
	},
	{
		ID: "R13b", Law: "L703 53(5); L784 18(6), INFERENCE",
		Text:   "The same authority needs patient data for the same. Beats denials.",
		Effect: Permit, Reason: ReasonStatutoryRightSocialAuthority, Obligations: DisclosureLog | RecordBasis,
		all: basis53 | socialRequester | authority | healthItem, informs: true,
	},
	{
		ID: "R13c", Law: "L703 56",
		Text:   "Social data, consent cannot be had or the client denies, one of the three grounds holds, and the recipient is an authority or acts for one. Beats denials.",
		Effect: Permit, Reason: ReasonSocialProtection56, Obligations: DisclosureLog | RecordBasis,
		all: basis56 | socialItem | authority, any: denied | refused | noCapacity | unconscious, restsOn: onDenials, informs: true,
	},
	{
		ID: "R13c", Law: "L703 56",
		Text:   "The same, and the recipient is a private provider: only for immediate care.",
		Effect: Permit, Reason: ReasonSocialProtection56, Obligations: DisclosureLog | RecordBasis,
		all: basis56 | socialItem | socialRequester | immediate, any: denied | refused | noCapacity | unconscious, restsOn: onDenials, informs: true,
	},
}
