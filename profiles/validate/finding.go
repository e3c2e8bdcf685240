package validate

import (
	"strconv"
	"strings"

	"tahto/fhir/issue"
)

// maxFindings is how many findings are told. A resource of a client's own
// making can hold hundreds of thousands.
const maxFindings = 200

// place is where the walk is: an element and, through its parents, the way to
// it. It lives on the stack and becomes text only in a finding.
type place struct {
	parent *place
	name   string // as FHIRPath has it, or the type of the whole resource
	index  int    // from 1, of a list; 0 for an element that does not repeat
	path   string // where the element is defined: Consent.provision.actor
	typ    string // its type
	valued bool   // a primitive with a value, of which the walk is in the companion
}

// item is repetition i of what repeats.
func (p *place) item(i int) place {
	at := *p
	at.index = i + 1
	return at
}

// String is the FHIRPath of the place, such as Bundle.entry[0].resource.status.
func (p *place) String() string {
	var text strings.Builder
	p.write(&text)
	return text.String()
}

func (p *place) write(text *strings.Builder) {
	if p.parent != nil {
		p.parent.write(text)
		text.WriteByte('.')
	}
	text.WriteString(p.name)
	if p.index > 0 {
		text.WriteString("[" + strconv.Itoa(p.index-1) + "]")
	}
}

// quote is the last step of a place, for a sentence.
func (p *place) quote() string { return "“" + p.name + "”" }

// below is the place of an element in p.
func (p *place) below(name string) *place { return &place{parent: p, name: name} }

// fault is a kind of finding.
type fault struct {
	code    issue.Code
	reason  string
	warning bool
}

// add notes a finding unless it is there already: an element may break the same
// rule of a type and of two profiles.
func (w *walk) add(f fault, at *place, text string) { w.insert(len(w.issues), f, at, text) }

func (w *walk) insert(position int, f fault, at *place, text string) {
	made := issue.Issue{Severity: issue.SeverityError, Code: f.code, Reason: f.reason, Expression: at.String(), Text: text}
	if f.warning {
		made.Severity = issue.SeverityWarning
	} else {
		w.errors++
	}
	for _, other := range w.issues {
		if same(made, other) {
			return
		}
	}
	if w.isFull() {
		w.untold++
		w.untoldError = w.untoldError || !f.warning
		return
	}
	w.issues = append(w.issues, issue.Issue{})
	copy(w.issues[position+1:], w.issues[position:])
	w.issues[position] = made
}

// isFull tells whether more findings are counted only.
func (w *walk) isFull() bool { return len(w.issues) >= maxFindings }

// findings are those of the whole walk, with a last one if there were more.
func (w *walk) findings() []issue.Issue {
	if w.untold == 0 {
		return w.issues
	}
	severity := issue.SeverityWarning
	if w.untoldError {
		severity = issue.SeverityError
	}
	return append(w.issues, issue.Issue{Severity: severity, Code: issue.CodeTooCostly, Reason: "too-many-issues",
		Text: "There are " + strconv.Itoa(w.untold) + " more findings than are listed. Correct these first and validate again."})
}

// same tells whether two findings say the same. Two slices of one element may
// be missing at one place, and are told apart by their text.
func same(a, b issue.Issue) bool {
	if a.Expression != b.Expression || a.Reason != b.Reason || a.Code != b.Code || a.Severity != b.Severity {
		return false
	}
	return a.Text == b.Text || !strings.HasPrefix(a.Reason, "slice-")
}
