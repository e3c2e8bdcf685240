package main

import (
	"fmt"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tahto/storage/mongo/mongotest"
)

// BenchmarkSubmit sends transactions of 1,000 pairs of a declaration and its
// Provenance to the program, a process of its own with strict intake, one after
// the other, while another client submits single pairs: how much is taken a
// second, how long one takes, what memory it needs, and how long the others wait
// for the writer.
//
//	go test ./server -run '^$' -bench Submit -benchtime 10x
func BenchmarkSubmit(b *testing.B) {
	engines := map[string]func(*testing.B) []string{
		"Embedded": func(b *testing.B) []string { return nil },
		"MongoDBInMemory": func(b *testing.B) []string {
			return []string{"-mongo", mongotest.Start(b, mongotest.Options{}).URI()}
		},
	}
	if uri := os.Getenv("TAHTO_TEST_MONGODB"); uri != "" {
		engines["MongoDB"] = func(b *testing.B) []string { return []string{"-mongo", freshDatabase(b, uri)} }
	}
	for name, flags := range engines {
		for kind, onePerson := range map[string]bool{"ManyPersons": false, "OnePerson": true} {
			b.Run(name+"/"+kind, func(b *testing.B) {
				server := spawn(b, "program", append(flags(b), "-addr", "127.0.0.1:0", "-data", b.TempDir())...)
				submitThousands(b, server, onePerson)
			})
		}
	}
}

func submitThousands(b *testing.B, server *child, onePerson bool) {
	var took []time.Duration
	began, others := time.Now(), beside(server.base)
	bytes := 0
	for b.Loop() {
		n := len(took)
		sent := submission("", largePairs(strconv.Itoa(n), onePerson)...)
		bytes = len(sent)
		at := time.Now()
		got, err := send(http.MethodPost, server.base, fhirHeader, sent)
		if err != nil || got.status != http.StatusOK {
			b.Fatalf("status %d, %v: %.1000s", got.status, err, got.body)
		}
		took = append(took, time.Since(at))
	}
	all := load{time.Since(began), took}
	slices.Sort(all.took)
	waited := others()
	b.ReportMetric(all.rate()*thousand, "pairs/s")
	b.ReportMetric(float64(all.percentile(99).Milliseconds()), "p99-ms")
	b.ReportMetric(float64(waited.percentile(100).Milliseconds()), "beside-most-ms")
	b.Logf("%.1f MB each: %s; beside: %s; %s, %s", float64(bytes)/1e6, all, waited, memory(server, "VmHWM"), memory(server, "RssAnon"))
}

// beside submits single pairs until it is stopped, and tells how long they took.
func beside(base string) (stop func() load) {
	over, done := make(chan struct{}), make(chan load)
	go func() {
		began, all := time.Now(), load{}
		for n := 0; ; n++ {
			select {
			case <-over:
				all.lasted = time.Since(began)
				slices.Sort(all.took)
				done <- all
				return
			default:
			}
			at := time.Now()
			got, err := send(http.MethodPost, base, fhirHeader, submission("", pair{name: fmt.Sprint("beside-", n), person: identityCode(maxPersons - 1 - n)}))
			if err != nil || got.status != http.StatusOK {
				panic(fmt.Sprintf("status %d, %v: %s", got.status, err, strings.TrimSpace(string(got.body))))
			}
			all.took = append(all.took, time.Since(at))
		}
	}()
	return func() load { close(over); return <-done }
}
