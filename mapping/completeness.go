package mapping

import (
	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/mapping/consent"
	"tahto/mapping/decision"
)

// complete checks what can be told only when all parameters were read.
func (r *evaluationReader) complete(list *place) {
	if list.Len() == 0 {
		return
	}
	for _, needed := range [...]struct{ name, why string }{
		{"patient", "Say whose data it is about: give patient, an Identifier with system " + fhir.IdentitySystem + "."},
		{"requester", "Say who asks: give requester with the part organization."},
		{"relationship", "Say whether the care or client relationship is verified: give relationship, a boolean."},
		{"accessRight", "Say whether the person's access right covers the data: give accessRight, a boolean."},
	} {
		if !r.has(needed.name) {
			r.fault(list, issue.CodeRequired, needed.why)
		}
	}
	r.completeGround(list)
	r.completePurpose(list)
	switch {
	case r.items > MaxItems:
		r.fault(list, issue.CodeTooCostly, "At most 1,000 items may be asked about at once; split the question.")
	case r.items > 0 && r.evaluation.Request.Operation == decision.ViewDenials:
		r.fault(list, issue.CodeBusinessRule, "Viewing the denials is not about items; leave them out, or ask with the operation disclose.")
	}
}

// completeGround holds ground to the basis it belongs to, section 56 of act
// 703/2023, which needs one.
func (r *evaluationReader) completeGround(list *place) {
	basis := r.evaluation.Request.Basis
	unreadable := r.has("basis") && basis == decision.NoBasis
	switch {
	case !r.has("ground"):
		if basis == decision.Basis56 {
			at := list.item(r.basisAt)
			r.fault(&at, issue.CodeRequired, "Section 56 has three grounds; say which by the parameter ground, 1 to 3.")
		}
		return
	case !r.groundRead || unreadable:
		return
	}
	at := list.item(r.groundAt)
	value := place{up: &at, name: "value", index: -1}
	switch {
	case basis != decision.Basis56:
		r.fault(&at, issue.CodeBusinessRule, "A ground goes with the basis 703-2023-56 only; leave it out or give that basis.")
	case r.ground < 1 || r.ground > 3:
		r.fault(&value, issue.CodeCodeInvalid, "Section 56 has three grounds; give 1, 2 or 3.")
	default:
		r.evaluation.Request.Ground = uint8(r.ground)
	}
}

// completePurpose reads the purpose as the operation takes it. To view the
// denials any purpose can be named, but only three justify it.
func (r *evaluationReader) completePurpose(list *place) {
	request := &r.evaluation.Request
	switch {
	case request.Operation == decision.ViewDenials:
		if r.purpose.System == DenialViewPurposeSystem {
			request.DenialUse = decision.ParseDenialViewPurpose(r.purpose.Code)
		}
	case !r.has("purpose"):
		request.Purpose = decision.Care
	case !r.purpose.IsZero():
		purpose, known := decision.ParsePurpose(r.purpose)
		if !known {
			at := list.item(r.purposeAt)
			value := place{up: &at, name: "value", index: -1}
			r.unknown(&value, "This purpose is not known here; use a purpose of use of "+consent.ActReasonSystem+", such as TREAT.")
		}
		request.Purpose = purpose
	}
}
