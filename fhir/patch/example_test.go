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
