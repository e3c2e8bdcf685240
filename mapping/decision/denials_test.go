package decision_test

import (
	"testing"

	"tahto/mapping/consent"
	"tahto/mapping/decision"
)

// TestDenialMatching is table 2.4 with a consent beside each denial, so that
// what does not match is permitted.
func TestDenialMatching(t *testing.T) {
	const health, social = consent.DenialHealth, consent.DenialSocial
	event := func(v string) func(*decision.Item) {
		return func(i *decision.Item) { i.ServiceEvent = id(v) }
	}
	document := func(v string) func(*decision.Item) { return func(i *decision.Item) { i.Document = id(v) } }
	target := func(k consent.TargetKind, change func(*consent.Target)) *consent.Target {
		x := &consent.Target{Kind: k}
		change(x)
		return x
	}
	nothing := func(*consent.Target) {}
	employer := controllerTarget(t, "A", "occupational")
	employer.Employer = id("urn:oid:1.2.246.10.99000190")
	tests := []struct {
		name   string
		kind   consent.Kind
		target *consent.Target
		item   *decision.Item
		want   bool
	}{
		{"all of the sector", health, nil, held(t, "A", "occupational"), true},
		{"all of the other sector", social, nil, held(t, "A", "patient"), false},
		{"all of health and social data", health, nil, held(t, "A", "social"), false},
		{"all social data, if found (X-5)", social, nil, held(t, "A", "social"), true},
		{"controller, all files", health, controllerTarget(t, "A", ""), held(t, "A", "occupational"), true},
		{"controller, other controller", health, controllerTarget(t, "A", ""), held(t, "U1", "patient"), false},
		{"one file", health, controllerTarget(t, "A", "patient"), held(t, "A", "patient"), true},
		{"one file and another", health, controllerTarget(t, "A", "patient"), held(t, "A", "occupational"), false},
		{"a file of the other sector is every file", health, controllerTarget(t, "A", "social"), held(t, "A", "patient"), true},
		{"a file that is not known is every file", health, &consent.Target{Kind: consent.TargetController, Controller: org(t, "A"), Register: 99}, held(t, "A", "patient"), true},
		{"an employer's part is the whole file", health, employer, held(t, "A", "occupational"), true},
		{"controller by a merged provider's item", health, controllerTarget(t, "A", "patient"), held(t, "M", "patient"), true},
		{"service event", health, target(consent.TargetServiceEvent, func(x *consent.Target) { x.ServiceEvent = id("e1") }), held(t, "A", "patient", event("e1")), true},
		{"other service event", health, target(consent.TargetServiceEvent, func(x *consent.Target) { x.ServiceEvent = id("e1") }), held(t, "A", "patient", event("e2")), false},
		{"no service event", health, target(consent.TargetServiceEvent, func(x *consent.Target) { x.ServiceEvent = id("e1") }), held(t, "A", "patient"), false},
		{"document", social, target(consent.TargetDocument, func(x *consent.Target) { x.Document = id("d1") }), held(t, "A", "social", document("d1")), true},
		{"other document", social, target(consent.TargetDocument, func(x *consent.Target) { x.Document = id("d1") }), held(t, "A", "social", document("d2")), false},
		{"task anywhere", social, target(consent.TargetServiceTask, func(x *consent.Target) { x.Task = task("elderly") }), held(t, "S1", "social"), true},
		{"other task", social, target(consent.TargetServiceTask, func(x *consent.Target) { x.Task = task("families") }), held(t, "S1", "social"), false},
		{"the same code of another system", social, target(consent.TargetServiceTask, func(x *consent.Target) { x.Task = consent.Coding{System: "x", Code: "elderly"} }), held(t, "S1", "social"), false},
		{"task at a controller", social, target(consent.TargetServiceTask, func(x *consent.Target) { x.Task, x.Controller = task("elderly"), org(t, "A") }), held(t, "A", "social"), true},
		{"task at another controller", social, target(consent.TargetServiceTask, func(x *consent.Target) { x.Task, x.Controller = task("elderly"), org(t, "A") }), held(t, "S1", "social"), false},
		{"a controller that is not named is any", health, target(consent.TargetController, nothing), held(t, "A", "patient"), true},
		{"an event that is not named is any", health, target(consent.TargetServiceEvent, nothing), held(t, "A", "patient"), true},
		{"a document that is not named is any", social, target(consent.TargetDocument, nothing), held(t, "A", "social"), true},
		{"a task that is not named is any", social, target(consent.TargetServiceTask, nothing), held(t, "A", "social"), true},
		{"a target nobody can read is all", health, target(99, nothing), held(t, "A", "patient"), true},
		{"a prescription's denial and patient data", consent.DenialPrescription, nil, held(t, "A", "patient"), false},
	}
	for _, tt := range tests {
		consents := []consent.Statement{informed(t, "2.0", "2024-01-10"), given(t, consent.ConsentHealth, "2024-02-01"), given(t, consent.ConsentSocial, "2024-02-01")}
		file := "patient"
		want := answer{"R20", decision.Permit, decision.ReasonConsent, fullConsent, []int{1}}
		if tt.item.Sector == decision.Social {
			file, want.restsOn = "social", []int{2}
		}
		if tt.want {
			want = answer{"R16", decision.Deny, decision.ReasonDenialInForce, decision.Hide, []int{3}}
		}
		run(t, []scenario{{tt.name, asks(t, "B", file), tt.item, append(consents, denies(t, tt.kind, tt.target)), want}})
	}
}

