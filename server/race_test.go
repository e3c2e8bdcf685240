package main

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"tahto/fhir"
)

// raceClients is how many ask for the same at the same time.
const raceClients = 64

// TestRacesLeaveOne lets clients send the same at the same time, over and over,
// to each engine: what is to be created once is created once.
func TestRacesLeaveOne(t *testing.T) {
	for name, e := range testEngines(t) {
		t.Run(name, func(t *testing.T) {
			archive := start(t, append(e.args(t), "-intake", "archive")...)
			t.Run("ConditionalCreate", func(t *testing.T) { raceCreates(t, archive.base) })
			if e.oneByOne {
				return
			}
			strict := start(t, e.args(t)...)
			t.Run("ConditionalPair", func(t *testing.T) { racePairs(t, strict.base, true) })
			t.Run("IdentifiedPair", func(t *testing.T) { racePairs(t, strict.base, false) })
		})
	}
}

// raceCreates sends a Consent with If-None-Exist.
func raceCreates(t *testing.T, base string) {
	racing(t, func(client *http.Client, round int) (answer, error) {
		p := pair{name: fmt.Sprint("create-", round), person: identityCode(round)}
		header := http.Header{"Content-Type": {"application/fhir+json"}, "If-None-Exist": {"identifier=" + pairSystem + "|" + p.name}}
		return sendBy(client, http.MethodPost, base+"/Consent", header, []byte(p.consent()))
	}, func(answers []answer) {
		created := 0
		for _, a := range answers {
			switch a.status {
			case http.StatusCreated:
				created++
			case http.StatusOK:
			default:
				t.Errorf("status %d: %s", a.status, a.body)
			}
			if got, want := a.header.Get("Location"), answers[0].header.Get("Location"); got != want || got == "" {
				t.Errorf("location %s, and another client got %s", got, want)
			}
		}
		if created != 1 {
			t.Errorf("%d clients created, want 1", created)
		}
	})
	checkStored(t, base, "Consent", raceRounds)
}

// racePairs sends a Consent and its Provenance, which is told again by the
// Consent's condition or by the identifier of the Bundle.
func racePairs(t *testing.T, base string, conditional bool) {
	name := fmt.Sprintf("pair-%t", conditional)
	before := map[string]int{"Consent": stored(t, base, "Consent"), "Provenance": stored(t, base, "Provenance")}
	racing(t, func(client *http.Client, round int) (answer, error) {
		p := pair{name: fmt.Sprint(name, "-", round), person: identityCode(round), conditional: conditional}
		identifier := p.name
		if conditional {
			identifier = ""
		}
		return sendBy(client, http.MethodPost, base, fhirHeader, submission(identifier, p))
	}, func(answers []answer) {
		for _, a := range answers {
			if a.status != http.StatusOK {
				t.Fatalf("status %d: %s", a.status, a.body)
			}
			if got, want := locations(t, a), locations(t, answers[0]); got != want {
				t.Errorf("made %s, and another client was told %s", got, want)
			}
			if !conditional && string(a.body) != string(answers[0].body) {
				t.Errorf("the answers differ:\n%s\n%s", a.body, answers[0].body)
			}
		}
	})
	for resourceType, n := range before {
		checkStored(t, base, resourceType, n+raceRounds)
	}
}

// racing lets all clients send at once, round after round, and hands over what
// each round was answered.
func racing(t *testing.T, send func(client *http.Client, round int) (answer, error), check func([]answer)) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: raceClients}}
	defer client.CloseIdleConnections()
	began := time.Now()
	for round := range raceRounds {
		answers := make([]answer, raceClients)
		begin := make(chan struct{})
		var running sync.WaitGroup
		for n := range raceClients {
			running.Go(func() {
				<-begin
				var err error
				if answers[n], err = send(client, round); err != nil {
					t.Error(err)
				}
			})
		}
		close(begin)
		running.Wait()
		if check(answers); t.Failed() {
			return
		}
	}
	t.Logf("%d rounds of %d clients: %.1f rounds/s", raceRounds, raceClients, raceRounds/time.Since(began).Seconds())
}

// locations are what the entries of an answer say was made or found.
func locations(t *testing.T, a answer) string {
	t.Helper()
	bundle, err := fhir.Parse(a.body)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for entry := range bundle.Root().Each("entry") {
		all = append(all, entry.Get("response").Get("location").Text())
	}
	return strings.Join(all, " ")
}

// stored is how many resources of the type there are.
func stored(t *testing.T, base, resourceType string) int {
	t.Helper()
	total := exchange(t, http.MethodGet, base+"/"+resourceType+"?_count=1", nil, http.StatusOK).Root().Get("total").Text()
	n := 0
	if _, err := fmt.Sscan(total, &n); err != nil {
		t.Fatalf("total %q: %v", total, err)
	}
	return n
}

func checkStored(t *testing.T, base, resourceType string, want int) {
	t.Helper()
	if got := stored(t, base, resourceType); got != want {
		t.Errorf("%d of type %s are stored, want %d", got, resourceType, want)
	}
}
