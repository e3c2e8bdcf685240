package intake_test

import (
	"testing"
	"time"

	"tahto/mapping/consent"
	"tahto/mapping/intake"
)

const (
	atActor  = "Consent.provision.actor"
	atAgent  = "Provenance.agent"
	byWhom   = "Consent.extension"
	provides = "Consent.provision"
)

func standingPairs(t *testing.T) []pair {
	information := func(s *intake.Submission) {
		s.After.Kind, s.After.Information = consent.Information, consent.Information20
	}
	unrecorded := func(s *intake.Submission) { s.Recording = nil }
	return []pair{
		{"new and already withdrawn", []change{func(s *intake.Submission) { s.After.Status = consent.Withdrawn }}, "status-transition", "2.3", "Consent.status",
			[]change{replaces(consent.Draft)}},
		{"back from withdrawn", []change{replaces(consent.Withdrawn)}, "status-transition", "2.3", "Consent.status", []change{replaces(consent.Active)}},
		{"withdrawing information", []change{information, withdrawn}, "status-transition", "2.3", "Consent.status", []change{information, deleted}},
		{"an unknown kind", []change{kind(consent.UnknownKind)}, "declaration-not-known", "2.2", "Consent.category", nil},
		{"no Provenance", []change{unrecorded}, "provenance-required", "V2", "Provenance",
			[]change{unrecorded, func(s *intake.Submission) { s.After.Status = consent.Proposed }}},
		{"recorded by nobody", []change{recorder(intake.NotRecorded)}, "provenance-required", "V2", "Provenance", nil},
		{"recorded by one unknown", []change{recorder(9)}, "provenance-required", "V2", "Provenance", nil},
		{"a person of no age", []change{func(s *intake.Submission) { s.After.Person.Value = "x"; s.Others[0].Person.Value = "x" }}, "person-unknown", "V3", "Consent.patient", nil},
		{"declared before birth", []change{ofMinor, on(t, "2010-02-28"), at(t, "A")}, "person-unknown", "V3", "Consent.patient",
			[]change{ofMinor, on(t, "2010-03-01"), at(t, "A"), capacity(consent.CapacityFound)}},
	}
}

