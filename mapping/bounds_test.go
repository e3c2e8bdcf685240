package mapping_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tahto/fhir/issue"
	"tahto/mapping"
	"tahto/mapping/consent"
	"tahto/mapping/decision"
)

// crossSector writes a consent between the sectors with so many parts, the
// first of which has so many recipients and classes of data.
func crossSector(grants, recipients, data int) string {
	who := strings.TrimSuffix(strings.TrimPrefix(public, `"actor":[`), `]`)
	what := strings.TrimSuffix(strings.TrimPrefix(summary, `"class":[`), `]`)
	list := func(item string, n int) string { return strings.TrimSuffix(strings.Repeat(item+",", n), ",") }
	first := `{"type":"permit","actor":[` + list(who, recipients) + `],"class":[` + list(what, data) + `]}`
	other := `{"type":"permit",` + public + `,` + summary + `}`
	return declaration("consent-health-to-social", `"provision":{"type":"deny","provision":[`+
		strings.TrimSuffix(first+","+list(other, grants-1), ",")+`]}`)
}

func TestAConsentBetweenTheSectorsIsBounded(t *testing.T) {
	for _, test := range []struct {
		name                     string
		grants, recipients, data int
		ok                       bool
	}{
		{"one part", 1, 1, 1, true},
		{"as many parts as may be", mapping.MaxGrants, 1, 1, true},
		{"a part too many", mapping.MaxGrants + 1, 1, 1, false},
		{"as many recipients as may be", 2, mapping.MaxRecipients - 1, 1, true},
		{"a recipient too many in all", 2, mapping.MaxRecipients, 1, false},
		{"as many classes as may be", 2, 1, mapping.MaxData - 1, true},
		{"a class too many in all", 2, 1, mapping.MaxData, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := mapping.ReadStatement(parse(t, crossSector(test.grants, test.recipients, test.data)))
			if test.ok {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if issue.KindOf(err) != issue.Unprocessable {
				t.Fatalf("got %v, want unprocessable", err)
			}
			if got := issues(t, err); len(got) != 1 || got[0].Code != issue.CodeTooCostly || got[0].Expression != "Consent.provision.provision" {
				t.Errorf("got %v, want one too-costly at Consent.provision.provision", got)
			}
		})
	}
}

// TestUnknownElementsAreRefusedQuickly guards against looking each of them up
// among all the others.
func TestUnknownElementsAreRefusedQuickly(t *testing.T) {
	var members strings.Builder
	for i := range 40_000 {
		fmt.Fprintf(&members, `,"x%d":1`, i)
	}
	r := parse(t, declaration("denial-health", `"provision":{"type":"deny"`+members.String()+`}`))
	start := time.Now()
	if _, err := mapping.ReadStatement(r); issue.KindOf(err) != issue.Unprocessable {
		t.Fatalf("got %v, want unprocessable", err)
	}
	if got := time.Since(start); got > time.Second {
		t.Errorf("took %v, want a small part of a second", got)
	}
}

// BenchmarkDecideByTheLargestConsent is a thousand items held against the
// largest consent between the sectors that is taken: the requester may receive by
// every part of it, and none has the data.
func BenchmarkDecideByTheLargestConsent(b *testing.B) {
	s, err := mapping.ReadStatement(parse(b, crossSector(mapping.MaxGrants, mapping.MaxRecipients-mapping.MaxGrants+1, mapping.MaxData-mapping.MaxGrants+1)))
	if err != nil {
		b.Fatal(err)
	}
	asked := decision.Item{
		Sector: decision.Health, Register: consent.PatientPublic,
		Controller: consent.Identifier{System: consent.URISystem, Value: "urn:oid:1.2.246.10.1"},
		Category:   consent.Coding{System: mapping.DataCategorySystem, Code: "events"},
	}
	information := consent.Statement{Kind: consent.Information, Status: consent.Active, From: s.From, Declared: s.Declared, Information: consent.Information20}
	request := decision.Request{
		At: now, Operation: decision.Disclose, Channel: decision.Local, Purpose: decision.Care, Relationship: true, AccessRight: true,
		Requester: decision.Requester{Organisation: consent.Identifier{System: consent.URISystem, Value: "urn:oid:1.2.246.10.2"}, Register: consent.Social},
	}
	directory, err := decision.NewDirectory([]decision.Organisation{{Identifier: request.Requester.Organisation, Public: true}})
	if err != nil {
		b.Fatal(err)
	}
	setting := decision.Setting{Directory: directory}
	for b.Loop() {
		hearing := setting.Hear(request, []consent.Statement{information, s})
		for range mapping.MaxItems {
			if hearing.Decide(&asked).Effect == decision.Permit {
				b.Fatal("permitted")
			}
		}
	}
}
