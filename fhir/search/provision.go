package search

import (
	"slices"

	"tahto/fhir"
)

// The parameters of this server over the provisions of a Consent. R4 has none
// for whether a provision permits or denies, nor any that ties that to what the
// provision names; and HL7's look at the root provision only. These look at
// every provision, however deep. A composite takes both parts from one
// provision, of its own elements: nothing is inherited from the one around it.

const ours = fhir.Base + "/SearchParameter/"

// provisionTypes is the closed code system of provision.type, and provisionType
// its codes.
const provisionTypes = "http://hl7.org/fhir/consent-provision-type"

var provisionType = []string{"deny", "permit"}

const everyProvisionPath = "Consent.repeat(provision)"

func provisionParameters() []Parameter {
	return append(provisionParts(),
		typed("provision-type-class", "provision-class", "class", "Whether a provision permits or denies, and a class of data that it names: deny$system|code",
			each(coding, "class")),
		typed("provision-type-code", "provision-code", "code", "Whether a provision permits or denies, and a code of data that it names: deny$system|code",
			each(concept, "code")),
		typed("provision-type-actor", "actor", "actor.reference", "Whether a provision permits or denies, and an actor that it names by address: deny$Organization/1",
			each(addressed, "actor", "reference")),
		typed("provision-type-actor-identifier", "provision-actor-identifier", "actor.reference.identifier", "Whether a provision permits or denies, and an actor that it names by identifier: deny$system|value",
			each(logical, "actor", "reference")),
		typed("provision-type-period", "period", "period", "Whether a provision permits or denies, and when it is in force: deny$ge2024-01-01. The values of one parameter are all of one type",
			each(period, "period")))
}

// provisionParts are what the composites are made of, each for itself.
func provisionParts() []Parameter {
	return []Parameter{{
		Name: "provision-type", Kind: KindToken, URL: ours + "Consent-provision-type",
		Expression: everyProvisionPath + ".type", Doc: "Whether a provision permits or denies, in any provision",
		system: provisionTypes, extract: everyProvision(each(coded(provisionTypes), "type")),
	}, {
		Name: "provision-class", Kind: KindToken, URL: ours + "Consent-provision-class",
		Expression: everyProvisionPath + ".class", Doc: "A class of data that any provision names",
		extract: everyProvision(each(coding, "class")),
	}, {
		Name: "provision-code", Kind: KindToken, URL: ours + "Consent-provision-code",
		Expression: everyProvisionPath + ".code", Doc: "A code of data that any provision names",
		extract: everyProvision(each(concept, "code")),
	}, {
		Name: "provision-actor-identifier", Kind: KindToken, URL: ours + "Consent-provision-actor-identifier",
		Expression: everyProvisionPath + ".actor.reference.identifier", Doc: "The identifier of an actor that any provision names",
		extract: everyProvision(each(logical, "actor", "reference")),
	}}
}

// typed is a composite of the type of a provision and another of its elements.
func typed(name, part, expression, doc string, take extractor) Parameter {
	return Parameter{
		Name: name, Kind: KindComposite, URL: ours + "Consent-" + name, Expression: everyProvisionPath, Doc: doc,
		Components: []Component{{"provision-type", "type"}, {part, expression}},
		extract:    everyProvision(withType(take, part != "actor" && part != "period")),
	}
}

// everyProvision applies take to the root provision and to all within it.
func everyProvision(take extractor) extractor {
	var down extractor
	down = func(x *extraction, param string, e fhir.Element) {
		for provision := range e.Each("provision") {
			take(x, param, provision)
			down(x, param, provision)
		}
	}
	return down
}

// withType makes the values that take finds in a provision composite ones. A
// provision of no type, or of one that there is not, has none. tokens tells
// whether they are tokens.
func withType(take extractor, tokens bool) extractor {
	return func(x *extraction, param string, provision fhir.Element) {
		first := member(provision, "type")
		if !slices.Contains(provisionType, first) {
			return
		}
		before := len(x.entries)
		x.within = "$" + first
		take(x, param, provision)
		x.within = ""
		x.composed(first, before, tokens)
	}
}

// composed puts the first part into the entries from there on: an index knows
// nothing of parts. That of a text goes before the value, that of a date, which
// has none, behind the parameter. What a token with any code of a system equals
// is an entry of its own, since a value is compared as a whole.
func (x *extraction) composed(first string, from int, tokens bool) {
	parts := x.entries[from:]
	x.entries = x.entries[:from]
	for _, e := range slices.Clone(parts) {
		switch {
		case e.High > e.Low:
			e.Param = composedParam(e.Param, first)
			x.entries = append(x.entries, e)
		case e.Value != "":
			whole := e
			whole.Value = composedValue(first, "")
			e.Value = composedValue(first, e.Value)
			x.entries = append(x.entries, e)
			if e.System != "" && tokens {
				x.entries = append(x.entries, whole)
			}
		}
	}
}

func composedParam(param, first string) string { return param + ":" + first }
func composedValue(first, rest string) string  { return first + "$" + rest }
