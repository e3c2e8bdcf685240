package intake_test

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"tahto/mapping/consent"
	"tahto/mapping/decision"
	"tahto/mapping/intake"
)

func person(code string) consent.Identifier {
	return consent.Identifier{System: consent.IdentitySystem, Value: code}
}

var (
	anAdult = person("160350-900N")
	aMinor  = person("010310A901P") // born 1.3.2010
)

func directoryFile(t testing.TB) []byte {
	t.Helper()
	text, err := os.ReadFile("testdata/directory.json")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func rules(t testing.TB) intake.Rules {
	t.Helper()
	d, err := decision.ParseDirectory(directoryFile(t))
	if err != nil {
		t.Fatal(err)
	}
	return intake.Rules{Directory: d, CurrentInformation: consent.Information20}
}

// org is the identifier of a key of the directory.
func org(t testing.TB, key string) consent.Identifier {
	t.Helper()
	var file struct {
		Organisations []struct{ Key, Identifier string }
	}
	if err := json.Unmarshal(directoryFile(t), &file); err != nil {
		t.Fatal(err)
	}
	for _, o := range file.Organisations {
		if o.Key == key {
			return consent.Identifier{System: consent.URISystem, Value: o.Identifier}
		}
	}
	t.Fatalf("no organisation %q", key)
	return consent.Identifier{}
}

// day is the start of a day in Finland; zero for none.
func day(t testing.TB, text string) time.Time {
	t.Helper()
	if text == "" {
		return time.Time{}
	}
	d, err := time.Parse(time.DateOnly, text)
	if err != nil {
		t.Fatal(err)
	}
	return decision.StartInFinland(consent.Date{Year: d.Year(), Month: d.Month(), Day: d.Day()})
}

func noon(t testing.TB, text string) time.Time { return day(t, text).Add(12 * time.Hour) }

// period includes its last day.
func period(t testing.TB, from, until string) consent.Period {
	p := consent.Period{From: day(t, from)}
	if until != "" {
		p.Until = decision.StartInFinland(decision.DateInFinland(day(t, until).Add(36 * time.Hour)))
	}
	return p
}

func mandate(t testing.TB, from, until string) *consent.Mandate {
	return &consent.Mandate{Identifier: consent.Identifier{System: "urn:x", Value: "1"}, Period: period(t, from, until)}
}

func grant(t testing.TB, recipients, data []string, from, until string) consent.Grant {
	g := consent.Grant{Recorded: period(t, from, until)}
	for _, key := range recipients {
		g.Recipients = append(g.Recipients, consent.Recipient{Organisation: org(t, key)})
	}
	for _, code := range data {
		g.Data = append(g.Data, consent.Coding{System: "urn:x", Code: code})
	}
	return g
}

func receipt(t testing.TB, of consent.Identifier, version string, at time.Time) consent.Statement {
	t.Helper()
	v, known := consent.ParseInformationVersion(version)
	if !known {
		t.Fatalf("no version %q", version)
	}
	return consent.Statement{ID: "i", Person: of, Kind: consent.Information, Status: consent.Active, Declared: at, From: at, Information: v}
}

func codes(found []intake.Finding) []string {
	all := make([]string, 0, len(found))
	for _, f := range found {
		all = append(all, f.Code)
	}
	return all
}

// given is a consent to health data of an adult, in MyKanta, with everything
// that it needs. Tests change one thing of it.
func given(t testing.TB) intake.Submission {
	t.Helper()
	at := noon(t, "2024-06-18")
	return intake.Submission{
		After: &consent.Statement{
			ID: "x", Person: anAdult, Kind: consent.ConsentHealth, Status: consent.Active, Declared: at, From: at,
		},
		Recording: &intake.Recording{Recorder: intake.Client, At: at},
		Others:    []consent.Statement{receipt(t, anAdult, "2.0", at)},
		Now:       at,
	}
}

// change is one thing done to a submission.
type change func(*intake.Submission)

func with(t testing.TB, changes ...change) intake.Submission {
	t.Helper()
	s := given(t)
	for _, c := range changes {
		c(&s)
	}
	return s
}

func kind(k consent.Kind) change { return func(s *intake.Submission) { s.After.Kind = k } }

func by(d consent.DeclaredBy) change {
	return func(s *intake.Submission) {
		s.After.DeclaredBy = d
		if d != consent.ByClient && d != consent.ByMinor && s.Recording.Recorder == intake.Client {
			s.Recording.Recorder = intake.Representative
		}
	}
}

func ofMinor(s *intake.Submission) { s.After.Person, s.Others[0].Person = aMinor, aMinor }

func capacity(c consent.Capacity) change { return func(s *intake.Submission) { s.After.Capacity = c } }

func at(t testing.TB, key string) change {
	return func(s *intake.Submission) { s.Recording.Recorder, s.Recording.Unit = intake.Professional, org(t, key) }
}

func recorder(r intake.Recorder) change {
	return func(s *intake.Submission) { s.Recording.Recorder = r }
}

func recordedBy(who consent.Identifier) change {
	return func(s *intake.Submission) { s.Recording.Person = who }
}

func acting(who consent.Identifier) change {
	return func(s *intake.Submission) { s.After.Acting.Identifier = who }
}

// on dates the declaration, its recording and the clock, at noon.
func on(t testing.TB, text string) change {
	return func(s *intake.Submission) {
		at := noon(t, text)
		s.After.Declared, s.After.From, s.Recording.At, s.Now = at, at, at, at
		for i := range s.Others {
			s.Others[i].Declared, s.Others[i].From = at, at
		}
	}
}

func proxy(t testing.TB, until string) change {
	return func(s *intake.Submission) {
		by(consent.ByAuthorisedPerson)(s)
		s.After.Mandate, s.After.Acting = mandate(t, "2024-01-01", until), &consent.ActingPerson{Display: "Example Proxy"}
	}
}

// denies makes it a denial of that kind, aimed at a controller's register.
func denies(t testing.TB, k consent.Kind, key string, register consent.Register) change {
	return func(s *intake.Submission) {
		s.After.Kind, s.After.Target = k, &consent.Target{Kind: consent.TargetController, Controller: org(t, key), Register: register}
	}
}

func deniesPrescription(s *intake.Submission) {
	s.After.Kind = consent.DenialPrescription
	s.After.Target = &consent.Target{Kind: consent.TargetPrescription, Prescription: consent.Identifier{System: "urn:x", Value: "r1"}}
}

// replaces gives the status that the stored version has.
func replaces(status consent.Status) change {
	return func(s *intake.Submission) {
		before := *s.After
		before.Status = status
		s.Before = &before
	}
}

func withdrawn(s *intake.Submission) {
	replaces(consent.Active)(s)
	s.After.Status, s.After.Until = consent.Withdrawn, s.Now
}

func deleted(s *intake.Submission) {
	replaces(consent.Active)(s)
	s.After = nil
}

func target(of consent.Target) change { return func(s *intake.Submission) { s.After.Target = &of } }

func towards(t testing.TB, key string) change {
	return func(s *intake.Submission) { s.After.Target.Recipient = org(t, key) }
}
