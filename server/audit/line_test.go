package audit_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tahto/mapping/consent"
	"tahto/mapping/decision"
	"tahto/server/audit"
)

var (
	noon   = time.Date(2025, 6, 15, 9, 0, 0, 0, time.UTC)
	person = consent.Identifier{System: "urn:oid:1.2.246.21", Value: "160350-900N"}
	alfa   = consent.Identifier{System: "urn:ietf:rfc:3986", Value: "urn:oid:1.2.246.10.99000011.19.1"}
)

func change(n int) audit.Entry {
	return audit.Entry{Time: noon, RequestID: fmt.Sprint("r", n), Changes: []audit.Change{
		{Method: "PUT", Reference: fmt.Sprintf("Consent/%d/_history/2", n)},
	}}
}

func decided() audit.Entry {
	return audit.Entry{Time: noon, RequestID: "r1", Decision: &audit.Decision{
		Person: person, Audit: true,
		Request: decision.Request{
			At: noon, Operation: decision.Disclose, Channel: decision.Kanta, Purpose: decision.Care,
			Requester:    decision.Requester{Organisation: alfa, Register: consent.PatientPublic},
			Relationship: true, Ground: 2,
			Circumstances: decision.Unconscious | decision.Minor,
		},
		Items: []audit.Item{{
			ID:           "ä \"1\"\n",
			Asked:        decision.Item{Sector: decision.Health, Controller: alfa, ServiceTask: consent.Coding{System: "s", Code: "c"}},
			Decided:      decision.Decision{Effect: decision.Permit, Reason: decision.ReasonConsent, Rule: "R20"},
			Declarations: []string{"Consent/1/_history/3"},
		}, {ID: "unread"}},
	}}
}

// record is the line that the entry becomes, read back as plain JSON.
func record(t *testing.T, e audit.Entry) map[string]any {
	t.Helper()
	var out bytes.Buffer
	if err := audit.NewLog(&out).Record(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(out.String(), "\n"); got != 1 || !strings.HasSuffix(out.String(), "\n") {
		t.Fatalf("%d line ends, want one, at the end", got)
	}
	var read map[string]any
	if err := json.Unmarshal(out.Bytes(), &read); err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	return read
}

func TestDecisionRecordHoldsWhoAskedAboutWhomAndWhy(t *testing.T) {
	organisation := alfa.System + "|" + alfa.Value
	want := map[string]any{
		"time": "2025-06-15T09:00:00Z", "request": "r1",
		"decision": map[string]any{
			"person": person.System + "|" + person.Value,
			"at":     "2025-06-15T09:00:00Z", "operation": "disclose", "channel": "kanta", "purpose": "care",
			"requester":    map[string]any{"organization": organisation, "register": "patient"},
			"relationship": true, "ground": 2.0, "audit": true,
			"circumstances": []any{"unconscious", "minor"},
			"items": []any{
				map[string]any{
					"id": "ä \"1\"\n", "sector": "health", "controller": organisation,
					"serviceTask": "s|c",
					"decision":    "permit", "reason": "consent", "rule": "R20",
					"declarations": []any{"Consent/1/_history/3"},
				},
				map[string]any{"id": "unread", "decision": "deny", "reason": "invalid-input"},
			},
		},
	}
	if diff := cmp.Diff(want, record(t, decided())); diff != "" {
		t.Errorf("record (-want +got):\n%s", diff)
	}
}

func TestProfileAndDenialViewAreRecorded(t *testing.T) {
	e := audit.Entry{Time: noon, Decision: &audit.Decision{
		Person:     person,
		Request:    decision.Request{Operation: decision.ViewDenials, DenialUse: decision.ClientWantsChange},
		Scopes:     []audit.Scope{{Sector: decision.Social, Declarations: []string{"Consent/2/_history/1"}}},
		DenialView: &decision.Decision{Effect: decision.Permit, Reason: decision.ReasonDenialViewJustified, Rule: "R02a"},
	}}
	got := record(t, e)["decision"].(map[string]any)
	want := map[string]any{
		"scopes":     []any{map[string]any{"sector": "social", "decision": "deny", "reason": "invalid-input", "declarations": []any{"Consent/2/_history/1"}}},
		"denialView": map[string]any{"decision": "permit", "reason": "denial-view-justified", "rule": "R02a"},
	}
	for name, value := range want {
		if diff := cmp.Diff(value, got[name]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestChangesAreRecorded(t *testing.T) {
	want := map[string]any{
		"time": "2025-06-15T09:00:00Z", "request": "r7",
		"changes": []any{map[string]any{"method": "PUT", "version": "Consent/7/_history/2"}},
	}
	if diff := cmp.Diff(want, record(t, change(7))); diff != "" {
		t.Errorf("record (-want +got):\n%s", diff)
	}
}

// TestEveryCodeReadsBack walks all values of the enumerations that the decision
// can only read, not write: each recorded code must be read as that value.
func TestEveryCodeReadsBack(t *testing.T) {
	text := func(r decision.Request, name string) string {
		code, _ := record(t, audit.Entry{Decision: &audit.Decision{Request: r}})["decision"].(map[string]any)[name].(string)
		return code
	}
	for _, is := range []decision.Operation{decision.Disclose, decision.ViewDenials} {
		if got, _ := decision.ParseOperation(text(decision.Request{Operation: is}, "operation")); got != is {
			t.Errorf("operation %d reads back as %d", is, got)
		}
	}
	for _, is := range []decision.Basis{decision.Basis53, decision.Basis55, decision.Basis56} {
		if got, _ := decision.ParseBasis(text(decision.Request{Basis: is}, "basis")); got != is {
			t.Errorf("basis %d reads back as %d", is, got)
		}
	}
	for _, is := range []decision.DenialViewPurpose{decision.ClientWantsChange, decision.NonKantaDisclosure, decision.ProblemInvestigation} {
		if got := decision.ParseDenialViewPurpose(text(decision.Request{DenialUse: is}, "denialViewPurpose")); got != is {
			t.Errorf("purpose %d reads back as %d", is, got)
		}
	}
	known := 0
	for is := decision.Circumstances(1); is != 0; is <<= 1 {
		got, _ := record(t, audit.Entry{Decision: &audit.Decision{Request: decision.Request{Circumstances: is}}})["decision"].(map[string]any)["circumstances"].([]any)
		if len(got) == 0 {
			continue
		}
		known++
		if back, _ := decision.ParseCircumstance(got[0].(string)); back != is {
			t.Errorf("circumstance %v reads back as %d, want %d", got[0], back, is)
		}
	}
	if known != 19 {
		t.Errorf("%d circumstances have a code, want 19", known)
	}
}
