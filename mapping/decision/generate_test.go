package decision_test

import (
	"fmt"
	"time"

	"pgregory.net/rapid"

	"tahto/mapping/consent"
	"tahto/mapping/decision"
)

// The generators draw from few organisations, days and names, so that what is
// drawn often meets.

func someOrganisation() *rapid.Generator[consent.Identifier] {
	return rapid.Map(rapid.SampledFrom([]string{"A", "B", "HUS", "U1", "P1", "S1", "M", "K", "N", "PH", "NCP-EE", "POL", "unlisted"}), func(key string) consent.Identifier {
		if identifier, listed := organisations[key]; listed {
			return identifier
		}
		return id(key)
	})
}

func perhaps[V any](g *rapid.Generator[V]) *rapid.Generator[V] {
	var zero V
	return rapid.OneOf(rapid.Just(zero), g)
}

func someInstant() *rapid.Generator[time.Time] {
	return rapid.Map(rapid.SampledFrom([]string{
		"2018-05-02", "2021-10-31", "2021-11-01", "2022-07-10", "2023-01-01", "2023-11-30", "2024-01-10",
		"2024-02-01", "2025-06-15", "2026-01-01", "2027-03-01", "2027-11-01",
	}), func(date string) time.Time {
		at, err := time.ParseInLocation(time.DateOnly, date, helsinki)
		if err != nil {
			panic(err)
		}
		return at
	})
}

func someName() *rapid.Generator[consent.Identifier] {
	return rapid.Map(rapid.SampledFrom([]string{"x1", "x2"}), id)
}

func someTask() *rapid.Generator[consent.Coding] {
	return rapid.Map(rapid.SampledFrom([]string{"elderly", "families"}), task)
}

func someCategory() *rapid.Generator[consent.Coding] {
	return rapid.Map(rapid.SampledFrom([]string{"summary", "events", "living-will"}), category)
}

func someTarget() *rapid.Generator[*consent.Target] {
	return rapid.Custom(func(t *rapid.T) *consent.Target {
		return &consent.Target{
			Kind:         consent.TargetKind(rapid.IntRange(0, 6).Draw(t, "target")),
			Register:     consent.Register(rapid.IntRange(0, 5).Draw(t, "target register")),
			Controller:   perhaps(someOrganisation()).Draw(t, "target controller"),
			ServiceEvent: perhaps(someName()).Draw(t, "target event"),
			Document:     perhaps(someName()).Draw(t, "target document"),
			Prescription: perhaps(someName()).Draw(t, "target prescription"),
			Task:         perhaps(someTask()).Draw(t, "target task"),
		}
	})
}

func someGrant() *rapid.Generator[consent.Grant] {
	return rapid.Custom(func(t *rapid.T) consent.Grant {
		g := consent.Grant{Data: []consent.Coding{perhaps(someTask()).Draw(t, "granted task"), perhaps(someCategory()).Draw(t, "granted category")}}
		g.Recipients = []consent.Recipient{{Group: consent.RecipientGroup(rapid.IntRange(0, 2).Draw(t, "group")), Organisation: perhaps(someOrganisation()).Draw(t, "recipient")}}
		if rapid.Bool().Draw(t, "bounded") {
			g.Recorded = consent.Period{From: someInstant().Draw(t, "recorded from"), Until: perhaps(someInstant()).Draw(t, "recorded until")}
		}
		return g
	})
}

