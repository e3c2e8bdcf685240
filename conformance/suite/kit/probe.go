package kit

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

// respondAsync is the need of cases that have a Bundle done in the background.
const respondAsync = "system.respond-async"

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

// probe finds out what cases need and no CapabilityStatement tells. The requests
// change nothing. The error is one of the context alone: a server that answers
// anything else than was hoped for doesn't have it.
func (r *run) probe(ctx context.Context, sections []Section) error {
	if needed(sections, respondAsync) && r.claims.has["system.batch"] {
		r.claims.has[respondAsync] = r.async(ctx)
	}
	if needed(sections, knows) && r.claims.meant(Tahto) && r.claims.has["Consent.$evaluate"] {
		r.organizations(ctx)
	}
	return ctx.Err()
}

// needed tells whether a case has a need that begins so.
func needed(sections []Section, need string) bool {
	for _, s := range sections {
		for _, c := range s.Cases {
			if slices.ContainsFunc(c.Needs, func(n string) bool { return strings.HasPrefix(n, need) }) {
				return true
			}
		}
	}
	return false
}

// async tries an empty batch in the background, and takes it back.
func (r *run) async(ctx context.Context) bool {
	v := variables{}
	kickOff := Step{Do: "POST ", Headers: map[string]string{"Prefer": "respond-async"}, Body: json.RawMessage(`{"resourceType": "Bundle", "type": "batch"}`),
		Expect:  Expect{Status: statuses{http.StatusAccepted}, Headers: map[string]string{"Content-Location": "~."}},
		Capture: map[string]Capture{"at": {Header: "Content-Location"}}}
	if _, faults := r.step(ctx, &kickOff, v); len(faults) > 0 {
		return false
	}
	r.step(ctx, &Step{Do: "DELETE ${at}", Expect: Expect{Status: statuses{http.StatusAccepted, http.StatusNoContent}}}, v)
	return true
}

// organizations finds out which made-up organisations $evaluate knows.
func (r *run) organizations(ctx context.Context) {
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
}

// claimed are the needs that a CapabilityStatement can say.
func (c Case) claimed() []string {
	var needs []string
	for _, need := range c.Needs {
		if !strings.HasPrefix(need, knows) && need != respondAsync {
			needs = append(needs, need)
		}
	}
	return needs
}
