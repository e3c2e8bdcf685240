package interaction_test

import (
	"sync"
	"testing"

	"tahto/server/interaction"
)

func TestConditionalCreate(t *testing.T) {
	s := open(t)
	identified := health("", `,"identifier":[{"system":"urn:x","value":"1"}]`)
	create := func(condition string) interaction.Response {
		return s.ask("POST Consent", body(t, identified), func(r *interaction.Request) { r.IfNoneExist = condition })
	}
	s.want(201, create("identifier=urn:x|1"))
	again := s.want(200, create("identifier=urn:x|1"))
	if again.Location != base+"/Consent/id-1/_history/1" {
		t.Errorf("the match is %s", again.Location)
	}
	s.want(201, s.ask("POST Consent", body(t, identified)))
	for condition, want := range map[string]string{
		"identifier=urn:x|1": "412 multiple-matches ",
		"nonsense=1":         "400 not-supported http.If-None-Exist",
		"_count=1":           "400 invalid http.If-None-Exist",
		"a=%zz":              "400 invalid http.If-None-Exist",
	} {
		if got := fault(create(condition)); got != want {
			t.Errorf("%s: got %s, want %s", condition, got, want)
		}
	}
}

func TestConditionalCreatesRaceAndOneWins(t *testing.T) {
	s := open(t)
	const racers = 64
	var wait sync.WaitGroup
	got := make([]interaction.Response, racers)
	parsed := body(t, health("", `,"identifier":[{"system":"urn:x","value":"race"}]`))
	for i := range racers {
		wait.Go(func() {
			got[i] = s.ask("POST Consent", parsed, func(r *interaction.Request) { r.IfNoneExist = "identifier=urn:x|race" })
		})
	}
	wait.Wait()
	created := 0
	for _, r := range got {
		if r.Status == 201 {
			created++
		} else if r.Status != 200 {
			t.Errorf("status %d: %s", r.Status, text(r.Resource))
		}
		if r.Location != got[0].Location {
			t.Errorf("two resources: %s and %s", r.Location, got[0].Location)
		}
	}
	if created != 1 {
		t.Errorf("%d were created, want one", created)
	}
}
