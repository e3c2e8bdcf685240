package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"tahto/fhir"
)

// killRounds is how often the server is killed.
const killRounds = 6

// posted is a transaction Bundle that was sent, and what came of it.
type posted struct {
	name     string // Consent.identifier.value, by which it is found again
	answered bool   // 2xx came back
	consent  string // the Consent it made: Consent/<id>/_history/1
}

// TestKilledServerKeepsWhatItAnswered runs the program as a process, posts
// transaction Bundles (a Consent and its Provenance each) from several clients
// at once, kills it with SIGKILL while they do, and starts it again on the same
// folder. Every Bundle that was answered must be wholly there; any other wholly
// or not at all; and each answer must have its audit record.
func TestKilledServerKeepsWhatItAnswered(t *testing.T) {
	data := t.TempDir()
	args := []string{"-addr", "127.0.0.1:0", "-data", data, "-intake", "archive"}
	var all []posted
	for round := range killRounds {
		server := spawn(t, "program", args...)
		all = append(all, postUntilKilled(server, round, 1+rand.IntN(60))...)
	}
	server := spawn(t, "program", args...)
	answered, kept := 0, 0
	for _, p := range all {
		there := p.check(t, server.base)
		if there {
			kept++
		}
		if p.answered {
			answered++
		}
	}
	total := func(path string) string {
		return exchange(t, http.MethodGet, server.base+path, nil, http.StatusOK).Root().Get("total").Text()
	}
	if got, want := total("/Provenance?_count=1"), fmt.Sprint(kept); got != want {
		t.Errorf("%s Provenances for %s Consents: a Bundle was torn apart", got, want)
	}
	if answered < killRounds {
		t.Errorf("only %d Bundles were answered in %d rounds: nothing was tested", answered, killRounds)
	}
	checkRecords(t, data, all)
	t.Logf("%d rounds, %d Bundles sent, %d answered, %d kept", killRounds, len(all), answered, kept)
}

// postUntilKilled posts from four clients until the server has answered so
// often, and kills it then, whatever it is doing for the others.
func postUntilKilled(server *child, round, answers int) []posted {
	const clients = 4
	var (
		mu       sync.Mutex
		all      []posted
		answered int
		running  sync.WaitGroup
		client   = &http.Client{Transport: &http.Transport{}, Timeout: 30 * time.Second}
	)
	for n := range clients {
		running.Go(func() {
			for i := 0; ; i++ {
				p := posted{name: fmt.Sprintf("round%d-client%d-%d", round, n, i)}
				alive := p.send(client, server.base)
				mu.Lock()
				all = append(all, p)
				if p.answered {
					answered++
				}
				enough := answered >= answers
				mu.Unlock()
				if enough {
					server.kill()
				}
				if !alive || enough {
					return
				}
			}
		})
	}
	running.Wait()
	server.kill()
	return all
}

// send posts the Bundle; false if the server is gone.
func (p *posted) send(client *http.Client, base string) bool {
	response, err := client.Post(base, "application/fhir+json", strings.NewReader(pairBundle(p.name)))
	if err != nil {
		return false
	}
	defer response.Body.Close()
	// The status has come: it counts, even if the rest does not get through.
	p.answered = response.StatusCode == http.StatusOK
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return false
	}
	if answer, err := fhir.Parse(body); err == nil {
		location := answer.Root().Get("entry").At(0).Get("response").Get("location").Text()
		if at := strings.Index(location, "Consent/"); at >= 0 {
			p.consent = location[at:]
		}
	}
	return p.answered
}

// check finds out whether the Bundle is there, and fails unless it is there
// wholly or not at all, and wholly if it was answered.
func (p posted) check(t *testing.T, base string) bool {
	t.Helper()
	found := exchange(t, http.MethodGet, base+"/Consent?identifier=http://example.org/pair%7C"+p.name+"&_revinclude=Provenance:target", nil, http.StatusOK)
	types := map[string]int{}
	for entry := range found.Root().Each("entry") {
		types[entry.Get("resource").Get("resourceType").Text()]++
	}
	there := types["Consent"] == 1
	switch {
	case types["Consent"] > 1 || types["Provenance"] != types["Consent"]:
		t.Errorf("%s: %v; want one of each or none", p.name, types)
	case p.answered && !there:
		t.Errorf("%s was answered and is not there", p.name)
	}
	if p.consent != "" {
		exchange(t, http.MethodGet, base+"/"+p.consent, nil, http.StatusOK)
	}
	return there
}

// checkRecords looks for the audit record of each answer.
func checkRecords(t *testing.T, data string, all []posted) {
	t.Helper()
	records, err := os.ReadFile(data + "/audit.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		if p.consent != "" && !strings.Contains(string(records), `"`+p.consent+`"`) {
			t.Errorf("%s was answered and has no audit record", p.consent)
		}
	}
}

// pairBundle is a transaction of a Consent of that name and its Provenance.
func pairBundle(name string) string {
	return `{"resourceType":"Bundle","type":"transaction","entry":[
{"fullUrl":"urn:uuid:00000000-0000-4000-8000-000000000001","request":{"method":"POST","url":"Consent"},"resource":{
 "resourceType":"Consent","identifier":[{"system":"http://example.org/pair","value":"` + name + `"}],"status":"active",
 "scope":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope","code":"patient-privacy"}]},
 "category":[{"coding":[{"system":"https://tahto.example/fhir/CodeSystem/declaration","code":"consent-health"}]}],
 "patient":{"identifier":{"system":"urn:oid:1.2.246.21","value":"160350-900N"}},
 "dateTime":"2024-01-10","policy":[{"uri":"http://data.finlex.fi/eli/sd/2023/703"}],
 "provision":{"type":"permit","period":{"start":"2024-01-10"}}}},
{"request":{"method":"POST","url":"Provenance"},"resource":{
 "resourceType":"Provenance","target":[{"reference":"urn:uuid:00000000-0000-4000-8000-000000000001"}],
 "contained":[{"resourceType":"Patient","id":"client","identifier":[{"system":"urn:oid:1.2.246.21","value":"160350-900N"}]}],
 "recorded":"2024-01-10T09:00:00+02:00",
 "agent":[{"role":[{"coding":[{"system":"http://gen.kanta.fi/figen-cs-provenancerolecategory","code":"12"}]}],"who":{"reference":"#client"}}]}}
]}`
}
