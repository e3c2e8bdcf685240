package patch_test

import (
	"testing"

	"tahto/fhir/patch"
)

const (
	birth    = `{"resourceType":"Patient","birthDate":"1920-01-01"}`
	married  = `{"resourceType":"Patient","maritalStatus":{"id":"1","text":"married"}}`
	contact  = `{"resourceType":"Patient","contact":[{"name":{"text":"a"},"gender":"male"}]}`
	numbered = `{"resourceType":"Patient","identifier":[{"value":"1"},{"value":"2"},{"value":"3"},{"value":"4"}]}`
	given    = `{"resourceType":"Patient","name":[{"given":["a",null,"c"],"_given":[null,{"id":"b"},{"id":"c"}]}]}`
	choice   = `{"resourceType":"Observation","status":"final","valueQuantity":{"value":1.10},"code":{"text":"x"}}`
	empty    = `{"resourceType":"Patient"}`
	why      = `{"url":"urn:why","valueCode":"asked"}`
)

// TestFHIRPathPatch: the cases are of the same kinds as HL7's own, and those
// that JSON adds to them.
func TestFHIRPathPatch(t *testing.T) {
	for _, c := range []struct {
		name, resource, patch, want string
	}{
		{"no operation changes nothing", birth, parameters(), birth},
		{"replace a primitive", birth, parameters(replace("Patient.birthDate", `"valueDate":"1930-01-01"`)),
			`{"resourceType":"Patient","birthDate":"1930-01-01"}`},
		{"delete a primitive", birth, parameters(remove("Patient.birthDate")), empty},
		{"add a primitive", empty, parameters(add("Patient", "birthDate", `"valueDate":"1930-01-01"`)),
			`{"resourceType":"Patient","birthDate":"1930-01-01"}`},
		{"a path may leave the type out", birth, parameters(remove("birthDate")), empty},
		{"replace a nested primitive", contact, parameters(replace("Patient.contact[0].gender", `"valueCode":"female"`)),
			`{"resourceType":"Patient","contact":[{"name":{"text":"a"},"gender":"female"}]}`},
		{"replace two levels down", contact, parameters(replace("Patient.contact.name.text", `"valueString":"b"`)),
			`{"resourceType":"Patient","contact":[{"name":{"text":"b"},"gender":"male"}]}`},
		{"delete what leaves its parent empty", contact, parameters(remove("Patient.contact[0].name.text")),
			`{"resourceType":"Patient","contact":[{"gender":"male"}]}`},
		{"delete all and the list goes", contact, parameters(remove("Patient.contact[0].name"), remove("Patient.contact[0].gender")), empty},
		{"what is empty between operations keeps its index", `{"resourceType":"Patient","contact":[{"gender":"male"},{"gender":"other"}]}`,
			parameters(remove("Patient.contact[0].gender"), add("Patient.contact[0]", "gender", `"valueCode":"female"`)),
			`{"resourceType":"Patient","contact":[{"gender":"female"},{"gender":"other"}]}`},
		{"add a complex value", empty, parameters(add("Patient", "maritalStatus", `"valueCodeableConcept":{"text":"married"}`)),
			`{"resourceType":"Patient","maritalStatus":{"text":"married"}}`},
		{"replace a complex value with its id", married, parameters(replace("Patient.maritalStatus", `"valueCodeableConcept":{"id":"2","text":"not"}`)),
			`{"resourceType":"Patient","maritalStatus":{"id":"2","text":"not"}}`},
		{"delete a complex value", married, parameters(remove("Patient.maritalStatus")), empty},
		{"delete what is not there", empty, parameters(remove("Patient.maritalStatus")), empty},
		{"delete by a condition", numbered, parameters(remove("Patient.identifier.where(value = '2')")),
			`{"resourceType":"Patient","identifier":[{"value":"1"},{"value":"3"},{"value":"4"}]}`},
		{"add a backbone element in parts", empty, parameters(add("Patient", "contact", parts(part("name", `"valueHumanName":{"text":"a"}`), part("gender", `"valueCode":"male"`)))), contact},
		{"parts of parts and lists", `{"resourceType":"Consent","provision":{"type":"deny"}}`,
			parameters(add("Consent.provision", "provision", parts(part("actor", parts(part("role", `"valueCodeableConcept":{"text":"r"}`))), part("type", `"valueCode":"permit"`), part("actor", parts(text("id", "2")))))),
			`{"resourceType":"Consent","provision":{"type":"deny","provision":[{"type":"permit","actor":[{"role":{"text":"r"}},{"id":"2"}]}]}}`},
		{"parts with extensions", empty, parameters(add("Patient", "communication", parts(part("preferred", `"_valueBoolean":{"extension":[`+why+`]}`), part("language", `"valueCodeableConcept":{"text":"fi"}`)))),
			`{"resourceType":"Patient","communication":[{"_preferred":{"extension":[` + why + `]},"language":{"text":"fi"}}]}`},
		{"parts of a data type that no value[x] has", empty, parameters(add("Patient", "text", parts(part("status", `"valueCode":"generated"`), text("div", "<div/>")))),
			`{"resourceType":"Patient","text":{"status":"generated","div":"<div/>"}}`},
		{"contents change and the list does not", numbered, parameters(replace("Patient.identifier[0].value", `"valueString":"2"`), replace("Patient.identifier[1].value", `"valueString":"1"`)),
			`{"resourceType":"Patient","identifier":[{"value":"2"},{"value":"1"},{"value":"3"},{"value":"4"}]}`},
		{"add to a list of none", empty, parameters(add("Patient", "identifier", `"valueIdentifier":{"value":"1"}`)), `{"resourceType":"Patient","identifier":[{"value":"1"}]}`},
		{"delete each of a list by its index", numbered, parameters(remove("Patient.identifier[3]"), remove("Patient.identifier[1]"), remove("Patient.identifier[0]")),
			`{"resourceType":"Patient","identifier":[{"value":"3"}]}`},
		{"a narrative and a name in one patch", `{"resourceType":"Patient","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">a</div>"},"name":[{"use":"official","family":"Chalmers"},{"use":"usual"}]}`,
			parameters(replace("Patient.text.div", `"valueString":"<div xmlns=\"http://www.w3.org/1999/xhtml\">\n <b>b</b>\n</div>"`), replace("Patient.name[0].family", `"valueString":"Chalmers1"`)),
			`{"resourceType":"Patient","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">\n <b>b</b>\n</div>"},"name":[{"use":"official","family":"Chalmers1"},{"use":"usual"}]}`},
		{"consecutive operations", `{"resourceType":"Patient","contact":[{"name":{"given":["a"]}}]}`,
			parameters(add("Patient.contact[0]", "gender", `"valueCode":"male"`), add("Patient", "contact", parts(part("gender", `"valueCode":"male"`)))),
			`{"resourceType":"Patient","contact":[{"name":{"given":["a"]},"gender":"male"},{"gender":"male"}]}`},
		{"a string stands for XHTML", `{"resourceType":"Patient","text":{"status":"generated","div":"<div>a</div>"}}`,
			parameters(replace("Patient.text.div", `"valueString":"<div>b</div>"`)), `{"resourceType":"Patient","text":{"status":"generated","div":"<div>b</div>"}}`},
		{"add to a list", numbered, parameters(add("Patient", "identifier", `"valueIdentifier":{"value":"5"}`)),
			`{"resourceType":"Patient","identifier":[{"value":"1"},{"value":"2"},{"value":"3"},{"value":"4"},{"value":"5"}]}`},
		{"insert first", numbered, parameters(insert("Patient.identifier", 0, `"valueIdentifier":{"value":"0"}`)),
			`{"resourceType":"Patient","identifier":[{"value":"0"},{"value":"1"},{"value":"2"},{"value":"3"},{"value":"4"}]}`},
		{"insert between", numbered, parameters(insert("Patient.identifier", 1, `"valueIdentifier":{"value":"0"}`)),
			`{"resourceType":"Patient","identifier":[{"value":"1"},{"value":"0"},{"value":"2"},{"value":"3"},{"value":"4"}]}`},
		{"insert last", numbered, parameters(insert("Patient.identifier", 4, `"valueIdentifier":{"value":"0"}`)),
			`{"resourceType":"Patient","identifier":[{"value":"1"},{"value":"2"},{"value":"3"},{"value":"4"},{"value":"0"}]}`},
		{"insert into a list of none", empty, parameters(insert("Patient.identifier", 0, `"valueIdentifier":{"value":"1"}`)),
			`{"resourceType":"Patient","identifier":[{"value":"1"}]}`},
		{"insert a primitive beside extensions", given, parameters(insert("Patient.name.given", 1, `"valueString":"x"`)),
			`{"resourceType":"Patient","name":[{"given":["a","x",null,"c"],"_given":[null,null,{"id":"b"},{"id":"c"}]}]}`},
		{"move forward", numbered, parameters(move("Patient.identifier", 0, 2)),
			`{"resourceType":"Patient","identifier":[{"value":"2"},{"value":"3"},{"value":"1"},{"value":"4"}]}`},
		{"move back", numbered, parameters(move("Patient.identifier", 3, 0)),
			`{"resourceType":"Patient","identifier":[{"value":"4"},{"value":"1"},{"value":"2"},{"value":"3"}]}`},
		{"move twice", numbered, parameters(move("Patient.identifier", 1, 0), move("Patient.identifier", 2, 1)),
			`{"resourceType":"Patient","identifier":[{"value":"2"},{"value":"3"},{"value":"1"},{"value":"4"}]}`},
		{"move to the end", numbered, parameters(move("Patient.identifier", 0, 3)),
			`{"resourceType":"Patient","identifier":[{"value":"2"},{"value":"3"},{"value":"4"},{"value":"1"}]}`},
		{"turn a list around", numbered, parameters(move("Patient.identifier", 3, 0), move("Patient.identifier", 3, 1), move("Patient.identifier", 3, 2)),
			`{"resourceType":"Patient","identifier":[{"value":"4"},{"value":"3"},{"value":"2"},{"value":"1"}]}`},
		{"move a primitive with its extensions", given, parameters(move("Patient.name[0].given", 2, 0)),
			`{"resourceType":"Patient","name":[{"given":["c","a",null],"_given":[{"id":"c"},null,{"id":"b"}]}]}`},
		{"delete a primitive with its extensions", given, parameters(remove("Patient.name[0].given[2]")),
			`{"resourceType":"Patient","name":[{"given":["a",null],"_given":[null,{"id":"b"}]}]}`},
		{"delete one that is only extensions", given, parameters(remove("Patient.name.given.where(id = 'b')")),
			`{"resourceType":"Patient","name":[{"given":["a","c"],"_given":[null,{"id":"c"}]}]}`},
		{"delete the extension that is all there is", given, parameters(remove("Patient.name.given[1].id")),
			`{"resourceType":"Patient","name":[{"given":["a","c"],"_given":[null,{"id":"c"}]}]}`},
		{"delete the last extension of a list", `{"resourceType":"Patient","name":[{"given":["a"],"_given":[{"id":"x"}]}]}`, parameters(remove("Patient.name.given.id")),
			`{"resourceType":"Patient","name":[{"given":["a"]}]}`},
		{"replace a primitive and its extensions go", `{"resourceType":"Patient","birthDate":"1920","_birthDate":{"id":"x"}}`,
			parameters(replace("Patient.birthDate", `"valueDate":"1930"`)), `{"resourceType":"Patient","birthDate":"1930"}`},
		{"replace a primitive with its extensions", given, parameters(replace("Patient.name.given[0]", `"valueString":"z","_valueString":{"id":"z"}`)),
			`{"resourceType":"Patient","name":[{"given":["z",null,"c"],"_given":[{"id":"z"},{"id":"b"},{"id":"c"}]}]}`},
		{"add an extension to a primitive", birth, parameters(add("Patient.birthDate", "extension", `"valueExtension":`+why)),
			`{"resourceType":"Patient","birthDate":"1920-01-01","_birthDate":{"extension":[` + why + `]}}`},
		{"add an extension to an item of a list", `{"resourceType":"Patient","name":[{"given":["a","b"]}]}`,
			parameters(add("Patient.name.given[1]", "extension", parts(part("url", `"valueUri":"urn:why"`), part("value", `"valueCode":"asked"`)))),
			`{"resourceType":"Patient","name":[{"given":["a","b"],"_given":[null,{"extension":[` + why + `]}]}]}`},
		{"change what stands in an extension", `{"resourceType":"Patient","_birthDate":{"extension":[` + why + `]}}`,
			parameters(replace("Patient.birthDate.extension('urn:why').value", `"valueString":"told"`)),
			`{"resourceType":"Patient","_birthDate":{"extension":[{"url":"urn:why","valueString":"told"}]}}`},
		{"a choice that changes its type", choice, parameters(replace("Observation.value", `"valueString":"y"`)),
			`{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueString":"y"}`},
		{"a choice that keeps its type keeps its position", choice, parameters(replace("Observation.value", `"valueQuantity":{"value":1.20}`)),
			`{"resourceType":"Observation","status":"final","valueQuantity":{"value":1.20},"code":{"text":"x"}}`},
		{"a choice with nothing", `{"resourceType":"Patient"}`, parameters(add("Patient", "deceased", `"valueBoolean":true`)), `{"resourceType":"Patient","deceasedBoolean":true}`},
		{"a choice that is deleted and added", choice, parameters(remove("Observation.value"), add("Observation", "value", `"valueBoolean":true`)),
			`{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueBoolean":true}`},
		{"the text of numbers and unknown members stay", choice, parameters(replace("Observation.status", `"valueCode":"amended"`)),
			`{"resourceType":"Observation","status":"amended","valueQuantity":{"value":1.10},"code":{"text":"x"}}`},
		{"a contained resource", empty, parameters(add("Patient", "contained", `"resource":{"resourceType":"Organization","id":"o"}`), add("Patient.contained[0]", "name", `"valueString":"n"`)),
			`{"resourceType":"Patient","contained":[{"resourceType":"Organization","id":"o","name":"n"}]}`},
		{"resolve() within the resource", `{"resourceType":"Patient","contained":[{"resourceType":"Organization","id":"o"}],"managingOrganization":{"reference":"#o"}}`,
			parameters(add("Patient.managingOrganization.resolve()", "name", `"valueString":"n"`)),
			`{"resourceType":"Patient","contained":[{"resourceType":"Organization","id":"o","name":"n"}],"managingOrganization":{"reference":"#o"}}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := parsed(t, c.resource)
			got, err := patch.FHIRPath(r, parsed(t, c.patch), loaded(t))
			if err != nil {
				t.Fatal(err)
			}
			if string(got.JSON()) != c.want {
				t.Errorf("got\n%s, want\n%s", got.JSON(), c.want)
			}
			if string(r.JSON()) != c.resource {
				t.Errorf("the resource itself became %s", r.JSON())
			}
		})
	}
}
