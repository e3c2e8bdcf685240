package decision_test

import (
	"testing"

	"tahto/mapping/consent"
	"tahto/mapping/decision"
)

// TestTheCurrentInformationIsAskedFor is rule M40: a client whose newest
// information is older than the current one is to be informed again, whatever
// else was decided, as long as somebody may use the data.
func TestTheCurrentInformationIsAskedFor(t *testing.T) {
	own := held(t, "B", "patient")
	consented := func(s ...consent.Statement) []consent.Statement {
		return append(s, given(t, consent.ConsentHealth, "2024-02-01"))
	}
	old, current := informed(t, "1.1", "2023-01-05"), informed(t, "2.0", "2024-01-10")
	annulled := current
	annulled.Status = consent.EnteredInError
	for _, one := range []struct {
		name       string
		request    decision.Request
		item       *decision.Item
		statements []consent.Statement
		want       bool
	}{
		{"consent, older information", asks(t, "B", "patient"), held(t, "A", "patient"), consented(old), true},
		{"consent, current information", asks(t, "B", "patient"), held(t, "A", "patient"), consented(current), false},
		{"consent, both", asks(t, "B", "patient"), held(t, "A", "patient"), consented(old, current), false},
		{"consent, the current one annulled", asks(t, "B", "patient"), held(t, "A", "patient"), consented(old, annulled), true},
		{"own register, never informed", asks(t, "B", "patient"), own, nil, true},
		{"own register, a newer one than is known", asks(t, "B", "patient"), own, []consent.Statement{informed(t, "3.0", "2025-01-10")}, false},
		{"own register, informed later", asks(t, "B", "patient"), own, []consent.Statement{informed(t, "2.0", "2025-06-16")}, true},
		{"own register in 2022, as it was then", asks(t, "B", "patient", at(t, "2022-08-01")), own, []consent.Statement{informed(t, "1.1", "2022-07-20")}, false},
		{"own register on the day of the new text", asks(t, "B", "patient", at(t, "2023-11-30")), own, []consent.Statement{old}, true},
		{"own register the moment before", asks(t, "B", "patient", justBefore(t, "2023-11-30")), own, []consent.Statement{old}, false},
		{"own register before there was any", asks(t, "B", "patient", justBefore(t, "2021-11-01")), own, nil, false},
		{"denied: an answer shows no obligations", asks(t, "B", "patient"), held(t, "A", "patient"), []consent.Statement{old}, false},
		{"pharmacies inform nobody", asks(t, "PH", ""), prescribed(t), nil, false},
	} {
		t.Run(one.name, func(t *testing.T) {
			d := decide(one.request, one.statements, one.item)
			if got := d.ForRequester().Obligations.Has(decision.Inform); got != one.want {
				t.Errorf("%s asks for information: %t, want %t", d.Rule, got, one.want)
			}
		})
	}
}
