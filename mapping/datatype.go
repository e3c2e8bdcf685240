package mapping

import (
	"strings"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/mapping/consent"
)

// identifier reads an Identifier of which both system and value must be there:
// the decision compares both, and half a name would match nothing. The strings
// still share memory with the resource.
func (f *findings) identifier(p *place) (consent.Identifier, bool) {
	before := f.count
	id := consent.Identifier{
		System: f.need(p, "system", "An identifier without its system names nothing; give the system."),
		Value:  f.need(p, "value", "An identifier without a value names nothing; give the value."),
	}
	if f.count > before {
		return consent.Identifier{}, false
	}
	value := p.member("value")
	switch {
	case id.System == fhir.IdentitySystem && !ValidIdentityCode(id.Value):
		f.fault(&value, issue.CodeValue, sentence(ErrIdentityCode))
	case id.System == consent.URISystem && !isURI(id.Value):
		f.fault(&value, issue.CodeValue, "In this system a value is a URI, and an OID is written urn:oid: and the numbers.")
	case p.Get("use").Text() == "old":
		use := p.member("use")
		f.fault(&use, issue.CodeValue, "The identifier is marked as no longer in use; give the one in use.")
	default:
		return id, true
	}
	return consent.Identifier{}, false
}

// isURI wants a scheme, and an OID in its one right form: of two spellings of
// a name only one would be found.
func isURI(s string) bool {
	if strings.ContainsAny(s, " \t\r\n") {
		return false
	}
	if oid, found := strings.CutPrefix(s, "urn:oid:"); found {
		return isOID(oid)
	}
	scheme, rest, found := strings.Cut(s, ":")
	return found && rest != "" && isScheme(scheme) && !strings.EqualFold(s[:min(len(s), 8)], "urn:oid:")
}

func isScheme(s string) bool {
	for i := range len(s) {
		if c := s[i] | 0x20; (c < 'a' || c > 'z') && (i == 0 || s[i] < '+' || s[i] > '9' || s[i] == '/' || s[i] == ',') {
			return false
		}
	}
	return s != ""
}

// isOID is FHIR's pattern of an oid (https://hl7.org/fhir/R4/datatypes.html#oid):
// the first number is 0, 1 or 2, and none begins with a zero.
func isOID(s string) bool {
	if len(s) < 3 || s[0] < '0' || s[0] > '2' || s[1] != '.' {
		return false
	}
	for rest, found := s[2:], true; found; {
		var number string
		number, rest, found = strings.Cut(rest, ".")
		if number == "" || number[0] == '0' && len(number) > 1 {
			return false
		}
		for i := range len(number) {
			if number[i] < '0' || number[i] > '9' {
				return false
			}
		}
	}
	return true
}

// organisation reads the Identifier of an organisation: an OID as a URI, the
// only form in which the directory and the national registers know one.
func (f *findings) organisation(p *place) (consent.Identifier, bool) {
	id, ok := f.identifier(p)
	if !ok {
		return id, false
	}
	if id.System != consent.URISystem {
		system := p.member("system")
		f.fault(&system, issue.CodeCodeInvalid, "Organisations are named by OID: give system urn:ietf:rfc:3986 and a value that begins urn:oid:.")
		return consent.Identifier{}, false
	}
	if !strings.HasPrefix(id.Value, "urn:oid:") {
		value := p.member("value")
		f.fault(&value, issue.CodeValue, "Organisations are named by OID: give a value that begins urn:oid:.")
		return consent.Identifier{}, false
	}
	return id, true
}

// coding reads a Coding of which both system and code must be there.
func (f *findings) coding(p *place) (consent.Coding, bool) {
	before := f.count
	c := consent.Coding{
		System: f.need(p, "system", "A code without its code system says nothing; give the system."),
		Code:   f.need(p, "code", "A coding without a code says nothing; give the code."),
	}
	if f.count > before {
		return consent.Coding{}, false
	}
	return c, true
}

// single finds the one coding of a system in a CodeableConcept; other codings
// may stand beside it. It is false if there is none or more than one, which is
// a fault.
func (f *findings) single(concept *place, system, why string) (place, bool) {
	before := f.count
	list := f.list(concept, "coding")
	found := place{index: -1}
	for i := range list.Len() {
		coding, ok := f.entry(&list, i)
		if !ok || f.text(&coding, "system") != system {
			continue
		}
		if found.index >= 0 {
			f.fault(&coding, issue.CodeInvariant, "Only one code of this code system may stand here; remove all but one.")
			return found, false
		}
		found = coding
	}
	if found.index < 0 {
		if f.count == before {
			f.fault(&list, issue.CodeRequired, why)
		}
		return found, false
	}
	return found, true
}

