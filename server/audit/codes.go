package audit

import "tahto/mapping/decision"

// The codes in which records say what was asked: those of the interface
// (mapping.md §4). A test reads each back with package decision.
var (
	operations = map[decision.Operation]string{
		decision.Disclose: "disclose", decision.ViewDenials: "view-denials",
	}
	// purposes are told apart as far as the law does.
	purposes = map[decision.Purpose]string{
		decision.Care: "care", decision.NotCare: "not-care",
	}
	denialViews = map[decision.DenialViewPurpose]string{
		decision.ClientWantsChange:    "client-wants-change",
		decision.NonKantaDisclosure:   "non-kanta-disclosure",
		decision.ProblemInvestigation: "problem-investigation",
	}
	bases = map[decision.Basis]string{
		decision.Basis53: "703-2023-53-5", decision.Basis55: "703-2023-55-2", decision.Basis56: "703-2023-56",
	}
	circumstances = []struct {
		is   decision.Circumstances
		code string
	}{
		{decision.Unconscious, "unconscious"},
		{decision.NoCapacity, "no-capacity"},
		{decision.ConsentRefused, "consent-refused"},
		{decision.JointService, "joint-service"},
		{decision.AgreedWithPatient, "agreed-with-patient"},
		{decision.KantaNotPossible, "kanta-not-possible"},
		{decision.ImmediateCare, "immediate-care"},
		{decision.OutsideAssignment, "outside-assignment"},
		{decision.FunctionMissing, "function-missing"},
		{decision.KeptApart, "kept-apart"},
		{decision.Deceased, "deceased"},
		{decision.Minor, "minor"},
		{decision.Voucher, "voucher"},
		{decision.NoPurchaserRequest, "no-purchaser-request"},
		{decision.InstructionsPresented, "instructions-presented"},
		{decision.OwnPrescriber, "own-prescriber"},
		{decision.Renewal, "renewal"},
		{decision.PrescribingControlledDrug, "prescribing-controlled-drug"},
		{decision.WrittenConsent, "written-consent"},
	}
)
