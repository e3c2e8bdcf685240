package intake_test

import (
	"testing"
	"time"

	"tahto/mapping/consent"
	"tahto/mapping/intake"
)

func targetPairs(t *testing.T) []pair {
	all := kind(consent.DenialHealth)
	const (
		health, social = consent.DenialHealth, consent.DenialSocial
		patient, occ   = consent.PatientPublic, consent.Occupational
	)
	task := func(key string) change {
		return func(s *intake.Submission) {
			s.After.Kind, s.After.Target = social, &consent.Target{Kind: consent.TargetServiceTask, Controller: org(t, key), Task: consent.Coding{System: "urn:x", Code: "families"}}
		}
	}
	return []pair{
		{"a unit of a county", []change{denies(t, health, "A health centre 1", patient)}, "target-inside-one-file", "V9", atActor, []change{denies(t, health, "A", patient)}},
		{"a service task of a unit", []change{task("A social services")}, "target-inside-one-file", "V9", atActor, []change{task("A")}},
		{"a county towards what was merged into it", []change{denies(t, health, "A", patient), towards(t, "M")}, "target-inside-one-file", "V9", atActor, []change{denies(t, health, "M", patient)}},
		{"a county towards a producer's home", []change{denies(t, social, "A", consent.Social), towards(t, "S1 home")}, "outsourced-sharing-cannot-be-denied", "V12", atActor, []change{denies(t, social, "A", consent.Social)}},
		{"another county towards that producer", []change{denies(t, social, "B", consent.Social), towards(t, "S1")}, "recipient-target-not-supported", "V16", atActor, []change{denies(t, social, "B", consent.Social)}},
		{"towards somebody only, in social care", []change{kind(social), target(consent.Target{}), towards(t, "HUS")}, "recipient-target-not-supported", "V16", atActor, []change{denies(t, social, "HUS", consent.Social)}},
		{"a document in health care", []change{all, target(consent.Target{Kind: consent.TargetDocument})}, "target-not-available", "V9", provides, []change{all, target(consent.Target{Kind: consent.TargetServiceEvent})}},
		{"all prescriptions", []change{kind(consent.DenialPrescription)}, "target-not-available", "V9", provides, []change{deniesPrescription}},
		{"a consent between the sectors with a target", []change{kind(consent.ConsentHealthToSocial), target(consent.Target{}), func(s *intake.Submission) { s.After.Everything = true }}, "target-not-available", "V9", provides,
			[]change{kind(consent.ConsentHealthToSocial), func(s *intake.Submission) { s.After.Everything = true }}},
		{"a denial that grants", []change{all, func(s *intake.Submission) { s.After.Everything = true }}, "target-not-available", "V9", provides, []change{all}},
		{"all social data", []change{kind(social)}, "target-not-available", "V9", provides, []change{task("B")}},
		{"the police's register", []change{denies(t, health, "POL", patient)}, "target-not-available", "V9", atActor, []change{denies(t, health, "HUS", patient)}},
		{"a clinic that nobody lists", []change{denies(t, health, "P1", patient), func(s *intake.Submission) { s.After.Target.Controller.Value = "urn:oid:1.2.3" }}, "private-service-event-only", "V10", atActor,
			[]change{denies(t, health, "P1", occ), func(s *intake.Submission) { s.After.Target.Controller.Value = "urn:oid:1.2.3" }}},
		{"a private social company is a target", []change{denies(t, health, "S1", patient)}, "private-service-event-only", "V10", atActor, []change{denies(t, social, "S1", consent.Social)}},
		{"all patient data in 2023", []change{all, on(t, "2023-12-31")}, "target-not-yet-available", "V11", provides, []change{all, on(t, "2024-01-01")}},
		{"all patient data where the system has it not", []change{all, at(t, "B old clinic")}, "target-not-yet-available", "V11", provides, []change{all, at(t, "B")}},
		{"a private occupational register in 2023", []change{denies(t, health, "P1", occ), on(t, "2023-12-31")}, "target-not-yet-available", "V11", atActor, []change{denies(t, health, "P1", occ), on(t, "2024-01-01")}},
		{"a private occupational register where the system has it not", []change{denies(t, health, "P1", occ), at(t, "B old clinic")}, "target-not-yet-available", "V11", atActor, []change{denies(t, health, "A", occ), at(t, "B old clinic")}},
		{"a public occupational register in 2023 is no new target", []change{denies(t, health, "P1", occ), on(t, "2023-02-01")}, "target-not-yet-available", "V11", atActor, []change{denies(t, health, "A", occ), on(t, "2023-02-01")}},
	}
}

