package fhirpath_test

import "testing"

// observation has a choice element of type Quantity.
const observation = `{"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"29463-7"}]},
"valueQuantity":{"value":185.50,"unit":"lbs","system":"http://unitsofmeasure.org","code":"[lb_av]"},
"effectiveDateTime":"2024-02","component":[{"code":{"text":"a"},"valueString":"x"},{"code":{"text":"b"},"valueInteger":3}],
"referenceRange":[{"age":{"low":{"value":1,"system":"http://unitsofmeasure.org","code":"a"}}}]}`

// patched has primitives with ids and extensions, beside values and instead.
const patched = `{"resourceType":"Patient","gender":"female","_gender":{"id":"g","extension":[{"url":"urn:a","valueString":"x"},{"url":"urn:b","valueBoolean":true}]},
"_birthDate":{"extension":[{"url":"urn:absent","valueCode":"masked"}]},"_active":{"extension":[{"url":"urn:absent","valueCode":"unknown"}]},
"name":[{"given":["Aino",null,"Beata"],"_given":[null,{"extension":[{"url":"urn:initial","valueString":"B"}]},{"id":"third"}]}],
"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>Aino</p></div>"},"multipleBirthInteger":2}`

// TestChoiceElementsGoByTheirDefinition: https://hl7.org/fhir/R4/fhirpath.html.
func TestChoiceElementsGoByTheirDefinition(t *testing.T) {
	expect(t, observation, cases{
		"by the name of the definition": {
			{"Observation.value.unit", "lbs"}, {"Observation.value.exists()", "true"}, {"Observation.effective", "2024-02"}, {"Observation.component.value", "x,3"},
			{"Observation.value.count()", "1"}, {"component.where(value = 'x').code.text", "a"},
		},
		"not by the name in JSON": {
			{"Observation.valueQuantity", ""}, {"Observation.effectiveDateTime", ""}, {"Observation.component.valueString", ""}, {"Observation.`value[x]`", ""},
		},
		"by type": {
			{"Observation.value.ofType(Quantity).unit", "lbs"}, {"(Observation.value as Quantity).unit", "lbs"}, {"Observation.value.as(Quantity).unit", "lbs"}, {"Observation.value.ofType(string)", ""},
			{"Observation.value is Quantity", "true"}, {"Observation.value is string", "false"}, {"Observation.component.value.ofType(integer)", "3"}, {"Observation.component.value.ofType(string)", "x"},
			{"Observation.effective is dateTime", "true"}, {"Observation.effective is Period", "false"},
		},
		"among the children":          {{"Observation.children().ofType(Quantity).unit", "lbs"}, {"Observation.descendants().ofType(integer)", "3"}},
		"as values of FHIRPath's own": {{"Observation.value > 180 '[lb_av]'", "true"}, {"Observation.value = 185.5 '[lb_av]'", "true"}, {"Observation.value < 1 'kg'", "false"}, {"Observation.effective = @2024-02", "true"}, {"Observation.effective < @2024-02-10", ""}},
		"a number keeps its digits":   {{"Observation.value.value", "185.50"}, {"Observation.value.value.toString()", "185.50"}, {"Observation.value.value = 185.5", "true"}},
	})
}

func TestTypesOfElements(t *testing.T) {
	expect(t, patched, cases{
		"is takes what a type specialises": {
			{"Patient is Patient", "true"}, {"Patient is FHIR.Patient", "true"}, {"Patient is DomainResource", "true"}, {"Patient is Resource", "true"}, {"Patient is Observation", "false"},
			{"Patient.gender is code", "true"}, {"Patient.gender is string", "true"}, {"Patient.gender.is(FHIR.code)", "true"}, {"Patient.name.first() is HumanName", "true"}, {"Patient.name.first() is Element", "true"},
		},
		"types of FHIR are not those of the system": {
			{"Patient.multipleBirth is integer", "true"}, {"Patient.multipleBirth is System.Integer", "false"}, {"1 is FHIR.integer", "false"}, {"1 is integer", "false"}, {"Patient.gender is System.String", "false"},
			{"1 is Integer", "true"}, {"1 is System.Integer", "true"}, {"1.0 is Integer", "false"}, {"1 is Decimal", "false"}, {"'a' is String", "true"}, {"true is Boolean", "true"}, {"@T10 is Time", "true"},
			{"Patient.gender.toString() is System.String", "true"}, {"(Patient.multipleBirth + 1) is System.Integer", "true"},
		},
		"ofType and as keep what is of the type": {
			{"Patient.children().ofType(HumanName).count()", "1"}, {"Patient.gender.ofType(code)", "female"}, {"Patient.gender as code", "female"}, {"Patient.gender as Patient", ""}, {"1 as Integer", "1"}, {"1 as String", ""},
			{"Patient.ofType(Patient).gender", "female"}, {"Patient.ofType(Observation)", ""},
		},
		"nothing has no type, several have none in common": {{"{} is Integer", ""}, {"{} as Integer", ""}, {"(1 | 2) is Integer", "fault"}, {"Patient.photo is Attachment", ""}},
		"type() tells the namespace and the name": {
			{"1.type().namespace", "System"}, {"1.type().name", "Integer"}, {"Patient.gender.type().namespace", "FHIR"}, {"Patient.gender.type().name", "code"}, {"Patient.type().name", "Patient"},
		},
		"a path may begin with its type": {{"Patient.gender", "female"}, {"gender", "female"}, {"Observation.gender", ""}, {"Resource.gender", "female"}, {"DomainResource.text.status", "generated"}},
	})
}