// fixed is [findings.single] of a code that can only be this one.
func (f *findings) fixed(concept *place, system, code, why string) bool {
	coding, ok := f.single(concept, system, why)
	if !ok {
		return false
	}
	got := f.need(&coding, "code", why)
	if got != "" && got != code {
		at := coding.member("code")
		f.fault(&at, issue.CodeCodeInvalid, why)
	}
	return got == code
}

// moment is the dateTime of that name as a point in time.
func (f *findings) moment(p *place, name string) (fhir.Date, bool) {
	at := p.member(name)
	if at.Kind() == fhir.Absent {
		return fhir.Date{}, false
	}
	return f.point(&at)
}

// point reads a dateTime that stands for a point in time: it must be exact to
// the day at least, since a month does not say which day something began.
func (f *findings) point(at *place) (fhir.Date, bool) {
	date := f.dateTime(at)
	if !date.IsZero() && date.Precision < fhir.ToDay {
		f.fault(at, issue.CodeValue, "The value does not say which day; give at least the day, such as 2024-02-29.")
		return fhir.Date{}, false
	}
	return date, !date.IsZero()
}

// dateTime reads a dateTime of any precision; it is zero after a fault.
func (f *findings) dateTime(at *place) fhir.Date {
	text := f.string(at)
	if text == "" {
		return fhir.Date{}
	}
	date, err := fhir.ParseDateTime(text)
	if err != nil {
		f.fault(at, issue.CodeValue, sentence(err))
	}
	return date
}

// stretch reads a Period of any precision in which the last day, month or year
// is included (https://hl7.org/fhir/R4/datatypes.html#Period). A period without
// an end, or without a start, is open there.
func (f *findings) stretch(p *place) consent.Period {
	before := f.count
	start, end := f.bound(p, "start"), f.bound(p, "end")
	if f.count > before {
		return consent.Period{}
	}
	if start.IsZero() && end.IsZero() {
		f.fault(p, issue.CodeRequired, "A period has a start or an end; give one, or leave the period out.")
		return consent.Period{}
	}
	var period consent.Period
	if !start.IsZero() {
		period.From = start.Start.UTC()
	}
	if !end.IsZero() {
		period.Until = end.End().UTC()
	}
	empty := period.Until.Equal(period.From) && !end.HasTime()
	if !start.IsZero() && !end.IsZero() && (empty || period.Until.Before(period.From)) {
		f.backwards(p)
		return consent.Period{}
	}
	return period
}

func (f *findings) backwards(period *place) {
	f.fault(period, issue.CodeInvariant, "The period ends before it begins; correct start or end.")
}

func (f *findings) bound(p *place, name string) fhir.Date {
	at := p.member(name)
	if at.Kind() == fhir.Absent {
		return fhir.Date{}
	}
	return f.dateTime(&at)
}

// extension finds the extension with that url. It is false if there is none;
// more than one is a fault.
func (f *findings) extension(p *place, url string) (place, bool) {
	list := f.list(p, "extension")
	found := place{index: -1}
	for i := range list.Len() {
		extension, ok := f.entry(&list, i)
		if !ok || extension.Get("url").Text() != url {
			continue
		}
		if found.index >= 0 {
			f.fault(&extension, issue.CodeStructure, "This extension stands here twice; remove one.")
			break
		}
		found = extension
	}
	return found, found.index >= 0
}

// valued tells whether an extension has a value of that type, such as
// valueCode, and no other.
func (f *findings) valued(extension *place, member string) bool {
	for name := range extension.Members() {
		if name != member && strings.HasPrefix(name, "value") {
			at := extension.member(name)
			f.fault(&at, issue.CodeStructure, "The value has the wrong type; give "+member+".")
			return false
		}
	}
	if extension.Get(member).Kind() == fhir.Absent {
		f.fault(extension, issue.CodeRequired, "The extension has no value; give "+member+".")
		return false
	}
	return true
}

// flag is the member of that name, a boolean.
func (f *findings) flag(p *place, name string) bool {
	at := p.member(name)
	if at.Kind() != fhir.Bool {
		f.wrongKind(&at, fhir.Bool)
		return false
	}
	return at.Text() == "true"
}
