package mapping_test

import (
	"errors"
	"testing"
	"time"
	_ "time/tzdata"
	"unsafe"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/mapping"
	"tahto/mapping/consent"
)

// helsinki is the zone in which days begin.
var helsinki = fhir.InFinland(time.Time{}).Location()

func parse(t testing.TB, text string) *fhir.Resource {
	t.Helper()
	r, err := fhir.Parse([]byte(text))
	if err != nil {
		t.Fatalf("parse: %v\n%s", err, text)
	}
	return r
}

// issues gives the findings of an error, and fails if it is none of ours.
func issues(t testing.TB, err error) []issue.Issue {
	t.Helper()
	e, ok := errors.AsType[*issue.Error](err)
	if !ok {
		t.Fatalf("got error %v, want one a client may see", err)
	}
	return e.Issues
}

func identifiers() *rapid.Generator[consent.Identifier] {
	return rapid.Custom(func(t *rapid.T) consent.Identifier {
		return consent.Identifier{
			System: rapid.SampledFrom([]string{"urn:ietf:rfc:3986", "urn:oid:1.2.246.10", "https://example.org/ä"}).Draw(t, "system"),
			Value:  rapid.StringMatching(`urn:oid:[012](\.[1-9][0-9]{0,5}){1,8}`).Draw(t, "value"),
		}
	})
}

func organisations() *rapid.Generator[consent.Identifier] {
	return rapid.Map(identifiers(), func(id consent.Identifier) consent.Identifier {
		id.System = consent.URISystem
		return id
	})
}

func codings() *rapid.Generator[consent.Coding] {
	return rapid.Custom(func(t *rapid.T) consent.Coding {
		if rapid.Bool().Draw(t, "readable") {
			return consent.Coding{System: mapping.ServiceTaskSystem, Code: rapid.SampledFrom([]string{"families", "elderly", "family-law"}).Draw(t, "task")}
		}
		return consent.Coding{System: mapping.NationalServiceTaskSystem, Code: rapid.StringMatching(`[a-z0-9]([a-z -]{0,6}[a-z0-9])?`).Draw(t, "code")}
	})
}

// times are starts of Finnish days and other instants, summer and winter.
func times() *rapid.Generator[time.Time] {
	return rapid.Custom(func(t *rapid.T) time.Time {
		day := time.Date(2020, 1, 1+rapid.IntRange(0, 3000).Draw(t, "day"), 0, 0, 0, 0, helsinki)
		if rapid.Bool().Draw(t, "whole day") {
			return day
		}
		return day.Add(time.Duration(rapid.Int64Range(0, int64(24*time.Hour)).Draw(t, "time")))
	})
}

func periods() *rapid.Generator[consent.Period] {
	return rapid.Custom(func(t *rapid.T) consent.Period {
		from, until := times().Draw(t, "from"), times().Draw(t, "until")
		if until.Before(from) {
			from, until = until, from
		}
		switch rapid.IntRange(0, 2).Draw(t, "bounds") {
		case 0:
			return consent.Period{From: from}
		case 1:
			return consent.Period{Until: until}
		}
		if _, is := dayStart(until); is && until.Equal(from) {
			until = until.AddDate(0, 0, 1) // FHIR can't write an empty period of days
		}
		return consent.Period{From: from, Until: until}
	})
}

func dayStart(t time.Time) (time.Time, bool) {
	year, month, day := fhir.InFinland(t).Date()
	start := time.Date(year, month, day, 0, 0, 0, 0, helsinki)
	return start, start.Equal(t)
}

func targets(kind consent.Kind) *rapid.Generator[*consent.Target] {
	return rapid.Custom(func(t *rapid.T) *consent.Target {
		target := &consent.Target{}
		name := identifiers().Draw(t, "name")
		switch choice := rapid.IntRange(0, 3).Draw(t, "target"); {
		case kind == consent.DenialPrescription:
			target.Kind, target.Prescription = consent.TargetPrescription, name
		case choice == 0:
			return nil
		case choice == 1:
			target.Kind = consent.TargetController
		case kind == consent.DenialHealth:
			target.Kind, target.ServiceEvent = consent.TargetServiceEvent, name
		case choice == 2:
			target.Kind, target.Document = consent.TargetDocument, name
		default:
			target.Kind, target.Task = consent.TargetServiceTask, codings().Draw(t, "task")
		}
		if target.Kind == consent.TargetController || target.Kind == consent.TargetServiceTask && rapid.Bool().Draw(t, "of one") {
			target.Controller = organisations().Draw(t, "controller")
			target.Register = register(t, kind)
			if target.Register == consent.Occupational && rapid.Bool().Draw(t, "employer") {
				target.Employer = name
			}
		}
		return target
	})
}

func register(t *rapid.T, kind consent.Kind) consent.Register {
	if kind == consent.DenialSocial {
		return rapid.SampledFrom([]consent.Register{consent.UnknownRegister, consent.Social}).Draw(t, "register")
	}
	return rapid.SampledFrom([]consent.Register{
		consent.UnknownRegister, consent.PatientPublic, consent.PatientPrivate, consent.Occupational,
	}).Draw(t, "register")
}

