package decision_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"tahto/mapping/consent"
	"tahto/mapping/decision"
)

// scenario is one question with the answer it must get.
type scenario struct {
	name       string
	request    decision.Request
	item       *decision.Item
	statements []consent.Statement
	want       answer
}

// answer is what a scenario compares of a decision. An empty obligations list
// is none.
type answer struct {
	rule        string
	effect      decision.Effect
	reason      decision.Reason
	obligations decision.Obligations
	restsOn     []int
}

func run(t *testing.T, scenarios []scenario) {
	t.Helper()
	for _, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			d := decide(s.request, s.statements, s.item)
			got := answer{d.Rule, d.Effect, d.Reason, d.Obligations, indexes(d.Declarations)}
			if d.Rule[0] != 'P' && d.Effect != decision.Deny { // TestTheCurrentInformationIsAskedFor has it
				got.obligations &^= decision.Inform
			}
			if diff := cmp.Diff(s.want, got, cmp.AllowUnexported(answer{})); diff != "" {
				t.Errorf("decision (-want +got):\n%s", diff)
			}
		})
	}
}

func indexes(d decision.Declarations) []int {
	var all []int
	for i := range d.All() {
		all = append(all, i)
	}
	return all
}

// asks is an ordinary request on 15.6.2025 by an organisation that works in a
// register, changed as the scenario needs.
func asks(t *testing.T, key, file string, changes ...func(*decision.Request)) decision.Request {
	t.Helper()
	r := decision.Request{
		At: day(t, "2025-06-15"), Operation: decision.Disclose, Channel: decision.Kanta, Purpose: decision.Care,
		Requester:    decision.Requester{Organisation: org(t, key), Register: register(t, file)},
		Relationship: true, AccessRight: true,
	}
	for _, change := range changes {
		change(&r)
	}
	return r
}

func at(t *testing.T, date string) func(*decision.Request) {
	return func(r *decision.Request) { r.At = day(t, date) }
}

func justBefore(t *testing.T, date string) func(*decision.Request) {
	return func(r *decision.Request) { r.At = day(t, date).Add(-1) }
}

func when(c decision.Circumstances) func(*decision.Request) {
	return func(r *decision.Request) { r.Circumstances |= c }
}

func by(c decision.Channel) func(*decision.Request) {
	return func(r *decision.Request) { r.Channel = c }
}

func claiming(b decision.Basis, ground uint8) func(*decision.Request) {
	return func(r *decision.Request) { r.Basis, r.Ground = b, ground }
}

func actingFor(t *testing.T, key string) func(*decision.Request) {
	return func(r *decision.Request) { r.Requester.OnBehalfOf = org(t, key) }
}

func viewing(p decision.DenialViewPurpose) func(*decision.Request) {
	return func(r *decision.Request) {
		r.Operation, r.DenialUse = decision.ViewDenials, p
	}
}

// held is an ordinary item of a controller's register, of its sector.
func held(t *testing.T, key, file string, changes ...func(*decision.Item)) *decision.Item {
	t.Helper()
	item := &decision.Item{Sector: decision.Health, Controller: org(t, key), Register: register(t, file), Recorded: wholeDay(t, "2024-05-10")}
	if file == "social" {
		item.Sector = decision.Social
		item.ServiceTask = task("elderly")
	}
	for _, change := range changes {
		change(item)
	}
	return item
}

// prescribed is prescription r1, stored by A.
func prescribed(t *testing.T, changes ...func(*decision.Item)) *decision.Item {
	t.Helper()
	item := &decision.Item{Sector: decision.Prescription, Prescription: id("r1"), StoredBy: org(t, "A"), Recorded: wholeDay(t, "2025-01-10")}
	for _, change := range changes {
		change(item)
	}
	return item
}

func informed(t *testing.T, version, date string) consent.Statement {
	s := declared(t, consent.Information, date, "")
	s.Information = read(t, consent.ParseInformationVersion, version)
	return s
}

func given(t *testing.T, kind consent.Kind, date string) consent.Statement {
	return declared(t, kind, date, "")
}

func denies(t *testing.T, kind consent.Kind, target *consent.Target) consent.Statement {
	s := declared(t, kind, "2024-03-01", "")
	s.Target = target
	return s
}

func controllerTarget(t *testing.T, key, file string) *consent.Target {
	return &consent.Target{Kind: consent.TargetController, Controller: org(t, key), Register: register(t, file)}
}

func grants(t *testing.T, kind consent.Kind, to consent.Recipient, data ...consent.Coding) consent.Statement {
	s := declared(t, kind, "2024-09-01", "")
	s.Grants = []consent.Grant{{Recipients: []consent.Recipient{to}, Data: data}}
	return s
}

func declaredBy(who consent.DeclaredBy, s consent.Statement) consent.Statement {
	s.DeclaredBy = who
	return s
}
