package decision

import (
	"time"

	"tahto/mapping/consent"
)

// The days from which the law or the service is different (rules section
// 3.5). Each is the start of that day in Finland.
var (
	// ConsentsCarriedOver: suostumus became luovutuslupa; what was given
	// earlier counts without a versioned information receipt. L784 51.
	ConsentsCarriedOver = midnight(2021, time.November, 1)
	// UusimaaFrom: the right of section 64a begins. L616 64a (654/2022).
	UusimaaFrom = midnight(2022, time.July, 10)
	// UusimaaFixedUntil: the temporary right ends unless it was made
	// permanent, which could not be verified (rules X-1, Q1; HE 94/2024).
	UusimaaFixedUntil = midnight(2026, time.January, 1)
	// CountiesStart: counties begin and old files merge (L616 64); social
	// data may be shared through Kanta (L784 52; S2.2).
	CountiesStart = midnight(2023, time.January, 1)
	// ConsentTextRenewed: from here a consent given or updated covers other
	// ways than Kanta too. K-notice-2023; S4.1; rules X-10.
	ConsentTextRenewed = midnight(2023, time.November, 30)
	// OtherChannelsFrom: act 703/2023 in force; consents outside Kanta. L703 101.
	OtherChannelsFrom = midnight(2024, time.January, 1)
	// AgreedProviderFrom: a summary to a provider agreed with the patient.
	// L703 54(5), L307.
	AgreedProviderFrom = midnight(2024, time.July, 1)
	// CrossSectorViaKantaFrom: sharing between health and social care through
	// Kanta. L307 102(1); D457 27; S3.23.
	CrossSectorViaKantaFrom = midnight(2027, time.March, 1)
	// SocialPrescriptionsFrom: social providers' access to prescriptions
	// through Kanta. L307 102(1).
	SocialPrescriptionsFrom = midnight(2027, time.November, 1)
)

// CurrentInformation is the newest version of the information about Kanta
// (Kanta-informointi) at an instant: who has received none, or an older one,
// is to be informed again (L703 68; S3.37; rules M40).
func CurrentInformation(at time.Time) consent.InformationVersion {
	switch {
	case !at.Before(ConsentTextRenewed):
		return consent.Information20
	case !at.Before(UusimaaFrom):
		return consent.Information11
	case !at.Before(ConsentsCarriedOver):
		return consent.Information10
	}
	return consent.NoInformation
}

// pharmacyMonths is how long a pharmacy may see a prescription, L61 11(3).
const pharmacyMonths = 42

// midnight is the instant a day begins in Finland. The offset is that of the
// evening before in universal time: summer time never changes at midnight.
func midnight(year int, month time.Month, day int) time.Time {
	utc := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	return utc.Add(-offset(utc.Add(-2 * time.Hour)))
}

// dayAfter is the instant the day after the one t falls on begins in Finland.
func dayAfter(t time.Time) time.Time {
	year, month, day := t.UTC().Add(offset(t)).Date()
	return midnight(year, month, day+1)
}

// offset is what Finnish time is ahead of universal time: two hours, three in
// summer time, which in the European Union runs from 01:00 UTC on the last
// Sunday of March to 01:00 UTC on that of October (directive 2000/84/EC). It
// is worked out here because a pure package loads no zone files.
func offset(t time.Time) time.Duration {
	year := t.UTC().Year()
	if t.Before(lastSunday(year, time.March)) || !t.Before(lastSunday(year, time.October)) {
		return 2 * time.Hour
	}
	return 3 * time.Hour
}

// lastSunday is 01:00 UTC on the last Sunday of a month with 31 days.
func lastSunday(year int, month time.Month) time.Time {
	last := time.Date(year, month, 31, 1, 0, 0, 0, time.UTC)
	return last.AddDate(0, 0, -int(last.Weekday()))
}

// tooOldForPharmacy reports whether a prescription's 42 months are over. The
// last day counts in full; a day the month does not have is the month's last.
func tooOldForPharmacy(recorded consent.Period, at time.Time) bool {
	year, month, day := recorded.From.UTC().Add(offset(recorded.From)).Date()
	last := min(day, daysIn(year, month+pharmacyMonths))
	return !at.Before(midnight(year, month+pharmacyMonths, last+1))
}

func daysIn(year int, month time.Month) int {
	return time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
}
