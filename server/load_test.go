package main

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// benchClients is how many clients ask at once, each over a connection of its own.
const benchClients = 16

// load is what a run of requests came to.
type load struct {
	lasted time.Duration
	took   []time.Duration // sorted
}

// and adds another run.
func (l load) and(more load) load {
	all := load{l.lasted + more.lasted, append(slices.Clone(l.took), more.took...)}
	slices.Sort(all.took)
	return all
}

// rate is in requests a second.
func (l load) rate() float64 { return float64(len(l.took)) / l.lasted.Seconds() }

func (l load) percentile(p int) time.Duration { return l.took[min(len(l.took)-1, len(l.took)*p/100)] }

func (l load) String() string {
	return fmt.Sprintf("%7.0f req/s  p50 %-8v p95 %-8v p99 %v", l.rate(),
		l.percentile(50).Round(time.Microsecond), l.percentile(95).Round(time.Microsecond), l.percentile(99).Round(time.Microsecond))
}

// rounds counts the runs, so that each draws other persons.
var rounds atomic.Uint64

// sending is a request with a body of FHIR's JSON, or without one.
func sending(method, address string, body []byte) *http.Request {
	request, err := http.NewRequest(method, address, bytes.NewReader(body))
	if err != nil {
		panic(err) // the address is the benchmark's own
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/fhir+json")
	}
	return request
}

// drive sends n requests by so many clients at once, each over a connection of
// its own and with chances of its own, and waits for the answers.
func drive(b *testing.B, clients, n int, next func(random *rand.Rand, i int) *http.Request) load {
	b.Helper()
	round := rounds.Add(1)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}}
	defer client.CloseIdleConnections()
	var (
		mu      sync.Mutex
		total   load
		running sync.WaitGroup
	)
	began := time.Now()
	for worker := range clients {
		running.Go(func() {
			random := rand.New(rand.NewPCG(round, uint64(worker)))
			took := make([]time.Duration, 0, n/clients+1)
			for i := range n / clients {
				request := next(random, i*clients+worker)
				at := time.Now()
				if err := done(client, request); err != nil {
					b.Error(err)
					return
				}
				took = append(took, time.Since(at))
			}
			mu.Lock()
			defer mu.Unlock()
			total.took = append(total.took, took...)
		})
	}
	running.Wait()
	total.lasted = time.Since(began)
	slices.Sort(total.took)
	return total
}

// done sends a request and reads the answer, which must be a success.
func done(client *http.Client, request *http.Request) error {
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return err
	}
	if response.StatusCode >= http.StatusMultipleChoices {
		return fmt.Errorf("%s: status %d", request.Method, response.StatusCode)
	}
	return nil
}
