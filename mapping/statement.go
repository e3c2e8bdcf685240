// Package mapping translates between FHIR R4 and Finnish law: a Consent is one
// declaration of intent (tahdonilmaisu), and the parameters of $evaluate are a
// question to package decision. The law itself is in packages consent and
// decision; here is only how it is written (mapping.md).
//
// Reading is strict. An element that could narrow or widen what was declared
// and that the decision does not know is refused and never passed over, so
// that nothing is stored which the decision could not read. All faults are
// collected and told at once, each with the FHIRPath of its element and a
// sentence about what to do; texts never repeat an identity code.
//
// The functions are pure: they read no clock, no file and no network. What they
// return shares no memory with the resource it came from, unless they say so,
// and is safe for any number of goroutines as long as nobody changes it.
package mapping

import (
	"strconv"
	"strings"
	"time"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/mapping/consent"
)

// IsDeclaration tells whether a Consent says it is a Finnish declaration: it
// has a category coding of [DeclarationSystem], known or not, or claims
// [KantaConsentProfile] with one of Kanta's own categories (mapping.md §1). It
// looks through faults of form, so that a declaration that is badly written is
// refused and not kept as something else.
func IsDeclaration(r *fhir.Resource) bool {
	kanta := claims(r, KantaConsentProfile)
	for category := range r.Root().Each("category") {
		for coding := range category.Each("coding") {
			system, code := coding.Get("system").Text(), coding.Get("code").Text()
			if strings.TrimSpace(system) == DeclarationSystem {
				return true
			}
			if _, known := kantaKind(system, code); known && kanta {
				return true
			}
		}
	}
	return false
}

// claims tells whether meta.profile names the profile, with a version or without.
func claims(r *fhir.Resource, profile string) bool {
	for claimed := range r.Root().Get("meta").Each("profile") {
		if name, _, _ := strings.Cut(claimed.Text(), "|"); name == profile {
			return true
		}
	}
	return false
}

// kantaKind reads Kanta's own categories of the consent between the sectors
// (kanta-fhir.md §5.1). The code system's exact name is not public, so that
// Kanta's whole domain is taken.
func kantaKind(system, code string) (consent.Kind, bool) {
	if !strings.HasPrefix(system, "https://gen.kanta.fi/fhir/") && !strings.HasPrefix(system, "http://gen.kanta.fi/") {
		return consent.UnknownKind, false
	}
	switch code {
	case "1":
		return consent.ConsentHealthToSocial, true
	case "2":
		return consent.ConsentSocialToHealth, true
	}
	return consent.UnknownKind, false
}

// ReadStatement reads a Consent as the declaration it is (mapping.md §1). The
// error is of kind Unprocessable and tells everything that is wrong. ID and
// Version are taken from the id and meta.versionId of the resource, as the
// server has stamped them; a resource that was not stored yet has none.
//
// A date without a time is the start of that day in Finland, for beginning and
// withdrawal alike: who withdraws on a day has withdrawn for all of it. The
// period of a part of a consent between the sectors bounds when data was
// recorded, and includes its last day. A withdrawal that does not say from when
// (inactive without period.end) has effect from the instant it was recorded,
// the meta.lastUpdated that the server stamped (rules M36, 703/2023 section 58).
func ReadStatement(r *fhir.Resource) (consent.Statement, error) {
	p := root(r)
	if r.Type() != "Consent" {
		return consent.Statement{}, issue.New(issue.Unprocessable, "", "A declaration is a Consent, but this is another resource.").Coded(issue.CodeStructure)
	}
	var f findings
	f.modifiers(&p)
	f.containedIDs(&p)
	s := consent.Statement{
		ID:     strings.Clone(r.ID()),
		Kind:   f.kind(&p, claims(r, KantaConsentProfile)),
		Status: f.status(&p),
	}
	s.Version, _ = strconv.ParseUint(r.Root().Get("meta").Get("versionId").Text(), 10, 64)
	f.scope(&p)
	f.policy(&p)
	s.Person = f.person(&p)
	s.Declared = f.declared(&p)
	f.declarer(&p, &s)
	f.content(&p, &s)
	if s.Status == consent.Withdrawn && s.Until.IsZero() {
		s.Until = recorded(r)
	}
	if err := f.err(issue.Unprocessable); err != nil {
		return consent.Statement{}, err
	}
	return s, nil
}

