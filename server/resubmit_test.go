package main

import (
	"bytes"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"tahto/fhir"
)

// again is a server that can be stopped and started on the same data.
type again struct {
	t      *testing.T
	data   string   // the folder
	engine []string // the flags that choose what is served, -data among them
	*instance
}

const publicBase = "http://tahto.test/fhir"

func startAgain(t *testing.T, e testEngine, more ...string) *again {
	t.Helper()
	data := filepath.Join(t.TempDir(), "kept")
	engine := append(e.args(t), "-data", data, "-base", publicBase)
	return &again{t, data, engine, start(t, append(engine, more...)...)}
}

func (a *again) restart() {
	a.t.Helper()
	if err := a.stop(); err != nil {
		a.t.Fatal(err)
	}
	a.instance = start(a.t, a.engine...)
}

// submit sends a Bundle and expects the status.
func (a *again) submit(body []byte, want int) answer {
	a.t.Helper()
	got, err := send(http.MethodPost, a.base, fhirHeader, body)
	if err != nil {
		a.t.Fatal(err)
	}
	if got.status != want {
		a.t.Fatalf("status %d, want %d: %s", got.status, want, got.body)
	}
	return got
}

// versions are how many there are of everything.
func (a *again) versions() int {
	a.t.Helper()
	history := exchange(a.t, http.MethodGet, a.base+"/_history?_count=1000", nil, http.StatusOK)
	return history.Root().Get("entry").Len()
}

// eachTransactional runs a test on each engine that has transactions.
func eachTransactional(t *testing.T, test func(*testing.T, *again)) {
	for name, e := range testEngines(t) {
		if e.oneByOne {
			continue
		}
		t.Run(name, func(t *testing.T) { test(t, startAgain(t, e)) })
	}
}

func TestIdentifiedTransactionIsDoneOnceAndAnsweredAlike(t *testing.T) {
	eachTransactional(t, func(t *testing.T, s *again) {
		sent := submission("first", pairsOf("a", 3, false, false)...)
		first := s.submit(sent, http.StatusOK)
		n := s.versions()
		if n != 6 {
			t.Errorf("%d versions, want 6", n)
		}
		for _, when := range []string{"at once", "after a restart"} {
			if when != "at once" {
				s.restart()
			}
			second := s.submit(sent, http.StatusOK)
			if !bytes.Equal(first.body, second.body) {
				t.Errorf("%s the answer is another:\n%s\n%s", when, first.body, second.body)
			}
			if got := s.versions(); got != n {
				t.Errorf("%s there are %d versions, before %d", when, got, n)
			}
		}
	})
}

func TestIdentifierOfAnotherTransactionIsRefused(t *testing.T) {
	eachTransactional(t, func(t *testing.T, s *again) {
		s.submit(submission("first", pairsOf("a", 1, false, false)...), http.StatusOK)
		other := submission("first", pairsOf("b", 1, false, false)...)
		if got := firstIssue(t, s.submit(other, http.StatusUnprocessableEntity)); got != "duplicate Bundle.identifier" {
			t.Errorf("got %s", got)
		}
		if got := s.versions(); got != 2 {
			t.Errorf("%d versions, want 2", got)
		}
		s.submit(bytes.Replace(other, []byte("example.org/submission"), []byte("example.org/another"), 1), http.StatusOK)
	})
}

func TestIdentifierOfATransactionIsComplete(t *testing.T) {
	s := startAgain(t, testEngines(t)["Embedded"])
	whole := string(submission("x", pairsOf("a", 1, false, false)...))
	for name, identifier := range map[string]string{
		"no system":    `{"value":"x"}`,
		"no value":     `{"system":"http://example.org/submission"}`,
		"empty system": `{"system":"","value":"x"}`,
		"a list":       `[{"system":"http://example.org/submission","value":"x"}]`,
		"a text":       `"x"`,
	} {
		t.Run(name, func(t *testing.T) {
			sent := strings.Replace(whole, `{"system":"http://example.org/submission","value":"x"}`, identifier, 1)
			if got := firstIssue(t, s.submit([]byte(sent), http.StatusBadRequest)); got != "required Bundle.identifier" {
				t.Errorf("got %s", got)
			}
		})
	}
	batch := strings.Replace(whole, `"transaction"`, `"batch"`, 1)
	s.submit([]byte(strings.Replace(batch, `"system":"http://example.org/submission",`, "", 1)), http.StatusOK)
}

