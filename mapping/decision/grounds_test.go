package decision_test

import (
	"testing"

	"tahto/mapping/consent"
	"tahto/mapping/decision"
)

func none() answer {
	return answer{rule: "R26", reason: decision.ReasonNoConsent, obligations: decision.Hide}
}

func TestCrossSectorConsent(t *testing.T) {
	public := consent.Recipient{Group: consent.GroupPublic}
	toS1 := consent.Recipient{Organisation: org(t, "S1")}
	info := informed(t, "2.0", "2024-01-10")
	hs := grants(t, consent.ConsentHealthToSocial, public, category("summary"))
	named := grants(t, consent.ConsentHealthToSocial, toS1, category("summary"))
	sh := grants(t, consent.ConsentSocialToHealth, public, task("elderly"))
	everything := given(t, consent.ConsentHealthToSocial, "2024-09-01")
	everything.Everything = true
	silent := given(t, consent.ConsentHealthToSocial, "2024-09-01")
	nobody := grants(t, consent.ConsentHealthToSocial, consent.Recipient{}, category("summary"))
	anything := grants(t, consent.ConsentHealthToSocial, public)
	dated := grants(t, consent.ConsentHealthToSocial, public, category("summary"))
	dated.Grants[0].Recorded = consent.Period{From: day(t, "2024-01-01"), Until: day(t, "2024-06-01")}
	summary := held(t, "A", "patient", func(i *decision.Item) { i.Category = category("summary") })
	recorded := func(p consent.Period) *decision.Item {
		i := *summary
		i.Recorded = p
		return &i
	}
	permit := answer{"R17", decision.Permit, decision.ReasonCrossSectorConsent, decision.DisclosureLog | decision.Necessary, []int{1}}
	scope := answer{"R17b", decision.Deny, decision.ReasonCrossSectorConsentScope, decision.Hide, []int{1}}
	local := by(decision.Local)
	with := func(s consent.Statement) []consent.Statement { return []consent.Statement{info, s} }
	run(t, []scenario{
		{"public recipient, covered category, paper", asks(t, "B", "social", by(decision.Other)), summary, with(hs), permit},
		{"one's own other file is across too", asks(t, "A", "social", local), summary, with(hs), permit},
		{"acting on behalf of a public recipient", asks(t, "S1", "social", actingFor(t, "B"), local), summary, with(hs), permit},
		{"private recipient not named", asks(t, "S1", "social", local), summary, with(hs), scope},
		{"private recipient named", asks(t, "S1", "social", local), summary, with(named), permit},
		{"named, but working for somebody else's file", asks(t, "S1", "social", actingFor(t, "B"), local), summary, with(named), scope},
		{"another private recipient named", asks(t, "S2", "social", local), summary, with(named), scope},
		{"category not covered", asks(t, "B", "social", local), held(t, "A", "patient", func(i *decision.Item) { i.Category = category("events") }), with(hs), scope},
		{"no category", asks(t, "B", "social", local), held(t, "A", "patient"), with(hs), scope},
		{"social task covered", asks(t, "B", "patient", local), held(t, "A", "social"), with(sh), permit},
		{"explicit all", asks(t, "S1", "social", local), held(t, "A", "patient"), with(everything), permit},
		{"silence is not all", asks(t, "B", "social", local), summary, with(silent), scope},
		{"a grant to nobody", asks(t, "B", "social", local), summary, with(nobody), scope},
		{"a grant of nothing", asks(t, "B", "social", local), summary, with(anything), scope},
		{"recorded on the first day", asks(t, "B", "social", local), recorded(wholeDay(t, "2024-01-01")), with(dated), permit},
		{"recorded on the last day", asks(t, "B", "social", local), recorded(wholeDay(t, "2024-05-31")), with(dated), permit},
		{"recorded the day after", asks(t, "B", "social", local), recorded(wholeDay(t, "2024-06-01")), with(dated), scope},
		{"recorded at an instant within", asks(t, "B", "social", local), recorded(decision.Instant(day(t, "2024-06-01").Add(-1))), with(dated), permit},
		{"recorded some time that year", asks(t, "B", "social", local), recorded(consent.Period{From: day(t, "2024-01-01"), Until: day(t, "2025-01-01")}), with(dated), scope},
		{"not known when recorded", asks(t, "B", "social", local), recorded(consent.Period{}), with(dated), scope},
		{"without information", asks(t, "B", "social", local), summary, []consent.Statement{hs}, answer{"R26", decision.Deny, decision.ReasonConsentWithoutInformation, decision.Hide, []int{0}}},
		{"a denial beats it", asks(t, "B", "social", local), summary, append(with(hs), denies(t, consent.DenialHealth, nil)), answer{"R16", decision.Deny, decision.ReasonDenialInForce, decision.Hide, []int{2}}},
		{"not for other purposes", asks(t, "B", "social", local, func(r *decision.Request) { r.Purpose = decision.NotCare }), summary, with(hs), none()},
		{"a scope too small takes no other ground away", asks(t, "B", "social", local, when(decision.NoCapacity)), held(t, "A", "patient"), with(hs), answer{"R22", decision.Permit, decision.ReasonIncapacityOrUnconscious, decision.DisclosureLog | decision.RecordBasis, nil}},
		{"through Kanta, function missing", asks(t, "B", "social", at(t, "2027-03-01"), when(decision.FunctionMissing)), summary, with(hs), answer{"R24", decision.Deny, decision.ReasonSharingNotAvailableViaKanta, 0, []int{1}}},
		{"through Kanta, the item is not there", asks(t, "B", "social", at(t, "2027-03-01")), held(t, "A", "patient", func(i *decision.Item) { i.Category, i.OutsideKanta = category("summary"), true }), with(hs), answer{"R24", decision.Deny, decision.ReasonSharingNotAvailableViaKanta, 0, []int{1}}},
	})
}

