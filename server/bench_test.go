package main

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
)

// bareAnswer is what the bare server answers a read with: as much as the server
// has stored.
var bareAnswer = declaration(0, 0)

// echo is the bare Gin server that is measured against: to a read it gives the
// same bytes, and it sends back the body that it got.
func echo() {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.GET("/fhir/Consent/:id", func(c *gin.Context) {
		c.Data(http.StatusOK, "application/fhir+json; charset=utf-8", bareAnswer)
	})
	engine.POST("/fhir/Consent/$evaluate", func(c *gin.Context) {
		body, err := io.ReadAll(c.Request.Body)
		if err != nil {
			c.Status(http.StatusBadRequest)
			return
		}
		c.Data(http.StatusOK, "application/fhir+json; charset=utf-8", body)
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Printf("Tahto is at http://%s/fhir\n", listener.Addr())
	_ = http.Serve(listener, engine)
}

// picker chooses whom the nth question of a run is about.
type picker func(random *rand.Rand, n int) int

// anyOf draws persons at random, eachOf takes one after the other.
func anyOf(persons int) picker {
	return func(random *rand.Rand, _ int) int { return random.IntN(persons) }
}
func eachOf(persons int) picker { return func(_ *rand.Rand, n int) int { return n % persons } }

// ask sends n questions.
func ask(b *testing.B, base string, pick picker, n int) load {
	b.Helper()
	return drive(b, benchClients, n, func(random *rand.Rand, i int) *http.Request {
		return sending(http.MethodPost, base+"/Consent/$evaluate", question(pick(random, i)))
	})
}

// memory is a line of /proc/<pid>/status in megabytes, such as RssAnon; "" where
// there is no /proc.
func memory(c *child, name string) string {
	status, err := os.ReadFile("/proc/" + strconv.Itoa(c.command.Process.Pid) + "/status")
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(status)) {
		if rest, found := strings.CutPrefix(line, name+":"); found {
			kilobytes, _ := strconv.Atoi(strings.Fields(rest)[0])
			return fmt.Sprintf("%s %d MB", name, kilobytes/1024)
		}
	}
	return ""
}

// processorTime is what the child has used; 0 where there is no /proc. Unlike a
// rate it does not depend on what else the machine does.
func processorTime(c *child) time.Duration {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(c.command.Process.Pid) + "/stat")
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(stat), ") ") // the name may hold anything
	fields := strings.Fields(after)
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	const tick = 10 * time.Millisecond // USER_HZ is 100 for all programs
	return time.Duration(user+system) * tick
}

// benchEngine chooses the engine, empty: the embedded one in a folder of its own,
// or a database in the MongoDB that TAHTO_TEST_MONGODB names.
func benchEngine(b *testing.B) []string {
	b.Helper()
	flags := []string{"-data", b.TempDir()}
	if uri := os.Getenv("TAHTO_TEST_MONGODB"); uri != "" {
		flags = append(flags, "-mongo", freshDatabase(b, uri))
	}
	return flags
}

