package patch_test

import (
	"strings"
	"testing"

	"tahto/fhir/issue"
	"tahto/fhir/patch"
)

const stored = `{"resourceType":"Patient","id":"p","meta":{"versionId":"1"},"birthDate":"1920-01-01"}`

func TestFHIRPathPatchIsRefused(t *testing.T) {
	const malformed, undoable = issue.Invalid, issue.Unprocessable
	at := func(place string) string { return "Parameters.parameter[0]" + place }
	one := `"valueIdentifier":{"value":"0"}`
	for _, c := range []struct {
		name, resource, patch string
		kind                  issue.Kind
		expression, words     string
	}{
		{"no Parameters", birth, `{"resourceType":"Patient"}`, malformed, "Parameters", "Parameters resource"},
		{"a parameter of another name", birth, parameters(strings.Replace(remove("Patient.name"), "operation", "op", 1)), malformed, at(".name"), "named operation"},
		{"no type", birth, parameters(`{"name":"operation","part":[` + text("path", "Patient.name") + `]}`), malformed, at(""), "type"},
		{"no parts", birth, parameters(`{"name":"operation"}`), malformed, at(""), "type"},
		{"an unknown type", birth, parameters(operation("upsert", text("path", "Patient"))), malformed, at(".part[0]"), "add, insert"},
		{"an unknown part", birth, parameters(operation("delete", text("path", "Patient.name"), text("why", "x"))), malformed, at(".part[2].name"), "parts of an operation"},
		{"a part twice", birth, parameters(operation("delete", text("path", "Patient.name"), text("path", "Patient.name"))), malformed, at(".part[2]"), "twice"},
		{"a part that the operation does not have", birth, parameters(operation("delete", text("path", "Patient.name"), number("index", 1))), malformed, at(".part[2]"), "has no part index"},
		{"no path", birth, parameters(operation("delete")), malformed, at(""), "needs the part path"},
		{"add without name", birth, parameters(operation("add", text("path", "Patient"), part("value", one))), malformed, at(""), "needs the part name"},
		{"add without value", birth, parameters(operation("add", text("path", "Patient"), text("name", "identifier"))), malformed, at(""), "needs the part value"},
		{"insert without index", birth, parameters(operation("insert", text("path", "Patient.identifier"), part("value", one))), malformed, at(""), "needs the part index"},
		{"replace without value", birth, parameters(operation("replace", text("path", "Patient.birthDate"))), malformed, at(""), "needs the part value"},
		{"move without source", birth, parameters(operation("move", text("path", "Patient.identifier"), number("destination", 0))), malformed, at(""), "needs the part source"},
		{"move without destination", birth, parameters(operation("move", text("path", "Patient.identifier"), number("source", 0))), malformed, at(""), "needs the part destination"},
		{"a negative index", numbered, parameters(insert("Patient.identifier", -1, one)), malformed, at(".part[2]"), "0 or more"},
		{"an index that is no integer", numbered, parameters(operation("move", text("path", "Patient.identifier"), part("source", `"valueInteger":1.5`), number("destination", 0))), malformed, at(".part[2]"), "0 or more"},
		{"a path that is no string", birth, parameters(operation("delete", number("path", 1))), malformed, at(".part[1]"), "valueString"},
		{"a path that is no FHIRPath", birth, parameters(remove("Patient.name[")), malformed, at(".part[1]"), "can't be read"},
		{"a path with an unknown function", birth, parameters(remove("Patient.name.frobnicate()")), malformed, at(".part[1]"), "can't be read"},
		{"a value of two types", birth, parameters(replace("Patient.birthDate", `"valueDate":"1930","valueString":"x"`)), malformed, at(".part[2]"), "one of value[x]"},
		{"no value in value", birth, parameters(operation("replace", text("path", "Patient.birthDate"), `{"name":"value"}`)), malformed, at(".part[2]"), "one of value[x]"},
		{"a value of a type that R4 does not have", birth, parameters(replace("Patient.birthDate", `"valueBirthday":"1930"`)), malformed, at(".part[2]"), "no type of R4"},
		{"a value with the type in small letters", birth, parameters(replace("Patient.birthDate", `"valuedate":"1930"`)), malformed, at(".part[2]"), "no type of R4"},
		{"a value without a type", birth, parameters(replace("Patient.birthDate", `"value":"1930"`)), malformed, at(".part[2]"), "no type of R4"},
		{"a list of no parts", empty, parameters(add("Patient", "contact", parts())), malformed, at(".part[3]"), "at least one"},
		{"a part with no value", empty, parameters(add("Patient", "contact", parts(`{"name":"gender"}`))), malformed, at(".part[3].part[0]"), "one of value[x]"},
		{"a primitive that is written as an object", birth, parameters(replace("Patient.birthDate", `"valueDate":{"a":1}`)), malformed, at(".part[2]"), "as its type is"},
		{"a list in place of a value", birth, parameters(replace("Patient.birthDate", `"valueDate":["1930"]`)), malformed, at(".part[2]"), "as its type is"},
		{"an empty object", married, parameters(replace("Patient.maritalStatus", `"valueCodeableConcept":{}`)), malformed, at(".part[2]"), "as its type is"},
		{"a second operation that is malformed, before the first is tried", birth, parameters(replace("Patient.gender", `"valueCode":"x"`), operation("delete")), malformed, "Parameters.parameter[1]", "path"},

		{"replace of nothing", birth, parameters(replace("Patient.gender", `"valueCode":"male"`)), undoable, at(""), "leads to 0"},
		{"replace of several", numbered, parameters(replace("Patient.identifier", one)), undoable, at(""), "leads to 4"},
		{"delete of several", numbered, parameters(remove("Patient.identifier")), undoable, at(""), "leads to 4"},
		{"delete of what can never be there", birth, parameters(remove("Patient.brithDate")), undoable, at(""), "fault in it"},
		{"delete of the whole resource", birth, parameters(remove("Patient")), undoable, at(""), "whole resource"},
		{"replace of the whole resource", birth, parameters(replace("Patient", `"resource":{"resourceType":"Patient"}`)), undoable, at(""), "whole resource"},
		{"add to nothing", `{"resourceType":"Patient","identifier":[{"use":"official"}]}`,
			parameters(add("Patient.identifier.where(use = 'official').period", "end", `"valueDateTime":"2021"`)), undoable, at(""), "leads to 0"},
		{"add to several", numbered, parameters(add("Patient.identifier", "use", `"valueCode":"old"`)), undoable, at(""), "leads to 4"},
		{"add of what is there", birth, parameters(add("Patient", "birthDate", `"valueDate":"1930"`)), undoable, at(""), "there already"},
		{"add of what has only extensions", `{"resourceType":"Patient","_birthDate":{"id":"x"}}`, parameters(add("Patient", "birthDate", `"valueDate":"1930"`)), undoable, at(""), "there already"},
		{"add of a choice that is there in another type", choice, parameters(add("Observation", "value", `"valueString":"x"`)), undoable, at(""), "there already"},
		{"add of a choice that has only extensions", `{"resourceType":"Patient","_deceasedBoolean":{"id":"x"}}`, parameters(add("Patient", "deceased", `"valueDateTime":"1930"`)), undoable, at(""), "there already"},
		{"add of an element that R4 does not have", birth, parameters(add("Patient", "birthdate", `"valueDate":"1930"`)), undoable, at(".part[2]"), "no such element"},
		{"add of a choice by its JSON name", empty, parameters(add("Patient", "deceasedBoolean", `"valueBoolean":true`)), undoable, at(".part[2]"), "value for value[x]"},
		{"a value of the wrong type", birth, parameters(replace("Patient.birthDate", `"valueDateTime":"1930"`)), undoable, at(".part[2]"), "give it: date"},
		{"a type that the choice does not have", empty, parameters(add("Patient", "deceased", `"valueString":"x"`)), undoable, at(".part[3]"), "boolean, dateTime"},
		{"a data type for a backbone element", empty, parameters(add("Patient", "contact", `"valueHumanName":{"text":"x"}`)), undoable, at(".part[3]"), "parts that name"},
		{"parts for a primitive", birth, parameters(replace("Patient.birthDate", parts(text("value", "1930")))), undoable, at(".part[2]"), "give it: date"},
		{"parts for a choice", choice, parameters(replace("Observation.value", parts(text("unit", "m")))), undoable, at(".part[2]"), "give it:"},
		{"a part that names no element", empty, parameters(add("Patient", "contact", parts(text("nome", "x")))), undoable, at(".part[3].part[0].name"), "no such element"},
		{"a part twice for what does not repeat", empty, parameters(add("Patient", "contact", parts(part("gender", `"valueCode":"male"`), part("gender", `"valueCode":"male"`)))), undoable, at(".part[3].part[1].name"), "does not repeat"},
		{"a part of the wrong type", empty, parameters(add("Patient", "contact", parts(text("gender", "male")))), undoable, at(".part[3].part[0]"), "give it: code"},
		{"a resource in place of an element", empty, parameters(add("Patient", "maritalStatus", `"resource":{"resourceType":"Patient"}`)), undoable, at(".part[3]"), "give it: CodeableConcept"},
		{"insert beyond the end", numbered, parameters(insert("Patient.identifier", 5, one)), undoable, at(".part[2]"), "at most 4"},
		{"insert beyond a list of none", empty, parameters(insert("Patient.identifier", 1, one)), undoable, at(""), "nothing to count from"},
		{"insert into what does not repeat", birth, parameters(insert("Patient.birthDate", 0, `"valueDate":"1930"`)), undoable, at(""), "needs a list"},
		{"insert into what does not repeat and is not there", empty, parameters(insert("Patient.birthDate", 0, `"valueDate":"1930"`)), undoable, at(""), "name of a list"},
		{"insert into the list of what is not there", empty, parameters(insert("Patient.contact.telecom", 0, one)), undoable, at(""), "leads to 0"},
		{"insert where no name ends the path", empty, parameters(insert("Patient.name.where(text = 'a.b')", 0, one)), undoable, at(""), "name of a list"},
		{"insert at the resource itself", empty, parameters(insert("Patient", 0, one)), undoable, at(""), "needs a list"},
		{"an element of a type that R4 does not have", `{"resourceType":"Foo","a":1}`, parameters(remove("a")), undoable, at(""), "R4 does not have"},
		{"insert into several lists", `{"resourceType":"Patient","name":[{"given":["a"]},{"given":["b"]}]}`, parameters(insert("Patient.name.given", 0, `"valueString":"x"`)), undoable, at(""), "whole list"},
		{"insert into a part of a list", numbered, parameters(insert("Patient.identifier.skip(1)", 0, one)), undoable, at(""), "whole list"},
		{"insert of the wrong type", numbered, parameters(insert("Patient.identifier", 0, `"valueString":"x"`)), undoable, at(".part[3]"), "give it: Identifier"},
		{"move from beyond the end", numbered, parameters(move("Patient.identifier", 4, 0)), undoable, at(".part[2]"), "at most 3"},
		{"move to beyond the end", numbered, parameters(move("Patient.identifier", 0, 4)), undoable, at(".part[3]"), "at most 3"},
		{"move in a list of none", empty, parameters(move("Patient.identifier", 0, 0)), undoable, at(""), "nothing to count from"},
		{"a path to a value that is reckoned", numbered, parameters(remove("Patient.identifier.count()")), undoable, at(""), "reckoned"},
		{"a path that can't be followed", numbered, parameters(remove("Patient.identifier.single()")), undoable, at(""), "can't be followed"},
		{"a path that asks the time", birth, parameters(remove("Patient.birthDate.where(today() > $this)")), undoable, at(""), "can't be followed"},
		{"the id", stored, parameters(remove("Patient.id")), undoable, at(""), "can't change"},
		{"the id by another", stored, parameters(replace("Patient.id", `"valueId":"q"`)), undoable, at(""), "can't change"},
		{"meta", stored, parameters(add("Patient.meta", "tag", `"valueCoding":{"code":"x"}`)), undoable, at(""), "can't change"},
		{"what stands in meta", stored, parameters(replace("Patient.meta.versionId", `"valueId":"2"`)), undoable, at(""), "can't change"},
		{"a new meta", birth, parameters(add("Patient", "meta", `"valueMeta":{"source":"urn:x"}`)), undoable, at(""), "can't change"},
		{"the second operation", birth, parameters(remove("Patient.birthDate"), replace("Patient.birthDate", `"valueDate":"1930"`)), undoable, "Parameters.parameter[1]", "leads to 0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := patch.FHIRPath(parsed(t, c.resource), parsed(t, c.patch), loaded(t))
			refused(t, got, err, c.kind, c.expression, c.words)
		})
	}
}

