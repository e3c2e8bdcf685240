package fhir

import "tahto/fhir/issue"

// Base is the canonical base of the project's own artefacts: code systems,
// extensions, profiles, operations. It is a name and no address; .example never
// resolves (RFC 6761). This is the one place to change it.
const Base = "https://tahto.example/fhir"

// ReasonSystem is the code system of the server's own issue reasons
// (OperationOutcome.issue.details).
const ReasonSystem = Base + "/CodeSystem/issue-reason"

// ProcessSystem is Kanta's code system of process errors (mapping.md §5).
const ProcessSystem = "urn:oid:1.2.246.537.5.40112.2006"

// OperationOutcome writes issues as the resource of that name
// (https://hl7.org/fhir/R4/operationoutcome.html). No issues at all read as
// "all is well", since the resource must have one.
func OperationOutcome(issues []issue.Issue) *Resource {
	if len(issues) == 0 {
		issues = []issue.Issue{{
			Severity: issue.SeverityInformation, Code: issue.CodeInformational, Text: "All is well.",
		}}
	}
	w := NewWriter("OperationOutcome")
	w.Array("issue")
	for _, i := range issues {
		writeIssue(w, i)
	}
	w.EndArray()
	return w.Resource()
}

func writeIssue(w *Writer, i issue.Issue) {
	w.Object("")
	w.String("severity", string(i.Severity))
	w.String("code", string(i.Code))
	writeDetails(w, i)
	w.Optional("diagnostics", i.Text)
	if i.Expression != "" {
		w.Array("expression")
		w.String("", i.Expression)
		w.EndArray()
	}
	w.End()
}

// writeDetails writes the codes, our own before Kanta's, and the text.
func writeDetails(w *Writer, i issue.Issue) {
	if i.Reason == "" && i.Process == "" && i.Text == "" {
		return
	}
	w.Object("details")
	if i.Reason != "" || i.Process != "" {
		w.Array("coding")
		if i.Reason != "" {
			w.Coding("", ReasonSystem, i.Reason)
		}
		if i.Process != "" {
			w.Object("")
			w.String("system", ProcessSystem)
			w.String("code", string(i.Process))
			w.String("display", i.Process.Display())
			w.End()
		}
		w.EndArray()
	}
	w.Optional("text", i.Text)
	w.End()
}