func TestDenialOfAMergedProvider(t *testing.T) {
	original := func(key string) func(*decision.Item) {
		return func(i *decision.Item) { i.OriginalController = org(t, key) }
	}
	old := func(i *decision.Item) { i.Recorded = wholeDay(t, "2021-02-01") }
	undated := func(i *decision.Item) { i.Recorded = consent.Period{} }
	const free, hit, ask, hitAsk = "free", "denied", "free, look up", "denied, look up"
	tests := []struct {
		name   string
		of     string
		file   string
		item   *decision.Item
		answer string
	}{
		{"original data", "M", "", held(t, "A", "patient", old, original("M")), hit},
		{"original data in the occupational file", "M", "", held(t, "A", "occupational", old, original("M")), hit},
		{"original data in a file not denied", "M", "patient", held(t, "A", "occupational", old, original("M")), free},
		{"data of another merged provider", "M", "", held(t, "A", "patient", old, original("K")), free},
		{"new data of the county", "M", "", held(t, "A", "patient"), free},
		{"old data of nobody knows whom", "M", "", held(t, "A", "patient", old), hit},
		{"data of nobody knows when or whom", "M", "", held(t, "A", "patient", undated), hit},
		{"old data of nobody knows whom in a file not denied", "M", "patient", held(t, "A", "occupational", old), free},
		{"old data of nobody knows whom elsewhere", "M", "", held(t, "U1", "patient", old), free},
		{"asked by the old controller", "M", "", held(t, "M", "patient", old), hit},
		{"asked by the old controller, recorded by another", "N", "", held(t, "N", "patient", old, original("P9")), hit},
		{"carried over to the whole patient file", "K", "", held(t, "A", "patient"), hit},
		{"not carried over to the occupational file", "K", "", held(t, "A", "occupational"), free},
		{"carried over to the file it is aimed at", "K", "occupational", held(t, "A", "occupational"), hit},
		{"not carried over beyond that file", "K", "occupational", held(t, "A", "patient"), free},
		{"carried over, data of another merged provider", "K", "", held(t, "A", "patient", old, original("M")), hit},
		{"unknown coverage, original data", "N", "", held(t, "A", "patient", old, original("N")), hit},
		{"unknown coverage, new data", "N", "", held(t, "A", "patient"), ask},
		{"unknown coverage, old data of nobody knows whom", "N", "", held(t, "A", "patient", old), hitAsk},
		{"unknown coverage, another county", "N", "", held(t, "U1", "patient"), free},
	}
	for _, tt := range tests {
		statements := []consent.Statement{informed(t, "2.0", "2024-01-10"), given(t, consent.ConsentHealth, "2024-02-01"), denies(t, consent.DenialHealth, controllerTarget(t, tt.of, tt.file))}
		want := answer{"R20", decision.Permit, decision.ReasonConsent, fullConsent, []int{1}}
		if tt.answer == hit || tt.answer == hitAsk {
			want = answer{"R16", decision.Deny, decision.ReasonDenialInForce, decision.Hide, []int{2}}
		}
		if tt.answer == ask || tt.answer == hitAsk {
			want.obligations |= decision.CheckLegacy
		}
		run(t, []scenario{{tt.name, asks(t, "B", "patient"), tt.item, statements, want}})
	}
}

func TestWhoDeclaredADenialMatters(t *testing.T) {
	health, social := denies(t, consent.DenialHealth, nil), denies(t, consent.DenialSocial, nil)
	free := answer{"R22", decision.Permit, decision.ReasonIncapacityOrUnconscious, decision.DisclosureLog | decision.RecordBasis, nil}
	hit := answer{"R16", decision.Deny, decision.ReasonDenialInForce, decision.Hide, []int{0}}
	alone := func(who consent.DeclaredBy, s consent.Statement) []consent.Statement {
		return []consent.Statement{declaredBy(who, s)}
	}
	const urgentMinor = decision.Minor | decision.Unconscious
	item := held(t, "A", "patient")
	run(t, []scenario{
		{"guardian, minor, unconscious", asks(t, "B", "patient", when(urgentMinor)), item, alone(consent.ByGuardian, health), free},
		{"guardian, minor, urgent and no capacity", asks(t, "B", "patient", when(decision.Minor|decision.NoCapacity|decision.ImmediateCare)), item, alone(consent.ByGuardian, health), free},
		{"guardian, minor, no capacity but not urgent", asks(t, "B", "patient", when(decision.Minor|decision.NoCapacity)), item, alone(consent.ByGuardian, health), hit},
		{"guardian, no minor any more", asks(t, "B", "patient", when(decision.Unconscious)), item, alone(consent.ByGuardian, health), hit},
		{"guardian, social data", asks(t, "B", "social", when(urgentMinor)), held(t, "A", "social"), alone(consent.ByGuardian, social), hit},
		{"legal representative, minor, unconscious", asks(t, "B", "patient", when(urgentMinor)), item, alone(consent.ByLegalRepresentative, health), free},
		{"legal representative, adult", asks(t, "B", "patient", when(decision.Unconscious)), item, alone(consent.ByLegalRepresentative, health), hit},
		{"minor, unconscious", asks(t, "B", "patient", when(urgentMinor)), item, alone(consent.ByMinor, health), hit},
		{"authorised person", asks(t, "B", "patient", when(decision.Unconscious)), item, alone(consent.ByAuthorisedPerson, health), hit},
		{"who may only view", asks(t, "B", "patient", when(decision.Unconscious)), item, alone(consent.ByInformationRecipient, health), free},
		{"an unknown declarer's denial is honoured", asks(t, "B", "patient", when(decision.Unconscious)), item, alone(99, health), hit},
	})
}
