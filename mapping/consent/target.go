package consent

// TargetKind is what sort of source of data a denial is aimed at.
type TargetKind uint8

// The kinds of target (rules section 2.4). The zero kind is all data of the
// denial's sector, so that a target nobody could read narrows nothing.
const (
	TargetAll          TargetKind = iota
	TargetController              // all files of a controller (rekisterinpitäjä), or one of them
	TargetServiceEvent            // palvelutapahtuma, health
	TargetDocument                // asiakirja, social
	TargetServiceTask             // palvelutehtävä, social; of one controller when it is named
	TargetPrescription            // lääkemääräys
	targetKindCount
)

var targetCodes = [targetKindCount]string{
	TargetAll:          "all",
	TargetController:   "controller",
	TargetServiceEvent: "service-event",
	TargetDocument:     "document",
	TargetServiceTask:  "service-task",
	TargetPrescription: "prescription",
}

// String gives the code of the target kind, or "" for an unknown one.
func (k TargetKind) String() string { return CodeOf(targetCodes[:], k) }

// Target is the source of data a denial is aimed at: 703/2023 section 59,
// 61/2007 section 13. Only the members its Kind speaks of are set. A denial
// aimed at a provider that was merged into a county in 2023 is an ordinary
// controller target; who was merged is looked up, not declared.
type Target struct {
	Kind         TargetKind
	Register     Register   // of a controller; unknown is all its files of the sector
	Controller   Identifier // rekisterinpitäjä
	Employer     Identifier // specifier of an occupational register (työnantaja)
	ServiceEvent Identifier
	Document     Identifier
	Prescription Identifier
	Task         Coding
	// Recipient is towards whom alone somebody asked to deny, which no law
	// knows (rules V9, V12, V16). No declaration that is stored has one: it is
	// there so that the refusal can say why.
	Recipient Identifier
}