func someStatement(kinds ...consent.Kind) *rapid.Generator[consent.Statement] {
	return rapid.Custom(func(t *rapid.T) consent.Statement {
		s := consent.Statement{
			Kind:        rapid.SampledFrom(kinds).Draw(t, "kind"),
			Status:      rapid.SampledFrom([]consent.Status{consent.Active, consent.Active, consent.Active, consent.Withdrawn, consent.EnteredInError, consent.Draft, 99}).Draw(t, "status"),
			DeclaredBy:  consent.DeclaredBy(max(0, rapid.IntRange(-6, 6).Draw(t, "declared by"))),
			Declared:    perhaps(someInstant()).Draw(t, "declared"),
			From:        perhaps(someInstant()).Draw(t, "from"),
			Until:       perhaps(someInstant()).Draw(t, "until"),
			Information: rapid.SampledFrom([]consent.InformationVersion{0, consent.Information10, consent.Information11, consent.Information20}).Draw(t, "information"),
			Everything:  rapid.Bool().Draw(t, "everything"),
		}
		if s.Kind.IsDenial() && rapid.Bool().Draw(t, "targeted") {
			s.Target = someTarget().Draw(t, "target")
		}
		if s.Kind.IsCrossSector() {
			s.Grants = rapid.SliceOfN(someGrant(), 0, 2).Draw(t, "grants")
		}
		return s
	})
}

// someStatements gives each its own id, so that sets of them can be compared.
func someStatements() *rapid.Generator[[]consent.Statement] {
	return rapid.Map(rapid.SliceOfN(someStatement(append(consent.Kinds(), 0, 99)...), 0, 8), func(all []consent.Statement) []consent.Statement {
		for i := range all {
			all[i].ID = fmt.Sprint(i)
		}
		return all
	})
}

func someRequest() *rapid.Generator[decision.Request] {
	return rapid.Custom(func(t *rapid.T) decision.Request {
		r := decision.Request{
			At:        someInstant().Draw(t, "at"),
			Operation: decision.Disclose,
			Requester: decision.Requester{
				Organisation: someOrganisation().Draw(t, "requester"),
				Register:     consent.Register(rapid.IntRange(1, 4).Draw(t, "register")),
				OnBehalfOf:   perhaps(someOrganisation()).Draw(t, "on behalf of"),
			},
			Channel:      decision.Channel(rapid.IntRange(1, 3).Draw(t, "channel")),
			Purpose:      rapid.SampledFrom([]decision.Purpose{decision.Care, decision.Care, decision.NotCare}).Draw(t, "purpose"),
			Relationship: rapid.IntRange(0, 9).Draw(t, "relationship") > 0,
			AccessRight:  rapid.IntRange(0, 9).Draw(t, "access right") > 0,
			Basis:        decision.Basis(max(0, rapid.IntRange(-3, 3).Draw(t, "basis"))),
		}
		if r.Basis == decision.Basis56 {
			r.Ground = uint8(rapid.IntRange(1, 3).Draw(t, "ground"))
		}
		for range rapid.IntRange(0, 3).Draw(t, "circumstances") {
			r.Circumstances |= 1 << rapid.IntRange(0, 18).Draw(t, "circumstance")
		}
		return r
	})
}

func someItem() *rapid.Generator[*decision.Item] {
	return rapid.Custom(func(t *rapid.T) *decision.Item {
		item := &decision.Item{
			Sector:             decision.Sector(rapid.IntRange(1, 4).Draw(t, "sector")),
			Controller:         someOrganisation().Draw(t, "controller"),
			Register:           consent.Register(rapid.IntRange(1, 3).Draw(t, "item register")),
			ServiceEvent:       perhaps(someName()).Draw(t, "event"),
			ServiceTask:        perhaps(someTask()).Draw(t, "task"),
			Document:           perhaps(someName()).Draw(t, "document"),
			Category:           perhaps(someCategory()).Draw(t, "category"),
			OriginalController: perhaps(someOrganisation()).Draw(t, "original"),
			OutsideKanta:       rapid.IntRange(0, 4).Draw(t, "outside Kanta") == 0,
			Prescription:       someName().Draw(t, "prescription"),
			StoredBy:           perhaps(someOrganisation()).Draw(t, "stored by"),
			ControlledDrug:     rapid.Bool().Draw(t, "controlled"),
		}
		if item.Sector == decision.Social {
			item.Register = consent.Social
		}
		if rapid.Bool().Draw(t, "dated") {
			item.Recorded = decision.Instant(someInstant().Draw(t, "recorded"))
		}
		return item
	})
}