func TestUusimaaRight(t *testing.T) {
	v11, v10 := informed(t, "1.1", "2023-01-05"), informed(t, "1.0", "2021-12-01")
	newer, later := informed(t, "3.4", "2025-01-01"), v11
	later.Declared = day(t, "2025-07-01")
	health := given(t, consent.ConsentHealth, "2022-03-01")
	one := func(s ...consent.Statement) []consent.Statement { return s }
	permit := answer{"R18", decision.Permit, decision.ReasonUusimaaInformation, decision.DisclosureLog | decision.Necessary, []int{0}}
	local := by(decision.Local)
	needs := answer{"R19", decision.Deny, decision.ReasonUusimaaLocalNeedsInformation11, decision.Inform | decision.Hide, nil}
	item := held(t, "U1", "patient")
	private := held(t, "U1", "patient", func(i *decision.Item) { i.Register = consent.PatientPrivate })
	run(t, []scenario{
		{"information 1.1, through Kanta", asks(t, "HUS", "patient"), item, one(v11), permit},
		{"a newer version counts", asks(t, "HUS", "patient", local), item, one(newer), permit},
		{"one acting on behalf of a controller", asks(t, "P1", "patient", actingFor(t, "HUS")), item, one(v11), permit},
		{"acting outside the assignment", asks(t, "P1", "patient", actingFor(t, "HUS"), when(decision.OutsideAssignment)), item, one(v11), none()},
		{"requester's occupational file", asks(t, "HUS", "occupational"), item, one(v11), none()},
		{"a file with the private code", asks(t, "HUS", "patient"), private, one(v11), none()},
		{"documents kept apart", asks(t, "HUS", "patient", when(decision.KeptApart)), item, one(v11), none()},
		{"one's own documents kept apart", asks(t, "U1", "patient", when(decision.KeptApart)), item, one(v11), none()},
		{"information by who may only view", asks(t, "HUS", "patient"), item, one(declaredBy(consent.ByInformationRecipient, v11)), none()},
		{"other purposes", asks(t, "HUS", "patient", func(r *decision.Request) { r.Purpose = decision.NotCare }), item, one(v11), none()},
		{"local, older information, with consent", asks(t, "HUS", "patient", local), item, one(v10, health), needs},
		{"local, older information, with a consent that covers it", asks(t, "HUS", "patient", local), item, one(v10, given(t, consent.ConsentHealth, "2024-02-01")), needs},
		{"acknowledged only later", asks(t, "HUS", "patient"), item, one(later), none()},
		{"local, nothing at all", asks(t, "HUS", "patient", local), item, nil, needs},
		{"through Kanta, older information, with consent", asks(t, "HUS", "patient"), item, one(v10, health), answer{"R20", decision.Permit, decision.ReasonConsent, fullConsent, []int{1}}},
		{"local, but no Uusimaa pair", asks(t, "A", "patient", local), item, nil, none()},
	})
}

