package decision

// facts is a set of established facts. Rules are conditions on it and on
// nothing else, so that whatever decides is visible in the table of rules. A
// fact that could not be established is absent, and no rule permits for want
// of a fact except where a denial, or the lack of something, is meant.
type facts uint64

const (
	malformed facts = 1 << iota // an obligatory input is missing, unknown or contradictory

	// The request.
	viewingDenials   // the operation is to view the list of denials
	viewJustified    // for one of the three purposes of S3.34
	deceased         // the subject has died
	outOfScope       // requester outside social and health care, and no pharmacy
	abroad           // foreign healthcare through the national contact point
	pharmacy         // requester is a pharmacy
	relationship     // care or client relationship, or another justified task
	accessRight      // the access right covers the data and the task needs it
	healthRequester  // a provider that works in a patient or occupational file
	socialRequester  // a provider that works in a social client register
	authority        // public, or acting on behalf of a public organiser
	viaKanta         // channel is Kanta
	forCare          // purpose is health or social care
	unconscious      // unconscious or comparable
	noCapacity       // no capacity and no legal representative
	refused          // consent refused
	joint            // joint social and health service at one site
	agreed           // agreed with the patient
	immediate        // immediate care
	unasked          // pharmacy: no request by the purchaser
	instructed       // pharmacy: instructions presented
	ownPrescriber    // the requester wrote the prescription
	renewing         // the prescription is being renewed
	prescribingCNS   // a CNS or narcotic drug is being prescribed
	inWriting        // written consent for another purpose
	basis53          // L703 53(5) is claimed
	basis55          // L703 55(2) is claimed
	basis56          // L703 56 is claimed, and its ground can hold
	agreedRuleBegun  // the rule on agreed providers is in force
	beforeSocialRx   // social providers do not get prescriptions through Kanta yet
	uninformed       // the current information was not received
	uusimaaInformed  // newest information is 1.1 or later
	uusimaaRightHeld // within the time of the Uusimaa right

	// The item.
	healthItem
	socialItem
	prescriptionItem
	openDeclaration // living will, organ or body donation testament
	ownFile         // in the requester's own file, and not kept apart
	assignedFile    // in the organiser's file, within the assignment
	sameSector      // requester and item are both health, or both social
	crossSector     // one is health and the other social
	summaryItem     // may be part of a patient summary
	uusimaaPair     // between patient files of two public Uusimaa controllers
	uusimaaLocal    // such a pair, through the local database
	tooOld          // the prescription's 42 months are over
	storedByOwn     // stored by the requester or a provider merged into it
	controlledDrug
	gateShut      // Kanta cannot carry it: function missing, not in Kanta, before 2023
	crossGateShut // Kanta does not yet carry data across the sectors

	// The declarations.
	denied           // a denial in force matches
	legacyUnknown    // an old denial's coverage must be looked up
	emergencyAllowed // the emergency permission of the sector is in force
	summaryConsent   // the patient summary consent is in force
	consentCounts    // the sector's consent is in force, after information
	consentCovers    // and covers the channel
	crossCounts      // the direction's consent is in force, after information
	crossCovers      // and covers requester, data and period
	consentOver      // the consent needed was withdrawn
	consentPending   // it is not yet in force
	consentUnread    // it is in force, but no information was received first
	consentElsewhere // only consents for something else are in force
)
