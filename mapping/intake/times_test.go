package intake_test

import (
	"testing"
	"time"

	"tahto/mapping/consent"
	"tahto/mapping/intake"
)

const dayLong = 24 * time.Hour

// later moves the clock and the recording, as of a late transfer.
func later(d time.Duration) change {
	return func(s *intake.Submission) { s.Now = s.Now.Add(d); s.Recording.At = s.Now }
}

func recorded(d time.Duration) change {
	return func(s *intake.Submission) { s.Recording.At = s.Now.Add(d) }
}

func timePairs(t *testing.T) []pair {
	const contradiction, at2 = "time-contradiction", "2.3"
	from := func(d time.Duration) change {
		return func(s *intake.Submission) { s.After.From = s.After.Declared.Add(d) }
	}
	until := func(d time.Duration) change {
		return func(s *intake.Submission) { s.After.Until = s.Now.Add(d) }
	}
	declaredAlone := func(s *intake.Submission) {
		s.Before.DeclaredBy, s.Before.Capacity = consent.ByMinor, consent.CapacityFound
	}
	guardian := []change{ofMinor, by(consent.ByGuardian), at(t, "A"), withdrawn}
	denial := denies(t, consent.DenialHealth, "A", consent.PatientPublic)
	return []pair{
		{"recorded in the future", []change{recorded(time.Hour)}, contradiction, at2, "Provenance.recorded", []change{recorded(time.Minute)}},
		{"annulled by a recording in the future", []change{deleted, recorded(time.Hour)}, contradiction, at2, "Provenance.recorded", []change{deleted}},
		{"recorded on the day before it was declared", []change{recorded(-dayLong)}, contradiction, at2, "Provenance.recorded", []change{recorded(-time.Hour)}},
		{"withdrawn before it was declared", []change{withdrawn, recorded(-dayLong)}, contradiction, at2, "Provenance.recorded", []change{withdrawn, recorded(-time.Hour)}},
		{"begun before it was declared", []change{from(-dayLong)}, contradiction, at2, "Consent.provision.period.start", []change{from(-time.Hour)}},
		{"a replacement that begins before it was made", []change{replaces(consent.Active), from(-dayLong)}, contradiction, at2, "Consent.provision.period.start",
			[]change{from(-dayLong), replaces(consent.Active)}},
		{"begun after it was declared and recorded", []change{from(dayLong), func(s *intake.Submission) { s.Now = s.Now.Add(9 * dayLong) }}, "fixed-term-not-supported", "V15", "Consent.provision.period.start",
			[]change{from(dayLong), later(9 * dayLong)}},
		{"withdrawn from an earlier day", []change{withdrawn, later(9 * dayLong), until(-dayLong)}, contradiction, at2, "Consent.provision.period.end", []change{withdrawn, later(9 * dayLong), until(0)}},
		{"withdrawn with another target", []change{denial, withdrawn, denies(t, consent.DenialHealth, "B", consent.PatientPublic)}, "withdrawal-differs", at2, "Consent.provision", []change{denial, withdrawn}},
		{"withdrawn with another beginning", []change{withdrawn, from(-time.Hour)}, "withdrawal-differs", at2, "Consent.provision", []change{withdrawn}},
		{"a draft of a denial towards somebody", []change{denial, towards(t, "B"), func(s *intake.Submission) { s.After.Status = consent.Draft }}, "recipient-target-not-supported", "V16", "Consent.provision.actor",
			[]change{denial, func(s *intake.Submission) { s.After.Status = consent.Draft }}},
		{"a capable minor's own, by a guardian", append(guardian, declaredAlone), "not-a-decision-maker", "V4", byWhom, guardian},
	}
}
