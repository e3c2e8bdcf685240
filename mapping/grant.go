package mapping

import (
	"slices"
	"strconv"
	"strings"

	"tahto/fhir/issue"
	"tahto/mapping/consent"
)

// scopeRequired is the reason code of a consent between the sectors that does
// not say what it covers (rules V14, 703/2023 section 53).
const scopeRequired = "scope-required"

// The bounds of a consent between the sectors. Every item that is asked about
// is held against each part of each consent in force, so that what one consent
// may cost must end somewhere: far above what a person can oversee (there are
// 21 counties and seven service tasks), far below what would delay others.
const (
	// MaxGrants is how many provisions may be nested in the root.
	MaxGrants = 100
	// MaxRecipients is how many recipients (actor) they may name in all.
	MaxRecipients = 200
	// MaxData is how many kinds of data (class) they may name in all.
	MaxData = 200
)

// crossSector reads a consent between the sectors: root permit is an explicit
// "all", root deny has a nested permit for each part that may be shared
// (mapping.md §1, rules X-16).
func (f *findings) crossSector(provision *place, s *consent.Statement) {
	typ := provision.Get("type").Text()
	before := f.count
	nested := f.list(provision, "provision")
	switch {
	case typ == permit && nested.Len() > 0:
		f.fault(&nested, issue.CodeInvariant, "A root of type permit means everything, so nothing can be nested in it; "+
			"give the root type deny to permit only the nested parts.")
	case typ == permit:
		s.Everything = true
	case typ == deny && nested.Len() == 0 && f.count == before:
		f.add(&nested, issue.CodeBusinessRule, scopeRequired, "The consent does not say what may be shared: nest a permit with the recipients (actor) "+
			"and the data (class), or give the root type permit for everything (703/2023 section 53).")
	}
	if !f.bounded(&nested) {
		return
	}
	for i := range nested.Len() {
		if at, ok := f.entry(&nested, i); ok {
			s.Grants = append(s.Grants, f.grant(&at, s.Kind))
		}
	}
}

// bounded refuses a consent of too many parts, before any of them is read.
func (f *findings) bounded(nested *place) bool {
	before := f.count
	f.atMost(nested, nested.Len(), MaxGrants, "provisions")
	if f.count > before {
		return false
	}
	recipients, data := 0, 0
	for i := range nested.Len() {
		part := nested.item(i)
		recipients += part.Get("actor").Len()
		data += part.Get("class").Len()
	}
	f.atMost(nested, recipients, MaxRecipients, "recipients (actor)")
	f.atMost(nested, data, MaxData, "classes of data (class)")
	return f.count == before
}

func (f *findings) atMost(at *place, n, most int, what string) {
	if n > most {
		f.fault(at, issue.CodeTooCostly, "One consent may have at most "+strconv.Itoa(most)+" "+what+
			"; send several Consents, or permit everything with a root of type permit.")
	}
}

// grant reads one nested permit: who may have which data, and optionally when
// that data was recorded.
func (f *findings) grant(at *place, kind consent.Kind) (grant consent.Grant) {
	if more := at.member("provision"); more.Exists() {
		f.fault(&more, issue.CodeNotSupported, "A nested provision has none nested in itself; write each permit side by side.")
	}
	f.only(at, "type", "period", "actor", "class", "provision")
	if typ := f.provisionType(at); typ == deny {
		wrong := at.member("type")
		f.fault(&wrong, issue.CodeBusinessRule, "What is nested in a consent permits; to keep data back leave it out of the permits, or deny it by a denial.")
	}
	grant.Recipients = f.recipients(at)
	grant.Data = f.data(at, kind)
	if period, ok := f.object(at, "period"); ok {
		f.only(&period, "start", "end")
		grant.Recorded = f.stretch(&period)
	}
	return grant
}

// scoped is [findings.some] of what says how far a consent reaches.
func (f *findings) scoped(grant *place, name, why string) place {
	before := f.count
	list := f.list(grant, name)
	if list.Len() == 0 && f.count == before {
		f.add(&list, issue.CodeBusinessRule, scopeRequired, why)
	}
	return list
}

