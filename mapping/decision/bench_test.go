package decision_test

import (
	"testing"
	"time"

	"tahto/mapping/consent"
	"tahto/mapping/decision"
)

// sixDeclarations is what an ordinary person of the load tests has declared,
// with denials that have to be compared and do not match.
func sixDeclarations() []consent.Statement {
	from := time.Date(2024, 1, 10, 0, 0, 0, 0, helsinki)
	s := make([]consent.Statement, 6)
	for i, kind := range []consent.Kind{consent.Information, consent.ConsentHealth, consent.ConsentSocial, consent.DenialHealth, consent.DenialHealth, consent.EmergencyHealth} {
		s[i] = consent.Statement{ID: kind.String(), Version: 1, Kind: kind, Status: consent.Active, Declared: from.AddDate(0, 0, i), From: from.AddDate(0, 0, i)}
	}
	s[0].Information = consent.Information20
	s[3].Target = &consent.Target{Kind: consent.TargetController, Controller: organisations["U1"], Register: consent.PatientPublic}
	s[4].Target = &consent.Target{Kind: consent.TargetController, Controller: organisations["M"]}
	return s
}

func ordinaryRequest() decision.Request {
	return decision.Request{
		At: time.Date(2025, 6, 15, 12, 0, 0, 0, helsinki), Operation: decision.Disclose, Channel: decision.Kanta, Purpose: decision.Care,
		Requester:    decision.Requester{Organisation: organisations["B"], Register: consent.PatientPublic},
		Relationship: true, AccessRight: true,
	}
}

func ordinaryItem() decision.Item {
	return decision.Item{
		Sector: decision.Health, Controller: organisations["A"], Register: consent.PatientPublic, ServiceEvent: id("e1"),
		Recorded: decision.Day(2024, time.May, 10),
	}
}

func TestDecisionsAllocateNothing(t *testing.T) {
	statements, request, item := sixDeclarations(), ordinaryRequest(), ordinaryItem()
	permits := 0
	one := testing.AllocsPerRun(100, func() {
		if setting.Decide(request, statements, &item).ForRequester().Effect == decision.Permit {
			permits++
		}
	})
	if one != 0 || permits == 0 {
		t.Errorf("one decision: got %v allocations and %d permits, want none and all", one, permits)
	}
	for _, change := range []func(*decision.Request){when(decision.Unconscious), by(decision.Other), viewing(decision.ClientWantsChange)} {
		changed := request
		change(&changed)
		profile := testing.AllocsPerRun(100, func() {
			hearing := setting.Hear(changed, statements)
			for _, scope := range hearing.Profile() {
				for range scope.Exceptions.All() {
					permits++
				}
			}
			for o := range hearing.Decide(&item).Obligations.All() {
				permits += len(o.String())
			}
		})
		if profile != 0 {
			t.Errorf("a profile: got %v allocations, want none", profile)
		}
	}
}

func BenchmarkDecide(b *testing.B) {
	statements, request, item := sixDeclarations(), ordinaryRequest(), ordinaryItem()
	b.ReportAllocs()
	for b.Loop() {
		if setting.Decide(request, statements, &item).Effect != decision.Permit {
			b.Fatal("denied")
		}
	}
}

func BenchmarkDecideDenied(b *testing.B) {
	statements, request, item := sixDeclarations(), ordinaryRequest(), ordinaryItem()
	statements[3].Target = nil
	b.ReportAllocs()
	for b.Loop() {
		if setting.Decide(request, statements, &item).Effect != decision.Deny {
			b.Fatal("permitted")
		}
	}
}

func BenchmarkThousandItems(b *testing.B) {
	statements, request := sixDeclarations(), ordinaryRequest()
	items := make([]decision.Item, 1000)
	for i := range items {
		items[i] = ordinaryItem()
	}
	b.ReportAllocs()
	for b.Loop() {
		hearing := setting.Hear(request, statements)
		for i := range items {
			if hearing.Decide(&items[i]).Effect != decision.Permit {
				b.Fatal("denied")
			}
		}
	}
}

func BenchmarkProfile(b *testing.B) {
	statements, request := sixDeclarations(), ordinaryRequest()
	b.ReportAllocs()
	for b.Loop() {
		hearing := setting.Hear(request, statements)
		if hearing.Profile()[0].Decision.Effect != decision.Permit {
			b.Fatal("denied")
		}
	}
}