// recorded is when the version was stored; zero for a resource that was not
// stored yet.
func recorded(r *fhir.Resource) time.Time {
	at, err := fhir.ParseInstant(r.Root().Get("meta").Get("lastUpdated").Text())
	if err != nil {
		return time.Time{}
	}
	return at.UTC()
}

func (f *findings) status(p *place) consent.Status {
	code := f.need(p, "status", "A declaration needs its status: active when in force, inactive when withdrawn.")
	status, known := consent.ParseStatus(code)
	if code != "" && !known {
		at := p.member("status")
		f.fault(&at, issue.CodeCodeInvalid, "The status is none of FHIR's: use active, inactive, entered-in-error, draft, proposed or rejected.")
	}
	return status
}

// kind finds the one coding that says what the declaration is. Kanta's own
// code may stand beside ours if it says the same, or alone.
func (f *findings) kind(p *place, kanta bool) consent.Kind {
	before := f.count
	var ours, theirs consent.Kind
	var found, foundKanta int
	list := f.list(p, "category")
	for i := range list.Len() {
		category, ok := f.entry(&list, i)
		if !ok {
			continue
		}
		codings := f.list(&category, "coding")
		for j := range codings.Len() {
			coding, ok := f.entry(&codings, j)
			if !ok {
				continue
			}
			system := f.text(&coding, "system")
			if kind, known := kantaKind(system, coding.Get("code").Text()); known && kanta {
				f.once(&coding, &foundKanta)
				theirs = kind
			}
			if system == DeclarationSystem {
				f.once(&coding, &found)
				ours = f.declarationCode(&coding)
			}
		}
	}
	switch {
	case found == 0 && foundKanta == 0 && f.count == before:
		f.fault(&list, issue.CodeRequired, "The category does not say which declaration this is; add a coding of "+DeclarationSystem+".")
	case found == 0:
		return theirs
	case foundKanta > 0 && f.count == before && ours != theirs:
		f.fault(&list, issue.CodeInvariant, "The category codings contradict each other; make Kanta's code and ours say the same.")
	}
	return ours
}

// once refuses the second coding that says what the declaration is.
func (f *findings) once(coding *place, found *int) {
	if *found++; *found == 2 {
		f.fault(coding, issue.CodeInvariant, "One Consent is one declaration; keep one coding and send the others as Consents of their own.")
	}
}

func (f *findings) declarationCode(coding *place) consent.Kind {
	code := f.need(coding, "code", "The category has no code; say which declaration this is.")
	kind, known := consent.ParseKind(code)
	if code != "" && !known {
		at := coding.member("code")
		f.fault(&at, issue.CodeCodeInvalid, "No declaration has this code; use one of "+DeclarationSystem+", such as consent-health or denial-health.")
	}
	return kind
}

func (f *findings) scope(p *place) {
	const why = "A declaration's scope is patient-privacy of " + ConsentScopeSystem + "; give it as the one scope."
	scope, ok := f.object(p, "scope")
	if !ok {
		if !scope.Exists() {
			f.fault(&scope, issue.CodeRequired, why)
		}
		return
	}
	f.fixed(&scope, ConsentScopeSystem, scopePrivacy, why)
}

func (f *findings) policy(p *place) {
	before, uris := f.count, 0
	list := f.list(p, "policy")
	for i := range list.Len() {
		policy, ok := f.entry(&list, i)
		if !ok {
			continue
		}
		uri := f.text(&policy, "uri")
		if uri != "" && !isURI(uri) {
			at := policy.member("uri")
			f.fault(&at, issue.CodeValue, "This is not a URI; give the address of the statute, such as "+clientDataAct+".")
		}
		if uri != "" {
			uris++
		}
	}
	if uris == 0 && f.count == before {
		f.fault(&list, issue.CodeRequired, "A declaration names the statute it is made under; give policy.uri, such as "+clientDataAct+".")
	}
}

func (f *findings) declared(p *place) time.Time {
	date, ok := f.moment(p, "dateTime")
	if at := p.member("dateTime"); at.Kind() == fhir.Absent {
		f.fault(&at, issue.CodeRequired, "A declaration says when it was made; give dateTime.")
	}
	if !ok {
		return time.Time{}
	}
	return date.Start.UTC()
}