func (f *findings) recipients(grant *place) []consent.Recipient {
	list := f.scoped(grant, "actor", "The consent does not say who may receive; give an actor with role PRCP.")
	recipients := make([]consent.Recipient, 0, list.Len())
	for i := range list.Len() {
		at, ok := f.entry(&list, i)
		if !ok {
			continue
		}
		f.only(&at, "role", "reference")
		if recipient, ok := f.recipient(&at); ok {
			recipients = append(recipients, recipient)
		}
	}
	return recipients
}

func (f *findings) recipient(actor *place) (consent.Recipient, bool) {
	const why = "The actor of a consent is who may receive: give the role PRCP of " + ParticipationSystem + "."
	if code, at := f.role(actor, why); code != roleRecipient {
		if code != "" {
			f.fault(&at, issue.CodeCodeInvalid, why)
		}
		return consent.Recipient{}, false
	}
	for _, url := range [...]string{RegisterTypeExtension, RegisterSpecifierExtension} {
		if at, ok := f.extension(actor, url); ok {
			f.fault(&at, issue.CodeNotSupported, "A recipient is a whole organisation; leave the register out.")
			return consent.Recipient{}, false
		}
	}
	at, ok := f.actorIdentifier(actor)
	if !ok {
		return consent.Recipient{}, false
	}
	if at.Get("system").Text() == RecipientGroupSystem {
		return f.group(&at)
	}
	id, ok := f.organisation(&at)
	return consent.Recipient{Organisation: ownShared(id)}, ok
}

func (f *findings) group(at *place) (consent.Recipient, bool) {
	code := f.need(at, "value", "Name the group of recipients; give the value public.")
	group, known := consent.ParseRecipientGroup(code)
	if code != "" && !known {
		value := at.member("value")
		f.fault(&value, issue.CodeCodeInvalid, "No group of recipients has this code; use public, or name an organisation by its OID.")
	}
	return consent.Recipient{Group: group}, known
}

func (f *findings) data(grant *place, kind consent.Kind) []consent.Coding {
	list := f.scoped(grant, "class", "The consent does not say which data may be shared; give class.")
	data := make([]consent.Coding, 0, list.Len())
	for i := range list.Len() {
		at, ok := f.entry(&list, i)
		if !ok {
			continue
		}
		if kind == consent.ConsentSocialToHealth {
			data = append(data, f.serviceTask(&at))
		} else {
			data = append(data, f.dataCategory(&at))
		}
	}
	return data
}

// dataCategory reads a class of patient data, and refuses one that the decision
// would never meet.
func (f *findings) dataCategory(at *place) consent.Coding {
	coding, ok := f.coding(at)
	switch {
	case !ok:
	case coding.System != DataCategorySystem:
		f.wrongCode(at, "system", "Patient data that may pass to social care is named by the code system "+DataCategorySystem+".")
	case !slices.Contains(dataCategories, coding.Code):
		f.wrongCode(at, "code", "No class of patient data has this code; use summary, events or statements.")
	}
	return consent.Coding{System: intern(coding.System), Code: intern(coding.Code)}
}

// serviceTask reads a service task (palvelutehtävä): any Coding, but none that
// is certainly no service task, since a denial of it would never match.
func (f *findings) serviceTask(at *place) consent.Coding {
	coding, ok := f.coding(at)
	switch {
	case !ok:
	case coding.System == ServiceTaskSystem && !slices.Contains(serviceTasks, coding.Code):
		f.wrongCode(at, "code", "No service task has this code; use families, working-age, elderly, substance-abuse, disability, child-protection or family-law.")
	case coding.System != ServiceTaskSystem && strings.HasPrefix(coding.System, Base+"/"):
		f.wrongCode(at, "system", "This is no code system of service tasks; use "+NationalServiceTaskSystem+" or "+ServiceTaskSystem+".")
	}
	return consent.Coding{System: intern(coding.System), Code: intern(coding.Code)}
}

func (f *findings) wrongCode(at *place, name, text string) {
	wrong := at.member(name)
	f.fault(&wrong, issue.CodeCodeInvalid, text)
}
