package kit

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"
)

// The elements of JUnit's XML, as far as CI systems agree on them.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Skipped  int          `xml:"skipped,attr"`
		Time     string       `xml:"time,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Time     string      `xml:"time,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		Time    string        `xml:"time,attr"`
		Failure *junitMessage `xml:"failure"`
		Skipped *junitMessage `xml:"skipped"`
	}
	junitMessage struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

// WriteJUnit writes the report as JUnit XML: a suite for each section. What is
// not claimed, or is about other servers, is skipped.
func (r Report) WriteJUnit(w io.Writer) error {
	all := junitSuites{Name: r.Base, Failures: r.Count(Failed), Skipped: r.Count(NotClaimed) + r.Count(NotMeant), Time: seconds(r.Took)}
	for _, s := range r.Sections {
		all.Tests += len(s.Results)
		all.Suites = append(all.Suites, s.junit())
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	encoder := xml.NewEncoder(w)
	encoder.Indent("", " ")
	return encoder.Encode(all)
}

func (s SectionReport) junit() junitSuite {
	suite := junitSuite{Name: s.Name, Tests: len(s.Results), Failures: s.Count(Failed), Skipped: s.Count(NotClaimed) + s.Count(NotMeant)}
	var took time.Duration
	for _, r := range s.Results {
		took += r.Took
		one := junitCase{Class: s.Name, Name: r.Case.ID, Time: seconds(r.Took)}
		why := strings.Join(r.Why, "\n")
		switch r.Outcome {
		case Passed:
		case Failed:
			one.Failure = &junitMessage{r.Case.Title, why + "\n" + r.Case.Spec}
		default:
			one.Skipped = &junitMessage{Message: strings.TrimSpace(string(r.Outcome) + " " + why)}
		}
		suite.Cases = append(suite.Cases, one)
	}
	suite.Time = seconds(took)
	return suite
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }
