package decision_test

import (
	"testing"
	"time"

	"tahto/mapping/consent"
	"tahto/mapping/decision"
)

func TestInputThatIsMissingUnknownOrContradictoryIsDenied(t *testing.T) {
	invalid := answer{rule: "R01", effect: decision.Deny, reason: decision.ReasonInvalidInput}
	statements := []consent.Statement{informed(t, "2.0", "2024-01-10"), given(t, consent.ConsentHealth, "2024-02-01"), given(t, consent.ConsentSocial, "2024-02-01")}
	requests := map[string]func(*decision.Request){
		"no instant":                     func(r *decision.Request) { r.At = time.Time{} },
		"no operation":                   func(r *decision.Request) { r.Operation = 0 },
		"unknown operation":              func(r *decision.Request) { r.Operation = 9 },
		"no channel":                     by(0),
		"unknown channel":                by(9),
		"no purpose":                     func(r *decision.Request) { r.Purpose = 0 },
		"unknown purpose":                func(r *decision.Request) { r.Purpose = 9 },
		"unknown basis":                  claiming(9, 0),
		"basis 56 without a ground":      claiming(decision.Basis56, 0),
		"basis 56 with a fourth ground":  claiming(decision.Basis56, 4),
		"a ground without basis 56":      claiming(decision.Basis55, 1),
		"unknown circumstance":           when(1 << 31),
		"no requester":                   func(r *decision.Request) { r.Requester.Organisation = consent.Identifier{} },
		"provider without a register":    func(r *decision.Request) { r.Requester.Register = 0 },
		"register out of range":          func(r *decision.Request) { r.Requester.Register = 77 },
		"acting for a police department": actingFor(t, "POL"),
	}
	for name, change := range requests {
		run(t, []scenario{{name, asks(t, "B", "patient", change), held(t, "A", "patient"), statements, invalid}})
	}
	items := map[string]*decision.Item{
		"no sector":                              {Controller: org(t, "A"), Register: consent.PatientPublic},
		"unknown sector":                         held(t, "A", "patient", func(i *decision.Item) { i.Sector = 9 }),
		"health without a controller":            held(t, "", "patient"),
		"health without a register":              held(t, "A", ""),
		"health in a social register":            held(t, "A", "social", func(i *decision.Item) { i.Sector = decision.Health }),
		"social in a patient register":           held(t, "A", "patient", func(i *decision.Item) { i.Sector = decision.Social }),
		"social without a controller":            held(t, "", "social"),
		"prescription that is not said which":    prescribed(t, func(i *decision.Item) { i.Prescription = consent.Identifier{} }),
		"health in a register that is not known": held(t, "A", "patient", func(i *decision.Item) { i.Register = 99 }),
	}
	for name, item := range items {
		run(t, []scenario{{name, asks(t, "B", "patient"), item, statements, invalid}})
	}
	run(t, []scenario{
		{"pharmacy and a prescription without a date", asks(t, "PH", ""), prescribed(t, func(i *decision.Item) { i.Recorded = consent.Period{} }), statements, invalid},
		{"view of denials in a register out of range", asks(t, "A", "patient", viewing(decision.ClientWantsChange), func(r *decision.Request) { r.Requester.Register = 77 }), nil, nil, invalid},
		{"view of denials for a purpose out of range", asks(t, "A", "patient", viewing(99)), nil, nil, invalid},
		{"zero request", decision.Request{}, &decision.Item{}, statements, invalid},
	})
	if got := decide(asks(t, "A", "patient"), nil, nil); got.Reason != decision.ReasonInvalidInput || got.Effect != decision.Deny {
		t.Errorf("a disclosure asked as a view of denials: got %v %v, want deny", got.Effect, got.Reason)
	}
}

