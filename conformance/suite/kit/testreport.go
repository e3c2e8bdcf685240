package kit

import (
	"fmt"
	"io"
	"strings"
	"time"

	"tahto/fhir"
)

// verdicts are the outcomes of actions, in the words of
// http://hl7.org/fhir/report-action-result-codes, and of reports, in those of
// http://hl7.org/fhir/report-result-codes, which know nothing of skipping.
var (
	verdicts = map[Outcome]string{Passed: "pass", Failed: "fail", NotClaimed: "skip", NotMeant: "skip"}
	results  = map[Outcome]string{Passed: "pass", Failed: "fail", NotClaimed: "pending", NotMeant: "pending"}
)

// WriteTestReports writes the report as FHIR
// (https://hl7.org/fhir/R4/testreport.html): a Bundle with a TestReport for each
// case, which refers to the TestScript that [Scripts] writes of it; a case that
// no script can say stands there as an identifier. The actions are those of the
// script: what was sent is an operation, and each thing that was expected of the
// answer an assert after it. What was skipped has the result pending.
func (r Report) WriteTestReports(w io.Writer) error {
	b := fhir.NewWriter("Bundle")
	b.String("type", "collection")
	b.Array("entry")
	number := 0
	for _, s := range r.Sections {
		for _, one := range s.Results {
			number++
			report, err := r.testReport(one)
			if err != nil {
				return err
			}
			b.Object("")
			b.String("fullUrl", "urn:uuid:"+uuid(uint64(r.Started.UnixNano()), number, 0))
			b.Raw("resource", report.JSON())
			b.End()
		}
	}
	b.EndArray()
	_, err := w.Write(b.Resource().JSON())
	return err
}

func (r Report) testReport(one Result) (*fhir.Resource, error) {
	w := fhir.NewWriter("TestReport")
	w.String("name", one.Case.ID)
	w.String("status", "completed")
	if err := one.script(w); err != nil {
		return nil, err
	}
	w.String("result", results[one.Outcome])
	w.String("issued", r.Started.UTC().Format(time.RFC3339))
	w.Array("participant")
	w.Object("")
	w.String("type", "server")
	w.String("uri", r.Base)
	w.Optional("display", r.Software)
	w.End()
	w.EndArray()
	w.Array("test")
	one.test(w)
	w.EndArray()
	return w.Resource(), nil
}

// script refers to the TestScript of the case, or names the case.
func (r Result) script(w *fhir.Writer) error {
	s, err := script(r.Case, own(0, 0).and(variables{"base": ""}), time.Time{})
	if err != nil {
		return err
	}
	w.Object("testScript")
	if len(s.unsaid) == 0 {
		w.String("reference", scriptURL(r.Case.ID))
	} else {
		w.Object("identifier")
		w.String("system", fhir.Base+"/suite")
		w.String("value", r.Case.ID)
		w.End()
	}
	w.String("display", r.Case.Title)
	w.End()
	return nil
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

// actions are the request, and an assert for each thing that was expected of its
// answer.
func (e *Exchange) actions(w *fhir.Writer) {
	if e.Unsent != "" {
		action(w, "operation", "error", fmt.Sprintf("%s %s: no answer: %s", e.Method, e.URL, e.Unsent))
		return
	}
	action(w, "operation", verdicts[Passed], fmt.Sprintf("%s %s: %d", e.Method, e.URL, e.Status))
	for _, c := range e.Checks {
		if c.Fault == "" {
			action(w, "assert", verdicts[Passed], "Expected: "+c.Text)
			continue
		}
		action(w, "assert", verdicts[Failed], "Expected: "+c.Text+". Not as expected: "+c.Fault)
	}
}

func action(w *fhir.Writer, kind, result, message string) {
	w.Object("")
	w.Object(kind)
	w.String("result", result)
	w.String("message", message)
	w.End()
	w.End()
}
