package decision_test

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"
	"time"

	"tahto/mapping/consent"
	"tahto/mapping/decision"
)

// fileCase is a line of testdata/decisions.json: a case a lawyer can read.
type fileCase struct {
	ID, Group, Note string
	Sources         []string
	At              string
	Information     []struct{ Version, Received string }
	Consents        []struct {
		Kind, From, Until string
		Recipients, Data  []string
		DataRecorded      *struct{ From, Until string }
	}
	Denials []struct {
		Target, Controller, Register, From, Until       string
		ServiceEvent, Document, ServiceTask, DeclaredBy string
		Prescription                                    string
	}
	Requester struct{ Organisation, Register, OnBehalfOf string }
	Item      *struct {
		Sector, Controller, Register, Recorded, OriginalController string
		ServiceEvent, ServiceTask, Document, Category              string
		Prescription, StoredBy                                     string
		InKanta, ControlledDrug                                    *bool
	}
	Context struct {
		Operation, Channel, Purpose, Basis string
		Ground                             uint8
		Relationship, AccessRight          *bool
		Circumstances                      []string
	}
	// Rule is optional: which rule decides.
	Expect struct{ Decision, Reason, Rule string }
}

// caseFiles are the files and how many cases each must hold: decisions.json are
// the worked cases of the rule base, rules.json goes through every rule, its
// precedences and the edges of the calendar.
var caseFiles = map[string]int{"decisions.json": 127, "rules.json": 170}

func readCases(t *testing.T, file string) []fileCase {
	t.Helper()
	text, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	var cases []fileCase
	if err := decoder.Decode(&cases); err != nil {
		t.Fatal(err)
	}
	return cases
}

func TestCases(t *testing.T) {
	seen := map[string]bool{}
	for file, count := range caseFiles {
		cases := readCases(t, file)
		if got := len(cases); got != count {
			t.Errorf("%s: got %d cases, want %d", file, got, count)
		}
		for _, c := range cases {
			if seen[c.ID] {
				t.Errorf("two cases are called %s", c.ID)
			}
			seen[c.ID] = true
			t.Run(c.ID, c.check)
		}
	}
}

func (c fileCase) check(t *testing.T) {
	got := decide(c.request(t), c.statements(t), c.item(t))
	want := c.Expect
	if got.Effect.String() != want.Decision || got.Reason.String() != want.Reason {
		t.Errorf("%s: got %v, %v (%s), want %s, %s", c.Note, got.Effect, got.Reason, got.Rule, want.Decision, want.Reason)
	}
	if want.Rule != "" && got.Rule != want.Rule {
		t.Errorf("%s: got rule %s, want %s", c.Note, got.Rule, want.Rule)
	}
}

func (c *fileCase) request(t *testing.T) decision.Request {
	r := decision.Request{
		At:           day(t, c.At),
		Operation:    decision.Disclose,
		Requester:    decision.Requester{Organisation: org(t, c.Requester.Organisation), Register: register(t, c.Requester.Register), OnBehalfOf: org(t, c.Requester.OnBehalfOf)},
		Channel:      decision.Kanta,
		Purpose:      decision.Care,
		Relationship: c.Context.Relationship == nil || *c.Context.Relationship,
		AccessRight:  c.Context.AccessRight == nil || *c.Context.AccessRight,
		Ground:       c.Context.Ground,
	}
	if c.Context.Channel != "" {
		r.Channel = read(t, decision.ParseChannel, c.Context.Channel)
	}
	if c.Context.Basis != "" {
		r.Basis = read(t, decision.ParseBasis, c.Context.Basis)
	}
	for _, code := range c.Context.Circumstances {
		r.Circumstances |= read(t, decision.ParseCircumstance, code)
	}
	switch {
	case c.Context.Operation != "":
		r.Operation = read(t, decision.ParseOperation, c.Context.Operation)
		r.DenialUse = decision.ParseDenialViewPurpose(c.Context.Purpose)
	case c.Context.Purpose == "coverage":
		r.Purpose = read(t, decision.ParsePurpose, consent.Coding{System: consent.ActReasonSystem, Code: "COVERAGE"})
	case c.Context.Purpose != "":
		t.Fatalf("purpose %q is not known to the test", c.Context.Purpose)
	}
	return r
}

func (c *fileCase) item(t *testing.T) *decision.Item {
	if c.Item == nil {
		return nil
	}
	i := c.Item
	item := &decision.Item{
		Sector:             read(t, decision.ParseSector, i.Sector),
		Controller:         org(t, i.Controller),
		Register:           register(t, i.Register),
		ServiceEvent:       id(i.ServiceEvent),
		ServiceTask:        task(i.ServiceTask),
		Document:           id(i.Document),
		Category:           category(i.Category),
		OriginalController: org(t, i.OriginalController),
		OutsideKanta:       i.InKanta != nil && !*i.InKanta,
		Prescription:       id(i.Prescription),
		StoredBy:           org(t, i.StoredBy),
		ControlledDrug:     i.ControlledDrug != nil && *i.ControlledDrug,
	}
	if i.Recorded != "" {
		item.Recorded = wholeDay(t, i.Recorded)
	}
	return item
}