func TestWhoMayAskComesBeforeDeclarations(t *testing.T) {
	all := []consent.Statement{informed(t, "2.0", "2024-01-10"), given(t, consent.ConsentHealth, "2024-02-01"), given(t, consent.PatientSummary, "2024-07-01")}
	noRelationship := func(r *decision.Request) { r.Relationship = false }
	noAccess := func(r *decision.Request) { r.AccessRight = false }
	summary := func(code string) func(*decision.Item) {
		return func(i *decision.Item) { i.Category = category(code) }
	}
	deny := func(rule string, reason decision.Reason) answer { return answer{rule: rule, reason: reason} }
	foreign := answer{"R05", decision.Permit, decision.ReasonPatientSummaryConsent, decision.DisclosureLog, []int{2}}
	run(t, []scenario{
		{"denials viewed for a justified purpose", asks(t, "A", "patient", viewing(decision.NonKantaDisclosure)), nil, all, answer{"R02a", decision.Permit, decision.ReasonDenialViewJustified, decision.UseLog, nil}},
		{"denials viewed without saying in which register", asks(t, "A", "", viewing(decision.ProblemInvestigation)), nil, all, answer{"R02a", decision.Permit, decision.ReasonDenialViewJustified, decision.UseLog, nil}},
		{"an item does not change the view of denials", asks(t, "A", "patient", viewing(decision.ClientWantsChange)), &decision.Item{}, all, answer{"R02a", decision.Permit, decision.ReasonDenialViewJustified, decision.UseLog, nil}},
		{"denials viewed for no justified purpose", asks(t, "A", "patient", viewing(0)), nil, all, answer{"R02b", decision.Deny, decision.ReasonDenialViewNotJustified, decision.Hide, nil}},
		{"denials viewed by the police", asks(t, "POL", "", viewing(decision.ProblemInvestigation)), nil, all, answer{"R02b", decision.Deny, decision.ReasonDenialViewNotJustified, decision.Hide, nil}},
		{"denials viewed by a pharmacy", asks(t, "PH", "", viewing(decision.ProblemInvestigation)), nil, all, answer{"R02b", decision.Deny, decision.ReasonDenialViewNotJustified, decision.Hide, nil}},
		{"denials viewed from abroad", asks(t, "NCP-EE", "", viewing(decision.ProblemInvestigation)), nil, all, answer{"R02b", decision.Deny, decision.ReasonDenialViewNotJustified, decision.Hide, nil}},
		{"dead subject, own register", asks(t, "A", "patient", when(decision.Deceased)), held(t, "A", "patient"), all, deny("R03", decision.ReasonSubjectDeceased)},
		{"outside the scope", asks(t, "POL", ""), held(t, "A", "patient"), all, deny("R04", decision.ReasonRequesterOutOfScope)},
		{"abroad with the summary consent", asks(t, "NCP-EE", ""), held(t, "A", "patient"), all, foreign},
		{"abroad, the summary itself", asks(t, "NCP-EE", ""), held(t, "A", "patient", summary("summary")), all, foreign},
		{"abroad, what is no summary", asks(t, "NCP-EE", ""), held(t, "A", "patient", summary("events")), all, deny("R05", decision.ReasonNoPatientSummaryConsent)},
		{"abroad, social data", asks(t, "NCP-EE", ""), held(t, "A", "social"), all, deny("R05", decision.ReasonNoPatientSummaryConsent)},
		{"abroad, only the domestic consent", asks(t, "NCP-EE", ""), held(t, "A", "patient"), all[:2], deny("R05", decision.ReasonNoPatientSummaryConsent)},
		{"abroad, summary consent without information", asks(t, "NCP-EE", ""), held(t, "A", "patient"), all[2:], deny("R05", decision.ReasonNoPatientSummaryConsent)},
		{"abroad without a care relationship", asks(t, "NCP-EE", "", noRelationship), held(t, "A", "patient"), all, deny("R06", decision.ReasonNoCareOrClientRelationship)},
		{"own register without a relationship", asks(t, "A", "patient", noRelationship), held(t, "A", "patient"), all, deny("R06", decision.ReasonNoCareOrClientRelationship)},
		{"statutory right without a relationship", asks(t, "A", "social", noRelationship, claiming(decision.Basis55, 0)), held(t, "B", "social"), all, deny("R06", decision.ReasonNoCareOrClientRelationship)},
		{"pharmacy without a relationship", asks(t, "PH", "", noRelationship), prescribed(t), all, deny("R06", decision.ReasonNoPurchaserRequest)},
		{"own register without an access right", asks(t, "A", "patient", noAccess), held(t, "A", "patient"), all, deny("R07", decision.ReasonNoAccessRight)},
	})
}

