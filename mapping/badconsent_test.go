package mapping_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tahto/fhir/issue"
	"tahto/mapping"
)

const (
	head = `{"resourceType":"Consent","status":"active",` +
		`"scope":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope","code":"patient-privacy"}]},` +
		`"patient":{"identifier":{"system":"urn:oid:1.2.246.21","value":"160350-900N"}},` +
		`"dateTime":"2024-02-01","policy":[{"uri":"http://data.finlex.fi/eli/sd/2023/703"}],`
	category = `"category":[{"coding":[{"system":"https://tahto.example/fhir/CodeSystem/declaration","code":"KIND"}]}],`

	role       = `{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ParticipationType","code":"CST"}]}`
	controller = `{"identifier":{"system":"urn:ietf:rfc:3986","value":"urn:oid:1.2.246.10.99000011.19.1"}}`
	actor      = `"actor":[{"role":` + role + `,"reference":` + controller + `}]`
	document   = `"data":[{"meaning":"instance","reference":{"type":"DocumentReference","identifier":{"system":"urn:ietf:rfc:3986","value":"urn:oid:1.2.3"}}}]`
	event      = `"data":[{"meaning":"related","reference":{"type":"Encounter","identifier":{"system":"urn:ietf:rfc:3986","value":"urn:oid:1.2.3"}}}]`
	task       = `"class":[{"system":"https://tahto.example/fhir/CodeSystem/service-task","code":"families"}]`
	public     = `"actor":[{"role":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ParticipationType","code":"PRCP"}]},` +
		`"reference":{"identifier":{"system":"https://tahto.example/fhir/CodeSystem/recipient-group","value":"public"}}}]`
	summary = `"class":[{"system":"https://tahto.example/fhir/CodeSystem/data-category","code":"summary"}]`
)

func declaration(kind, rest string) string {
	return head + strings.Replace(category, "KIND", kind, 1) + rest + `}`
}

var (
	healthConsent = declaration("consent-health", `"provision":{"type":"permit"}`)
	denial        = declaration("denial-health", `"provision":{"type":"deny"}`)
	socialDenial  = declaration("denial-social", `"provision":{"type":"deny",`+task+`}`)
	prescription  = declaration("denial-prescription", `"provision":{"type":"deny","data":[{"meaning":"instance",`+
		`"reference":{"type":"MedicationRequest","identifier":{"system":"urn:ietf:rfc:3986","value":"urn:oid:1.2.3"}}}]}`)
	receipt = declaration("information", `"provision":{"type":"permit"},`+
		`"policyRule":{"coding":[{"system":"https://tahto.example/fhir/CodeSystem/information-version","code":"2.0"}]}`)
	emergency = declaration("emergency-health", `"provision":{"type":"permit",`+
		`"purpose":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActReason","code":"ETREAT"}]}`)
	toSocial = declaration("consent-health-to-social", `"provision":{"type":"deny","provision":[{"type":"permit",`+public+`,`+summary+`}]}`)
	toHealth = declaration("consent-social-to-health", `"provision":{"type":"deny","provision":[{"type":"permit",`+public+`,`+task+`}]}`)
	will     = declaration("living-will", `"provision":{"type":"permit"}`)
)

// withPart replaces a part of a text, which must be there once at least.
func withPart(t testing.TB, text, old, with string) string {
	t.Helper()
	if !strings.Contains(text, old) {
		t.Fatalf("%s\nis not in\n%s", old, text)
	}
	return strings.Replace(text, old, with, 1)
}

func TestBasesOfTheTablesAreReadable(t *testing.T) {
	for _, text := range []string{healthConsent, denial, socialDenial, prescription, receipt, emergency, toSocial, toHealth, will} {
		if _, err := mapping.ReadStatement(parse(t, text)); err != nil {
			t.Errorf("%v\n%s", err, text)
		}
	}
}

type fault struct {
	Code       issue.Code
	Expression string
}

