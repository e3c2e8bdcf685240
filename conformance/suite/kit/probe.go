package kit

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
)

// knows begins the needs of cases that ask $evaluate about made-up
// organisations, which a server knows if they are in its directory. No
// CapabilityStatement tells that, so it is asked.
const knows = "system.organizations="

// probes are questions about a person of whom nothing was declared, with the
// reason that only a server gives which knows the organisation that asks: to
// others it is a private provider.
var probes = map[string][]struct{ question, reason string }{
	// A county may claim the right of a social authority.
	knows + "example": {
		{`{"$template": "authority", "$let": {"organization": "99000011", "controller": "99000022"}}`, "statutory-right-social-authority"},
		{`{"$template": "authority", "$let": {"organization": "99000022"}}`, "statutory-right-social-authority"},
	},
	// A foreign contact point is asked for a consent for patient summaries.
	knows + "cases": {
		{`{"$template": "evaluate", "$let": {"organization": "99000167"}, "$append": {"parameter": [{"$template": "item"}]}}`, "no-patient-summary-consent"},
	},
}

// organizations finds out which made-up organisations $evaluate knows. The
// questions change nothing. The error is one of the context alone: a server that
// answers anything else doesn't know them.
func (r *run) organizations(ctx context.Context) error {
	if !r.claims.meant(Tahto) || !r.claims.has["Consent.$evaluate"] {
		return nil
	}
	for claim, questions := range probes {
		r.claims.has[claim] = true
		for _, one := range questions {
			step := Step{Do: "POST Consent/$evaluate", Body: json.RawMessage(one.question), Expect: Expect{
				Status: statuses{http.StatusOK},
				True:   []string{"parameter.where(name = 'item').part.where(name = 'reason').valueCoding.code = '" + one.reason + "'"},
			}}
			if _, faults := r.step(ctx, &step, own(r.Seed, 0)); len(faults) > 0 {
				r.claims.has[claim] = false
			}
		}
	}
	return ctx.Err()
}

// claimed are the needs that a CapabilityStatement can say.
func (c Case) claimed() []string {
	var needs []string
	for _, need := range c.Needs {
		if !strings.HasPrefix(need, knows) {
			needs = append(needs, need)
		}
	}
	return needs
}
