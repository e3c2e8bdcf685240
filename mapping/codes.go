package mapping

import "tahto/fhir"

// Base is the canonical base of the project's own code systems and extensions,
// [fhir.Base].
const Base = fhir.Base

// The project's own code systems (mapping.md §1 and §4).
const (
	DeclarationSystem        = Base + "/CodeSystem/declaration"         // what sort of declaration (tahdonilmaisu) a Consent is
	InformationVersionSystem = Base + "/CodeSystem/information-version" // versions of the notice (Kanta-informointi)
	ServiceTaskSystem        = Base + "/CodeSystem/service-task"        // service tasks (palvelutehtävä), readable codes
	DataCategorySystem       = Base + "/CodeSystem/data-category"       // patient data that may pass to social care
	RecipientGroupSystem     = Base + "/CodeSystem/recipient-group"     // recipients named as a whole
	DenialViewPurposeSystem  = Base + "/CodeSystem/denial-view-purpose" // why somebody wants to see the denials
	DecisionReasonSystem     = Base + "/CodeSystem/reason"              // why a decision is what it is
	ObligationSystem         = Base + "/CodeSystem/obligation"          // what the requester must do (rules.md §3.4)
	TagSystem                = Base + "/CodeSystem/tag"                 // tags in meta.tag
)

// TagNotADeclaration of [TagSystem] marks a Consent that is kept but takes
// part in no decision, since it is no Finnish declaration (mapping.md §1).
const TagNotADeclaration = "not-a-declaration"

// Code systems of others. Those the law itself is decided by are in package
// consent.
const (
	NationalServiceTaskSystem = "urn:oid:1.2.246.537.6.1221.201601" // palvelutehtävä, THL's code server
	ConsentScopeSystem        = "http://terminology.hl7.org/CodeSystem/consentscope"
	ParticipationSystem       = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
)

// KantaConsentProfile is Kanta's profile of the consent between the sectors
// (kanta-fhir.md §1); under it Kanta's own category codes are read.
const KantaConsentProfile = "https://gen.kanta.fi/fhir/tahdonilmaisut/StructureDefinition/soteluovutuslupa"

// Extensions of a declaration (mapping.md §1).
const (
	DeclaredByExtension       = Base + "/StructureDefinition/declared-by"
	CapacityAssessedExtension = Base + "/StructureDefinition/capacity-assessed"
	MandateExtension          = Base + "/StructureDefinition/mandate"
	ActingPersonExtension     = Base + "/StructureDefinition/acting-person"
)

// Kanta's extensions of a register (rekisteri) on the actor of a denial
// (kanta-fhir.md §4).
const (
	RegisterTypeExtension      = "https://gen.kanta.fi/fhir/StructureDefinition/extension/RegisterType"
	RegisterSpecifierExtension = "https://gen.kanta.fi/fhir/StructureDefinition/extension/RegisterSpecifier"

	// registerSpecifier is the url of the part of RegisterSpecifierExtension
	// that holds the employer's identifier.
	registerSpecifier = "RegisterSpecifier"
)

// The statutes that WriteConsent names in policy.uri, as Finlex has them.
const (
	clientDataAct    = "http://data.finlex.fi/eli/sd/2023/703" // asiakastietolaki
	prescriptionAct  = "http://data.finlex.fi/eli/sd/2007/61"  // laki sähköisestä lääkemääräyksestä
	secondaryUseAct  = "http://data.finlex.fi/eli/sd/2019/552" // toisiolaki
	scopePrivacy     = "patient-privacy"
	roleCustodian    = "CST"  // whose data: the controller
	roleRecipient    = "PRCP" // who may receive
	purposeEmergency = "ETREAT"
	permit           = "permit"
	deny             = "deny"
)

// serviceTasks are the codes of [ServiceTaskSystem]. Of the national system and
// of others the codes are not known here.
var serviceTasks = []string{
	"families", "working-age", "elderly", "substance-abuse", "disability", "child-protection", "family-law",
}

// dataCategories are the codes of [DataCategorySystem]: the patient summary,
// all entries of service events, statements and certificates (decree 457/2024
// section 25).
var dataCategories = []string{"summary", "events", "statements"}
