package kit

import (
	"fmt"
	"io"
	"strings"
	"time"

	"tahto/fhir"
)

// verdicts are the outcomes in the words of
// http://hl7.org/fhir/report-action-result-codes.
var verdicts = map[Outcome]string{Passed: "pass", Failed: "fail", NotClaimed: "skip", NotMeant: "skip"}

// WriteTestReports writes the report as FHIR
// (https://hl7.org/fhir/R4/testreport.html): a Bundle with a TestReport for each
// section, which has a test for each case. What was sent is an operation, and
// what was expected of its answer an assert after it. R4 asks for the TestScript that was run;
// there is none, so the section stands in its place as an identifier.
func (r Report) WriteTestReports(w io.Writer) error {
	b := fhir.NewWriter("Bundle")
	b.String("type", "collection")
	b.Array("entry")
	for i, s := range r.Sections {
		b.Object("")
		b.String("fullUrl", "urn:uuid:"+uuid(uint64(r.Started.UnixNano()), i, 0))
		b.Raw("resource", r.testReport(s).JSON())
		b.End()
	}
	b.EndArray()
	_, err := w.Write(b.Resource().JSON())
	return err
}

func (r Report) testReport(s SectionReport) *fhir.Resource {
	w := fhir.NewWriter("TestReport")
	w.String("name", s.Title)
	w.String("status", "completed")
	w.Object("testScript")
	w.Object("identifier")
	w.String("system", fhir.Base+"/suite")
	w.String("value", s.Name)
	w.End()
	w.End()
	w.String("result", verdicts[s.outcome()])
	w.String("issued", r.Started.UTC().Format(time.RFC3339))
	w.Array("participant")
	w.Object("")
	w.String("type", "server")
	w.String("uri", r.Base)
	w.Optional("display", r.Software)
	w.End()
	w.EndArray()
	w.Array("test")
	for _, one := range s.Results {
		one.test(w)
	}
	w.EndArray()
	return w.Resource()
}

// outcome is that of all cases together: one that failed fails the section.
func (s SectionReport) outcome() Outcome {
	if s.Count(Failed) > 0 {
		return Failed
	}
	return Passed
}

func (r Result) test(w *fhir.Writer) {
	w.Object("")
	w.String("name", r.Case.ID)
	w.String("description", r.Case.Title)
	w.Array("action")
	for i := range r.Exchanges {
		r.Exchanges[i].actions(w)
	}
	// What was not run, or could not be sent, has no exchange.
	if len(r.Exchanges) == 0 {
		action(w, "operation", verdicts[r.Outcome], strings.TrimSpace(string(r.Outcome)+" "+strings.Join(r.Why, "; ")))
	} else if r.Outcome == Failed {
		action(w, "assert", verdicts[Failed], strings.Join(r.Why, "; "))
	}
	w.EndArray()
	w.End()
}

// actions are the request, and one assert for all that was expected of its
// answer.
func (e *Exchange) actions(w *fhir.Writer) {
	sent, fault := verdicts[Passed], ""
	if e.Status == 0 {
		sent = "error"
	}
	action(w, "operation", sent, fmt.Sprintf("%s %s: %d", e.Method, e.URL, e.Status))
	held := verdicts[Passed]
	if len(e.Faults) > 0 {
		held, fault = verdicts[Failed], ". Not as expected: "+strings.Join(e.Faults, "; ")
	}
	action(w, "assert", held, "Expected: "+strings.Join(e.Expected, "; ")+fault)
}

func action(w *fhir.Writer, kind, result, message string) {
	w.Object("")
	w.Object(kind)
	w.String("result", result)
	w.String("message", message)
	w.End()
	w.End()
}
