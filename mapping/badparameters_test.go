package mapping_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tahto/fhir/issue"
	"tahto/mapping"
	"tahto/mapping/consent"
	"tahto/mapping/decision"
)

const (
	patient      = `{"name":"patient","valueIdentifier":{"system":"urn:oid:1.2.246.21","value":"160350-900N"}}`
	organization = `{"name":"organization","valueIdentifier":{"system":"urn:ietf:rfc:3986","value":"urn:oid:1.2.246.10.99000022.19.1"}}`
	requester    = `{"name":"requester","part":[` + organization + `,{"name":"register","valueCoding":{"system":"urn:oid:1.2.246.537.5.40150.2009","code":"2"}}]}`
	verified     = `{"name":"relationship","valueBoolean":true},{"name":"accessRight","valueBoolean":true}`
	itemPart     = `{"name":"item","part":[{"name":"id","valueString":"a"},{"name":"sector","valueCode":"health"},` +
		`{"name":"controller","valueIdentifier":{"system":"urn:ietf:rfc:3986","value":"urn:oid:1.2.246.10.99000011.19.1"}},` +
		`{"name":"register","valueCoding":{"system":"urn:oid:1.2.246.537.5.40150.2009","code":"2"}},{"name":"recorded","valueDate":"2024-05-10"}]}`
)

// ask writes the Parameters of a question; the parameters 0 to 3 are good.
func ask(more ...string) string {
	all := append([]string{patient, requester, verified}, more...)
	return `{"resourceType":"Parameters","parameter":[` + strings.Join(all, ",") + `]}`
}

