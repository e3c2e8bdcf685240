package fhir

import (
	"strconv"

	"tahto/fhir/issue"
)

// CheckForm holds a resource to what FHIR's JSON format asks of every member,
// whatever it is (https://hl7.org/fhir/R4/json.html): no object, array or string
// is empty, and null stands only in an array, where a primitive has extensions
// instead of a value. meta, which the server writes into, is an object. The
// error is of kind Invalid with the FHIRPath of every fault.
func (r *Resource) CheckForm() error {
	var faults []issue.Issue
	root := r.tree()
	if meta := root.member("meta"); meta != nil && meta.kind != Object {
		faults = append(faults, malformed(r.Type()+".meta", "meta is an object."))
	}
	faults = checkForm(faults, root, r.Type(), false)
	return issue.List(issue.Invalid, faults)
}

// maxFaults bounds how much a hostile body is told about itself.
const maxFaults = 50

func checkForm(faults []issue.Issue, n *node, path string, item bool) []issue.Issue {
	if len(faults) >= maxFaults {
		return faults
	}
	switch {
	case n.kind == Null && !item:
		return append(faults, malformed(path, "A member is never null in FHIR; leave it out."))
	case n.kind == String && n.text == "":
		return append(faults, malformed(path, "A string is never empty in FHIR; leave the member out."))
	case (n.kind == Object || n.kind == Array) && len(n.kids) == 0:
		return append(faults, malformed(path, "Objects and arrays are never empty in FHIR; leave the member out."))
	}
	for i := range n.kids {
		kid := &n.kids[i]
		place := path + "[" + strconv.Itoa(i) + "]"
		if n.kind == Object {
			place = path
			if isName(kid.name) { // any other name is the client's own text
				place += "." + kid.name
			}
		}
		faults = checkForm(faults, &kid.node, place, n.kind == Array)
	}
	return faults
}

func malformed(path, text string) issue.Issue {
	return issue.Issue{Severity: issue.SeverityError, Code: issue.CodeStructure, Expression: path, Text: text}
}