func TestTransactionThatFailedMayBeCorrected(t *testing.T) {
	eachTransactional(t, func(t *testing.T, s *again) {
		right := submission("first", pairsOf("a", 1, false, false)...)
		s.submit(bytes.Replace(right, []byte(`"active"`), []byte(`"waiting"`), 1), http.StatusUnprocessableEntity)
		s.submit(right, http.StatusOK)
	})
}

func TestEveryAnswerToAnIdentifiedTransactionIsRecorded(t *testing.T) {
	s := startAgain(t, testEngines(t)["Embedded"])
	sent := submission("first", pairsOf("a", 1, false, false)...)
	s.submit(sent, http.StatusOK)
	s.submit(sent, http.StatusOK)
	records := strings.Split(strings.TrimSpace(string(readFile(t, s.data, "audit.ndjson"))), "\n")
	if len(records) != 2 || strings.Contains(records[0], `"again"`) || !strings.Contains(records[1], `"again":true`) {
		t.Fatalf("got %d records:\n%s", len(records), strings.Join(records, "\n"))
	}
	changes := func(record string) string {
		_, rest, _ := strings.Cut(record, `"changes":`)
		list, _, _ := strings.Cut(rest, "]")
		return list
	}
	if changes(records[0]) != changes(records[1]) || !strings.Contains(records[0], "Provenance/") {
		t.Errorf("the changes differ:\n%s", strings.Join(records, "\n"))
	}
}

func TestPairIsTakenAsThereWhenItIsSentAgain(t *testing.T) {
	eachTransactional(t, func(t *testing.T, s *again) {
		pairs := pairsOf("a", 4, false, true)
		first := locations(t, s.submit(submission("", pairs[:2]...), http.StatusOK))
		n := s.versions()
		// Provenances before what they tell of, and two pairs more.
		for _, sent := range [][]byte{submission("", pairs[:2]...), submission("", pairs...)} {
			if got := locations(t, s.submit(sent, http.StatusOK)); !strings.HasPrefix(got, first) {
				t.Errorf("the second answer tells of\n%s\nthe first of\n%s", got, first)
			}
		}
		if got := s.versions(); got != n+4 {
			t.Errorf("%d versions, want %d", got, n+4)
		}
	})
}

func TestAnotherProvenanceOfWhatIsThereIsRefused(t *testing.T) {
	eachTransactional(t, func(t *testing.T, s *again) {
		sent := submission("", pairsOf("a", 1, false, true)...)
		s.submit(sent, http.StatusOK)
		other := bytes.Replace(sent, []byte(`"recorded":"2024-01-10T09:00:00+02:00"`), []byte(`"recorded":"2024-01-10T09:00:00.000+02:00"`), 1)
		refused := s.submit(other, http.StatusUnprocessableEntity)
		if got := firstIssue(t, refused); got != "business-rule Bundle.entry[1].resource.target" || !bytes.Contains(refused.body, []byte("provenance-misplaced")) {
			t.Errorf("got %s: %s", got, refused.body)
		}
		if got := s.versions(); got != 2 {
			t.Errorf("%d versions, want 2", got)
		}
	})
}

func TestReceiptsMoveToAnotherEngine(t *testing.T) {
	from := startAgain(t, testEngines(t)["Embedded"])
	sent := submission("first", pairsOf("a", 2, false, false)...)
	first := from.submit(sent, http.StatusOK)
	if err := from.stop(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "export.ndjson")
	mustTell(t, "export", "-data", from.data, file)
	eachTransactional(t, func(t *testing.T, to *again) {
		if err := to.stop(); err != nil {
			t.Fatal(err)
		}
		mustTell(t, append(append([]string{"import"}, to.engine...), file)...)
		to.instance = start(t, to.engine...)
		if second := to.submit(sent, http.StatusOK); !bytes.Equal(first.body, second.body) {
			t.Errorf("the answer is another:\n%s\n%s", first.body, second.body)
		}
		if got := to.versions(); got != 4 {
			t.Errorf("%d versions, want 4", got)
		}
	})
}

// firstIssue is the code and the place of the first issue of an answer.
func firstIssue(t *testing.T, a answer) string {
	t.Helper()
	outcome, err := fhir.Parse(a.body)
	if err != nil {
		t.Fatal(err)
	}
	first := outcome.Root().Get("issue").At(0)
	return first.Get("code").Text() + " " + first.Get("expression").At(0).Text()
}