// TestFHIRPathPatchIsBounded: a hostile patch ends in an error. A test that
// hangs is the failure.
func TestFHIRPathPatchIsBounded(t *testing.T) {
	many := func(n int, operation string) string {
		return parameters(strings.Split(strings.Repeat(operation+"\n", n)[:n*(len(operation)+1)-1], "\n")...)
	}
	name := `"valueHumanName":{"text":"` + strings.Repeat("x", 9_000) + `"}`
	deep := `"valueExtension":` + strings.Repeat(`{"url":"u","extension":[`, 25) + why + strings.Repeat("]}", 25)
	long := `{"resourceType":"Patient","identifier":[` + strings.Repeat(`{"value":"1"},`, 60_000) + `{"value":"1"}]}`
	for _, c := range []struct {
		name, resource, patch string
		kind                  issue.Kind
		words                 string
	}{
		{"too many operations", empty, many(patch.MaxOperations+1, remove("Patient.name")), issue.TooLarge, "at most 1000"},
		{"too much is written", empty, many(600, add("Patient", "name", name)), issue.Unprocessable, "bytes"},
		{"too much is written over and over", married, many(600, replace("Patient.maritalStatus", strings.Replace(name, "HumanName", "CodeableConcept", 1))), issue.Unprocessable, "bytes"},
		{"too much is inserted", `{"resourceType":"Patient","name":[{"text":"x"}]}`, many(600, insert("Patient.name", 0, name)), issue.Unprocessable, "bytes"},
		{"too deep", `{"resourceType":"Patient","extension":[{"extension":[{"extension":[{"extension":[{"extension":[{"extension":[{"extension":[{"url":"u"}]}]}]}]}]}]}]}`,
			parameters(add("Patient.extension.extension.extension.extension.extension.extension.extension", "extension", deep)), issue.Unprocessable, "nest too deep"},
		{"paths that take long", long, many(50, remove("Patient.name.where(%resource.descendants().where(%resource.descendants().count() > 0).exists())")+"\n"+remove("Patient.identifier.where(%resource.descendants().count() < 0)")), issue.Unprocessable, "take too much work"},
		{"a long list over and over", long, many(1_000, move("Patient.identifier", 0, 1)), issue.Unprocessable, "too much work"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := patch.FHIRPath(parsed(t, c.resource), parsed(t, c.patch), loaded(t))
			if issue.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.words) || got != nil {
				t.Errorf("err = %.300v, want %v about %q", err, c.kind, c.words)
			}
		})
	}
}

