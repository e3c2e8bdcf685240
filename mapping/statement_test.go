package mapping_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tahto/fhir"
	"tahto/mapping"
	"tahto/mapping/consent"
)

func read(t testing.TB, text string) consent.Statement {
	t.Helper()
	s, err := mapping.ReadStatement(parse(t, text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return s
}

func TestADayIsWithdrawnFromItsStartInFinland(t *testing.T) {
	s := read(t, withPart(t, healthConsent, `"type":"permit"`, `"type":"permit","period":{"start":"2024-06-01","end":"2024-12-01"}`))
	start := time.Date(2024, 5, 31, 21, 0, 0, 0, time.UTC)
	end := time.Date(2024, 11, 30, 22, 0, 0, 0, time.UTC)
	if !s.From.Equal(start) || !s.Until.Equal(end) {
		t.Errorf("got %v to %v, want %v to %v", s.From, s.Until, start, end)
	}
	if declared := time.Date(2024, 1, 31, 22, 0, 0, 0, time.UTC); !s.Declared.Equal(declared) {
		t.Errorf("got declared %v, want %v", s.Declared, declared)
	}
}

func TestARecordedPeriodIncludesItsLastDay(t *testing.T) {
	s := read(t, withPart(t, toSocial, `"type":"permit"`, `"type":"permit","period":{"start":"2024","end":"2024-12-31"}`))
	from, until := time.Date(2023, 12, 31, 22, 0, 0, 0, time.UTC), time.Date(2024, 12, 31, 22, 0, 0, 0, time.UTC)
	if got := s.Grants[0].Recorded; !got.From.Equal(from) || !got.Until.Equal(until) {
		t.Errorf("got %v, want %v to %v", got, from, until)
	}
}

func TestInForceFromDeclarationUnlessSaidOtherwise(t *testing.T) {
	if s := read(t, healthConsent); !s.From.Equal(s.Declared) || !s.Until.IsZero() {
		t.Errorf("got %v to %v, want from %v on", s.From, s.Until, s.Declared)
	}
}

func TestPatientMayBeContained(t *testing.T) {
	const identifier = `{"system":"urn:oid:1.2.246.21","value":"160350-900N"}`
	contained := `"contained":[{"resourceType":"Organization","id":"o"},{"resourceType":"Patient","id":"p","identifier":[` +
		`{"system":"urn:oid:1.2.3","value":"x"},` + identifier + `]}],`
	for _, patient := range []string{`{"reference":"#p"}`, `{"reference":"#p","identifier":` + identifier + `}`,
		`{"type":"Patient","reference":"#p"}`} {
		text := withPart(t, denial, `"patient":{"identifier":`+identifier+`}`, contained+`"patient":`+patient)
		if got := read(t, text).Person; got.Value != "160350-900N" || got.System != fhir.IdentitySystem {
			t.Errorf("%s: got another person", patient)
		}
	}
}

func TestKantasOwnCategoriesAreReadUnderItsProfile(t *testing.T) {
	const ours = `{"system":"https://tahto.example/fhir/CodeSystem/declaration","code":"consent-health-to-social"}`
	kanta := func(code string) string {
		return `{"system":"https://gen.kanta.fi/fhir/tahdonilmaisut/CodeSystem/consentcategory","code":"` + code + `","display":"x"}`
	}
	const profile = `"meta":{"profile":["https://gen.kanta.fi/fhir/tahdonilmaisut/StructureDefinition/soteluovutuslupa|1.0.0"]},"status"`
	for _, test := range []struct {
		name, base, codings string
		claims              bool
		declaration         bool
		kind                consent.Kind
	}{
		{"health to social", toSocial, kanta("1"), true, true, consent.ConsentHealthToSocial},
		{"social to health", withPart(t, toHealth, "consent-social-to-health", "consent-health-to-social"), kanta("2"), true, true, consent.ConsentSocialToHealth},
		{"older domain", toSocial, strings.Replace(kanta("1"), "https://gen.kanta.fi/fhir/", "http://gen.kanta.fi/", 1), true, true, consent.ConsentHealthToSocial},
		{"beside ours", toSocial, kanta("1") + "," + ours, true, true, consent.ConsentHealthToSocial},
		{"against ours", toSocial, kanta("2") + "," + ours, true, true, consent.UnknownKind},
		{"both", toSocial, kanta("1") + "," + kanta("2"), true, true, consent.UnknownKind},
		{"without the profile", toSocial, kanta("1"), false, false, consent.UnknownKind},
		{"unknown code", toSocial, kanta("3"), true, false, consent.UnknownKind},
		{"another domain", toSocial, strings.Replace(kanta("1"), "gen.kanta.fi", "gen.kanta.example", 1), true, false, consent.UnknownKind},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := withPart(t, test.base, ours, test.codings)
			if test.claims {
				text = withPart(t, text, `"status"`, profile)
			}
			r := parse(t, text)
			if got := mapping.IsDeclaration(r); got != test.declaration {
				t.Errorf("IsDeclaration: got %v, want %v", got, test.declaration)
			}
			s, err := mapping.ReadStatement(r)
			if s.Kind != test.kind || (err == nil) != (test.kind != consent.UnknownKind) {
				t.Errorf("got %v %v, want %v", s.Kind, err, test.kind)
			}
		})
	}
}

