package interaction_test

import (
	"strings"
	"testing"
	"time"

	"tahto/fhir/search"
	"tahto/server/interaction"
	"tahto/storage"
	"tahto/storage/embedded"
)

// TestAWithdrawalCountsWhateverTheClocksSay: two servers on one engine, the
// clock of the one that records a withdrawal ahead of the one that is asked.
func TestAWithdrawalCountsWhateverTheClocksSay(t *testing.T) {
	engine, err := embedded.Open(t.Context(), "", embedded.Options{})
	must(t, err)
	t.Cleanup(func() { must(t, engine.Close()) })
	registry, err := search.NewRegistry(base)
	must(t, err)
	now := time.Date(2026, 1, 10, 12, 0, 0, 0, time.UTC)
	serving := func(clock func() time.Time) *server {
		store, err := storage.New(t.Context(), engine, registry, storage.Options{Now: clock})
		must(t, err)
		return open(t, func(o *interaction.Options) { o.Store, o.Now = store, clock })
	}
	behind := serving(func() time.Time { return now })
	ahead := serving(func() time.Time { return now.Add(time.Hour) })
	behind.want(200, behind.post(example(t, "consent-bundle.json")))
	question := example(t, "evaluate.json")
	decision := func(s *server) string {
		said, _, _ := strings.Cut(decided(s.want(200, s.evaluate(question)).Resource, 0), " ")
		return said
	}
	if got := decision(behind); got != "permit" {
		t.Fatalf("with the consent: %s, want permit", got)
	}
	found := behind.want(200, behind.ask("GET Consent?status=active&category=consent-health"))
	id := at(found.Resource, "entry.0.resource.id")
	current := text(behind.want(200, behind.ask("GET Consent/"+id)).Resource)
	current = strings.Replace(current, `"status":"active"`, `"status":"inactive"`, 1)
	ahead.want(200, ahead.ask("PUT Consent/"+id, body(t, current)))
	for name, s := range map[string]*server{"the server that recorded it": ahead, "the other": behind} {
		if got := decision(s); got != "deny" {
			t.Errorf("%s says %s, want deny", name, got)
		}
	}
}