// TestPrimitivesHaveExtensions:
// https://hl7.org/fhir/R4/fhirpath.html#functions and json.html#primitive.
func TestPrimitivesHaveExtensions(t *testing.T) {
	expect(t, patched, cases{
		"beside a value": {
			{"Patient.gender.extension('urn:a').value", "x"}, {"Patient.gender.extension.url", "urn:a,urn:b"}, {"Patient.gender.id", "g"}, {"Patient.gender.extension('urn:c')", ""},
			{"Patient.gender.extension('urn:b').value = true", "true"}, {"Patient.gender.extension({})", ""}, {"Patient.gender = 'female'", "true"},
		},
		"instead of a value": {
			{"Patient.birthDate.exists()", "true"}, {"Patient.birthDate.empty()", "false"}, {"Patient.birthDate.extension('urn:absent').value", "masked"}, {"Patient.birthDate.count()", "1"},
			{"Patient.birthDate is date", "true"}, {"Patient.birthDate < @2024", ""}, {"Patient.birthDate.toString()", ""}, {"Patient.active and true", ""}, {"Patient.active.not()", ""},
		},
		"in a list, by place": {
			{"Patient.name.given.count()", "3"}, {"Patient.name.given[1].extension('urn:initial').value", "B"}, {"Patient.name.given[1].hasValue()", "false"}, {"Patient.name.given[2].id", "third"},
			{"Patient.name.given.where(hasValue())", "Aino,Beata"}, {"Patient.name.given[0].extension", ""}, {"Patient.name.given.extension.count()", "1"},
		},
		"hasValue is of one primitive with a value": {
			{"Patient.gender.hasValue()", "true"}, {"Patient.birthDate.hasValue()", "false"}, {"Patient.name.hasValue()", "false"}, {"Patient.name.given.hasValue()", "false"}, {"Patient.photo.hasValue()", "false"},
		},
		"getValue gives the value of one primitive": {
			{"Patient.gender.getValue()", "female"}, {"Patient.gender.getValue() is System.String", "true"}, {"Patient.multipleBirth.getValue() + 1", "3"}, {"Patient.birthDate.getValue()", ""}, {"Patient.name.getValue()", ""}, {"Patient.name.given.getValue()", ""},
		},
		"among the descendants": {
			{"Patient.descendants().where($this is Extension).count()", "5"}, {"Patient.gender.children().count()", "3"}, {"Patient.descendants().ofType(boolean).where(hasValue())", "true"},
		},
		"an extension of a complex element": {{"Patient.extension('urn:a')", ""}, {"Patient.gender.extension.where(url = 'urn:a').value", "x"}},
		"a narrative":                       {{"Patient.text.`div`.htmlChecks()", "true"}, {"Patient.text.div = Patient.text.`div`", "true"}, {"'<div xmlns=\"http://www.w3.org/1999/xhtml\"><script>x</script></div>'.htmlChecks()", "false"}, {"'<p>x</p>'.htmlChecks()", "false"}},
		"conformsTo knows types only":       {{"Patient.conformsTo('http://hl7.org/fhir/StructureDefinition/Patient')", "true"}, {"Patient.conformsTo('http://hl7.org/fhir/StructureDefinition/Person')", "false"}, {"Patient.conformsTo('urn:unknown')", "fault"}},
	})
}

// TestTreeFunctions: http://hl7.org/fhirpath/N1/#tree-navigation. The expected
// numbers are those of the elements in patient.
func TestTreeFunctions(t *testing.T) {
	expect(t, patient, cases{
		"children are the elements right below": {
			{"Patient.children().count()", "9"}, {"children().count()", "9"}, {"Patient.name.children().count()", "5"}, {"1.children()", ""}, {"{}.children()", ""}, {"Patient.id.children()", ""},
		},
		"descendants are all below, without itself": {
			{"Patient.descendants().count()", "20"}, {"Patient.repeat(children()).count()", "20"}, {"Patient.name.descendants().count()", "5"}, {"Patient.descendants().where($this is Patient)", ""}, {"'a'.descendants()", ""},
		},
		"repeat follows one name": {{"Patient.repeat(contained).name", "Clinic"}, {"Patient.repeat(contained | name).count()", "4"}},
	})
}