func TestBadQuestionsAreRefusedWithTheParameter(t *testing.T) {
	const (
		bad     = issue.Invalid
		unknown = issue.Unprocessable
		fourth  = "Parameters.parameter[4]"
	)
	one := func(old, with string) string { return withPart(t, ask(itemPart), old, with) }
	for _, test := range []struct {
		name, text string
		kind       issue.Kind
		code       issue.Code
		expression string
	}{
		{"another resource", `{"resourceType":"Consent","status":"active"}`, bad, issue.CodeStructure, "Consent"},
		{"no parameters", `{"resourceType":"Parameters"}`, bad, issue.CodeRequired, "Parameters.parameter"},
		{"parameters as an object", `{"resourceType":"Parameters","parameter":{"name":"patient"}}`, bad, issue.CodeStructure, "Parameters.parameter"},
		{"implicit rules", one(`"parameter":`, `"implicitRules":"http://x.example","parameter":`), bad, issue.CodeNotSupported, "Parameters.implicitRules"},
		{"no patient", one(patient+`,`, ``), bad, issue.CodeRequired, "Parameters.parameter"},
		{"no requester", one(requester+`,`, ``), bad, issue.CodeRequired, "Parameters.parameter"},
		{"no relationship", one(`{"name":"relationship","valueBoolean":true},`, ``), bad, issue.CodeRequired, "Parameters.parameter"},
		{"no access right", one(`,{"name":"accessRight","valueBoolean":true}`, ``), bad, issue.CodeRequired, "Parameters.parameter"},
		{"two patients", ask(patient), bad, issue.CodeStructure, fourth},
		{"two instants", ask(`{"name":"at","valueDateTime":"2024-01-01"}`, `{"name":"at","valueDateTime":"2024-01-01"}`), bad, issue.CodeStructure, "Parameters.parameter[5]"},
		{"patient as a string", one(patient, `{"name":"patient","valueString":"160350-900N"}`), bad, issue.CodeStructure, "Parameters.parameter[0]"},
		{"patient as a reference", one(patient, `{"name":"patient","valueReference":{"reference":"Patient/1"}}`), bad, issue.CodeStructure, "Parameters.parameter[0]"},
		{"patient's identifier is text", one(patient, `{"name":"patient","valueIdentifier":"160350-900N"}`), bad, issue.CodeStructure, "Parameters.parameter[0].value"},
		{"patient without system", one(`"system":"urn:oid:1.2.246.21",`, ``), bad, issue.CodeRequired, "Parameters.parameter[0].value.system"},
		{"patient of another system", one(`urn:oid:1.2.246.21"`, `urn:oid:1.2.246.22"`), unknown, issue.CodeCodeInvalid, "Parameters.parameter[0].value.system"},
		{"patient of wrong check character", one(`900N`, `900P`), bad, issue.CodeValue, "Parameters.parameter[0].value.value"},
		{"patient's value is a number", one(`"160350-900N"`, `160350900`), bad, issue.CodeStructure, "Parameters.parameter[0].value.value"},
		{"unknown parameter", ask(`{"name":"urgency","valueBoolean":true}`), bad, issue.CodeNotSupported, fourth},
		{"parameter without name", ask(`{"valueBoolean":true}`), bad, issue.CodeRequired, fourth + ".name"},
		{"parameter with a number as name", ask(`{"name":1,"valueBoolean":true}`), bad, issue.CodeStructure, fourth + ".name"},
		{"parameter as a text", ask(`"patient"`), bad, issue.CodeStructure, fourth},
		{"two values", ask(`{"name":"detail","valueCode":"audit","valueString":"audit"}`), bad, issue.CodeStructure, fourth},
		{"value and parts", ask(`{"name":"detail","valueCode":"audit","part":[{"name":"x"}]}`), bad, issue.CodeStructure, fourth},
		{"something else beside the value", ask(`{"name":"detail","valueCode":"audit","code":"audit"}`), bad, issue.CodeStructure, fourth},
		{"modifier extension", ask(`{"name":"detail","valueCode":"audit","modifierExtension":[{"url":"http://x.example"}]}`), bad, issue.CodeStructure, fourth},
		{"no value", ask(`{"name":"detail"}`), bad, issue.CodeRequired, fourth},
		{"value of which only extensions are given", ask(`{"name":"detail","_valueCode":{"extension":[{"url":"http://x.example"}]}}`), bad, issue.CodeRequired, fourth},
		{"no such day", ask(`{"name":"at","valueDateTime":"2023-02-29"}`), bad, issue.CodeValue, fourth + ".value"},
		{"instant of a month", ask(`{"name":"at","valueDateTime":"2024-02"}`), bad, issue.CodeValue, fourth + ".value"},
		{"instant as a date", ask(`{"name":"at","valueDate":"2024-02-01"}`), bad, issue.CodeStructure, fourth},
		{"instant as a number", ask(`{"name":"at","valueDateTime":20240201}`), bad, issue.CodeStructure, fourth + ".value"},
		{"unknown detail", ask(`{"name":"detail","valueCode":"all"}`), unknown, issue.CodeCodeInvalid, fourth + ".value"},
		{"empty detail", ask(`{"name":"detail","valueCode":""}`), bad, issue.CodeValue, fourth + ".value"},
		{"unknown operation", ask(`{"name":"operation","valueCode":"delete"}`), unknown, issue.CodeCodeInvalid, fourth + ".value"},
		{"unknown channel", ask(`{"name":"channel","valueCode":"fax"}`), unknown, issue.CodeCodeInvalid, fourth + ".value"},
		{"channel as a string", ask(`{"name":"channel","valueString":"kanta"}`), bad, issue.CodeStructure, fourth},
		{"unknown purpose", ask(`{"name":"purpose","valueCoding":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActReason","code":"FUN"}}`), unknown, issue.CodeCodeInvalid, fourth + ".value"},
		{"purpose of another system", ask(`{"name":"purpose","valueCoding":{"system":"http://x.example","code":"TREAT"}}`), unknown, issue.CodeCodeInvalid, fourth + ".value"},
		{"purpose of viewing denials", ask(`{"name":"purpose","valueCoding":{"system":"https://tahto.example/fhir/CodeSystem/denial-view-purpose","code":"client-wants-change"}}`),
			unknown, issue.CodeCodeInvalid, fourth + ".value"},
		{"purpose without system", ask(`{"name":"purpose","valueCoding":{"code":"TREAT"}}`), bad, issue.CodeRequired, fourth + ".value.system"},
		{"relationship in words", one(`"relationship","valueBoolean":true`, `"relationship","valueString":"true"`), bad, issue.CodeStructure, "Parameters.parameter[2]"},
		{"relationship as a quoted truth", one(`"relationship","valueBoolean":true`, `"relationship","valueBoolean":"true"`), bad, issue.CodeStructure, "Parameters.parameter[2].value"},
		{"access right as a number", one(`"accessRight","valueBoolean":true`, `"accessRight","valueBoolean":1`), bad, issue.CodeStructure, "Parameters.parameter[3].value"},
		{"unknown basis", ask(`{"name":"basis","valueCode":"703-2023-99"}`), unknown, issue.CodeCodeInvalid, fourth + ".value"},
		{"unknown circumstance", ask(`{"name":"circumstance","valueCode":"minor"}`, `{"name":"circumstance","valueCode":"major"}`), unknown, issue.CodeCodeInvalid, "Parameters.parameter[5].value"},
		{"ground without basis", ask(`{"name":"ground","valueInteger":1}`), unknown, issue.CodeBusinessRule, fourth},
		{"ground of another basis", ask(`{"name":"ground","valueInteger":1}`, `{"name":"basis","valueCode":"703-2023-53-5"}`), unknown, issue.CodeBusinessRule, fourth},
		{"basis without ground", ask(`{"name":"basis","valueCode":"703-2023-56"}`), bad, issue.CodeRequired, fourth},
		{"ground 0", ask(`{"name":"ground","valueInteger":0}`, `{"name":"basis","valueCode":"703-2023-56"}`), unknown, issue.CodeCodeInvalid, fourth + ".value"},
		{"ground 4", ask(`{"name":"ground","valueInteger":4}`, `{"name":"basis","valueCode":"703-2023-56"}`), unknown, issue.CodeCodeInvalid, fourth + ".value"},
		{"ground 257", ask(`{"name":"ground","valueInteger":257}`, `{"name":"basis","valueCode":"703-2023-56"}`), unknown, issue.CodeCodeInvalid, fourth + ".value"},
		{"ground of a hundred digits", ask(`{"name":"ground","valueInteger":`+strings.Repeat("1", 100)+`}`, `{"name":"basis","valueCode":"703-2023-56"}`), unknown, issue.CodeCodeInvalid, fourth + ".value"},
		{"ground less than nothing", ask(`{"name":"ground","valueInteger":-1}`, `{"name":"basis","valueCode":"703-2023-56"}`), unknown, issue.CodeCodeInvalid, fourth + ".value"},
		{"ground with a fraction", ask(`{"name":"ground","valueInteger":1.0}`, `{"name":"basis","valueCode":"703-2023-56"}`), bad, issue.CodeStructure, fourth + ".value"},
		{"ground as a string", ask(`{"name":"ground","valueInteger":"1"}`, `{"name":"basis","valueCode":"703-2023-56"}`), bad, issue.CodeStructure, fourth + ".value"},
		{"requester as an identifier", one(requester, organization[:1]+`"name":"requester",`+organization[len(`{"name":"organization",`):]), bad, issue.CodeStructure, "Parameters.parameter[1]"},
		{"requester without organization", one(organization+`,`, ``), bad, issue.CodeRequired, "Parameters.parameter[1]"},
		{"requester of two organizations", one(organization, organization+`,`+organization), bad, issue.CodeStructure, "Parameters.parameter[1].part[1]"},
		{"requester with an unknown part", one(organization, organization+`,{"name":"unit","valueString":"x"}`), bad, issue.CodeNotSupported, "Parameters.parameter[1].part[1]"},
		{"organization of another system", one(organization, strings.Replace(organization, "urn:ietf:rfc:3986", "urn:oid:1.2", 1)), unknown, issue.CodeCodeInvalid, "Parameters.parameter[1].part[0].value.system"},
		{"organization by a bare OID", one(organization, strings.Replace(organization, "urn:oid:1", "1", 1)), bad, issue.CodeValue, "Parameters.parameter[1].part[0].value.value"},
		{"unknown register", one(`"code":"2"}}]}`, `"code":"7"}}]}`), unknown, issue.CodeCodeInvalid, "Parameters.parameter[1].part[1].value"},
		{"register as a code", one(`{"name":"register","valueCoding":{"system":"urn:oid:1.2.246.537.5.40150.2009","code":"2"}}]},`, `{"name":"register","valueCode":"2"}]},`),
			bad, issue.CodeStructure, "Parameters.parameter[1].part[1]"},
		{"items of a view of denials", ask(`{"name":"operation","valueCode":"view-denials"}`, itemPart), unknown, issue.CodeBusinessRule, "Parameters.parameter"},
		{"1,001 items", ask(strings.Repeat(itemPart+",", mapping.MaxItems) + itemPart), unknown, issue.CodeTooCostly, "Parameters.parameter"},
	} {
		t.Run(test.name, func(t *testing.T) {
			e, err := mapping.ReadEvaluation(parse(t, test.text), now)
			if err == nil {
				t.Fatalf("was read: %+v", e)
			}
			if e != nil {
				t.Error("there is an evaluation beside the error")
			}
			got := issues(t, err)
			if len(got) != 1 {
				t.Errorf("got %d issues, want one: %v", len(got), err)
			}
			if kind := issue.KindOf(err); kind != test.kind || got[0].Code != test.code || got[0].Expression != test.expression {
				t.Errorf("got %v, %s at %s, want %v, %s at %s", kind, got[0].Code, got[0].Expression, test.kind, test.code, test.expression)
			}
			if strings.Contains(err.Error(), "160350") {
				t.Error("the error repeats the identity code")
			}
		})
	}
}

