package main

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// BenchmarkReadOverHTTP measures GET Consent/[id] over loopback HTTP against the
// program as a process of its own, on disk, beside a bare Gin handler that
// answers with as many bytes. Both share the machine's cores with the clients.
//
//	go test ./server -run '^$' -bench ReadOverHTTP -benchtime 1x
func BenchmarkReadOverHTTP(b *testing.B) {
	persons := benchPersons(b)
	engine := benchEngine(b)
	seed(b, engine, persons)
	bare := spawn(b, "echo")
	server := spawn(b, "program", append(engine, "-addr", "127.0.0.1:0", "-intake", "archive")...)
	ids := someIDs(b, server.base)
	read := func(base string) func(*rand.Rand, int) *http.Request {
		return func(random *rand.Rand, _ int) *http.Request {
			return sending(http.MethodGet, base+"/Consent/"+ids[random.IntN(len(ids))], nil)
		}
	}
	turns, requests := 5, 20000
	if testing.Short() {
		turns, requests = 2, 2000
	}
	for b.Loop() {
		drive(b, benchClients, requests, read(bare.base))
		drive(b, benchClients, requests, read(server.base))
		var plain, ours load
		usedBare, usedServer := processorTime(bare), processorTime(server)
		for range turns {
			plain = plain.and(drive(b, benchClients, requests, read(bare.base)))
			ours = ours.and(drive(b, benchClients, requests, read(server.base)))
		}
		b.Logf("bare %v", plain)
		b.Logf("read %v", ours)
		b.Logf("processor time a request: bare %v, read %v; ratio %.2f (0.6 is wanted)",
			(processorTime(bare)-usedBare)/time.Duration(len(plain.took)), (processorTime(server)-usedServer)/time.Duration(len(ours.took)), ours.rate()/plain.rate())
		b.ReportMetric(ours.rate(), "req/s")
		b.ReportMetric(ours.rate()/plain.rate(), "of-bare")
		b.ReportMetric(float64(ours.percentile(99).Microseconds())/1000, "p99-ms")
	}
}

// someIDs are the ids of a thousand Consents, or of all if there are fewer.
func someIDs(b *testing.B, base string) []string {
	b.Helper()
	got, err := send(http.MethodGet, base+"/Consent?_count=1000&_sort=_id", nil, nil)
	if err != nil {
		b.Fatal(err)
	}
	return idsIn(b, got.body)
}