func TestConsentOfTheSector(t *testing.T) {
	v10, v20 := informed(t, "1.0", "2021-12-01"), informed(t, "2.0", "2024-01-10")
	on := func(kind consent.Kind, date string) consent.Statement { return given(t, kind, date) }
	item, social := held(t, "A", "patient"), held(t, "A", "social")
	permit := func(rests ...int) answer {
		return answer{"R20", decision.Permit, decision.ReasonConsent, fullConsent, rests}
	}
	deny := func(rule string, reason decision.Reason, rests ...int) answer {
		return answer{rule, decision.Deny, reason, decision.Hide, rests}
	}
	withdrawn := declared(t, consent.ConsentHealth, "2024-02-01", "2025-03-01")
	annulled := on(consent.ConsentHealth, "2024-02-01")
	annulled.Status = consent.EnteredInError
	sameDay := on(consent.ConsentHealth, "2024-01-10")
	sameDay.Declared = day(t, "2024-01-10").Add(1)
	v20.Declared = day(t, "2024-01-10").Add(2)
	backdated := on(consent.ConsentHealth, "2019-01-01")
	backdated.Declared = day(t, "2023-12-01")
	updated := on(consent.ConsentHealth, "2022-06-01")
	updated.Declared = day(t, "2023-11-30")
	all := func(s ...consent.Statement) []consent.Statement { return s }
	paper := by(decision.Other)
	run(t, []scenario{
		{"health", asks(t, "B", "patient"), item, all(v20, on(consent.ConsentHealth, "2024-02-01")), permit(1)},
		{"social", asks(t, "B", "social"), social, all(v20, on(consent.ConsentSocial, "2024-02-01")), permit(1)},
		{"two consents in force", asks(t, "B", "patient"), item, all(v20, withdrawn, on(consent.ConsentHealth, "2024-02-01"), on(consent.ConsentHealth, "2025-01-01")), permit(2, 3)},
		{"information later on the same day", asks(t, "B", "patient"), item, all(v20, sameDay), permit(1)},
		{"information the day after", asks(t, "B", "patient"), item, all(v20, on(consent.ConsentHealth, "2024-01-09")), deny("R26", decision.ReasonConsentWithoutInformation, 1)},
		{"a backdated consent is not carried over", asks(t, "B", "patient"), item, all(v20, backdated), deny("R26", decision.ReasonConsentWithoutInformation, 1)},
		{"withdrawn", asks(t, "B", "patient"), item, all(v20, withdrawn), deny("R26", decision.ReasonConsentWithdrawn, 1)},
		{"not yet", asks(t, "B", "patient"), item, all(v20, on(consent.ConsentHealth, "2026-01-01")), deny("R26", decision.ReasonConsentNotYetEffective, 1)},
		{"withdrawn, and not yet given again", asks(t, "B", "patient"), item, all(v20, on(consent.ConsentHealth, "2026-01-01"), withdrawn), deny("R26", decision.ReasonConsentWithdrawn, 2)},
		{"annulled", asks(t, "B", "patient"), item, all(v20, annulled), none()},
		{"by who may only view", asks(t, "B", "patient"), item, all(v20, declaredBy(consent.ByInformationRecipient, on(consent.ConsentHealth, "2024-02-01"))), none()},
		{"by an unknown declarer", asks(t, "B", "patient"), item, all(v20, declaredBy(77, on(consent.ConsentHealth, "2024-02-01"))), none()},
		{"by a guardian", asks(t, "B", "patient"), item, all(v20, declaredBy(consent.ByGuardian, on(consent.ConsentHealth, "2024-02-01"))), permit(1)},
		{"the other sector's", asks(t, "B", "patient"), item, all(v20, on(consent.ConsentSocial, "2024-02-01")), deny("R26", decision.ReasonConsentWrongSector, 1)},
		{"withdrawn, and the other sector's", asks(t, "B", "patient"), item, all(v20, withdrawn, on(consent.ConsentSocial, "2024-02-01")), deny("R26", decision.ReasonConsentWithdrawn, 1)},
		{"across the sectors", asks(t, "B", "social"), item, all(v20, on(consent.ConsentHealth, "2024-02-01"), on(consent.ConsentSocial, "2024-02-01")), deny("R26", decision.ReasonConsentWrongSector, 1, 2)},
		{"for another purpose", asks(t, "B", "patient", func(r *decision.Request) { r.Purpose = decision.NotCare }), item, all(v20, on(consent.ConsentHealth, "2024-02-01")), none()},
		{"pharmacy and patient data", asks(t, "PH", ""), item, all(v20, on(consent.ConsentHealth, "2024-02-01")), none()},
		{"paper, never updated", asks(t, "B", "patient", paper), item, all(v10, on(consent.ConsentHealth, "2022-06-01")), deny("R21", decision.ReasonConsentDoesNotCoverChannel, 1)},
		{"paper, updated on the first day", asks(t, "B", "patient", paper), item, all(v10, updated), permit(1)},
		{"paper, one of two covers it", asks(t, "B", "patient", paper), item, all(v10, on(consent.ConsentHealth, "2022-06-01"), updated), permit(2)},
		{"paper, social", asks(t, "B", "social", paper), social, all(v10, on(consent.ConsentSocial, "2022-06-01")), deny("R21", decision.ReasonConsentDoesNotCoverChannel, 1)},
		{"Kanta, social function missing", asks(t, "B", "social", when(decision.FunctionMissing)), social, all(v20, on(consent.ConsentSocial, "2024-02-01")), answer{"R24", decision.Deny, decision.ReasonSharingNotAvailableViaKanta, 0, []int{1}}},
		{"Kanta, patient data need no social function", asks(t, "B", "patient", when(decision.FunctionMissing)), item, all(v20, on(consent.ConsentHealth, "2024-02-01")), permit(1)},
		{"Kanta, the item is not there", asks(t, "B", "patient"), held(t, "A", "patient", func(i *decision.Item) { i.OutsideKanta = true }), all(v20, on(consent.ConsentHealth, "2024-02-01")), answer{"R24", decision.Deny, decision.ReasonSharingNotAvailableViaKanta, 0, []int{1}}},
		{"Kanta's gate takes no other ground away", asks(t, "B", "social", when(decision.FunctionMissing|decision.NoCapacity)), social, all(v20, on(consent.ConsentSocial, "2024-02-01")), answer{"R22", decision.Permit, decision.ReasonIncapacityOrUnconscious, decision.DisclosureLog | decision.RecordBasis, nil}},
	})
}