func TestAllFaultsOfAQuestionAreToldAtOnce(t *testing.T) {
	_, err := mapping.ReadEvaluation(parse(t, ask(`{"name":"chanel","valueCode":"kanta"}`, `{"name":"detail","valueCode":"all"}`,
		`{"name":"at","valueDateTime":"2023-02-29"}`)), now)
	got := issues(t, err)
	if len(got) != 3 || issue.KindOf(err) != issue.Invalid {
		t.Fatalf("got %v, want three issues of an invalid request", err)
	}
	if want := "Did you mean channel?"; !strings.Contains(got[0].Text, want) {
		t.Errorf("got %q, want it to ask %s", got[0].Text, want)
	}
	many := make([]string, 200)
	for i := range many {
		many[i] = fmt.Sprintf(`{"name":"x","valueInteger":%d}`, i)
	}
	_, err = mapping.ReadEvaluation(parse(t, ask(many...)), now)
	if got := len(issues(t, err)); got != 50 {
		t.Errorf("got %d issues of 200, want the first 50", got)
	}
}

func TestMalformedItemsAreDeniedInTheirPlace(t *testing.T) {
	setting := setting(t)
	id := `{"name":"id","valueString":"a"}`
	for _, test := range []struct{ name, old, with, id string }{
		{"unknown sector", `"health"`, `"dental"`, "a"},
		{"no sector", `{"name":"sector","valueCode":"health"},`, ``, "a"},
		{"sector as a string", `"sector","valueCode"`, `"sector","valueString"`, "a"},
		{"sector twice", `{"name":"sector","valueCode":"health"}`, `{"name":"sector","valueCode":"health"},{"name":"sector","valueCode":"social"}`, "a"},
		{"controller of another system", `{"system":"urn:ietf:rfc:3986"`, `{"system":"urn:oid:1.2"`, "a"},
		{"controller without value", `,"value":"urn:oid:1.2.246.10.99000011.19.1"`, ``, "a"},
		{"unknown register", `"code":"2"`, `"code":"5"`, "a"},
		{"register as a code", `"valueCoding":{"system":"urn:oid:1.2.246.537.5.40150.2009","code":"2"}`, `"valueCode":"2"`, "a"},
		{"no such day", `2024-05-10`, `2024-05-32`, "a"},
		{"day as a dateTime of a time without zone", `"valueDate":"2024-05-10"`, `"valueDateTime":"2024-05-10T12:00:00"`, "a"},
		{"unknown part", `{"name":"recorded"`, `{"name":"written"`, "a"},
		{"part without name", `{"name":"recorded",`, `{`, "a"},
		{"unknown category", `{"name":"recorded","valueDate":"2024-05-10"}`, `{"name":"category","valueCoding":{"system":"https://tahto.example/fhir/CodeSystem/data-category","code":"x"}}`, "a"},
		{"category of another system", `{"name":"recorded","valueDate":"2024-05-10"}`, `{"name":"category","valueCoding":{"system":"http://x.example","code":"summary"}}`, "a"},
		{"truth as a text", `{"name":"recorded","valueDate":"2024-05-10"}`, `{"name":"inKanta","valueBoolean":"true"}`, "a"},
		{"modifier extension", `{"name":"item",`, `{"name":"item","modifierExtension":[{"url":"http://x.example"}],`, "a"},
		{"two values", `{"name":"item",`, `{"name":"item","valueString":"x",`, ""},
		{"no parts", `"part":[`, `"extension":[`, ""},
		{"parts as an object", itemPart, `{"name":"item","part":` + id + `}`, ""},
		{"no id", id + `,`, ``, ""},
		{"id as a number", `"valueString":"a"`, `"valueInteger":1`, ""},
		{"empty id", `"valueString":"a"`, `"valueString":""`, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			request := ask(itemPart, withPart(t, itemPart, test.old, test.with), itemPart)
			answer := decide(t, setting, request, nil).Root().Get("parameter")
			if answer.Len() != 3 {
				t.Fatalf("got %d answers, want 3:\n%s", answer.Len(), answer.JSON())
			}
			for i, want := range []string{"nothing-available", "invalid-input", "nothing-available"} {
				item := answer.At(i)
				if got := part(item, "part", "reason").Get("valueCoding").Get("code").Text(); got != want {
					t.Errorf("item %d: got reason %q, want %q", i, got, want)
				}
				if got := part(item, "part", "decision").Get("valueCode").Text(); got != "deny" {
					t.Errorf("item %d: got %q, want deny", i, got)
				}
			}
			if got := part(answer.At(1), "part", "id").Get("valueString").Text(); got != test.id {
				t.Errorf("got id %q, want %q", got, test.id)
			}
		})
	}
}

