package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tahto/storage/mongo/mongotest"
)

// onDatabase is a program on a MongoDB that can be made to fail.
type onDatabase struct {
	base string
	db   *mongotest.Server
	log  string // the path of what it wrote to stderr
}

// startOnDatabase runs the program in this process until the test ends.
func startOnDatabase(t *testing.T) *onDatabase {
	t.Helper()
	p := &onDatabase{db: mongotest.Start(t, mongotest.Options{}), log: filepath.Join(t.TempDir(), "stderr")}
	stderr, err := os.Create(p.log)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	stdout := &announcement{found: make(chan string, 1)}
	ended := make(chan error, 1)
	args := []string{"-addr", "127.0.0.1:0", "-data", filepath.Join(t.TempDir(), "data"), "-intake", "archive", "-mongo", p.db.URI()}
	go func() { ended <- run(ctx, args, func(string) string { return "" }, stdout, stderr) }()
	select {
	case p.base = <-stdout.found:
	case err := <-ended:
		cancel()
		t.Fatalf("the program ended at once: %v\n%s", err, readFile(t, p.log))
	}
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("stop: %v", err)
		}
		stderr.Close()
	})
	return p
}

// want503 requires that the answer says that it can't be done now, and what to do.
func want503(t *testing.T, what string, got answer, err error, parts ...string) {
	t.Helper()
	if err != nil {
		t.Errorf("%s: %v", what, err)
		return
	}
	if got.status != http.StatusServiceUnavailable || got.header.Get("Retry-After") == "" {
		t.Errorf("%s: status %d, Retry-After %q; want 503 with one", what, got.status, got.header.Get("Retry-After"))
	}
	for _, part := range append(parts, "OperationOutcome", "transient") {
		if !strings.Contains(string(got.body), part) {
			t.Errorf("%s: the answer does not say %q: %s", what, part, got.body)
		}
	}
	for _, part := range []string{"160350", "MongoDB", "127.0.0.1", "injected", "decision", "permit", "deny"} {
		if strings.Contains(string(got.body), part) {
			t.Errorf("%s: the answer says %q: %s", what, part, got.body)
		}
	}
}

// quiet requires that the log says nothing of requests and of the server's words.
func (p *onDatabase) quiet(t *testing.T) {
	t.Helper()
	log := string(readFile(t, p.log))
	for _, part := range []string{"160350", "pair-", "injected by the test", "consent-health"} {
		if strings.Contains(log, part) {
			t.Errorf("%q is in the log:\n%s", part, log)
		}
	}
}

func (p *onDatabase) post(name string) (answer, error) {
	return send(http.MethodPost, p.base, fhirHeader, []byte(pairBundle(name)))
}

// there is how many Consents and Provenances there are of the name.
func (p *onDatabase) there(t *testing.T, name string) (consents, provenances int) {
	t.Helper()
	found := exchange(t, http.MethodGet, p.base+"/Consent?identifier=http://example.org/pair%7C"+name+"&_revinclude=Provenance:target", nil, http.StatusOK)
	for entry := range found.Root().Each("entry") {
		switch entry.Get("resource").Get("resourceType").Text() {
		case "Consent":
			consents++
		case "Provenance":
			provenances++
		}
	}
	return consents, provenances
}

func TestWritesThatFailAreNeverAnswered2xx(t *testing.T) {
	t.Parallel()
	p := startOnDatabase(t)
	const unknown, later = "not known whether the change is stored", "Try again later"
	for i, test := range []struct {
		name  string
		fault mongotest.Fault
		says  string
		kept  int
	}{
		{"a full disk", mongotest.Fault{Command: "update", Code: 14031}, later, 0},
		{"a full disk at a statement", mongotest.Fault{Command: "update", Code: 14031, WriteError: true}, later, 0},
		{"a commit that came to nothing", mongotest.Fault{Command: "commitTransaction", Code: 50}, unknown, 0},
		{"a commit that was done", mongotest.Fault{Command: "commitTransaction", Code: 50, Executed: true}, unknown, 1},
	} {
		name := fmt.Sprint("pair-", i)
		p.db.Inject(test.fault)
		got, err := p.post(name)
		want503(t, test.name, got, err, test.says)
		p.db.Heal()
		if consents, provenances := p.there(t, name); consents != test.kept || provenances != test.kept {
			t.Errorf("%s: %d Consents and %d Provenances, want %d", test.name, consents, provenances, test.kept)
		}
	}
	p.quiet(t)
	if log := string(readFile(t, p.log)); !strings.Contains(log, "MongoDB error 14031") {
		t.Errorf("the operator is not told the cause:\n%s", log)
	}
}

func TestLostConnectionsAreMendedOnce(t *testing.T) {
	t.Parallel()
	p := startOnDatabase(t)
	for i, f := range []mongotest.Fault{
		{Command: "commitTransaction", Drop: mongotest.DropBefore}, {Command: "commitTransaction", Drop: mongotest.DropAfter},
		{Command: "update", Drop: mongotest.DropAfter}, {Command: "commitTransaction", Code: 189, Executed: true, Labels: []string{"RetryableWriteError"}},
	} {
		name := fmt.Sprint("pair-", i)
		p.db.Inject(f)
		got, err := p.post(name)
		if err != nil || got.status != http.StatusOK {
			t.Errorf("fault %d: status %d (%v), want 200", i, got.status, err)
		}
		if consents, provenances := p.there(t, name); consents != 1 || provenances != 1 {
			t.Errorf("fault %d: %d Consents and %d Provenances, want one of each", i, consents, provenances)
		}
	}
	p.quiet(t)
}

