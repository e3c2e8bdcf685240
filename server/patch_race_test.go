package main

import (
	"fmt"
	"net/http"
	"sync"
	"testing"

	"tahto/fhir"
)

// TestPatchesAtTheSameTime: of patches that name no version none is lost, since
// each is made of what the one before left; of those that name the same version
// one is done.
func TestPatchesAtTheSameTime(t *testing.T) {
	for name, e := range testEngines(t) {
		t.Run(name, func(t *testing.T) {
			p := withDeclarations(t, e.args(t)...)
			const clients, rounds = 16, 6
			for round := range rounds {
				etag := read(t, p.base+"/Consent/c").header.Get("ETag")
				won := patchAtOnce(t, clients, p.base+"/Consent/c", func(n int) (string, string) {
					return etag, fmt.Sprintf(`[{"op":"add","path":"/language","value":"fi-%d-%d"}]`, round, n)
				})
				if won[http.StatusOK] != 1 || won[http.StatusPreconditionFailed] != clients-1 {
					t.Fatalf("with If-Match: %v", won)
				}
				done := patchAtOnce(t, clients, p.base+"/Consent/c", func(n int) (string, string) {
					return "", fmt.Sprintf(`[{"op":"add","path":"/policy/-","value":{"uri":"urn:x:%d:%d"}}]`, round, n)
				})
				if done[http.StatusOK] != clients {
					t.Fatalf("without If-Match: %v", done)
				}
			}
			kept, err := fhir.Parse(read(t, p.base+"/Consent/c").body)
			if err != nil {
				t.Fatal(err)
			}
			policies := map[string]bool{}
			for policy := range kept.Root().Each("policy") {
				policies[policy.Get("uri").Text()] = true
			}
			if got, want := len(policies), 1+clients*rounds; got != want {
				t.Errorf("%d policies, want %d", got, want)
			}
			if got, want := kept.Root().Get("meta").Get("versionId").Text(), fmt.Sprint(1+(clients+1)*rounds); got != want {
				t.Errorf("version %s, want %s", got, want)
			}
		})
	}
}

// patchAtOnce lets clients send a JSON Patch each, and counts the statuses.
func patchAtOnce(t *testing.T, clients int, url string, patch func(n int) (ifMatch, document string)) map[int]int {
	t.Helper()
	statuses := make([]int, clients)
	var running sync.WaitGroup
	for n := range clients {
		running.Go(func() {
			ifMatch, document := patch(n)
			header := http.Header{"Content-Type": {"application/json-patch+json"}}
			if ifMatch != "" {
				header.Set("If-Match", ifMatch)
			}
			got, err := send(http.MethodPatch, url, header, []byte(document))
			if err != nil {
				t.Error(err)
			}
			statuses[n] = got.status
		})
	}
	running.Wait()
	counts := map[int]int{}
	for _, status := range statuses {
		counts[status]++
	}
	return counts
}

func read(t *testing.T, url string) answer {
	t.Helper()
	got, err := send(http.MethodGet, url, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return got
}
