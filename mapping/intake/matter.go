package intake

import (
	"time"

	"tahto/mapping/consent"
	"tahto/mapping/decision"
)

// deed is an act and, of an annulment, where it is done: who corrects a
// recording at a service is asked other things than who does so in MyKanta. A
// rule names the deeds it is asked about as a set.
type deed uint8

const (
	noDeed deed = 1 << iota
	preparing
	giving
	replacing
	withdrawing
	correcting // annulling, recorded by a professional
	retracting // annulling, recorded in MyKanta or by nobody

	setting    = giving | replacing
	declaring  = setting | withdrawing
	effective  = declaring | correcting | retracting // what has legal effect
	personally = declaring | retracting              // what the declarer must have the right to
	everything = noDeed | preparing | effective
)

// stage is how old a person is before the law.
type stage uint8

const (
	ageUnknown stage = iota
	minor            // alaikäinen, under 18
	adult
)

// matter is a submission with what follows from it, established once.
type matter struct {
	*Submission
	rules    *Rules
	deed     deed
	from     consent.Status
	declared *consent.Statement // After, or Before when it is deleted
	kind     consent.Kind
	by       consent.DeclaredBy
	law      law // of the kind
	recorder Recorder
	at       time.Time // when it was declared, or withdrawn or annulled
	stage    stage     // on the day of at
	unit     decision.Organisation
	listed   bool // the unit
}

func (r *Rules) matter(s *Submission) matter {
	m := matter{Submission: s, rules: r, declared: s.After, deed: noDeed}
	if s.Before != nil {
		m.from = s.Before.Status
	}
	if m.declared == nil {
		m.declared = s.Before
	}
	if m.declared == nil {
		m.declared = &consent.Statement{}
	}
	m.kind, m.by, m.law = m.declared.Kind, m.declared.DeclaredBy, lawOf(m.declared.Kind)
	if s.Recording != nil && s.Recording.Recorder <= Client {
		m.recorder = s.Recording.Recorder
		m.unit, m.listed = r.Directory.Find(s.Recording.Unit)
	}
	m.deed = m.deedOf(ActOf(s.Before, s.After))
	if m.deed&(withdrawing|retracting) != 0 && m.recorder == Client {
		// The person undoes what somebody else declared, whose name stays.
		m.by = consent.ByClient
	}
	m.at = m.when()
	m.stage = stageOf(m.declared.Person, m.at)
	return m
}

func (m *matter) deedOf(act Act) deed {
	switch act {
	case Prepare:
		return preparing
	case Give:
		return giving
	case Replace:
		return replacing
	case Withdraw:
		return withdrawing
	case Annul:
		if m.recorder == Professional {
			return correcting
		}
		return retracting
	}
	return noDeed
}

// when is the instant of the act. A declaration says itself when it was made.
// A withdrawal or annulment was made when it was recorded, which can't be later
// than now.
func (m *matter) when() time.Time {
	if m.deed&(withdrawing|correcting|retracting) == 0 {
		return m.declared.Given()
	}
	if m.Recording == nil || m.Recording.At.IsZero() || m.Recording.At.After(m.Now) {
		return m.Now
	}
	return m.Recording.At
}

// majority is the age from which a person is an adult (täysi-ikäinen).
const majority = 18

// stageOf tells whether a person is a minor on the day of an instant. It is not
// known of who has no readable identity code, or was not born yet.
func stageOf(person consent.Identifier, at time.Time) stage {
	birth, known := consent.BirthDate(person)
	day := decision.DateInFinland(at)
	switch {
	case !known || day.Before(birth):
		return ageUnknown
	case day.Before(birth.Anniversary(majority)):
		return minor
	}
	return adult
}

// inMyKanta reports that it was recorded in MyKanta.
func (m *matter) inMyKanta() bool { return m.recorder == Representative || m.recorder == Client }

// inPerson reports that a professional recorded it at a service.
func (m *matter) inPerson() bool { return m.recorder == Professional }

// oneself reports that the person declares for oneself. A minor may be called
// client too.
func (m *matter) oneself() bool { return m.by == consent.ByClient || m.by == consent.ByMinor }

// guarded reports that a guardian or legal representative declares.
func (m *matter) guarded() bool {
	return m.by == consent.ByGuardian || m.by == consent.ByLegalRepresentative
}

// ofMinor reports that a minor's own affairs are decided, not only that
// information was received.
func (m *matter) ofMinor() bool { return m.stage == minor && m.kind != consent.Information }

// target is what a denial is aimed at; zero for all data.
func (m *matter) target() consent.Target {
	if m.declared.Target == nil {
		return consent.Target{}
	}
	return *m.declared.Target
}

// skew is how far ahead of ours a clock may be that writes when something was
// declared.
const skew = time.Minute

func (m *matter) future(t time.Time) bool { return t.After(m.Now.Add(skew)) }

// or is the day, or the default for the zero one.
func or(day time.Time, year int, month time.Month) time.Time {
	if day.IsZero() {
		return decision.StartInFinland(consent.Date{Year: year, Month: month, Day: 1})
	}
	return day
}
