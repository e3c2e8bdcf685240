package mapping

import (
	"strings"
	"time"

	"tahto/fhir"
	"tahto/fhir/issue"
)

// RoleSystem is Kanta's code system of the roles of a Provenance's agents
// (kanta-fhir.md §5.3).
const RoleSystem = "http://gen.kanta.fi/figen-cs-provenancerolecategory"

// The roles of [RoleSystem] that say who recorded a declaration.
const (
	RoleProfessional   = "2"  // ammattihenkilö: recorded it at a service
	RoleRepresentative = "5"  // laillinen edustaja; also a guardian or a Suomi.fi authorised person in MyKanta
	RoleServiceUnit    = "7"  // palveluyksikkö of the professional
	RoleClient         = "12" // asiakas: the client in MyKanta
)

// CheckProvenance tells whether a Provenance may be kept. It is an error of
// kind Unprocessable with everything that is wrong.
//
// Every Provenance is held to what R4 needs of it
// (https://hl7.org/fhir/R4/provenance.html): target 1..*, recorded, an instant,
// and agent 1..* with who. One that is about a declaration, which shows in a
// target that refers to a Consent or in an agent with a role of [RoleSystem],
// is held to Kanta's rules as well (mapping.md §2): exactly one agent is the
// recorder, a professional (2), a representative (5) or the client (12), and
// there is a service unit (7) if and only if the recorder is a professional.
// The faults carry Kanta's names of the rules, TIP-PROV-1 to TIP-PROV-4.
//
// With foreign, for a server that keeps Consents that are no declarations, a
// target that refers to a Consent proves nothing, so that only the roles count.
//
// The references are taken as they stand: inside a transaction they are to be
// resolved first, since a urn:uuid does not tell that it becomes a Consent.
func CheckProvenance(r *fhir.Resource, foreign bool) error {
	var f findings
	p := root(r)
	contained := f.containedIDs(&p)
	aboutConsent := f.targets(&p, contained)
	f.recorded(&p)
	if roles := f.agents(&p, contained); roles.any || aboutConsent && !foreign {
		f.modifiers(&p)
		f.recorder(&p, roles)
	}
	return f.err(issue.Unprocessable)
}

// targets tells whether any target is a Consent.
func (f *findings) targets(p *place, contained map[string]bool) (consent bool) {
	list := f.some(p, "target", "A Provenance says what it is about: give target, a reference to the Consent.")
	for i := range list.Len() {
		target, ok := f.entry(&list, i)
		if !ok {
			continue
		}
		f.refers(&target, contained)
		consent = consent || refersToConsent(target.Element)
	}
	return consent
}

// refers checks that a Reference points at something, and that a local one
// (#id) has its contained resource, whose ids are given.
func (f *findings) refers(reference *place, contained map[string]bool) {
	to := f.text(reference, "reference")
	f.object(reference, "identifier")
	f.text(reference, "display")
	if !reference.Get("reference").Exists() && !reference.Get("identifier").Exists() && !reference.Get("display").Exists() {
		f.fault(reference, issue.CodeRequired, "The reference points nowhere; give reference or identifier.")
	}
	if id, local := strings.CutPrefix(to, "#"); local && id != "" && !contained[id] {
		at := reference.member("reference")
		f.fault(&at, issue.CodeInvariant, "No contained resource has this id; add it to contained or mend the reference.")
	}
}

// refersToConsent knows a Consent by Reference.type, or by the reference
// itself: relative, absolute, version-specific or conditional.
func refersToConsent(reference fhir.Element) bool {
	if reference.Get("type").Text() == "Consent" {
		return true
	}
	to, _, _ := strings.Cut(reference.Get("reference").Text(), "?")
	to, _, _ = strings.Cut(to, "/_history/")
	if to == "Consent" || strings.HasSuffix(to, "/Consent") {
		return true
	}
	id := strings.LastIndexByte(to, '/')
	return id > 0 && (to[:id] == "Consent" || strings.HasSuffix(to[:id], "/Consent"))
}

// recorded reads when it was recorded; the time is zero after a fault.
func (f *findings) recorded(p *place) time.Time {
	at := p.member("recorded")
	text := f.need(p, "recorded", "A Provenance says when it was recorded: give recorded, an instant such as 2024-02-29T12:00:00+02:00.")
	if text == "" {
		return time.Time{}
	}
	instant, err := fhir.ParseInstant(text)
	if err != nil {
		f.fault(&at, issue.CodeValue, sentence(err))
		return time.Time{}
	}
	return instant.UTC()
}

// recorders counts the agents by their roles.
type recorders struct {
	professional, representative, client, unit int
	any                                        bool // some agent has a role of RoleSystem
}

func (f *findings) agents(p *place, contained map[string]bool) (roles recorders) {
	list := f.some(p, "agent", "A Provenance says who did it: give agent, with who and role.")
	for i := range list.Len() {
		agent, ok := f.entry(&list, i)
		if !ok {
			continue
		}
		if who, ok := f.object(&agent, "who"); ok {
			f.refers(&who, contained)
		} else if !who.Exists() {
			f.fault(&who, issue.CodeRequired, "An agent says who it is: give who, an organisation's identifier and display, or a contained person.")
		}
		f.roles(&agent, &roles)
	}
	return roles
}

// roles counts each role once for an agent, as Kanta's invariants count agents
// and not codings.
func (f *findings) roles(agent *place, roles *recorders) {
	var has recorders
	list := f.list(agent, "role")
	for i := range list.Len() {
		role, ok := f.entry(&list, i)
		if !ok {
			continue
		}
		codings := f.list(&role, "coding")
		for j := range codings.Len() {
			coding, ok := f.entry(&codings, j)
			if !ok || f.text(&coding, "system") != RoleSystem {
				continue
			}
			has.any = true
			switch f.need(&coding, "code", "A role without a code says nothing; give the code.") {
			case RoleProfessional:
				has.professional = 1
			case RoleRepresentative:
				has.representative = 1
			case RoleClient:
				has.client = 1
			case RoleServiceUnit:
				has.unit = 1
			}
		}
	}
	roles.add(has)
}

// add counts the agents of both.
func (r *recorders) add(other recorders) {
	r.any = r.any || other.any
	r.professional += other.professional
	r.representative += other.representative
	r.client += other.client
	r.unit += other.unit
}

// recorder holds the agents to Kanta's rules (kanta-fhir.md §3).
func (f *findings) recorder(p *place, roles recorders) {
	at := p.member("agent")
	count := roles.professional + roles.representative + roles.client
	for _, rule := range [...]struct {
		broken     bool
		name, text string
	}{
		{roles.professional > 0 && roles.unit == 0, "TIP-PROV-1",
			"A professional (role 2) records for a service unit; add an agent with role 7."},
		{roles.professional == 0 && roles.unit > 0, "TIP-PROV-2",
			"A service unit (role 7) is given only when a professional (role 2) recorded the declaration."},
		{count == 0, "TIP-PROV-3",
			"Nobody recorded the declaration; give an agent with role 2 (professional), 5 (representative) or 12 (client)."},
		{count > 1, "TIP-PROV-4",
			"Only one may have recorded the declaration; keep one agent with role 2 (professional), 5 (representative) or 12 (client)."},
	} {
		if rule.broken {
			f.add(&at, issue.CodeInvariant, rule.name, rule.text)
		}
	}
}
