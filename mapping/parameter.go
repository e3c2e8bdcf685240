package mapping

import (
	"strconv"
	"strings"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/mapping/consent"
)

// parameter is one Parameters.parameter, or a part of one, that has been
// opened: its name and what it holds.
type parameter struct {
	*place        // where it stands
	name   string // "" if it can't be told
	member string // valueCode, valueIdentifier, …; part; "" if it holds nothing
	value  place  // the value, or the list of parts
}

// open reads the form of a parameter: a name, and one value or parts
// (https://hl7.org/fhir/R4/parameters.html, inv-1). What else stands there is a
// fault: it would be passed over, and might have been meant.
func (f *findings) open(at *place) parameter {
	named := false
	p := parameter{place: at, value: place{up: at, index: -1}}
	for name, element := range at.Members() {
		switch {
		case name == "name":
			p.name = element.Text()
			named = element.Kind() == fhir.String
		case name == "part", name == "resource", strings.HasPrefix(name, "value"):
			if p.member != "" {
				f.fault(at, issue.CodeStructure, "A parameter holds one value or parts; remove the others.")
				continue
			}
			p.member = name
			p.value.name, p.value.Element = name, element
		case name == "id", name == "extension", strings.HasPrefix(name, "_"):
		default:
			f.fault(at, issue.CodeStructure, "A parameter has a name and a value or parts; remove what else stands here.")
		}
	}
	if !named || !isElementName(p.name) {
		p.name = f.need(at, "name", "A parameter without a name says nothing; give the name.")
	}
	return p
}

// is tells whether the parameter holds that type, which else is a fault.
func (f *findings) is(p *parameter, member string) bool {
	if p.member == member {
		return true
	}
	text := "This parameter holds the wrong type; give " + member + "."
	code := issue.CodeStructure
	if p.member == "" {
		text, code = "This parameter holds nothing; give "+member+".", issue.CodeRequired
	}
	f.fault(p.place, code, text)
	return false
}

func (f *findings) codeOf(p *parameter) string {
	if !f.is(p, "valueCode") {
		return ""
	}
	return f.string(&p.value)
}

func (f *findings) flagOf(p *parameter) bool {
	if !f.is(p, "valueBoolean") {
		return false
	}
	if p.value.Kind() != fhir.Bool {
		f.wrongKind(&p.value, fhir.Bool)
		return false
	}
	return p.value.Text() == "true"
}

// integerOf reads a valueInteger. One that is beyond 32 bits, as FHIR's are
// not, reads as -1: it is a number, but none that is asked for.
func (f *findings) integerOf(p *parameter) (int, bool) {
	if !f.is(p, "valueInteger") {
		return 0, false
	}
	text := p.value.Text()
	_, digitsOnly := digits(strings.TrimPrefix(text, "-"))
	if p.value.Kind() != fhir.Number || !digitsOnly {
		f.fault(&p.value, issue.CodeStructure, "A whole number is wanted here, as a JSON number without fraction or exponent.")
		return 0, false
	}
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		return -1, true
	}
	return int(n), true
}

func (f *findings) objectOf(p *parameter, member string) bool {
	if !f.is(p, member) {
		return false
	}
	if p.value.Kind() != fhir.Object {
		f.wrongKind(&p.value, fhir.Object)
		return false
	}
	return true
}

func (f *findings) identifierOf(p *parameter) (id consent.Identifier) {
	if f.objectOf(p, "valueIdentifier") {
		id, _ = f.identifier(&p.value)
	}
	return id
}

func (f *findings) organisationOf(p *parameter) (id consent.Identifier) {
	if f.objectOf(p, "valueIdentifier") {
		id, _ = f.organisation(&p.value)
	}
	return id
}

func (f *findings) codingOf(p *parameter) (coding consent.Coding) {
	if f.objectOf(p, "valueCoding") {
		coding, _ = f.coding(&p.value)
	}
	return coding
}

func (f *findings) registerParameter(p *parameter) consent.Register {
	coding := f.codingOf(p)
	register, known := consent.ParseRegister(coding)
	if !known && !coding.IsZero() {
		f.unknown(&p.value, "No register type has this code; use 2, 3 or 4 of "+consent.HealthRegisterSystem+
			" or 1 of "+consent.SocialRegisterSystem+".")
	}
	return register
}

// unknown notes a code that is readable but none of those known.
func (f *findings) unknown(at *place, text string) { f.fault(at, issue.CodeCodeInvalid, text) }

// partsOf are the parts of a parameter; none after a fault.
func (f *findings) partsOf(p *parameter) place {
	if f.is(p, "part") {
		if p.value.Kind() == fhir.Array {
			return p.value
		}
		f.wrongKind(&p.value, fhir.Array)
	}
	return place{up: p.place, name: "part", index: -1}
}

// meant asks whether the known name that is most like the one given was meant,
// to put at the end of a sentence; "" if none is near.
func meant(name string, known []string) string {
	if near := issue.Nearest(name, known); near != "" {
		return " Did you mean " + near + "?"
	}
	return ""
}
