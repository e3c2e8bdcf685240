package intake_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"tahto/mapping/consent"
	"tahto/mapping/intake"
)

// managementCase is one row of rules section 4.2 in words of the law.
type managementCase struct {
	ID, Says    string
	Who         string // adult or minor
	By          string // declared-by
	Capacity    *bool  // assessed; nil: not
	Mandate     *struct{ From, Until string }
	Acting      string // name of the authorised person
	Where       string // MyKanta or a key of the directory
	Act         string // give or withdraw
	Declaration string
	Target      *struct{ Controller, Register, Event, Document, Task, Prescription, Towards string }
	Scope       []struct {
		Recipients, Data []string
		From, Until      string
	}
	Until, Day, Received string // days; the version of information received the day before
	Expect, Code         string // accept or refuse
}

func readCases(t *testing.T) []managementCase {
	t.Helper()
	text, err := os.ReadFile("testdata/cases.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []managementCase
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestCasesOfDeclarationManagement(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range readCases(t) {
		seen[c.ID] = true
		t.Run(c.ID+" "+c.Says, func(t *testing.T) {
			found := rules(t).Judge(c.submission(t))
			switch c.Expect {
			case "accept":
				if intake.Refused(found) || !slices.Contains(codes(found), c.Code) {
					t.Errorf("got %v, want it accepted with %s", codes(found), c.Code)
				}
			case "refuse":
				if !intake.Refused(found) || found[0].Code != c.Code {
					t.Errorf("got %v, want it refused as %s", codes(found), c.Code)
				}
			default:
				t.Errorf("the case expects %q", c.Expect)
			}
		})
	}
	for i := range 44 {
		if id := fmt.Sprintf("M%02d", i+1); !seen[id] {
			t.Errorf("no case %s", id)
		}
	}
}

// TestRefusedCasesAreRefusedForOneReason: a case shows one rule; if another
// refused it too, it would not show that the first is there.
func TestRefusedCasesAreRefusedForOneReason(t *testing.T) {
	for _, c := range readCases(t) {
		if c.Expect != "refuse" {
			continue
		}
		for _, code := range codes(rules(t).Judge(c.submission(t))) {
			if code != c.Code && c.ID != "M22" { // in MyKanta, for a minor, by mandate: both
				t.Errorf("%s %s: also %s", c.ID, c.Says, code)
			}
		}
	}
}

// submission is the case as the package takes it.
func (c *managementCase) submission(t *testing.T) intake.Submission {
	t.Helper()
	at := noon(t, c.Day)
	kind, known := consent.ParseKind(c.Declaration)
	by, knownBy := consent.ParseDeclaredBy(c.By)
	if !known || !knownBy {
		t.Fatalf("no declaration %q or declarer %q", c.Declaration, c.By)
	}
	s := consent.Statement{
		ID: "x", Person: map[string]consent.Identifier{"adult": anAdult, "minor": aMinor}[c.Who],
		Kind: kind, Status: consent.Active, Declared: at, From: at, DeclaredBy: by, Target: c.target(t), Until: day(t, c.Until),
	}
	if c.Capacity != nil {
		s.Capacity = consent.CapacityLacking
		if *c.Capacity {
			s.Capacity = consent.CapacityFound
		}
	}
	if c.Mandate != nil {
		s.Mandate = mandate(t, c.Mandate.From, c.Mandate.Until)
		s.Acting = &consent.ActingPerson{Display: c.Acting}
	}
	for _, part := range c.Scope {
		s.Grants = append(s.Grants, grant(t, part.Recipients, part.Data, part.From, part.Until))
	}
	submitted := intake.Submission{After: &s, Recording: c.recording(t, at, by), Now: at}
	if c.Received != "" {
		submitted.Others = []consent.Statement{receipt(t, s.Person, c.Received, at.AddDate(0, 0, -1))}
	}
	if c.Act == "withdraw" {
		before := s
		before.Declared, before.From = at.AddDate(0, -1, 0), at.AddDate(0, -1, 0)
		s.Declared, s.From, s.Until, s.Status = before.Declared, before.From, at, consent.Withdrawn
		submitted.Before = &before
	}
	return submitted
}

func (c *managementCase) recording(t *testing.T, at time.Time, by consent.DeclaredBy) *intake.Recording {
	switch {
	case c.Where != "MyKanta":
		return &intake.Recording{Recorder: intake.Professional, Unit: org(t, c.Where), At: at}
	case by == consent.ByClient || by == consent.ByMinor:
		return &intake.Recording{Recorder: intake.Client, At: at}
	}
	return &intake.Recording{Recorder: intake.Representative, At: at}
}

func (c *managementCase) target(t *testing.T) *consent.Target {
	if c.Target == nil {
		return nil
	}
	target := &consent.Target{Register: map[string]consent.Register{
		"": consent.UnknownRegister, "patient": consent.PatientPublic, "occupational": consent.Occupational, "social": consent.Social,
	}[c.Target.Register]}
	name := func(value string) consent.Identifier {
		return consent.Identifier{System: consent.URISystem, Value: "urn:x:" + value}
	}
	if c.Target.Controller != "" {
		target.Kind, target.Controller = consent.TargetController, org(t, c.Target.Controller)
	}
	if c.Target.Towards != "" {
		target.Recipient = org(t, c.Target.Towards)
	}
	switch {
	case c.Target.Event != "":
		target.Kind, target.ServiceEvent = consent.TargetServiceEvent, name(c.Target.Event)
	case c.Target.Document != "":
		target.Kind, target.Document = consent.TargetDocument, name(c.Target.Document)
	case c.Target.Prescription != "":
		target.Kind, target.Prescription = consent.TargetPrescription, name(c.Target.Prescription)
	case c.Target.Task != "":
		target.Kind, target.Task = consent.TargetServiceTask, consent.Coding{System: "urn:x", Code: c.Target.Task}
	}
	return target
}