func whoPairs(t *testing.T) []pair {
	const (
		found, lacking = consent.CapacityFound, consent.CapacityLacking
		guardian       = consent.ByGuardian
		legal          = consent.ByLegalRepresentative
	)
	denial := denies(t, consent.DenialHealth, "A", consent.PatientPublic)
	cross := func(s *intake.Submission) { s.After.Kind, s.After.Everything = consent.ConsentHealthToSocial, true }
	nameless := func(s *intake.Submission) { s.After.Acting = &consent.ActingPerson{Identifier: aMinor} }
	timeless := func(s *intake.Submission) { s.After.Mandate.Period = consent.Period{} }
	receipt := func(s *intake.Submission) {
		s.After.Kind, s.After.Information = consent.Information, consent.Information20
	}
	return []pair{
		{"entitled to information", []change{by(consent.ByInformationRecipient), at(t, "A")}, "not-a-decision-maker", "V6", byWhom, []change{by(legal), at(t, "A")}},
		{"entitled to information, of a receipt", []change{receipt, by(consent.ByInformationRecipient)}, "not-a-decision-maker", "V6", byWhom, []change{receipt, ofMinor, by(guardian)}},
		{"mandate for a minor, in person", []change{ofMinor, proxy(t, ""), at(t, "A")}, "mandate-not-for-minors", "V7", byWhom, []change{proxy(t, ""), at(t, "A")}},
		{"consent between the sectors by a proxy", []change{cross, proxy(t, "")}, "proxy-not-allowed", "V7", byWhom, []change{cross, by(legal)}},
		{"wellbeing data by a proxy", []change{kind(consent.WellbeingData), proxy(t, "")}, "proxy-not-allowed", "V7", byWhom, []change{kind(consent.WellbeingData)}},
		{"a testament by a legal representative", []change{kind(consent.OrganDonation), by(legal), at(t, "A")}, "proxy-not-allowed", "V7", byWhom, []change{kind(consent.OrganDonation), at(t, "A")}},
		{"a testament by a guardian", []change{kind(consent.LivingWill), ofMinor, by(guardian), at(t, "A")}, "proxy-not-allowed", "V7", byWhom,
			[]change{kind(consent.LivingWill), ofMinor, by(consent.ByMinor), capacity(found), at(t, "A")}},
		{"somebody unheard of", []change{by(9), at(t, "A")}, "proxy-not-allowed", "V7", byWhom, nil},
		{"a minor's consent in MyKanta", []change{ofMinor, capacity(found)}, "minor-in-person-only", "V3", atAgent, []change{ofMinor, capacity(found), at(t, "A")}},
		{"a guardian's consent in MyKanta", []change{ofMinor, by(guardian)}, "minor-in-person-only", "V3", atAgent, []change{ofMinor, by(guardian), at(t, "A")}},
		{"a guardian's annulment in MyKanta", []change{ofMinor, denial, by(guardian), capacity(lacking), deleted}, "minor-in-person-only", "V3", atAgent,
			[]change{ofMinor, denial, by(guardian), deleted, at(t, "A")}},
		{"a guardian withdraws the denial of a prescription", []change{ofMinor, deniesPrescription, by(guardian), capacity(lacking), at(t, "A"), withdrawn}, "guardian-cannot-deny-prescription", "V5", byWhom,
			[]change{deniesPrescription, by(legal), at(t, "A"), withdrawn}},
		{"a legal representative permits a minor's prescriptions", []change{ofMinor, kind(consent.EmergencyPrescription), by(legal), capacity(lacking), at(t, "A")}, "guardian-cannot-deny-prescription", "V5", byWhom,
			[]change{ofMinor, kind(consent.EmergencyHealth), by(legal), capacity(lacking), at(t, "A")}},
		{"a minor not assessed", []change{ofMinor, denial, by(consent.ByMinor), at(t, "A")}, "minor-in-person-only", "V4", byWhom, []change{ofMinor, denial, by(consent.ByMinor), capacity(found), at(t, "A")}},
		{"a minor as client, assessed as lacking", []change{ofMinor, denial, capacity(lacking), at(t, "A")}, "minor-in-person-only", "V4", byWhom, []change{ofMinor, denial, capacity(found), at(t, "A")}},
		{"a guardian denies without an assessment", []change{ofMinor, denial, by(guardian), at(t, "A")}, "minor-in-person-only", "V3", byWhom, []change{ofMinor, denial, by(guardian), capacity(lacking), at(t, "A")}},
		{"a guardian of an adult", []change{by(guardian), at(t, "A")}, "not-a-decision-maker", "V4", byWhom, []change{by(legal), at(t, "A")}},
		{"an adult who lacks the capacity", []change{capacity(lacking), at(t, "A")}, "not-a-decision-maker", "V8", byWhom, []change{by(legal), capacity(lacking), at(t, "A")}},
		{"an adult called minor", []change{by(consent.ByMinor), at(t, "A")}, "recorder-contradiction", "V3", byWhom, []change{at(t, "A")}},
		{"the client records for a representative", []change{by(legal), recorder(intake.Client)}, "recorder-contradiction", "2.2", atAgent, []change{by(legal)}},
		{"a representative whom nobody names", []change{recorder(intake.Representative)}, "recorder-contradiction", "2.2", atAgent, []change{recorder(intake.Client)}},
		{"another client recorded it", []change{recordedBy(aMinor)}, "recorder-contradiction", "2.2", atAgent, []change{recordedBy(anAdult)}},
		{"the client represents the client", []change{by(legal), recordedBy(anAdult)}, "recorder-contradiction", "2.2", atAgent, []change{by(legal), recordedBy(aMinor)}},
		{"a proxy under another's name", []change{proxy(t, ""), acting(person("290208A902F")), recordedBy(aMinor)}, "recorder-contradiction", "2.2", atAgent,
			[]change{proxy(t, ""), acting(aMinor), recordedBy(aMinor)}},
		{"a proxy by another sort of name", []change{by(legal), recordedBy(anAdult)}, "recorder-contradiction", "2.2", atAgent,
			[]change{proxy(t, ""), acting(consent.Identifier{System: "urn:x", Value: "1"}), recordedBy(aMinor)}},
		{"a guardian permits for an emergency without an assessment", []change{ofMinor, kind(consent.EmergencyHealth), by(guardian), at(t, "A")}, "minor-in-person-only", "V3", byWhom,
			[]change{ofMinor, kind(consent.EmergencyHealth), by(guardian), capacity(lacking), at(t, "A")}},
		{"a proxy without a name", []change{proxy(t, ""), nameless}, "acting-person-required", "V7", byWhom, []change{proxy(t, "")}},
		{"a proxy without a mandate", []change{proxy(t, ""), func(s *intake.Submission) { s.After.Mandate = nil }}, "mandate-not-valid", "V7", byWhom, []change{proxy(t, "")}},
		{"a mandate of no time", []change{proxy(t, ""), timeless}, "mandate-not-valid", "V7", byWhom, []change{proxy(t, ""), denial}},
		{"a mandate that began later", []change{proxy(t, ""), on(t, "2023-12-31")}, "mandate-not-valid", "V7", byWhom, []change{proxy(t, ""), on(t, "2024-01-01")}},
		{"recorded in MyKanta after the mandate", []change{proxy(t, "2024-06-18"), func(s *intake.Submission) { s.Now = s.Now.Add(24 * time.Hour); s.Recording.At = s.Now }}, "mandate-not-valid", "V7", byWhom,
			[]change{proxy(t, "2024-06-18"), at(t, "A"), func(s *intake.Submission) { s.Now = s.Now.Add(24 * time.Hour); s.Recording.At = s.Now }}},
		{"withdrawn after the mandate", []change{proxy(t, "2024-06-17"), withdrawn}, "mandate-not-valid", "V7", byWhom, []change{proxy(t, "2024-06-18"), withdrawn}},
	}
}

