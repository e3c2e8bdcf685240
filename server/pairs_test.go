package main

import (
	"fmt"
	"strings"
)

// pair is a declaration and its Provenance, as a partner submits them: the
// receipt of the information, which anybody may be given at any time.
type pair struct {
	name   string // Consent.identifier.value
	person string // whose identity code
	// conditional tells that the Consent is created only if there is none of the
	// name.
	conditional bool
	// text is how many letters of narrative the Consent has.
	text int
}

// pairSystem is the namespace of the names of pairs.
const pairSystem = "http://example.org/pair"

// entries are the two entries of a transaction, the nth of its pairs.
func (p pair) entries(n int) string {
	condition := ""
	if p.conditional {
		condition = `,"ifNoneExist":"identifier=` + pairSystem + `|` + p.name + `"`
	}
	urn := fmt.Sprintf("urn:uuid:00000000-0000-4000-8000-%012d", n)
	return `{"fullUrl":"` + urn + `","request":{"method":"POST","url":"Consent"` + condition + `},"resource":` + p.consent() + `},` +
		`{"request":{"method":"POST","url":"Provenance"},"resource":` + p.provenance(urn) + `}`
}

func (p pair) consent() string {
	narrative := ""
	if p.text > 0 {
		narrative = `"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">` + strings.Repeat("x", p.text) + `</div>"},`
	}
	return `{"resourceType":"Consent",` + narrative + `"identifier":[{"system":"` + pairSystem + `","value":"` + p.name + `"}],"status":"active",
 "scope":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope","code":"patient-privacy"}]},
 "category":[{"coding":[{"system":"https://tahto.example/fhir/CodeSystem/declaration","code":"information"}]}],
 "patient":{"identifier":{"system":"urn:oid:1.2.246.21","value":"` + p.person + `"}},
 "dateTime":"2024-01-10T09:00:00+02:00","policy":[{"uri":"http://data.finlex.fi/eli/sd/2023/703"}],
 "policyRule":{"coding":[{"system":"https://tahto.example/fhir/CodeSystem/information-version","code":"2.0"}]},
 "provision":{"type":"permit","period":{"start":"2024-01-10T09:00:00+02:00"}}}`
}

func (p pair) provenance(target string) string {
	return `{"resourceType":"Provenance","target":[{"reference":"` + target + `"}],
 "contained":[{"resourceType":"Patient","id":"client","identifier":[{"system":"urn:oid:1.2.246.21","value":"` + p.person + `"}]}],
 "recorded":"2024-01-10T09:00:00+02:00",
 "agent":[{"role":[{"coding":[{"system":"http://gen.kanta.fi/figen-cs-provenancerolecategory","code":"12"}]}],"who":{"reference":"#client"}}]}`
}

// submission is a transaction Bundle of pairs; identifier is its
// Bundle.identifier.value, or "" for none.
func submission(identifier string, pairs ...pair) []byte {
	return bundleOfPairs("transaction", identifier, pairs)
}

func bundleOfPairs(kind, identifier string, pairs []pair) []byte {
	var b strings.Builder
	b.WriteString(`{"resourceType":"Bundle",`)
	if identifier != "" {
		b.WriteString(`"identifier":{"system":"http://example.org/submission","value":"` + identifier + `"},`)
	}
	b.WriteString(`"type":"` + kind + `","entry":[`)
	for n, p := range pairs {
		if n > 0 {
			b.WriteByte(',')
		}
		b.WriteString(p.entries(n))
	}
	b.WriteString("]}")
	return []byte(b.String())
}

// pairsOf are so many pairs, each of a person of its own or all of one.
func pairsOf(name string, n int, onePerson, conditional bool) []pair {
	all := make([]pair, n)
	for i := range all {
		all[i] = pair{name: fmt.Sprintf("%s-%d", name, i), person: identityCode(i), conditional: conditional}
		if onePerson {
			all[i].person = identityCode(0)
		}
	}
	return all
}