func TestBadConsentsAreRefusedWithTheElement(t *testing.T) {
	const (
		patient  = `"patient":{"identifier":{"system":"urn:oid:1.2.246.21","value":"160350-900N"}}`
		one      = `"provision":{"type":"deny"}`
		registry = `"https://gen.kanta.fi/fhir/StructureDefinition/extension/RegisterType"`
	)
	actorWith := func(extension string) string {
		return `"provision":{"type":"deny","actor":[{"extension":[` + extension + `],"role":` + role + `,"reference":` + controller + `}]}`
	}
	for _, test := range []struct {
		name, base, old, with string
		code                  issue.Code
		expression            string
	}{
		{"no status", denial, `"status":"active",`, ``, issue.CodeRequired, "Consent.status"},
		{"unknown status", denial, `"active"`, `"valid"`, issue.CodeCodeInvalid, "Consent.status"},
		{"status as a number", denial, `"active"`, `1`, issue.CodeStructure, "Consent.status"},
		{"status as an array", denial, `"status":"active"`, `"status":["active"]`, issue.CodeStructure, "Consent.status"},
		{"empty status", denial, `"active"`, `""`, issue.CodeValue, "Consent.status"},
		{"status with a space", denial, `"active"`, `"active "`, issue.CodeValue, "Consent.status"},
		{"no scope", denial, `"scope":`, `"scopes":`, issue.CodeRequired, "Consent.scope"},
		{"scope as an array", denial, `"scope":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope","code":"patient-privacy"}]}`,
			`"scope":[{"text":"x"}]`, issue.CodeStructure, "Consent.scope"},
		{"scope of research", denial, `"patient-privacy"`, `"research"`, issue.CodeCodeInvalid, "Consent.scope.coding[0].code"},
		{"scope of another system", denial, `consentscope"`, `other"`, issue.CodeRequired, "Consent.scope.coding"},
		{"unknown declaration", denial, `"denial-health"`, `"denial-dental"`, issue.CodeCodeInvalid, "Consent.category[0].coding[0].code"},
		{"declaration without code", denial, `,"code":"denial-health"`, ``, issue.CodeRequired, "Consent.category[0].coding[0].code"},
		{"two declarations", denial, `"code":"denial-health"}`, `"code":"denial-health"},{"system":"https://tahto.example/fhir/CodeSystem/declaration","code":"denial-social"}`,
			issue.CodeInvariant, "Consent.category[0].coding[1]"},
		{"category as an object", denial, `"category":[{"coding":[{"system":"https://tahto.example/fhir/CodeSystem/declaration","code":"denial-health"}]}]`,
			`"category":{"coding":[{"system":"https://tahto.example/fhir/CodeSystem/declaration","code":"denial-health"}]}`, issue.CodeStructure, "Consent.category"},
		{"no patient", denial, patient + `,`, ``, issue.CodeRequired, "Consent.patient"},
		{"empty patient", denial, patient, `"patient":{"display":"X"}`, issue.CodeRequired, "Consent.patient"},
		{"literal patient", denial, patient, `"patient":{"reference":"Patient/1"}`, issue.CodeNotSupported, "Consent.patient.reference"},
		{"patient not contained", denial, patient, `"patient":{"reference":"#p"}`, issue.CodeInvariant, "Consent.patient.reference"},
		{"patient of another type", denial, `"patient":{`, `"patient":{"type":"Group",`, issue.CodeValue, "Consent.patient.type"},
		{"wrong check character", denial, `160350-900N`, `160350-900P`, issue.CodeValue, "Consent.patient.identifier.value"},
		{"no such day of birth", denial, `160350-900N`, `310250-900N`, issue.CodeValue, "Consent.patient.identifier.value"},
		{"other identifier system", denial, `urn:oid:1.2.246.21`, `urn:oid:1.2.246.22`, issue.CodeCodeInvalid, "Consent.patient.identifier.system"},
		{"identifier without system", denial, `"system":"urn:oid:1.2.246.21",`, ``, issue.CodeRequired, "Consent.patient.identifier.system"},
		{"identifier without value", denial, `,"value":"160350-900N"`, ``, issue.CodeRequired, "Consent.patient.identifier.value"},
		{"identifier as an array", denial, patient, `"patient":{"identifier":[{"system":"urn:oid:1.2.246.21","value":"160350-900N"}]}`,
			issue.CodeStructure, "Consent.patient.identifier"},
		{"identifier no longer in use", denial, `"identifier":{`, `"identifier":{"use":"old",`, issue.CodeValue, "Consent.patient.identifier.use"},
		{"two persons", denial, patient, `"contained":[{"resourceType":"Patient","id":"p","identifier":[{"system":"urn:oid:1.2.246.21","value":"210253-9040"}]}],` +
			`"patient":{"reference":"#p","identifier":{"system":"urn:oid:1.2.246.21","value":"160350-900N"}}`, issue.CodeInvariant, "Consent.patient"},
		{"contained patient without a code", denial, patient, `"contained":[{"resourceType":"Patient","id":"p"}],"patient":{"reference":"#p"}`,
			issue.CodeRequired, "Consent.contained[0]"},
		{"no dateTime", denial, `"dateTime":"2024-02-01",`, ``, issue.CodeRequired, "Consent.dateTime"},
		{"no such day", denial, `"dateTime":"2024-02-01"`, `"dateTime":"2023-02-29"`, issue.CodeValue, "Consent.dateTime"},
		{"hour 24", denial, `"dateTime":"2024-02-01"`, `"dateTime":"2024-02-01T24:00:00Z"`, issue.CodeValue, "Consent.dateTime"},
		{"time without zone", denial, `"dateTime":"2024-02-01"`, `"dateTime":"2024-02-01T12:00:00"`, issue.CodeValue, "Consent.dateTime"},
		{"month only", denial, `"dateTime":"2024-02-01"`, `"dateTime":"2024-02"`, issue.CodeValue, "Consent.dateTime"},
		{"no policy", denial, `"policy":[{"uri":"http://data.finlex.fi/eli/sd/2023/703"}],`, ``, issue.CodeRequired, "Consent.policy"},
		{"policy without uri", denial, `{"uri":"http://data.finlex.fi/eli/sd/2023/703"}`, `{"authority":"http://a.example"}`, issue.CodeRequired, "Consent.policy"},
		{"policy uri is none", denial, `http://data.finlex.fi/eli/sd/2023/703`, `703/2023`, issue.CodeValue, "Consent.policy[0].uri"},
		{"no provision", declaration("denial-health", `"language":"fi"`), `"fi"`, `"sv"`, issue.CodeRequired, "Consent.provision"},
		{"provision as an array", denial, one, `"provision":[{"type":"deny"}]`, issue.CodeStructure, "Consent.provision"},
		{"provision without type", denial, one, `"provision":{"period":{"start":"2024-02-01"}}`, issue.CodeRequired, "Consent.provision.type"},
		{"denial that permits", denial, `"type":"deny"`, `"type":"permit"`, issue.CodeInvariant, "Consent.provision.type"},
		{"consent that denies", healthConsent, `"type":"permit"`, `"type":"deny"`, issue.CodeInvariant, "Consent.provision.type"},
		{"unknown type", denial, `"type":"deny"`, `"type":"opt-out"`, issue.CodeCodeInvalid, "Consent.provision.type"},
		{"period backwards", denial, one, `"provision":{"type":"deny","period":{"start":"2024-03-01","end":"2024-02-29"}}`, issue.CodeInvariant, "Consent.provision.period"},
		{"period ends before declared", denial, one, `"provision":{"type":"deny","period":{"end":"2024-01-31"}}`, issue.CodeInvariant, "Consent.provision.period"},
		{"period of a year", denial, one, `"provision":{"type":"deny","period":{"start":"2024"}}`, issue.CodeValue, "Consent.provision.period.start"},
		{"period with another bound", denial, one, `"provision":{"type":"deny","period":{"begin":"2024-03-01"}}`, issue.CodeNotSupported, "Consent.provision.period.begin"},
		{"modifier extension", denial, one, `"provision":{"type":"deny","modifierExtension":[{"url":"http://x.example","valueBoolean":true}]}`,
			issue.CodeExtension, "Consent.provision.modifierExtension[0]"},
		{"modifier extension in the depth", denial, one, `"provision":{"type":"deny"},"performer":[{"identifier":{"value":"1","modifierExtension":[{"url":"http://x.example"}]}}]`,
			issue.CodeExtension, "Consent.performer[0].identifier.modifierExtension[0]"},
		{"implicit rules", denial, one, one + `,"implicitRules":"http://x.example"`, issue.CodeNotSupported, "Consent.implicitRules"},

		{"denial narrowed by purpose", denial, one, `"provision":{"type":"deny","purpose":[{"system":"http://x.example","code":"x"}]}`, issue.CodeNotSupported, "Consent.provision.purpose"},
		{"denial narrowed by label", denial, one, `"provision":{"type":"deny","securityLabel":[{"system":"http://x.example","code":"x"}]}`, issue.CodeNotSupported, "Consent.provision.securityLabel"},
		{"denial narrowed by action", denial, one, `"provision":{"type":"deny","action":[{"text":"x"}]}`, issue.CodeNotSupported, "Consent.provision.action"},
		{"denial narrowed by data period", denial, one, `"provision":{"type":"deny","dataPeriod":{"start":"2024"}}`, issue.CodeNotSupported, "Consent.provision.dataPeriod"},
		{"denial narrowed by code", denial, one, `"provision":{"type":"deny","code":[{"text":"x"}]}`, issue.CodeNotSupported, "Consent.provision.code"},
		{"denial with an exception", denial, one, `"provision":{"type":"deny","provision":[{"type":"permit"}]}`, issue.CodeNotSupported, "Consent.provision.provision"},
		{"denial with something unheard of", denial, one, `"provision":{"type":"deny","unless":"monday"}`, issue.CodeNotSupported, "Consent.provision.unless"},
		{"two controllers", denial, one, `"provision":{"type":"deny","actor":[{"role":` + role + `,"reference":` + controller + `},{"role":` + role + `,"reference":` + controller + `}]}`, issue.CodeInvariant, "Consent.provision.actor[1]"},
		{"event and controller", denial, one, `"provision":{"type":"deny",` + actor + `,` + event + `}`, issue.CodeInvariant, "Consent.provision.data"},
		{"actor as an object", denial, one, `"provision":{"type":"deny","actor":{"role":` + role + `}}`, issue.CodeStructure, "Consent.provision.actor"},
		{"actor without role", denial, one, `"provision":{"type":"deny","actor":[{"reference":` + controller + `}]}`, issue.CodeRequired, "Consent.provision.actor[0].role"},
		{"actor of unknown role", denial, one, `"provision":{"type":"deny","actor":[{"role":` + strings.Replace(role, "CST", "AUT", 1) + `,"reference":` + controller + `}]}`,
			issue.CodeCodeInvalid, "Consent.provision.actor[0].role.coding[0].code"},
		{"denial against a recipient", denial, one, `"provision":{"type":"deny","actor":[{"role":` + strings.Replace(role, "CST", "PRCP", 1) + `,"reference":` + controller + `}]}`,
			issue.CodeBusinessRule, "Consent.provision.actor[0].role.coding[0].code"},
		{"actor without reference", denial, one, `"provision":{"type":"deny","actor":[{"role":` + role + `}]}`, issue.CodeRequired, "Consent.provision.actor[0].reference"},
		{"actor by literal reference", denial, one, `"provision":{"type":"deny","actor":[{"role":` + role + `,"reference":{"reference":"Organization/1"}}]}`,
			issue.CodeRequired, "Consent.provision.actor[0].reference.identifier"},
		{"controller of another system", denial, one, `"provision":{"type":"deny",` + strings.Replace(actor, "urn:ietf:rfc:3986", "urn:oid:1.2.246.10", 1) + `}`,
			issue.CodeCodeInvalid, "Consent.provision.actor[0].reference.identifier.system"},
		{"controller by a bare OID", denial, one, `"provision":{"type":"deny",` + strings.Replace(actor, "urn:oid:1", "1", 1) + `}`,
			issue.CodeValue, "Consent.provision.actor[0].reference.identifier.value"},
		{"controller by an OID of two spellings", denial, one, `"provision":{"type":"deny",` + strings.Replace(actor, "urn:oid:1.2.246", "urn:oid:1.2.0246", 1) + `}`,
			issue.CodeValue, "Consent.provision.actor[0].reference.identifier.value"},
		{"unknown register", denial, one, actorWith(`{"url":` + registry + `,"valueCoding":{"system":"urn:oid:1.2.246.537.5.40150.2009","code":"9"}}`),
			issue.CodeCodeInvalid, "Consent.provision.actor[0].extension[0].value"},
		{"register of the other sector", denial, one, actorWith(`{"url":` + registry + `,"valueCoding":{"system":"urn:oid:1.2.246.537.6.1264.201701","code":"1"}}`),
			issue.CodeBusinessRule, "Consent.provision.actor[0].extension[0].value"},
		{"register twice", denial, one, actorWith(`{"url":` + registry + `,"valueCoding":{"system":"urn:oid:1.2.246.537.5.40150.2009","code":"2"}},` +
			`{"url":` + registry + `,"valueCoding":{"system":"urn:oid:1.2.246.537.5.40150.2009","code":"4"}}`), issue.CodeStructure, "Consent.provision.actor[0].extension[1]"},
		{"register as a code", denial, one, actorWith(`{"url":` + registry + `,"valueCode":"2"}`), issue.CodeStructure, "Consent.provision.actor[0].extension[0].value"},
		{"register without value", denial, one, actorWith(`{"url":` + registry + `}`), issue.CodeRequired, "Consent.provision.actor[0].extension[0]"},
		{"employer of a patient register", denial, one, actorWith(`{"url":"https://gen.kanta.fi/fhir/StructureDefinition/extension/RegisterSpecifier",` +
			`"extension":[{"url":"RegisterSpecifier","valueIdentifier":{"system":"urn:oid:1.2.246.10","value":"1"}}]}`),
			issue.CodeInvariant, "Consent.provision.actor[0].extension[0]"},
		{"event by wrong meaning", denial, one, `"provision":{"type":"deny",` + strings.Replace(event, "related", "instance", 1) + `}`, issue.CodeValue, "Consent.provision.data[0].meaning"},
		{"event without identifier", denial, one, `"provision":{"type":"deny","data":[{"meaning":"related","reference":{"type":"Encounter","reference":"Encounter/1"}}]}`,
			issue.CodeRequired, "Consent.provision.data[0].reference.identifier"},
		{"data without type", denial, one, `"provision":{"type":"deny",` + strings.Replace(event, `"type":"Encounter",`, ``, 1) + `}`,
			issue.CodeRequired, "Consent.provision.data[0].reference.type"},
		{"document in health care", denial, one, `"provision":{"type":"deny",` + document + `}`, issue.CodeBusinessRule, "Consent.provision.data[0].reference.type"},
		{"data of another type", denial, one, `"provision":{"type":"deny",` + strings.Replace(document, "DocumentReference", "Observation", 1) + `}`,
			issue.CodeBusinessRule, "Consent.provision.data[0].reference.type"},
		{"event in social care", socialDenial, task, event, issue.CodeBusinessRule, "Consent.provision.data[0].reference.type"},
		{"service task in health care", denial, one, `"provision":{"type":"deny",` + task + `}`, issue.CodeBusinessRule, "Consent.provision.class[0]"},
		{"service task without system", socialDenial, `"system":"https://tahto.example/fhir/CodeSystem/service-task",`, ``, issue.CodeRequired, "Consent.provision.class[0].system"},
		{"service task that does not exist", socialDenial, `"families"`, `"family"`, issue.CodeCodeInvalid, "Consent.provision.class[0].code"},
		{"class of patient data as service task", socialDenial, task, summary, issue.CodeCodeInvalid, "Consent.provision.class[0].system"},
		{"two service tasks", socialDenial, task, strings.Replace(task, `"families"}`, `"families"},{"system":"s:s","code":"t"}`, 1), issue.CodeInvariant, "Consent.provision.class[1]"},
		{"prescription denial without one", declaration("denial-prescription", one), `"deny"`, `"deny"`, issue.CodeBusinessRule, "Consent.provision.data"},
		{"prescription denial of a controller", prescription, `"data":`, actor + `,"data":`, issue.CodeInvariant, "Consent.provision.data"},

		{"consent narrowed by actor", healthConsent, `"type":"permit"`, `"type":"permit",` + actor, issue.CodeBusinessRule, "Consent.provision.actor"},
		{"consent narrowed by class", healthConsent, `"type":"permit"`, `"type":"permit",` + task, issue.CodeBusinessRule, "Consent.provision.class"},
		{"consent narrowed by data", healthConsent, `"type":"permit"`, `"type":"permit",` + event, issue.CodeBusinessRule, "Consent.provision.data"},
		{"consent narrowed by an exception", healthConsent, `"type":"permit"`, `"type":"permit","provision":[{"type":"deny"}]`, issue.CodeBusinessRule, "Consent.provision.provision"},
		{"consent narrowed by purpose", healthConsent, `"type":"permit"`, `"type":"permit","purpose":[{"system":"http://x.example","code":"x"}]`, issue.CodeBusinessRule, "Consent.provision.purpose"},
		{"receipt without version", receipt, `"policyRule":`, `"policyRules":`, issue.CodeRequired, "Consent.policyRule"},
		{"receipt of no version", receipt, `"2.0"`, `"two"`, issue.CodeCodeInvalid, "Consent.policyRule.coding[0].code"},
		{"receipt of two versions", receipt, `"code":"2.0"}`, `"code":"2.0"},{"system":"https://tahto.example/fhir/CodeSystem/information-version","code":"1.1"}`,
			issue.CodeInvariant, "Consent.policyRule.coding[1]"},
		{"emergency without purpose", declaration("emergency-health", `"provision":{"type":"permit"}`), `"permit"`, `"permit"`, issue.CodeRequired, "Consent.provision.purpose"},
		{"emergency of another purpose", emergency, `"ETREAT"`, `"TREAT"`, issue.CodeBusinessRule, "Consent.provision.purpose[0]"},
		{"emergency of two purposes", emergency, `"code":"ETREAT"}`, `"code":"ETREAT"},{"system":"http://terminology.hl7.org/CodeSystem/v3-ActReason","code":"TREAT"}`,
			issue.CodeBusinessRule, "Consent.provision.purpose[1]"},
		{"emergency narrowed", emergency, `"type":"permit"`, `"type":"permit",` + event, issue.CodeBusinessRule, "Consent.provision.data"},

		{"between sectors without scope", declaration("consent-health-to-social", one), `"deny"`, `"deny"`, issue.CodeBusinessRule, "Consent.provision.provision"},
		{"all and a part", toSocial, `"type":"deny"`, `"type":"permit"`, issue.CodeInvariant, "Consent.provision.provision"},
		{"nested denial", toSocial, `"type":"permit"`, `"type":"deny"`, issue.CodeBusinessRule, "Consent.provision.provision[0].type"},
		{"nested without type", toSocial, `"type":"permit",`, ``, issue.CodeRequired, "Consent.provision.provision[0].type"},
		{"nested without recipients", toSocial, public + `,`, ``, issue.CodeBusinessRule, "Consent.provision.provision[0].actor"},
		{"nested without data", toSocial, `,` + summary, ``, issue.CodeBusinessRule, "Consent.provision.provision[0].class"},
		{"nested in nested", toSocial, summary, summary + `,"provision":[{"type":"permit"}]`, issue.CodeNotSupported, "Consent.provision.provision[0].provision"},
		{"nested narrowed", toSocial, summary, summary + `,"securityLabel":[{"system":"s:s","code":"R"}]`, issue.CodeNotSupported, "Consent.provision.provision[0].securityLabel"},
		{"unknown data category", toSocial, `"summary"`, `"everything"`, issue.CodeCodeInvalid, "Consent.provision.provision[0].class[0].code"},
		{"data category of another system", toSocial, `CodeSystem/data-category`, `CodeSystem/other`, issue.CodeCodeInvalid, "Consent.provision.provision[0].class[0].system"},
		{"unknown group of recipients", toSocial, `"public"`, `"private"`, issue.CodeCodeInvalid, "Consent.provision.provision[0].actor[0].reference.identifier.value"},
		{"controller as recipient", toSocial, `"PRCP"`, `"CST"`, issue.CodeCodeInvalid, "Consent.provision.provision[0].actor[0].role.coding[0].code"},
		{"register of a recipient", toSocial, `{"role":`, `{"extension":[{"url":` + registry + `,"valueCoding":{"system":"s:s","code":"2"}}],"role":`,
			issue.CodeNotSupported, "Consent.provision.provision[0].actor[0].extension[0]"},
		{"root narrowed", toSocial, `"type":"deny"`, `"type":"deny",` + public, issue.CodeNotSupported, "Consent.provision.actor"},
		{"recorded backwards", toSocial, `"type":"permit"`, `"type":"permit","period":{"start":"2024-02","end":"2024-01"}`, issue.CodeInvariant, "Consent.provision.provision[0].period"},
		{"consent to a service task that does not exist", toHealth, `"families"`, `"Families"`, issue.CodeCodeInvalid, "Consent.provision.provision[0].class[0].code"},
		{"service task without code", toHealth, `,"code":"families"`, ``, issue.CodeRequired, "Consent.provision.provision[0].class[0].code"},

		{"declared by nobody known", will, `"status"`, `"extension":[{"url":"https://tahto.example/fhir/StructureDefinition/declared-by","valueCode":"friend"}],"status"`,
			issue.CodeCodeInvalid, "Consent.extension[0].value"},
		{"declared by a wrong type", will, `"status"`, `"extension":[{"url":"https://tahto.example/fhir/StructureDefinition/declared-by","valueString":"client"}],"status"`,
			issue.CodeStructure, "Consent.extension[0].value"},
		{"capacity as a text", will, `"status"`, `"extension":[{"url":"https://tahto.example/fhir/StructureDefinition/capacity-assessed","valueBoolean":"true"}],"status"`,
			issue.CodeStructure, "Consent.extension[0].value"},
		{"mandate without identifier", will, `"status"`, `"extension":[{"url":"https://tahto.example/fhir/StructureDefinition/mandate","extension":[{"url":"period","valuePeriod":{"start":"2024"}}]}],"status"`,
			issue.CodeRequired, "Consent.extension[0]"},
		{"nobody acted", will, `"status"`, `"extension":[{"url":"https://tahto.example/fhir/StructureDefinition/acting-person","valueReference":{"type":"Person"}}],"status"`,
			issue.CodeRequired, "Consent.extension[0].value"},
		{"extension as an object", will, `"status"`, `"extension":{"url":"https://tahto.example/fhir/StructureDefinition/declared-by","valueCode":"client"},"status"`,
			issue.CodeStructure, "Consent.extension"},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := withPart(t, test.base, test.old, test.with)
			r := parse(t, text)
			if !mapping.IsDeclaration(r) {
				t.Error("is not taken for a declaration, so that it would be kept as something else")
			}
			_, err := mapping.ReadStatement(r)
			if err == nil {
				t.Fatalf("was read:\n%s", text)
			}
			got := issues(t, err)
			if kind := issue.KindOf(err); kind != issue.Unprocessable {
				t.Errorf("got kind %v, want unprocessable", kind)
			}
			if len(got) != 1 {
				t.Errorf("got %d issues, want one: %v", len(got), err)
			}
			if diff := cmp.Diff(fault{test.code, test.expression}, fault{got[0].Code, got[0].Expression}); diff != "" {
				t.Error(diff)
			}
			if strings.Contains(err.Error(), "160350") || strings.Contains(err.Error(), "310250") {
				t.Errorf("the text repeats the identity code: %v", err)
			}
		})
	}
}