func grants(kind consent.Kind) *rapid.Generator[consent.Grant] {
	return rapid.Custom(func(t *rapid.T) consent.Grant {
		var grant consent.Grant
		for range rapid.IntRange(1, 3).Draw(t, "recipients") {
			if rapid.Bool().Draw(t, "group") {
				grant.Recipients = append(grant.Recipients, consent.Recipient{Group: consent.GroupPublic})
				continue
			}
			grant.Recipients = append(grant.Recipients, consent.Recipient{Organisation: organisations().Draw(t, "organisation")})
		}
		for range rapid.IntRange(1, 3).Draw(t, "data") {
			if kind == consent.ConsentSocialToHealth {
				grant.Data = append(grant.Data, codings().Draw(t, "task"))
				continue
			}
			grant.Data = append(grant.Data, consent.Coding{
				System: mapping.DataCategorySystem,
				Code:   rapid.SampledFrom([]string{"summary", "events", "statements"}).Draw(t, "category"),
			})
		}
		if rapid.Bool().Draw(t, "recorded") {
			grant.Recorded = periods().Draw(t, "recorded in")
		}
		return grant
	})
}

// statements are declarations of every kind and target that can be written.
func statements() *rapid.Generator[consent.Statement] {
	return rapid.Custom(func(t *rapid.T) consent.Statement {
		s := consent.Statement{
			ID:       rapid.StringMatching(`[A-Za-z0-9.-]{0,12}`).Draw(t, "id"),
			Version:  rapid.Uint64().Draw(t, "version"),
			Person:   consent.Identifier{System: fhir.IdentitySystem, Value: "160350-900N"},
			Declared: times().Draw(t, "declared"),
			From:     times().Draw(t, "from"),
			Kind:     rapid.SampledFrom(consent.Kinds()).Draw(t, "kind"),
			Status:   consent.Status(rapid.IntRange(int(consent.Active), int(consent.Rejected)).Draw(t, "status")),
			DeclaredBy: consent.DeclaredBy(rapid.IntRange(int(consent.ByClient),
				int(consent.ByInformationRecipient)).Draw(t, "declared by")),
			Capacity: consent.Capacity(rapid.IntRange(0, 2).Draw(t, "capacity")),
		}
		if rapid.Bool().Draw(t, "ended") {
			s.Until = s.From.Add(time.Duration(rapid.Int64Range(0, int64(1e5*time.Hour)).Draw(t, "length")))
		}
		if rapid.Bool().Draw(t, "mandated") {
			s.Mandate = &consent.Mandate{Identifier: identifiers().Draw(t, "mandate")}
			if rapid.Bool().Draw(t, "bounded") {
				s.Mandate.Period = periods().Draw(t, "mandate period")
			}
		}
		if rapid.Bool().Draw(t, "acted") {
			s.Acting = &consent.ActingPerson{Identifier: identifiers().Draw(t, "acting"),
				Display: rapid.SampledFrom([]string{"", "Aino Äö \"Esimerkki\""}).Draw(t, "display")}
		}
		content(t, &s)
		return s
	})
}

func content(t *rapid.T, s *consent.Statement) {
	switch {
	case s.Kind == consent.Information:
		s.Information = rapid.SampledFrom([]consent.InformationVersion{
			consent.Information10, consent.Information11, consent.Information20, consent.Information20 + 1, 0xffff,
		}).Draw(t, "version")
	case s.Kind.IsDenial():
		s.Target = targets(s.Kind).Draw(t, "target")
	case s.Kind.IsCrossSector() && rapid.Bool().Draw(t, "everything"):
		s.Everything = true
	case s.Kind.IsCrossSector():
		s.Grants = rapid.SliceOfN(grants(s.Kind), 1, 3).Draw(t, "grants")
	}
}

func TestEveryDeclarationIsReadAsItWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := statements().Draw(t, "statement")
		written := mapping.WriteConsent(want)
		again, err := fhir.Parse(written.JSON())
		if err != nil {
			t.Fatalf("the Consent is not FHIR JSON: %v\n%s", err, written.JSON())
		}
		got, err := mapping.ReadStatement(again)
		if err != nil {
			t.Fatalf("%v\n%s", err, written.JSON())
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("read (+) is not what was written (-):\n%s\n%s", diff, written.JSON())
		}
		if !mapping.IsDeclaration(again) {
			t.Fatal("what was written is not taken for a declaration")
		}
		if rewritten := mapping.WriteConsent(got).JSON(); string(rewritten) != string(written.JSON()) {
			t.Fatalf("written again it differs:\n%s\n%s", rewritten, written.JSON())
		}
	})
}

func TestReadStatementKeepsNothingOfTheBody(t *testing.T) {
	text := withPart(t, denial, `"type":"deny"`, `"type":"deny",`+actor)
	body := parse(t, text)
	first, err := mapping.ReadStatement(body)
	if err != nil {
		t.Fatal(err)
	}
	second, err := mapping.ReadStatement(parse(t, text))
	if err != nil {
		t.Fatal(err)
	}
	inBody := body.Root().Get("patient").Get("identifier").Get("value").Text()
	if unsafe.StringData(inBody) == unsafe.StringData(first.Person.Value) {
		t.Error("the person's code shares memory with the body")
	}
	if unsafe.StringData(first.Target.Controller.Value) != unsafe.StringData(second.Target.Controller.Value) {
		t.Error("the organisation of two statements stands twice in memory")
	}
}
