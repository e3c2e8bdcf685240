package intake_test

import (
	"encoding/json"
	"os"
	"slices"
	"testing"

	"tahto/mapping/consent"
	"tahto/mapping/intake"
)

// kindRow is what a lawyer says of one kind of declaration.
type kindRow struct {
	Declaration         string
	MyKanta, Service    []string // the roles that may declare there
	Informed, FixedTerm bool
}

func readKinds(t *testing.T) []kindRow {
	t.Helper()
	text, err := os.ReadFile("testdata/kinds.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Kinds []kindRow }
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	return file.Kinds
}

// inOrder is a declaration of that kind with all that its content needs, in
// 2025, when every system could record everything.
func inOrder(t *testing.T, code string) change {
	k, known := consent.ParseKind(code)
	if !known {
		t.Fatalf("no declaration %q", code)
	}
	return func(s *intake.Submission) {
		on(t, "2025-03-01")(s)
		switch k {
		case consent.DenialSocial:
			denies(t, k, "A", consent.Social)(s)
		case consent.DenialPrescription:
			deniesPrescription(s)
		case consent.Information:
			s.After.Information = consent.Information20
		}
		s.After.Kind, s.After.Everything = k, k.IsCrossSector()
	}
}

func TestWhoMayDeclareWhatAndWhere(t *testing.T) {
	places := map[string]change{"MyKanta": func(*intake.Submission) {}, "service": at(t, "A")}
	roles := []consent.DeclaredBy{consent.ByClient, consent.ByGuardian, consent.ByLegalRepresentative, consent.ByAuthorisedPerson, consent.ByInformationRecipient}
	for _, row := range readKinds(t) {
		for place, there := range places {
			may := row.MyKanta
			if place == "service" {
				may = row.Service
			}
			for _, role := range roles {
				s := with(t, inOrder(t, row.Declaration), proxy(t, ""), by(role), there, func(s *intake.Submission) {
					if role == consent.ByClient && place == "MyKanta" {
						s.Recording.Recorder = intake.Client
					}
				})
				found := rules(t).Judge(s)
				if refused := intake.Refused(found); refused == slices.Contains(may, role.String()) {
					t.Errorf("%s by %s, %s: refused is %v: %v", row.Declaration, role, place, refused, codes(found))
				}
			}
		}
	}
}

func TestWhatEachKindNeedsAndHowLongItIsInForce(t *testing.T) {
	var seen []consent.Kind
	for _, row := range readKinds(t) {
		k, _ := consent.ParseKind(row.Declaration)
		seen = append(seen, k)
		somewhere := at(t, "A")
		if len(row.Service) == 0 {
			somewhere = recorder(intake.Client)
		}
		uninformed := with(t, inOrder(t, row.Declaration), somewhere, func(s *intake.Submission) { s.Others = nil })
		if got := intake.Refused(rules(t).Judge(uninformed)); got != row.Informed {
			t.Errorf("%s without information: refused is %v", row.Declaration, got)
		}
		ending := with(t, inOrder(t, row.Declaration), somewhere, func(s *intake.Submission) { s.After.Until = s.Now.AddDate(1, 0, 0) })
		if got := intake.Refused(rules(t).Judge(ending)); got == row.FixedTerm {
			t.Errorf("%s with an end: refused is %v", row.Declaration, got)
		}
	}
	if !slices.Equal(seen, consent.Kinds()) {
		t.Errorf("the rows are %v, want every kind in order", seen)
	}
}

// TestOfAMinorEverythingButReceiptsIsDoneInPerson goes through the kinds.
func TestOfAMinorEverythingButReceiptsIsDoneInPerson(t *testing.T) {
	for _, row := range readKinds(t) {
		for _, role := range []consent.DeclaredBy{consent.ByClient, consent.ByMinor, consent.ByGuardian, consent.ByLegalRepresentative} {
			s := with(t, inOrder(t, row.Declaration), ofMinor, by(role), capacity(consent.CapacityFound))
			if got, receipt := intake.Refused(rules(t).Judge(s)), row.Declaration == "information"; got == receipt {
				t.Errorf("%s by %s in MyKanta: refused is %v", row.Declaration, role, got)
			}
		}
		s := with(t, inOrder(t, row.Declaration), ofMinor, by(consent.ByMinor), capacity(consent.CapacityFound), at(t, "A"))
		if got, service := intake.Refused(rules(t).Judge(s)), len(row.Service) > 0; got == service {
			t.Errorf("%s in person: refused is %v", row.Declaration, got)
		}
	}
}
