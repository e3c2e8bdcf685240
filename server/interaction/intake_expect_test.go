package interaction_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tahto/fhir"
)

// faults says how an answer differs from what is expected of it.
func (e *intakeExpected) faults(got reply) []string {
	var faults []string
	fault := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	if e.Status != 0 && got.status != e.Status {
		fault("status %d, want %d", got.status, e.Status)
	}
	if statuses := statusesOf(got.root); e.Statuses != nil && !slices.Equal(statuses, e.Statuses) {
		fault("entries answered %v, want %v", statuses, e.Statuses)
	}
	for _, want := range e.Issues {
		if !slices.ContainsFunc(slices.Collect(got.root.Each("issue")), want.is) {
			fault("no issue is %+v", want)
		}
	}
	notes := notesOf(got.root)
	for _, want := range e.Notes {
		if !slices.Contains(notes, want) {
			fault("no entry says %s; they say %v", want, notes)
		}
	}
	for _, not := range e.AbsentNotes {
		if slices.Contains(notes, not) {
			fault("an entry says %s", not)
		}
	}
	for _, want := range e.Decisions {
		if wrong := want.differs(got.root); wrong != "" {
			fault("item %s: %s", want.ID, wrong)
		}
	}
	if total := got.root.Get("total").Text(); e.Total != nil && total != strconv.Itoa(*e.Total) {
		fault("total %s, want %d", total, *e.Total)
	}
	for _, text := range e.Text {
		if !strings.Contains(string(got.body), text) {
			fault("no %q in the answer", text)
		}
	}
	return faults
}

func statusesOf(root fhir.Element) []int {
	var all []int
	for entry := range root.Each("entry") {
		code, _, _ := strings.Cut(entry.Get("response").Get("status").Text(), " ")
		n, _ := strconv.Atoi(code)
		all = append(all, n)
	}
	return all
}

func notesOf(root fhir.Element) []string {
	var codes []string
	for entry := range root.Each("entry") {
		for issue := range entry.Get("response").Get("outcome").Each("issue") {
			codes = append(codes, reasonOf(issue))
		}
	}
	return codes
}

func reasonOf(issue fhir.Element) string {
	return issue.Get("details").Get("coding").At(0).Get("code").Text()
}

func (i intakeIssue) is(issue fhir.Element) bool {
	said := issue.Get("details").Get("text").Text() + issue.Get("diagnostics").Text()
	return (i.Severity == "" || issue.Get("severity").Text() == i.Severity) &&
		(i.Code == "" || issue.Get("code").Text() == i.Code) &&
		(i.Reason == "" || reasonOf(issue) == i.Reason) &&
		(i.Expression == "" || strings.HasPrefix(issue.Get("expression").At(0).Text(), i.Expression)) &&
		!slices.ContainsFunc(i.Text, func(text string) bool { return !strings.Contains(said, text) })
}

// differs says how the decision about the item differs.
func (d intakeDecision) differs(root fhir.Element) string {
	for parameter := range root.Each("parameter") {
		parts := map[string][]string{}
		for part := range parameter.Each("part") {
			name := part.Get("name").Text()
			value := part.Get("valueString").Text() + part.Get("valueCode").Text() + part.Get("valueCoding").Get("code").Text()
			parts[name] = append(parts[name], value)
		}
		if slices.Contains(parts["id"], d.ID) {
			return d.against(parts)
		}
	}
	return "there is none"
}

func (d intakeDecision) against(parts map[string][]string) string {
	switch {
	case d.Decision != "" && !slices.Contains(parts["decision"], d.Decision):
		return fmt.Sprintf("decided %v, want %s", parts, d.Decision)
	case d.Reason != "" && !slices.Contains(parts["reason"], d.Reason):
		return fmt.Sprintf("reason %v, want %s", parts["reason"], d.Reason)
	}
	for _, want := range d.Obligations {
		if !slices.Contains(parts["obligation"], want) {
			return fmt.Sprintf("obligations %v, want %s among them", parts["obligation"], want)
		}
	}
	for _, not := range d.AbsentObligations {
		if slices.Contains(parts["obligation"], not) {
			return "obligation " + not
		}
	}
	return ""
}
