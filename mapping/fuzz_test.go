package mapping_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/mapping"
	"tahto/mapping/consent"
	"tahto/mapping/decision"
)

// FuzzReadStatement: whatever the resource is, it is read wholly or refused
// with words for the client; what was read is written and read as the same.
func FuzzReadStatement(f *testing.F) {
	for _, text := range []string{healthConsent, denial, socialDenial, prescription, receipt, emergency, toSocial, toHealth, will, provenance} {
		f.Add([]byte(text))
	}
	for _, c := range cases(f) {
		for _, entry := range c.Bundle.Entry {
			f.Add([]byte(entry.Resource))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := fhir.Parse(data)
		if err != nil {
			return
		}
		_ = mapping.IsDeclaration(r)
		if err := mapping.CheckProvenance(r, false); err != nil && issue.KindOf(err) != issue.Unprocessable {
			t.Fatalf("CheckProvenance: %v", err)
		}
		s, err := mapping.ReadStatement(r)
		if err != nil {
			if issue.KindOf(err) != issue.Unprocessable || !cmp.Equal(s, consent.Statement{}) {
				t.Fatalf("got %v and %+v, want a refusal and nothing else", err, s)
			}
			return
		}
		if !mapping.IsDeclaration(r) || s.Kind == consent.UnknownKind || !mapping.ValidIdentityCode(s.Person.Value) {
			t.Fatalf("was read as %+v", s)
		}
		again, err := mapping.ReadStatement(parse(t, string(mapping.WriteConsent(s).JSON())))
		if err != nil || !cmp.Equal(s, again) {
			t.Fatalf("written and read again: %v %s", err, cmp.Diff(s, again))
		}
	})
}

// FuzzReadEvaluation: whatever is asked, nothing is permitted that was not
// asked for in full, and the answer has an item for each in the question.
func FuzzReadEvaluation(f *testing.F) {
	f.Add([]byte(ask(itemPart)))
	f.Add([]byte(ask(audit, `{"name":"ground","valueInteger":1}`, `{"name":"basis","valueCode":"703-2023-56"}`)))
	for _, c := range cases(f) {
		f.Add([]byte(c.Request))
	}
	setting := setting(f)
	declared := declarations(f, receipt, healthConsent, denial, prescription, toSocial)
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := fhir.Parse(data)
		if err != nil {
			return
		}
		e, err := mapping.ReadEvaluation(r, now)
		if err != nil {
			if kind := issue.KindOf(err); e != nil || kind != issue.Invalid && kind != issue.Unprocessable {
				t.Fatalf("got %v beside %v", e, err)
			}
			return
		}
		o := e.Decide(setting, declared)
		for i, d := range o.Items {
			asked := e.Request.Relationship && e.Request.AccessRight && !e.Items[i].Malformed && e.Items[i].Asked.Sector != decision.UnknownSector
			if d.Effect != decision.Deny && !asked {
				t.Fatalf("item %d is permitted: %+v", i, d)
			}
		}
		answer := parse(t, string(o.Parameters().JSON()))
		if got := answer.Root().Get("parameter").Len(); got != len(e.Items) && len(e.Items) > 0 {
			t.Fatalf("got %d answers to %d items", got, len(e.Items))
		}
		if !e.Audit && bytes.Contains(answer.JSON(), []byte("/_history/")) {
			t.Fatalf("a requester is told of a declaration: %s", answer.JSON())
		}
	})
}