func TestGroundsThatNeedNoConsent(t *testing.T) {
	item, social := held(t, "A", "patient"), held(t, "A", "social")
	unable := answer{"R22", decision.Permit, decision.ReasonIncapacityOrUnconscious, decision.DisclosureLog | decision.RecordBasis, nil}
	agreed := answer{"R23", decision.Permit, decision.ReasonAgreedCareProvider, decision.DisclosureLog | decision.CheckDenials, nil}
	denial := []consent.Statement{denies(t, consent.DenialHealth, nil), denies(t, consent.DenialSocial, nil)}
	denied := func(i int) answer {
		return answer{"R16", decision.Deny, decision.ReasonDenialInForce, decision.Hide, []int{i}}
	}
	notCare := func(r *decision.Request) { r.Purpose = decision.NotCare }
	run(t, []scenario{
		{"no capacity, health", asks(t, "P1", "patient", when(decision.NoCapacity)), item, nil, unable},
		{"no capacity, social", asks(t, "B", "social", when(decision.NoCapacity)), social, nil, unable},
		{"no capacity, across", asks(t, "B", "patient", when(decision.NoCapacity)), social, nil, unable},
		{"no capacity, denied", asks(t, "B", "social", when(decision.NoCapacity)), social, denial, denied(1)},
		{"no capacity, another purpose", asks(t, "B", "patient", when(decision.NoCapacity), notCare), item, nil, none()},
		{"no capacity, pharmacy", asks(t, "PH", "", when(decision.NoCapacity)), item, nil, none()},
		{"unconscious, health", asks(t, "B", "patient", when(decision.Unconscious)), item, nil, unable},
		{"unconscious, social data", asks(t, "B", "social", when(decision.Unconscious)), social, nil, none()},
		{"unconscious, denied", asks(t, "B", "patient", when(decision.Unconscious)), item, denial, denied(0)},
		{"agreed provider", asks(t, "B", "patient", by(decision.Other), when(decision.AgreedWithPatient)), item, nil, agreed},
		{"agreed provider, denied", asks(t, "B", "patient", by(decision.Other), when(decision.AgreedWithPatient)), item, denial, denied(0)},
		{"agreed provider, to social care", asks(t, "S1", "social", by(decision.Other), when(decision.AgreedWithPatient)), item, nil, none()},
		{"agreed provider, social data", asks(t, "B", "social", by(decision.Other), when(decision.AgreedWithPatient)), social, nil, none()},
		{"agreed provider, another purpose", asks(t, "B", "patient", when(decision.AgreedWithPatient), notCare), item, nil, none()},
		{"immediate care alone is no ground", asks(t, "B", "patient", when(decision.ImmediateCare|decision.KantaNotPossible|decision.Voucher)), item, nil, none()},
	})
}