// ofSocialData decides what a controller's denial without a register is of.
func (c *fileCase) ofSocialData() bool { return c.Item != nil && c.Item.Sector == "social" }

func (c *fileCase) statements(t *testing.T) []consent.Statement {
	var all []consent.Statement
	for _, i := range c.Information {
		s := declared(t, consent.Information, i.Received, "")
		s.Information = read(t, consent.ParseInformationVersion, i.Version)
		all = append(all, s)
	}
	for _, given := range c.Consents {
		s := declared(t, read(t, consent.ParseKind, given.Kind), given.From, given.Until)
		if len(given.Recipients)+len(given.Data) > 0 {
			g := consent.Grant{}
			for _, r := range given.Recipients {
				if group, ok := consent.ParseRecipientGroup(r); ok {
					g.Recipients = append(g.Recipients, consent.Recipient{Group: group})
				} else {
					g.Recipients = append(g.Recipients, consent.Recipient{Organisation: org(t, r)})
				}
			}
			for _, d := range given.Data {
				if s.Kind == consent.ConsentSocialToHealth {
					g.Data = append(g.Data, task(d))
				} else {
					g.Data = append(g.Data, category(d))
				}
			}
			if p := given.DataRecorded; p != nil {
				g.Recorded = consent.Period{From: day(t, p.From), Until: day(t, p.Until).AddDate(0, 0, 1)}
			}
			s.Grants = []consent.Grant{g}
		}
		all = append(all, s)
	}
	for _, d := range c.Denials {
		target := &consent.Target{
			Controller: org(t, d.Controller), Register: register(t, d.Register), ServiceEvent: id(d.ServiceEvent),
			Document: id(d.Document), Task: task(d.ServiceTask), Prescription: id(d.Prescription),
		}
		kind := consent.DenialHealth
		switch d.Target {
		case "all-patient-data":
			target = nil
		case "legacy-provider":
			target.Kind = consent.TargetController
		default:
			target.Kind = read(t, targetKind, d.Target)
		}
		switch {
		case d.Prescription != "":
			kind = consent.DenialPrescription
		case d.Document != "", d.ServiceTask != "", d.Register == "social", d.Register == "" && c.ofSocialData() && d.Target == "controller":
			kind = consent.DenialSocial
		}
		s := declared(t, kind, d.From, d.Until)
		s.Target = target
		if d.DeclaredBy != "" {
			s.DeclaredBy = read(t, consent.ParseDeclaredBy, d.DeclaredBy)
		}
		all = append(all, s)
	}
	return all
}

// targetKind reads the code of a kind of target, as the cases write it.
func targetKind(code string) (consent.TargetKind, bool) {
	for k := consent.TargetAll; k <= consent.TargetPrescription; k++ {
		if k.String() == code {
			return k, true
		}
	}
	return consent.TargetAll, false
}

func declared(t *testing.T, kind consent.Kind, from, until string) consent.Statement {
	s := consent.Statement{ID: kind.String() + from, Version: 1, Kind: kind, Status: consent.Active, From: day(t, from)}
	s.Declared = s.From
	if until != "" {
		s.Status, s.Until = consent.Withdrawn, day(t, until)
	}
	return s
}

var helsinki = func() *time.Location {
	location, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		panic(err)
	}
	return location
}()

func day(t *testing.T, date string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation(time.DateOnly, date, helsinki)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func wholeDay(t *testing.T, date string) consent.Period {
	t.Helper()
	from := day(t, date)
	return consent.Period{From: from, Until: from.AddDate(0, 0, 1)}
}

func read[C, V any](t *testing.T, parse func(C) (V, bool), code C) V {
	t.Helper()
	value, ok := parse(code)
	if !ok {
		t.Fatalf("code %v is not known", code)
	}
	return value
}

func register(t *testing.T, name string) consent.Register {
	t.Helper()
	switch name {
	case "":
		return consent.UnknownRegister
	case "patient":
		return consent.PatientPublic
	case "occupational":
		return consent.Occupational
	case "social":
		return consent.Social
	}
	t.Fatalf("register %q is not known", name)
	return 0
}

func id(value string) consent.Identifier {
	if value == "" {
		return consent.Identifier{}
	}
	return consent.Identifier{System: "urn:ietf:rfc:3986", Value: value}
}

func task(code string) consent.Coding     { return coding("service-task", code) }
func category(code string) consent.Coding { return coding("data-category", code) }

func coding(system, code string) consent.Coding {
	if code == "" {
		return consent.Coding{}
	}
	return consent.Coding{System: "https://tahto.example/fhir/CodeSystem/" + system, Code: code}
}