func wherePairs(t *testing.T) []pair {
	document := func(s *intake.Submission) {
		s.After.Kind, s.After.Target = consent.DenialSocial, &consent.Target{Kind: consent.TargetDocument, Document: aMinor}
	}
	return []pair{
		{"the patient summary at a service", []change{kind(consent.PatientSummary), at(t, "A")}, "channel-not-available", "V2", atAgent, []change{kind(consent.PatientSummary)}},
		{"a body donation in MyKanta", []change{kind(consent.BodyDonation)}, "channel-not-available", "V2", atAgent, []change{kind(consent.BodyDonation), at(t, "P1")}},
		{"a unit that nobody lists", []change{at(t, "A"), func(s *intake.Submission) { s.Recording.Unit.Value = "urn:oid:1.2.3" }}, "channel-not-available", "V2", atAgent, []change{at(t, "S1 home")}},
		{"no unit", []change{at(t, "A"), func(s *intake.Submission) { s.Recording.Unit = consent.Identifier{} }}, "channel-not-available", "V2", atAgent, nil},
		{"a provider that has not joined", []change{at(t, "P0"), deleted}, "channel-not-available", "V2", atAgent, []change{at(t, "P1"), deleted}},
		{"a pharmacy", []change{deniesPrescription, at(t, "PH")}, "channel-not-available", "V2", atAgent, []change{deniesPrescription, at(t, "A")}},
		{"the police", []change{at(t, "POL")}, "channel-not-available", "V2", atAgent, nil},
		{"no contact about findings, at a private clinic", []change{kind(consent.FindingContactDenial), at(t, "P1")}, "channel-not-available", "V2", atAgent, []change{kind(consent.FindingContactDenial), at(t, "HUS")}},
		{"a social denial the day before the system had it", []change{document, on(t, "2024-08-31"), at(t, "B social services")}, "channel-not-available", "V2", atAgent, []change{document, on(t, "2024-09-01"), at(t, "B social services")}},
		{"a social denial at the end of 2024", []change{document, on(t, "2024-12-31"), at(t, "A")}, "channel-not-available", "V2", atAgent, []change{document, on(t, "2025-01-01"), at(t, "A")}},
		{"a social denial withdrawn where the system has it not", []change{document, on(t, "2025-06-01"), at(t, "B old clinic"), withdrawn}, "channel-not-available", "V2", atAgent, []change{document, on(t, "2025-06-01"), withdrawn}},
		{"a social consent before 2023", []change{kind(consent.ConsentSocial), on(t, "2022-12-31"), at(t, "A")}, "channel-not-available", "V2", atAgent, []change{kind(consent.ConsentSocial), on(t, "2023-01-01"), at(t, "A")}},
		{"a social consent where the system has it not", []change{kind(consent.ConsentSocial), at(t, "B old clinic")}, "channel-not-available", "V2", atAgent, []change{kind(consent.ConsentSocial), on(t, "2022-12-31"), at(t, "B social services")}},
	}
}