func TestEvaluateDecidesNothingThatItCannotRead(t *testing.T) {
	t.Parallel()
	p := startOnDatabase(t)
	question := readFile(t, "../conformance/examples/evaluate.json")
	ask := func() (answer, error) {
		return send(http.MethodPost, p.base+"/Consent/$evaluate", fhirHeader, question)
	}
	post(t, p.base, readFile(t, "../conformance/examples/consent-bundle.json"), http.StatusOK)
	before, err := ask()
	if err != nil || before.status != http.StatusOK {
		t.Fatalf("status %d (%v), want 200", before.status, err)
	}
	for _, f := range []mongotest.Fault{
		{Command: "find", Code: 14031}, {Command: "find", Code: 50}, {Command: "find", Code: 112}, {Command: "find", Code: 8000, Name: "AtlasError"},
	} {
		p.db.Inject(f)
		got, err := ask()
		want503(t, fmt.Sprint("code ", f.Code), got, err)
	}
	after, err := ask()
	if err != nil || string(after.body) != string(before.body) {
		t.Errorf("afterwards: status %d (%v)\n%s", after.status, err, after.body)
	}
	p.quiet(t)
}

// readyz waits until the program says so.
func (p *onDatabase) readyz(t *testing.T, want int, within time.Duration) {
	t.Helper()
	status := 0
	for deadline := time.Now().Add(within); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		got, err := send(http.MethodGet, trimBase(p.base)+"/readyz", nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		if status = got.status; status == want {
			return
		}
	}
	t.Errorf("readyz: %d after %v, want %d", status, within, want)
}

// TestStepDownTurnsReadinessOffAndOnAgain by itself; what was sent meanwhile is
// done once when there is a primary again, or said to have failed.
func TestStepDownTurnsReadinessOffAndOnAgain(t *testing.T) {
	t.Parallel()
	p := startOnDatabase(t)
	p.readyz(t, http.StatusOK, time.Second)
	p.db.StepDown(4 * time.Second)
	var running sync.WaitGroup
	answers := make([]answer, 4)
	for i := range answers {
		running.Go(func() {
			var err error
			if answers[i], err = p.post(fmt.Sprint("pair-", i)); err != nil {
				t.Error(err)
			}
		})
	}
	p.readyz(t, http.StatusServiceUnavailable, 4*time.Second)
	p.readyz(t, http.StatusOK, 8*time.Second)
	running.Wait()
	for i, got := range answers {
		consents, provenances := p.there(t, fmt.Sprint("pair-", i))
		stored := consents == 1 && provenances == 1
		if got.status != http.StatusServiceUnavailable && got.status != http.StatusOK || stored != (got.status == http.StatusOK) {
			t.Errorf("status %d; %d Consents and %d Provenances", got.status, consents, provenances)
		}
	}
	p.quiet(t)
}

// TestDatabaseThatIsGoneOrSilent ends every request within the server's limits.
func TestDatabaseThatIsGoneOrSilent(t *testing.T) {
	if testing.Short() {
		t.Skip("takes as long as the engine is patient")
	}
	t.Parallel()
	for name, ail := range map[string]func(*mongotest.Server){
		"gone": func(db *mongotest.Server) { db.Stop() },
		"silent": func(db *mongotest.Server) {
			for _, command := range []string{"", "hello", "ping"} {
				db.Inject(mongotest.Fault{Command: command, Times: 1 << 30, Delay: time.Hour})
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := startOnDatabase(t)
			post(t, p.base, readFile(t, "../conformance/examples/consent-bundle.json"), http.StatusOK)
			ail(p.db)
			var running sync.WaitGroup
			for _, r := range [][3]string{
				{http.MethodGet, "/Consent?status=active", ""}, {http.MethodGet, "/Consent/a", ""}, {http.MethodPost, "", pairBundle("pair-1")},
				{http.MethodPost, "/Consent/$evaluate", string(readFile(t, "../conformance/examples/evaluate.json"))},
			} {
				running.Go(func() {
					began := time.Now()
					got, err := send(r[0], p.base+r[1], fhirHeader, []byte(r[2]))
					want503(t, r[0]+" "+r[1], got, err)
					if took := time.Since(began); took > writeTimeout/2 {
						t.Errorf("%s %s: took %v", r[0], r[1], took)
					}
				})
			}
			p.readyz(t, http.StatusServiceUnavailable, 5*time.Second)
			running.Wait()
			p.quiet(t)
			p.db.Stop()
		})
	}
}

// TestPasswordOfTheURIIsNowhere though the database can't be reached.
func TestPasswordOfTheURIIsNowhere(t *testing.T) {
	t.Parallel()
	db := mongotest.Start(t, mongotest.Options{})
	db.Stop()
	_, host, _ := strings.Cut(db.URI(), "://")
	host, _, _ = strings.Cut(host, "/")
	var stderr strings.Builder
	began := time.Now()
	args := []string{"-addr", "127.0.0.1:0", "-data", t.TempDir(), "-mongo", "mongodb://user:zQ7xK9vW3j@" + host + "/"}
	err := run(t.Context(), args, func(string) string { return "" }, io.Discard, &stderr)
	if code := exitCode(err, &stderr); code != 1 || time.Since(began) > time.Minute {
		t.Errorf("exit code %d after %v, want 1 before long", code, time.Since(began))
	}
	if text := stderr.String(); strings.Contains(text, "zQ7x") || !strings.Contains(text, host) || strings.Count(text, "\n") != 1 {
		t.Errorf("want one line that names the host and no password: %s", text)
	}
}