// BenchmarkEvaluateOverHTTP measures $evaluate with one item over loopback
// HTTP against the program as a process of its own, on disk, beside a bare Gin
// echo of the same bodies. Both share the machine's cores with the clients.
//
//	TAHTO_BENCH_PERSONS=100000 go test ./server -run '^$' -bench OverHTTP -benchtime 1x
func BenchmarkEvaluateOverHTTP(b *testing.B) {
	persons := benchPersons(b)
	engine := benchEngine(b)
	began := time.Now()
	seed(b, engine, persons)
	b.Logf("stored %d declarations of %d persons in %v", persons*len(declarations), persons, time.Since(began).Round(time.Millisecond))
	bare := spawn(b, "echo")
	server := spawn(b, "program", append(engine, "-addr", "127.0.0.1:0", "-intake", "archive", "-directory", caseDirectory)...)
	turns, requests := 5, 8000
	if testing.Short() {
		turns, requests = 2, 2000
	}
	for b.Loop() {
		b.Logf("first    %v (each person's first question: bodies are read)", ask(b, server.base, eachOf(persons), max(persons, benchClients)))
		var echoed, evaluated load
		ask(b, bare.base, anyOf(persons), requests) // warms up as well
		usedBare, usedServer := processorTime(bare), processorTime(server)
		// By turns, so that whatever else the machine does falls on both.
		for range turns {
			echoed = echoed.and(ask(b, bare.base, anyOf(persons), requests))
			evaluated = evaluated.and(ask(b, server.base, anyOf(persons), requests))
		}
		b.Logf("echo     %v", echoed)
		b.Logf("evaluate %v", evaluated)
		b.Logf("processor time a request: echo %v, evaluate %v",
			(processorTime(bare)-usedBare)/time.Duration(len(echoed.took)), (processorTime(server)-usedServer)/time.Duration(len(evaluated.took)))
		b.Logf("ratio %.2f (0.5 is wanted); server: %s, %s, %s", evaluated.rate()/echoed.rate(),
			memory(server, "VmRSS"), memory(server, "RssAnon"), memory(server, "RssFile"))
		b.ReportMetric(evaluated.rate(), "req/s")
		b.ReportMetric(evaluated.rate()/echoed.rate(), "of-echo")
		b.ReportMetric(float64(evaluated.percentile(99).Microseconds())/1000, "p99-ms")
	}
}

// inProcess opens the program's parts on a folder without a socket.
func inProcess(b *testing.B, persons int) http.Handler {
	b.Helper()
	relaxCollector() // as main does
	engine := benchEngine(b)
	seed(b, engine, persons)
	c, err := configure(append(engine, "-intake", "archive", "-directory", caseDirectory), environment(nil), io.Discard)
	if err != nil {
		b.Fatal(err)
	}
	setting, err := c.setting()
	if err != nil {
		b.Fatal(err)
	}
	p, err := open(b.Context(), c, setting, "http://127.0.0.1:8080/fhir", slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = p.close() })
	return p.handler
}

// sink is where an answer goes that nobody reads.
type sink struct {
	header http.Header
	status int
}

func (s *sink) Header() http.Header            { return s.header }
func (s *sink) WriteHeader(status int)         { s.status = status }
func (s *sink) Write(body []byte) (int, error) { return len(body), nil }

// evaluate hands the question to the handler.
func evaluate(b *testing.B, handler http.Handler, body []byte) {
	b.Helper()
	request := httptest.NewRequest(http.MethodPost, "/fhir/Consent/$evaluate", bytes.NewReader(body))
	request.Header.Set("Content-Type", "application/fhir+json")
	answer := &sink{header: http.Header{}}
	handler.ServeHTTP(answer, request)
	if answer.status != http.StatusOK {
		b.Fatalf("status %d", answer.status)
	}
}

// BenchmarkEvaluateThousandItems is the time in the server for one call with
// 1,000 items.
func BenchmarkEvaluateThousandItems(b *testing.B) {
	handler := inProcess(b, 10)
	body := questionOf(3, 1000)
	b.ReportAllocs()
	for b.Loop() {
		evaluate(b, handler, body)
	}
}

// questionOf is a question about so many items.
func questionOf(person, items int) []byte {
	all := make([]string, items)
	for n := range all {
		all[n] = questionItem(n)
	}
	return bytes.Replace(question(person), []byte(questionItem(0)), []byte(strings.Join(all, ",")), 1)
}

// BenchmarkEvaluateByPersons is the time in the server for one item, with few
// persons stored and with many: what finding a person costs.
func BenchmarkEvaluateByPersons(b *testing.B) {
	counts := []int{1000}
	if many := benchPersons(b); many != 1000 {
		counts = append(counts, many)
	}
	for _, persons := range counts {
		b.Run(strconv.Itoa(persons), func(b *testing.B) {
			handler := inProcess(b, persons)
			random := rand.New(rand.NewPCG(1, 2))
			b.ReportAllocs()
			for b.Loop() {
				evaluate(b, handler, question(random.IntN(persons)))
			}
		})
	}
}