func TestQuestionDefaults(t *testing.T) {
	e, err := mapping.ReadEvaluation(parse(t, ask(itemPart)), now)
	if err != nil {
		t.Fatal(err)
	}
	r := e.Request
	if !r.At.Equal(now) || r.Operation != decision.Disclose || r.Channel != decision.Kanta || r.Purpose != decision.Care || e.Audit {
		t.Errorf("got %+v, audit %v, want now, disclose, kanta, care, and no audit", r, e.Audit)
	}
	if e.Person.Value != "160350-900N" || len(e.Items) != 1 || e.Items[0].ID != "a" || e.Items[0].Malformed {
		t.Errorf("got %+v", e)
	}
	start := time.Date(2024, 5, 9, 21, 0, 0, 0, time.UTC) // midnight in Finland
	want := consent.Period{From: start, Until: start.AddDate(0, 0, 1)}
	if got := e.Items[0].Asked.Recorded; !got.From.Equal(want.From) || !got.Until.Equal(want.Until) {
		t.Errorf("got recorded %v, want the whole day %v", got, want)
	}
}

func TestEveryPartOfAnItemIsRead(t *testing.T) {
	named := func(name, value string) string {
		return `{"name":"` + name + `","valueIdentifier":{"system":"urn:ietf:rfc:3986","value":"urn:oid:` + value + `"}}`
	}
	text := ask(`{"name":"item","part":[{"name":"id","valueString":"1"},{"name":"sector","valueCode":"social"},` +
		named("controller", "1.2.1") + `,` + named("serviceEvent", "1.2.2") + `,` + named("document", "1.2.3") + `,` +
		named("originalController", "1.2.4") + `,` + named("prescription", "1.2.5") + `,` + named("storedBy", "1.2.6") + `,` +
		`{"name":"register","valueCoding":{"system":"urn:oid:1.2.246.537.6.1264.201701","code":"1"}},` +
		`{"name":"serviceTask","valueCoding":{"system":"https://tahto.example/fhir/CodeSystem/service-task","code":"families"}},` +
		`{"name":"category","valueCoding":{"system":"https://tahto.example/fhir/CodeSystem/data-category","code":"events"}},` +
		`{"name":"recorded","valueDateTime":"2024-05-10T12:00:00+03:00"},` +
		`{"name":"inKanta","valueBoolean":false},{"name":"controlledDrug","valueBoolean":true}]}`)
	e, err := mapping.ReadEvaluation(parse(t, text), now)
	if err != nil || e.Items[0].Malformed {
		t.Fatalf("%v %+v", err, e)
	}
	i := e.Items[0].Asked
	got := []string{i.Sector.String(), i.Controller.Value, i.ServiceEvent.Value, i.Document.Value, i.OriginalController.Value,
		i.Prescription.Value, i.StoredBy.Value, i.Register.String(), i.ServiceTask.Code, i.Category.Code,
		i.Recorded.From.UTC().Format("15:04"), fmt.Sprint(i.OutsideKanta, i.ControlledDrug)}
	want := "social urn:oid:1.2.1 urn:oid:1.2.2 urn:oid:1.2.3 urn:oid:1.2.4 urn:oid:1.2.5 urn:oid:1.2.6 social families events 09:00 true true"
	if strings.Join(got, " ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, " "), want)
	}
}
