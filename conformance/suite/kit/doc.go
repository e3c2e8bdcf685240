// Package kit runs black-box cases against a FHIR R4 server over HTTP and tells
// what came of them. It knows a server only by its base URL: what it looks at
// is what any client sees.
//
// # Cases
//
// Cases are data: one JSON file for each section in the folder cases, read by
// [Cases]. A case is one behaviour, named after it, with the link of the section
// of the specification that asks for it:
//
//	{"id": "read-answers-with-an-etag", "title": "…", "spec": "https://hl7.org/fhir/R4/http.html#read",
//	 "needs": ["Consent.read"],
//	 "steps": [
//	  {"do": "PUT Consent/${id}", "body": {"$template": "draft", "$with": {"id": "${id}"}}, "expect": {"status": 201}},
//	  {"do": "GET Consent/${id}", "expect": {"status": 200, "headers": {"ETag": "W/\"1\""}, "true": ["id = '${id}'"]}}]}
//
// "needs" are claims of the CapabilityStatement: a server that does not claim
// one is told "not claimed", not failed. system.organizations=example or =cases
// (whom $evaluate knows) and system.respond-async are no claims of R4; the server
// is asked, by requests that change nothing. "for" says which servers a case is
// about: without it any FHIR R4 server, "tahto" those whose CapabilityStatement
// calls the software Tahto, which hold Consents to Finnish law, and "others"
// all but those.
//
// # Variables
//
// ${name} in a path, a header, a body or an expectation is a variable: what an
// earlier step captured, or one of those that each case has to itself:
//
//	base               the base URL of the server
//	person, person2    identity codes of made-up persons, of the test range
//	id, id2, id3       ids for resources that the case names itself
//	key                the value of a business identifier
//	uuid1 to uuid9     for urn:uuid
//
// ${name:-text} is text where there is no such variable. They follow from
// [Options.Seed] alone, so that a run can be done again, and runs with other
// seeds don't meet.
//
// # Bodies
//
// In a body an object with the member $template stands for a template of
// cases/templates.json: $let gives it variables, $with is merged into it (RFC
// 7396), and $append adds items to its lists. Templates may use templates.
//
// # Expectations
//
// FHIRPath is evaluated without a model: names are those of the JSON, such as
// valueCode, and an expression must be true, not just not false. A header's
// value is compared as it is or, after a ~, as a regular expression (RE2). Of an
// answer in XML FHIRPath is asked as if it were JSON, in which true and false are
// booleans and every other value is a text: a number there is x.toInteger().
//
// # TestScripts
//
// [Scripts] writes the cases as FHIR TestScripts, for engines of other makes.
// Their expressions are over FHIR's types (value, not valueCode), so a case
// compares a date as x.toString() = '2024-01-01', which holds of both. What is no
// resource, such as a JSON Patch, and what goes on at the same time no script can
// say; such a case is named as [Unsaid].
//
// # Concurrency
//
// [Run] does one case after the other; only a step with "parallel" sends at
// once. What it returns is a plain value.
package kit
