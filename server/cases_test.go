package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"tahto/fhir"
)

// caseDirectory are the organisations of the worked cases.
const caseDirectory = "../mapping/decision/testdata/directory.json"

// workedCase is one line of the worked cases as FHIR. Every case has a person
// of its own, so that all can be asked of one server.
type workedCase struct {
	ID            string          `json:"id"`
	Bundle        json.RawMessage `json:"bundle"`
	Request       json.RawMessage `json:"request"`
	Configuration struct {
		UusimaaUntil string `json:"uusimaaUntil"`
	} `json:"configuration"`
	Expect expectation `json:"expect"`
}

// expectation is what must come out of a case.
type expectation struct {
	Decision string `json:"decision"`
	Reason   string `json:"reason"`
}

func TestWorkedCasesHoldOverHTTP(t *testing.T) {
	for name, e := range testEngines(t) {
		t.Run(name, func(t *testing.T) { checkCases(t, e) })
	}
}

func checkCases(t *testing.T, e testEngine) {
	programs := map[string]*instance{}
	lines := strings.Split(strings.TrimSpace(string(readFile(t, "../mapping/testdata/decisions.fhir.ndjson"))), "\n")
	if len(lines) < 127 {
		t.Fatalf("%d cases, want 127 or more", len(lines))
	}
	for _, line := range lines {
		var c workedCase
		readStrict(t, []byte(line), &c)
		until := c.Configuration.UusimaaUntil
		if programs[until] == nil {
			programs[until] = start(t, append(e.args(t), "-intake", "archive", "-directory", caseDirectory, "-uusimaa-until", until)...)
		}
		t.Run(c.ID, func(t *testing.T) { c.check(t, programs[until].base, e.oneByOne) })
	}
}

func (c workedCase) check(t *testing.T, base string, oneByOne bool) {
	if oneByOne {
		c.store(t, base)
	} else {
		post(t, base, c.Bundle, http.StatusOK)
	}
	answer := post(t, base+"/Consent/$evaluate", c.Request, http.StatusOK)
	if got := c.answered(answer); got != c.Expect {
		t.Errorf("got %+v, want %+v\n%s", got, c.Expect, answer.JSON())
	}
}

func (c workedCase) answered(answer *fhir.Resource) expectation {
	if item := parameter(answer.Root(), "parameter", "item"); item.Exists() {
		return answered(item, "part")
	}
	return answered(answer.Root(), "parameter")
}

// store sends the resources of the Bundle, which don't refer to each other, one
// by one.
func (c workedCase) store(t *testing.T, base string) {
	bundle, err := fhir.Parse(c.Bundle)
	if err != nil {
		t.Fatal(err)
	}
	for entry := range bundle.Root().Each("entry") {
		resource := entry.Get("resource").Resource()
		post(t, base+"/"+resource.Type(), resource.JSON(), http.StatusCreated)
	}
}

// answered reads the decision about an item, or about seeing the list of
// denials, which is no item.
func answered(e fhir.Element, list string) expectation {
	return expectation{
		Decision: parameter(e, list, "decision").Get("valueCode").Text(),
		Reason:   parameter(e, list, "reason").Get("valueCoding").Get("code").Text(),
	}
}