func TestUseOfOnesOwnFileIsNoDisclosure(t *testing.T) {
	denial := []consent.Statement{denies(t, consent.DenialHealth, nil), denies(t, consent.DenialSocial, nil)}
	own := answer{"R08", decision.NotADisclosure, decision.ReasonOwnRegister, decision.UseLog | decision.Necessary | decision.Special, nil}
	outsourced := answer{"R09", decision.NotADisclosure, decision.ReasonOutsourcedService, decision.UseLog | decision.Necessary, nil}
	none := answer{rule: "R26", reason: decision.ReasonNoConsent, obligations: decision.Hide}
	denied := answer{"R16", decision.Deny, decision.ReasonDenialInForce, decision.Hide, []int{0}}
	private := func(i *decision.Item) { i.Register = consent.PatientPrivate }
	run(t, []scenario{
		{"own register under a denial", asks(t, "A", "patient"), held(t, "A", "patient"), denial, own},
		{"public and private code are one patient register", asks(t, "P1", "patient"), held(t, "P1", "patient", private), nil, own},
		{"a merged provider's file is the county's", asks(t, "A", "patient"), held(t, "M", "patient"), denial, own},
		{"a merged provider works in the county's file", asks(t, "M", "patient"), held(t, "A", "patient"), denial, own},
		{"before 2023 a merged provider has its own file", asks(t, "A", "patient", justBefore(t, "2023-01-01")), held(t, "M", "patient"), nil, none},
		{"from 2023 it is the county's", asks(t, "A", "patient", at(t, "2023-01-01")), held(t, "M", "patient"), nil, own},
		{"another file of one's own is sharing", asks(t, "A", "social"), held(t, "A", "patient"), nil, none},
		{"kept apart is not one's own (R25)", asks(t, "A", "patient", when(decision.KeptApart)), held(t, "A", "patient"), nil, none},
		{"acting for oneself is one's own", asks(t, "A", "patient", actingFor(t, "A")), held(t, "A", "patient"), nil, own},
		{"outsourced, under a denial", asks(t, "P1", "patient", actingFor(t, "A")), held(t, "A", "patient"), denial, outsourced},
		{"outsourced by a provider since merged", asks(t, "P1", "patient", actingFor(t, "M")), held(t, "A", "patient"), denial, outsourced},
		{"outsourced, outside the assignment", asks(t, "P1", "patient", actingFor(t, "A"), when(decision.OutsideAssignment)), held(t, "A", "patient"), nil, none},
		{"outsourced, outside the assignment, one's own file", asks(t, "P1", "patient", actingFor(t, "A"), when(decision.OutsideAssignment)), held(t, "P1", "patient"), nil, own},
		{"outsourced, the organiser's other sector", asks(t, "P1", "patient", actingFor(t, "A")), held(t, "A", "social"), nil, none},
		{"outsourced, the organiser's occupational file", asks(t, "P1", "patient", actingFor(t, "A")), held(t, "A", "occupational"), nil, none},
		{"outsourced, another controller", asks(t, "P1", "patient", actingFor(t, "A")), held(t, "B", "patient"), nil, none},
		{"outsourced, the producer's own private clients", asks(t, "P1", "patient", actingFor(t, "A")), held(t, "P1", "patient"), nil, none},
		{"outsourced, kept apart", asks(t, "P1", "patient", actingFor(t, "A"), when(decision.KeptApart)), held(t, "A", "patient"), nil, none},
		{"organiser and the producer's own private clients", asks(t, "A", "patient"), held(t, "P1", "patient"), denial, denied},
	})
}

func TestTestamentsAreOpenToHealthcare(t *testing.T) {
	item := func(code string) *decision.Item {
		return &decision.Item{Sector: decision.Declaration, Category: coding("declaration", code)}
	}
	open := answer{"R10", decision.Permit, decision.ReasonDeclarationOpenToHealthcare, decision.UseLog, nil}
	none := answer{rule: "R26", reason: decision.ReasonNoConsent, obligations: decision.Hide}
	denial := []consent.Statement{denies(t, consent.DenialHealth, nil)}
	run(t, []scenario{
		{"healthcare, not said which", asks(t, "B", "patient"), item(""), denial, open},
		{"occupational healthcare", asks(t, "P1", "occupational"), item("living-will"), denial, open},
		{"organ donation", asks(t, "B", "patient"), item("organ-donation"), nil, open},
		{"body donation", asks(t, "B", "patient"), item("body-donation"), nil, open},
		{"another declaration", asks(t, "B", "patient"), item("denial-health"), nil, none},
		{"an unknown declaration", asks(t, "B", "patient"), item("something"), nil, none},
		{"social care", asks(t, "B", "social"), item(""), nil, none},
		{"pharmacy", asks(t, "PH", ""), item(""), nil, none},
	})
}