// TestRefusalsNeverRepeatValues, since a resource, and what is written into it,
// holds personal data.
func TestRefusalsNeverRepeatValues(t *testing.T) {
	const code = "010120-900N"
	r := parsed(t, `{"resourceType":"Patient","`+code+`":1,"identifier":[{"value":"`+code+`"}]}`)
	for _, operation := range []string{
		add("Patient.identifier", "value", `"valueString":"`+code+`"`),
		replace("Patient.identifier", `"valueDate":"`+code+`"`), replace("Patient.identifier", `"value`+code+`":1`), remove("Patient.identifier.value + 1"),
		add("Patient", "identifier", parts(text(code, code))), operation(code), operation("delete", text("path", "Patient"), text(code, code)),
	} {
		_, err := patch.FHIRPath(r, parsed(t, parameters(operation)), loaded(t))
		if err == nil || strings.Contains(err.Error(), code) {
			t.Errorf("%s: %v, want an error without the value", operation, err)
		}
	}
	for _, operation := range []string{
		`{"op":"test","path":"/identifier/0/value","value":"x"}`, `{"op":"remove","path":"/` + code + `/x"}`, `{"op":"` + code + `","path":""}`,
		`{"op":"add","path":"` + code + `","value":1}`, `{"op":"move","path":"/identifier","from":"/x` + code + `"}`,
	} {
		_, err := patch.JSON(r, []byte("["+operation+"]"))
		if err == nil || strings.Contains(err.Error(), code) {
			t.Errorf("%s: %v, want an error without the value", operation, err)
		}
	}
}