func TestForeignConsentsAreNoDeclarations(t *testing.T) {
	for _, text := range []string{`{"resourceType":"Consent","status":"active"}`,
		withPart(t, denial, mapping.DeclarationSystem, "http://loinc.org"),
		withPart(t, denial, `"category":[{"coding":`, `"category":[{"codings":`)} {
		if mapping.IsDeclaration(parse(t, text)) {
			t.Errorf("is taken for a declaration:\n%s", text)
		}
	}
}

func TestReasonsTheLawNames(t *testing.T) {
	for _, test := range []struct{ reason, text string }{
		{"scope-required", declaration("consent-social-to-health", `"provision":{"type":"deny"}`)},
		{"scope-required", withPart(t, toSocial, public+`,`, ``)},
		{"scope-required", withPart(t, toSocial, `,`+summary, ``)},
		{"consent-scope-not-limitable", withPart(t, healthConsent, `"type":"permit"`, `"type":"permit",`+actor)},
		{"consent-scope-not-limitable", declaration("consent-social", `"provision":{"type":"permit","provision":[{"type":"permit"}]}`)},
		{"recipient-target-not-supported", withPart(t, denial, `"type":"deny"`, `"type":"deny",`+strings.Replace(actor, "CST", "PRCP", 1))},
	} {
		_, err := mapping.ReadStatement(parse(t, test.text))
		if got := issues(t, err)[0].Reason; got != test.reason {
			t.Errorf("got reason %q, want %q: %v", got, test.reason, err)
		}
	}
}

func TestAllFaultsOfADeclarationAreToldAtOnce(t *testing.T) {
	text := withPart(t, denial, `"status":"active"`, `"status":"on"`)
	text = withPart(t, text, `160350-900N`, `160350-900P`)
	text = withPart(t, text, `"dateTime":"2024-02-01"`, `"dateTime":"2023-02-29"`)
	text = withPart(t, text, `"type":"deny"`, `"type":"permit"`)
	_, err := mapping.ReadStatement(parse(t, text))
	var got []string
	for _, i := range issues(t, err) {
		got = append(got, i.Expression)
	}
	check(t, "faults", got, "Consent.status", "Consent.patient.identifier.value", "Consent.dateTime", "Consent.provision.type")
}

func TestAnotherResourceIsNoDeclaration(t *testing.T) {
	if _, err := mapping.ReadStatement(parse(t, strings.Replace(denial, "Consent", "Contract", 1))); err == nil {
		t.Error("a Contract is read as a declaration")
	}
}

func TestUnheardOfMembersOutsideTheProvisionAreNoFault(t *testing.T) {
	s := read(t, withPart(t, denial, `"status"`, `"favouriteColour":"blue","text":{"status":"empty","div":"<div/>"},`+
		`"extension":[{"url":"http://x.example","valueCode":"x"}],"_status":{"id":"x"},"performer":[{"display":"x"}],"status"`))
	if s.Kind != consent.DenialHealth {
		t.Errorf("got %v", s.Kind)
	}
}

func TestCodeSystemsAreUnderOneBase(t *testing.T) {
	if !strings.HasPrefix(fhir.ReasonSystem, mapping.Base+"/") {
		t.Errorf("%s is not under %s", fhir.ReasonSystem, mapping.Base)
	}
	for _, system := range []string{mapping.DeclarationSystem, mapping.DecisionReasonSystem, mapping.TagSystem, mapping.MandateExtension} {
		if !strings.HasPrefix(system, mapping.Base+"/") {
			t.Errorf("%s is not under %s", system, mapping.Base)
		}
	}
}

func TestInformationOfAVersionUnknownTodayIsNewer(t *testing.T) {
	for i, code := range []string{"2.1", "3.0", "12.34"} {
		s := read(t, withPart(t, receipt, `"2.0"`, fmt.Sprintf("%q", code)))
		if s.Information <= consent.Information20 || s.Information.String() != code {
			t.Errorf("%d: got %v, want %s, newer than 2.0", i, s.Information, code)
		}
	}
}
