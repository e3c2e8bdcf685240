package patch_test

import (
	"fmt"
	"log"

	"tahto/fhir"
	"tahto/fhir/patch"
	"tahto/profiles"
)

func ExampleJSON() {
	consent, err := fhir.Parse([]byte(`{"resourceType":"Consent","id":"1","status":"draft"}`))
	if err != nil {
		log.Fatal(err)
	}
	active, err := patch.JSON(consent, []byte(`[
		{"op":"test","path":"/status","value":"draft"},
		{"op":"replace","path":"/status","value":"active"}
	]`))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(string(active.JSON()))
	_, err = patch.JSON(active, []byte(`[{"op":"test","path":"/status","value":"draft"}]`))
	fmt.Println(err)
	// Output:
	// {"resourceType":"Consent","id":"1","status":"active"}
	// unprocessable: [0].value: The test failed: the resource has another value there. Read it again, and make the patch for what it is now.
}

func ExampleXML() {
	set, err := profiles.Load()
	if err != nil {
		log.Fatal(err)
	}
	consent, err := fhir.Parse([]byte(`{"resourceType":"Consent","id":"1","status":"draft"}`))
	if err != nil {
		log.Fatal(err)
	}
	active, err := patch.XML(consent, []byte(`<diff xmlns:f="http://hl7.org/fhir">
		<replace sel="f:Consent/f:status[@value='draft']/@value">active</replace>
	</diff>`), set)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(string(active.JSON()))
	_, err = patch.XML(active, []byte(`<diff><remove sel="Consent/status[@value='draft']"/></diff>`), set)
	fmt.Println(err)
	// Output:
	// {"resourceType":"Consent","id":"1","status":"active"}
	// unprocessable: [0].sel: The selector leads to nothing. Read the document again, and see that the names have the right namespace. (unlocated-node)
}

func ExampleFHIRPath() {
	consent, err := fhir.Parse([]byte(`{"resourceType":"Consent","id":"1","status":"draft"}`))
	if err != nil {
		log.Fatal(err)
	}
	change, err := fhir.Parse([]byte(`{"resourceType":"Parameters","parameter":[{"name":"operation","part":[
		{"name":"type","valueCode":"replace"},
		{"name":"path","valueString":"Consent.status"},
		{"name":"value","valueCode":"active"}]}]}`))
	if err != nil {
		log.Fatal(err)
	}
	definitions, err := profiles.Load()
	if err != nil {
		log.Fatal(err)
	}
	active, err := patch.FHIRPath(consent, change, definitions)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(string(active.JSON()))
	// Output: {"resourceType":"Consent","id":"1","status":"active"}
}