// idsIn are the ids of the Consents in a searchset.
func idsIn(b *testing.B, searchset []byte) []string {
	b.Helper()
	var ids []string
	for _, part := range strings.Split(string(searchset), `/fhir/Consent/`)[1:] {
		if id, _, found := strings.Cut(part, `","resource"`); found {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		b.Fatal("no Consents are found")
	}
	return ids
}

// informed is a transaction of a receipt and its Provenance, which strict intake
// takes of anybody.
func informed(person int) []byte {
	return fmt.Appendf(nil, `{"resourceType":"Bundle","type":"transaction","entry":[`+
		`{"fullUrl":"urn:uuid:00000000-0000-4000-8000-000000000001","request":{"method":"POST","url":"Consent"},"resource":%s},`+
		`{"request":{"method":"POST","url":"Provenance"},"resource":{"resourceType":"Provenance","contained":[{"resourceType":"Patient","id":"client"}],`+
		`"target":[{"reference":"urn:uuid:00000000-0000-4000-8000-000000000001"}],"recorded":"2024-01-10T09:00:00+02:00",`+
		`"agent":[{"role":[{"coding":[{"system":"http://gen.kanta.fi/figen-cs-provenancerolecategory","code":"12"}]}],"who":{"reference":"#client"}}]}}]}`,
		declaration(person, 0))
}

// benchPairs counts the persons of the pairs, so that each has one.
var benchPairs atomic.Int64

func pairOf(base string) *http.Request {
	return sending(http.MethodPost, base, informed(int(benchPairs.Add(1))))
}

// BenchmarkPairOverHTTP measures transactions of a Consent and its Provenance by
// eight clients against the program as a process of its own, on disk, with strict
// intake.
//
//	go test ./server -run '^$' -bench PairOverHTTP -benchtime 1x
func BenchmarkPairOverHTTP(b *testing.B) {
	server := spawn(b, "program", append(benchEngine(b), "-addr", "127.0.0.1:0")...)
	const clients = 8
	pairs := 8000
	if testing.Short() {
		pairs = 800
	}
	for b.Loop() {
		took := drive(b, clients, pairs, func(*rand.Rand, int) *http.Request { return pairOf(server.base) })
		b.Logf("pairs %v (a 99th percentile under 30 ms is wanted)", took)
		b.ReportMetric(took.rate(), "pairs/s")
		b.ReportMetric(float64(took.percentile(99).Microseconds())/1000, "p99-ms")
	}
}

// BenchmarkMixedOverHTTP is a mixed load, half of it reads, for
// TAHTO_BENCH_MINUTES (a short while unless it is set), with the memory of the
// server at every tenth of it.
//
//	TAHTO_BENCH_MINUTES=10 go test ./server -run '^$' -bench MixedOverHTTP -benchtime 1x -timeout 1h
func BenchmarkMixedOverHTTP(b *testing.B) {
	persons := benchPersons(b)
	engine := benchEngine(b)
	seed(b, engine, persons)
	server := spawn(b, "program", append(engine, "-addr", "127.0.0.1:0", "-directory", caseDirectory)...)
	ids := someIDs(b, server.base)
	for b.Loop() {
		began, lasts := time.Now(), benchTime(b)
		for tenth := range 10 {
			var all load
			for all.lasted == 0 || time.Since(began) < lasts*time.Duration(tenth+1)/10 {
				all = all.and(drive(b, benchClients, 800, mixed(server.base, ids, persons)))
			}
			b.Logf("%v  %v  %s, %s", time.Since(began).Round(time.Second), all, memory(server, "VmRSS"), memory(server, "RssAnon"))
		}
	}
}

func benchTime(b *testing.B) time.Duration {
	b.Helper()
	minutes, err := strconv.ParseFloat(os.Getenv("TAHTO_BENCH_MINUTES"), 64)
	if err != nil {
		return time.Second
	}
	return time.Duration(minutes * float64(time.Minute))
}

// mixed draws requests: reads, searches by person, decisions and pairs.
func mixed(base string, ids []string, persons int) func(*rand.Rand, int) *http.Request {
	return func(random *rand.Rand, _ int) *http.Request {
		switch person := random.IntN(persons); random.IntN(10) {
		case 0:
			return pairOf(base)
		case 1:
			return sending(http.MethodGet, base+"/Consent?status=active&_count=20&_revinclude=Provenance:target", nil)
		case 2, 3, 4:
			return sending(http.MethodPost, base+"/Consent/$evaluate", question(person))
		default:
			return sending(http.MethodGet, base+"/Consent/"+ids[random.IntN(len(ids))], nil)
		}
	}
}

// BenchmarkMetadata is the time in the server for GET metadata.
func BenchmarkMetadata(b *testing.B) {
	handler := inProcess(b, 1)
	b.ReportAllocs()
	for b.Loop() {
		answer := &sink{header: http.Header{}}
		handler.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/fhir/metadata", nil))
		if answer.status != http.StatusOK {
			b.Fatalf("status %d", answer.status)
		}
	}
}

// BenchmarkRead is the time in the server for GET Consent/[id].
func BenchmarkRead(b *testing.B) {
	handler := inProcess(b, 1000)
	page := httptest.NewRecorder()
	handler.ServeHTTP(page, httptest.NewRequest(http.MethodGet, "/fhir/Consent?_count=1000", nil))
	ids := idsIn(b, page.Body.Bytes())
	random := rand.New(rand.NewPCG(1, 2))
	b.ReportAllocs()
	for b.Loop() {
		answer := &sink{header: http.Header{}}
		handler.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/fhir/Consent/"+ids[random.IntN(len(ids))], nil))
		if answer.status != http.StatusOK {
			b.Fatalf("status %d", answer.status)
		}
	}
}
