package mapping_test

import (
	"bytes"
	"encoding/json"
	"os"
	"strconv"
	"testing"
	"time"

	"tahto/fhir"
	"tahto/mapping"
	"tahto/mapping/consent"
	"tahto/mapping/decision"
)

// worked is one line of testdata/decisions.fhir.ndjson: what the person has
// declared, what is asked, and what the law says.
type worked struct {
	ID     string `json:"id"`
	Bundle struct {
		ResourceType, Type string
		Entry              []struct {
			FullURL  string
			Resource json.RawMessage
			Request  json.RawMessage
		}
	} `json:"bundle"`
	// Request are the Parameters of $evaluate, asked with detail=audit.
	Request json.RawMessage `json:"request"`
	Expect  struct {
		Decision string `json:"decision"`
		Reason   string `json:"reason"`
	} `json:"expect"`
}

// now is after every case, so that a case that forgets its instant shows.
var now = time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)

func cases(t testing.TB) []worked {
	t.Helper()
	text, err := os.ReadFile("testdata/decisions.fhir.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	var all []worked
	for line := range bytes.Lines(text) {
		var one worked
		decoder := json.NewDecoder(bytes.NewReader(line))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&one); err != nil {
			t.Fatal(err)
		}
		all = append(all, one)
	}
	if len(all) < 127 {
		t.Fatalf("got %d cases, want 127", len(all))
	}
	return all
}

func setting(t testing.TB) *decision.Setting {
	t.Helper()
	text, err := os.ReadFile("decision/testdata/directory.json")
	if err != nil {
		t.Fatal(err)
	}
	directory, err := decision.ParseDirectory(text)
	if err != nil {
		t.Fatal(err)
	}
	return &decision.Setting{Directory: directory}
}

// declared reads every Consent of a case, as if stored in its version 1.
func (c *worked) declared(t testing.TB) []consent.Statement {
	t.Helper()
	var all []consent.Statement
	for _, entry := range c.Bundle.Entry {
		r := parse(t, string(entry.Resource)).Stamp("c"+strconv.Itoa(len(all)), 1, now)
		if !mapping.IsDeclaration(r) {
			t.Fatal("a declaration is not taken for one")
		}
		s, err := mapping.ReadStatement(r)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	return all
}

func decide(t testing.TB, setting *decision.Setting, request string, declared []consent.Statement) *fhir.Resource {
	t.Helper()
	e, err := mapping.ReadEvaluation(parse(t, request), now)
	if err != nil {
		t.Fatalf("%v\n%s", err, request)
	}
	o := e.Decide(setting, declared)
	return parse(t, string(o.Parameters().JSON()))
}

// part is the first parameter or part of that name.
func part(e fhir.Element, list, name string) fhir.Element {
	for p := range e.Each(list) {
		if p.Get("name").Text() == name {
			return p
		}
	}
	return fhir.Element{}
}

func TestWorkedCasesAreDecidedAsTheLawSays(t *testing.T) {
	setting := setting(t)
	for _, c := range cases(t) {
		t.Run(c.ID, func(t *testing.T) {
			answer := decide(t, setting, string(c.Request), c.declared(t)).Root()
			holder, list := part(answer, "parameter", "item"), "part"
			if !holder.Exists() {
				holder, list = answer, "parameter"
			}
			got := part(holder, list, "decision").Get("valueCode").Text()
			reason := part(holder, list, "reason").Get("valueCoding").Get("code").Text()
			if got != c.Expect.Decision || reason != c.Expect.Reason {
				t.Errorf("got %s %s, want %s %s", got, reason, c.Expect.Decision, c.Expect.Reason)
			}
		})
	}
}

// asRequester is the request of a case as a professional asks it.
func (c *worked) asRequester(t testing.TB) string {
	return withPart(t, string(c.Request), `"valueCode": "audit"`, `"valueCode": "requester"`)
}

func TestRequesterCannotTellADenialFromNoConsent(t *testing.T) {
	setting := setting(t)
	denied, compared := 0, 0
	for _, c := range cases(t) {
		if c.Expect.Reason != "denial-in-force" && c.Expect.Reason != "prescription-denied" {
			continue
		}
		denied++
		t.Run(c.ID, func(t *testing.T) {
			request := c.asRequester(t)
			got := decide(t, setting, request, c.declared(t)).JSON()
			for _, leak := range []string{"denial", "declaration", "rule", "except", "Consent/", "O-HIDE"} {
				if bytes.Contains(got, []byte(leak)) {
					t.Errorf("the answer tells of %s:\n%s", leak, got)
				}
			}
			want := decide(t, setting, request, nil)
			if part(part(want.Root(), "parameter", "item"), "part", "decision").Get("valueCode").Text() == "permit" {
				return // no consent is needed here, so that nothing else can look like a denial
			}
			compared++
			if !bytes.Equal(got, want.JSON()) {
				t.Errorf("with a denial:\n%s\nwithout any declaration:\n%s", got, want.JSON())
			}
		})
	}
	if denied < 20 || compared < 15 {
		t.Errorf("only %d cases are denied by a denial, %d of them compared", denied, compared)
	}
}

func TestRequesterIsShownNoDeclarationInAnyCase(t *testing.T) {
	setting := setting(t)
	for _, c := range cases(t) {
		answer := decide(t, setting, c.asRequester(t), c.declared(t)).JSON()
		for _, leak := range []string{`"rule"`, `"declaration"`, `"ground"`, `"except"`, "withdrawn", "denial-in-force", "wrong-sector"} {
			if bytes.Contains(answer, []byte(leak)) {
				t.Errorf("%s: the answer tells %s:\n%s", c.ID, leak, answer)
			}
		}
	}
}

func TestAuditNamesTheVersionsADecisionRestsOn(t *testing.T) {
	setting := setting(t)
	for _, c := range cases(t) {
		if c.Expect.Reason != "denial-in-force" {
			continue
		}
		item := part(decide(t, setting, string(c.Request), c.declared(t)).Root(), "parameter", "item")
		if got := part(item, "part", "rule").Get("valueString").Text(); got != "R16" {
			t.Errorf("%s: got rule %q, want R16", c.ID, got)
		}
		reference := part(item, "part", "declaration").Get("valueReference").Get("reference").Text()
		if want := "Consent/c"; len(reference) < len(want) || reference[:len(want)] != want || reference[len(reference)-len("/_history/1"):] != "/_history/1" {
			t.Errorf("%s: got declaration %q, want a version of a Consent", c.ID, reference)
		}
	}
}
