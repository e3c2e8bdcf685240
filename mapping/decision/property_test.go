package decision_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"tahto/mapping/consent"
	"tahto/mapping/decision"
)

func TestOrderOfDeclarationsDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		request, item, statements := someRequest().Draw(t, "request"), someItem().Draw(t, "item"), someStatements().Draw(t, "statements")
		shuffled := rapid.Permutation(statements).Draw(t, "shuffled")
		one, other := setting.Decide(request, statements, item), setting.Decide(request, shuffled, item)
		if one.Rule != other.Rule || one.Effect != other.Effect || one.Reason != other.Reason || one.Obligations != other.Obligations || one.ForRequester() != other.ForRequester() {
			t.Fatalf("got %+v, shuffled %+v", one, other)
		}
		if got, want := ids(other.Declarations, shuffled), ids(one.Declarations, statements); !slices.Equal(got, want) {
			t.Fatalf("rests on %v, shuffled on %v", want, got)
		}
	})
}

func ids(d decision.Declarations, statements []consent.Statement) []string {
	var all []string
	for i := range d.All() {
		all = append(all, statements[i].ID)
	}
	slices.Sort(all)
	return all
}

func TestADeclarationOutOfForceEqualsItsAbsence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		request, item, statements := someRequest().Draw(t, "request"), someItem().Draw(t, "item"), someStatements().Draw(t, "statements")
		inForce := without(statements, func(s *consent.Statement) bool { return !s.InForce(request.At) })
		with, absent := setting.Decide(request, statements, item), setting.Decide(request, inForce, item)
		if with.Effect != absent.Effect || with.ForRequester() != absent.ForRequester() {
			t.Fatalf("got %+v, without those out of force %+v", with, absent)
		}
	})
}

func without(statements []consent.Statement, drop func(*consent.Statement) bool) []consent.Statement {
	var rest []consent.Statement
	for i := range statements {
		if !drop(&statements[i]) {
			rest = append(rest, statements[i])
		}
	}
	return rest
}

func TestAddingADenialPermitsNothingButByR13c(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		request, item, statements := someRequest().Draw(t, "request"), someItem().Draw(t, "item"), someStatements().Draw(t, "statements")
		denial := someStatement(consent.DenialHealth, consent.DenialSocial, consent.DenialPrescription).Draw(t, "denial")
		before, after := setting.Decide(request, statements, item), setting.Decide(request, append(statements, denial), item)
		if before.Effect == decision.Deny && after.Effect != decision.Deny && after.Rule != "R13c" {
			t.Fatalf("%s denied, with one more denial %s permits", before.Rule, after.Rule)
		}
	})
}

func TestWithoutRelationshipOrAccessRightNothingIsPermitted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		request, item, statements := someRequest().Draw(t, "request"), someItem().Draw(t, "item"), someStatements().Draw(t, "statements")
		request.Relationship, request.AccessRight = rapid.SampledFrom([]bool{true, false}).Draw(t, "which"), false
		if rapid.Bool().Draw(t, "swap") {
			request.Relationship, request.AccessRight = false, request.Relationship
		}
		if got := setting.Decide(request, statements, item); got.Effect != decision.Deny {
			t.Fatalf("got %+v, want deny", got)
		}
	})
}

func TestUnknownCodesPermitNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		request, item, statements := someRequest().Draw(t, "request"), someItem().Draw(t, "item"), someStatements().Draw(t, "statements")
		unknown := rapid.SampledFrom([]uint8{0, 20, 255})
		outOfRange := rapid.SampledFrom([]uint8{20, 255})
		switch rapid.IntRange(0, 6).Draw(t, "what") {
		case 0:
			request.Operation = decision.Operation(unknown.Draw(t, "operation"))
		case 1:
			request.Channel = decision.Channel(unknown.Draw(t, "channel"))
		case 2:
			request.Purpose = decision.Purpose(unknown.Draw(t, "purpose"))
		case 3:
			request.Basis = decision.Basis(outOfRange.Draw(t, "basis"))
		case 4:
			request.Circumstances |= 1 << rapid.IntRange(19, 31).Draw(t, "circumstance")
		case 5:
			item.Sector = decision.Sector(unknown.Draw(t, "sector"))
		case 6:
			request.Basis, request.Ground = decision.Basis56, rapid.SampledFrom([]uint8{0, 4, 255}).Draw(t, "ground")
		}
		if got := setting.Decide(request, statements, item); got.Effect != decision.Deny || got.Reason != decision.ReasonInvalidInput {
			t.Fatalf("got %+v, want deny for invalid input", got)
		}
	})
}

func TestZeroRequestIsDeniedWhateverIsDeclared(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		item, statements := someItem().Draw(t, "item"), someStatements().Draw(t, "statements")
		if got := setting.Decide(decision.Request{}, statements, item); got.Effect != decision.Deny {
			t.Fatalf("got %+v, want deny", got)
		}
		if got := setting.Decide(decision.Request{}, statements, &decision.Item{}); got.Effect != decision.Deny {
			t.Fatalf("zero item: got %+v, want deny", got)
		}
	})
}

// TestRequesterCannotTellWhyItWasDenied compares what a requester sees of a
// deny with what it sees when nothing, or no denial, is declared, whenever
// that is a deny too.
func TestRequesterCannotTellWhyItWasDenied(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		request, item, statements := someRequest().Draw(t, "request"), someItem().Draw(t, "item"), someStatements().Draw(t, "statements")
		got := setting.Decide(request, statements, item)
		view := got.ForRequester()
		if view.Effect != got.Effect || view.Obligations.Has(decision.Hide) || view.Obligations.Has(decision.CheckLegacy) {
			t.Fatalf("decided %+v, shown %+v", got, view)
		}
		if got.Effect != decision.Deny {
			return
		}
		if view.Obligations != 0 {
			t.Fatalf("a deny shows obligations: %+v", view)
		}
		fewer := [][]consent.Statement{nil, without(statements, func(s *consent.Statement) bool { return s.Kind.IsDenial() })}
		for _, rest := range fewer {
			if other := setting.Decide(request, rest, item); other.Effect == decision.Deny && other.ForRequester() != view {
				t.Fatalf("%s shows %+v, with fewer declarations %s shows %+v", got.Rule, view, other.Rule, other.ForRequester())
			}
		}
	})
}

// TestPermitDoesNotTellOfADenial compares what a requester sees of a permit
// with what it sees when there is no denial at all.
func TestPermitDoesNotTellOfADenial(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		request, item, statements := someRequest().Draw(t, "request"), someItem().Draw(t, "item"), someStatements().Draw(t, "statements")
		got := setting.Decide(request, statements, item)
		if got.Effect == decision.Deny || got.Rule == "R13c" {
			return
		}
		free := setting.Decide(request, without(statements, func(s *consent.Statement) bool { return s.Kind.IsDenial() }), item)
		if got.ForRequester() != free.ForRequester() {
			t.Fatalf("%s shows %+v, without denials %s shows %+v", got.Rule, got.ForRequester(), free.Rule, free.ForRequester())
		}
	})
}

func TestOneHearingAnswersAsManyDo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		request, statements := someRequest().Draw(t, "request"), someStatements().Draw(t, "statements")
		hearing := setting.Hear(request, statements)
		for range 3 {
			item := someItem().Draw(t, "item")
			one, other := hearing.Decide(item), setting.Decide(request, statements, item)
			if one.Rule != other.Rule || one.ForRequester() != other.ForRequester() || !slices.Equal(indexes(one.Declarations), indexes(other.Declarations)) {
				t.Fatalf("in the hearing %+v, alone %+v", one, other)
			}
		}
	})
}
