package decision

import (
	"strings"

	"tahto/mapping/consent"
)

// Purpose is what the data is wanted for, as far as the law tells purposes
// apart. The zero Purpose is unknown.
type Purpose uint8

// The purposes. Consents, the Uusimaa right and the freedom of prescriptions
// are for care; the rest needs something of its own.
const (
	UnknownPurpose Purpose = iota
	Care                   // health or social care of this person
	NotCare                // anything else
	purposeCount
)

var purposeNames = []string{Care: "care", NotCare: "not-care"}

// String names the purpose as far as the law tells purposes apart: care or
// not-care; "" for an unknown one.
func (p Purpose) String() string { return consent.CodeOf(purposeNames, p) }

// carePurposes and otherPurposes are the purposes of use of v3-ActReason
// (value set PurposeOfUse, 2014-03-26 as used by FHIR R4). "Break the glass"
// is care in an emergency; it opens nothing by itself.
const (
	carePurposes  = " TREAT CAREMGT COC ETREAT ERTREAT BTG "
	otherPurposes = " CLINTRCH POPHLTH DONAT FRAUD GOV HACCRED HCOMPL HDECD HDIRECT HDM HLEGAL HOUTCOMS HPRGRP " +
		"HQUALIMP HSYSADMIN LABELING METAMGT MEMADMIN MILCDM PATADMIN PATSFTY PERFMSR RECORDMGT SYSDEV HTEST TRAIN " +
		"HOPERAT HPAYMT CLMATTCH COVAUTH COVERAGE ELIGDTRM ELIGVER ENROLLM MILDCRG REMITADV " +
		"HRESCH BIORCH CLINTRCHNPC CLINTRCHPC PRECLINTRCH DSRCH POARCH TRANSRCH " +
		"PATRQT FAMRQT PWATRNY SUPNWK PUBHLTH DISASTER THREAT HMARKT "
)

// ParsePurpose reads a purpose of use of [consent.ActReasonSystem]; false when the system is another or
// has no such purpose.
func ParsePurpose(c consent.Coding) (Purpose, bool) {
	switch word := " " + c.Code + " "; {
	case c.System != consent.ActReasonSystem || c.Code == "" || strings.Contains(c.Code, " "):
		return UnknownPurpose, false
	case strings.Contains(carePurposes, word):
		return Care, true
	case strings.Contains(otherPurposes, word):
		return NotCare, true
	}
	return UnknownPurpose, false
}

// DenialViewPurpose is why somebody wants to see the list of denials (S3.34).
// The zero value, and any other purpose, justifies nothing.
type DenialViewPurpose uint8

// The purposes that justify it.
const (
	NoDenialViewPurpose  DenialViewPurpose = iota
	ClientWantsChange                      // the client wants to change them
	NonKantaDisclosure                     // data is to be disclosed outside Kanta
	ProblemInvestigation                   // a problem is investigated
	denialViewPurposeCount
)

var denialViewCodes = []string{
	ClientWantsChange:    "client-wants-change",
	NonKantaDisclosure:   "non-kanta-disclosure",
	ProblemInvestigation: "problem-investigation",
}

// String gives the code of the purpose, or "" for one that justifies nothing.
func (p DenialViewPurpose) String() string { return consent.CodeOf(denialViewCodes, p) }

// ParseDenialViewPurpose reads a code of the code system
// "denial-view-purpose"; any other code is no justified purpose.
func ParseDenialViewPurpose(code string) DenialViewPurpose {
	p, _ := consent.ParseCode[DenialViewPurpose](denialViewCodes, code)
	return p
}