func termPairs(t *testing.T) []pair {
	in := func(d time.Duration) change { return func(s *intake.Submission) { s.After.Until = s.Now.Add(d) } }
	begins := func(d time.Duration) change { return func(s *intake.Submission) { s.After.From = s.Now.Add(d) } }
	dated := func(d time.Duration) change {
		return func(s *intake.Submission) { s.After.Declared, s.After.From = s.Now.Add(d), s.Now.Add(d) }
	}
	received := func(d time.Duration) change {
		return func(s *intake.Submission) { s.Others[0].Declared, s.Others[0].From = s.Now.Add(d), s.Now.Add(d) }
	}
	half := func(s *intake.Submission) {
		s.After.Kind, s.After.Grants = consent.ConsentSocialToHealth, []consent.Grant{grant(t, []string{"A"}, []string{"families"}, "", ""), grant(t, []string{"A"}, nil, "", "")}
	}
	whole := func(s *intake.Submission) { half(s); s.After.Grants = s.After.Grants[:1] }
	grants := func(s *intake.Submission) { s.After.Grants = []consent.Grant{{}} }
	const fixed = "fixed-term-not-supported"
	return []pair{
		{"a narrowed consent", []change{grants}, "consent-scope-not-limitable", "V13", provides, nil},
		{"a social consent with a target", []change{kind(consent.ConsentSocial), target(consent.Target{})}, "consent-scope-not-limitable", "V13", provides, []change{kind(consent.ConsentSocial)}},
		{"a part without data", []change{half}, "scope-required", "V14", provides, []change{whole}},
		{"everything and a part", []change{whole, func(s *intake.Submission) { s.After.Everything = true }}, "scope-required", "V14", provides, []change{whole}},
		{"an end set in advance", []change{in(time.Hour)}, fixed, "V15", "Consent.provision.period.end", nil},
		{"an end of a denial in the past", []change{kind(consent.DenialHealth), in(-time.Hour)}, fixed, "V15", "Consent.provision.period.end", []change{kind(consent.LivingWill), in(time.Hour)}},
		{"a start in the future", []change{begins(2 * time.Minute)}, fixed, "V15", "Consent.provision.period.start", []change{begins(time.Minute)}},
		{"dated in the future", []change{dated(2 * time.Minute)}, fixed, "V15", "Consent.dateTime", []change{dated(time.Minute)}},
		{"a will dated in the future", []change{kind(consent.LivingWill), dated(time.Hour)}, fixed, "V15", "Consent.dateTime", []change{kind(consent.LivingWill), dated(-time.Hour)}},
		{"withdrawn before a start in the future", []change{withdrawn, begins(time.Hour), func(s *intake.Submission) { s.After.Until = time.Time{} }}, fixed, "V15", "Consent.provision.period.start", []change{withdrawn}},
		{"withdrawn though dated in the future", []change{withdrawn, dated(time.Hour), func(s *intake.Submission) { s.After.Until = time.Time{} }}, fixed, "V15", "Consent.dateTime", []change{withdrawn}},
		{"withdrawn in advance", []change{withdrawn, in(time.Hour)}, fixed, "V15", "Consent.provision.period.end", []change{withdrawn, func(s *intake.Submission) { s.After.Until = time.Time{} }}},
		{"withdrawn before it began", []change{withdrawn, in(-time.Hour)}, fixed, "V15", "Consent.provision.period", []change{withdrawn}},
		{"not informed", []change{func(s *intake.Submission) { s.Others = nil }}, "information-not-received", "V1", "Consent.dateTime", []change{func(s *intake.Submission) { s.Others = nil }, withdrawn}},
		{"informed the day after", []change{received(12 * time.Hour), func(s *intake.Submission) { s.Now = s.Now.Add(24 * time.Hour) }}, "information-not-received", "V1", "Consent.dateTime",
			[]change{received(12*time.Hour - time.Second), func(s *intake.Submission) { s.Now = s.Now.Add(24 * time.Hour) }}},
		{"somebody else informed", []change{func(s *intake.Submission) { s.Others[0].Person = aMinor }}, "information-not-received", "V1", "Consent.dateTime", nil},
		{"informed by mistake", []change{func(s *intake.Submission) { s.Others[0].Status = consent.EnteredInError }}, "information-not-received", "V1", "Consent.dateTime", nil},
		{"informed, and withdrawn nobody knows when", []change{func(s *intake.Submission) { s.Others[0].Status = consent.Withdrawn }}, "information-not-received", "V1", "Consent.dateTime", nil},
		{"informed in a draft", []change{func(s *intake.Submission) {
			s.Others[0].Status, s.Others[0].Until = consent.Draft, s.Now.Add(time.Hour)
		}}, "information-not-received", "V1", "Consent.dateTime", nil},
		{"informed from an earlier day, but told later", []change{received(-24 * time.Hour), func(s *intake.Submission) { s.Others[0].Declared = s.Now.Add(24 * time.Hour) }}, "information-not-received", "V1", "Consent.dateTime", []change{received(-24 * time.Hour)}},
		{"no longer informed", []change{func(s *intake.Submission) { s.Others[0].Status, s.Others[0].Until = consent.Withdrawn, s.Now }}, "information-not-received", "V1", "Consent.dateTime",
			[]change{func(s *intake.Submission) { s.Others[0].Status, s.Others[0].Until = consent.Withdrawn, s.Now.Add(1) }}},
		{"an emergency permission without information", []change{kind(consent.EmergencyHealth), func(s *intake.Submission) { s.Others = nil }}, "information-not-received", "V1", "Consent.dateTime", []change{kind(consent.EmergencyHealth)}},
		{"a receipt of no version", []change{kind(consent.Information)}, "information-not-received", "V1", "Consent.policyRule", []change{func(s *intake.Submission) {
			s.After.Kind, s.After.Information, s.Others = consent.Information, consent.Information11, nil
		}}},
	}
}
