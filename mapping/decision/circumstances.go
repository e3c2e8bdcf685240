package decision

import "iter"

// Circumstances is a set of things the requester states about the situation.
// The zero value is none.
type Circumstances uint32

// The circumstances. Unconscious includes comparable states in which the
// person's will cannot be had (785/1992 section 8).
const (
	Unconscious               Circumstances = 1 << iota // unconscious or comparable
	NoCapacity                                          // cannot assess the consent, and no representative
	ConsentRefused                                      // the client or representative refuses
	JointService                                        // joint health and social service at one site
	AgreedWithPatient                                   // referral or summary to a provider agreed with the patient
	KantaNotPossible                                    // Kanta cannot be used
	ImmediateCare                                       // care is needed at once
	OutsideAssignment                                   // not within the outsourcing authorisation
	FunctionMissing                                     // the social sharing function is missing at an end
	KeptApart                                           // a closed provider's documents, apart from the county's own
	Deceased                                            // the subject has died
	Minor                                               // the subject is a minor
	Voucher                                             // a voucher service (palveluseteli)
	NoPurchaserRequest                                  // pharmacy: nobody asked for the medicine
	InstructionsPresented                               // pharmacy: patient instructions or a summary shown
	OwnPrescriber                                       // the requester wrote the prescription
	Renewal                                             // this prescription is being renewed at the patient's request
	PrescribingControlledDrug                           // a CNS or narcotic drug is being prescribed
	WrittenConsent                                      // written consent for another purpose than care
	circumstancesEnd
)

var circumstanceCodes = [...]string{
	"unconscious", "no-capacity", "consent-refused", "joint-service", "agreed-with-patient",
	"kanta-not-possible", "immediate-care", "outside-assignment", "function-missing", "kept-apart",
	"deceased", "minor", "voucher", "no-purchaser-request", "instructions-presented",
	"own-prescriber", "renewal", "prescribing-controlled-drug", "written-consent",
}

// ParseCircumstance reads one code; false when no circumstance has it.
func ParseCircumstance(code string) (Circumstances, bool) {
	for i, c := range circumstanceCodes {
		if c == code {
			return 1 << i, true
		}
	}
	return 0, false
}

// Codes are the codes of the circumstances in the set.
func (c Circumstances) Codes() iter.Seq[string] {
	return func(yield func(string) bool) {
		for i, code := range circumstanceCodes {
			if c&(1<<i) != 0 && !yield(code) {
				return
			}
		}
	}
}

func (c Circumstances) has(all Circumstances) bool { return c&all == all }
