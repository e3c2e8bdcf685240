package embedded_test

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite" // to let SQLite itself check the file

	"tahto/fhir"
	"tahto/fhir/search"
	"tahto/storage/driver"
	"tahto/storage/embedded"
)

// The test binary runs itself as the program that gets killed: with this
// variable it writes into the folder it names.
const killFolder = "TAHTO_TEST_KILL_FOLDER"

func TestMain(m *testing.M) {
	if folder := os.Getenv(killFolder); folder != "" {
		fmt.Fprintln(os.Stderr, writeForever(folder))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

const (
	killRounds  = 12
	killWriters = 4
	together    = 3 // documents of one transaction
)

// writeForever writes transactions of several documents, and names on standard
// output each that was acknowledged.
func writeForever(folder string) error {
	ctx := context.Background()
	e, err := embedded.Open(ctx, folder, embedded.Options{})
	if err != nil {
		return err
	}
	failed := make(chan error)
	for writer := range killWriters {
		go func() {
			for n := 0; ; n++ {
				name := fmt.Sprintf("%d-%d-%d", os.Getpid(), writer, n)
				if err := e.Update(ctx, func(w driver.Writer) error { return writeTogether(ctx, w, name) }); err != nil {
					failed <- err
					return
				}
				os.Stdout.WriteString(name + "\n")
			}
		}()
	}
	return <-failed
}

// writeTogether appends new documents and a version of one that all
// transactions change.
func writeTogether(ctx context.Context, w driver.Writer, name string) error {
	at := time.UnixMilli(1_700_000_000_000)
	entries := []search.Entry{{Param: "transaction", System: "system of " + name, Value: name}}
	for i := range together {
		d := driver.Document{
			Key: fhir.Key{Type: "Consent", ID: fmt.Sprintf("%s-%d", name, i)}, Version: 1, Updated: at, Method: "POST",
			Body: []byte(strings.Repeat(name, 300)), Entries: entries,
		}
		if err := w.Append(ctx, d); err != nil {
			return err
		}
	}
	shared, err := w.Get(ctx, sharedKey)
	if err != nil && shared.Version > 0 {
		return err
	}
	return w.Append(ctx, driver.Document{Key: sharedKey, Version: shared.Version + 1, Updated: at, Method: "PUT", Body: []byte(name)})
}

var sharedKey = fhir.Key{Type: "Provenance", ID: "shared"}

func TestKilledAtAnyMomentNothingAcknowledgedIsLost(t *testing.T) {
	folder := t.TempDir()
	acknowledged := map[string]bool{}
	for range killRounds {
		for _, name := range runAndKill(t, folder, 1+rand.IntN(120)) {
			acknowledged[name] = true
		}
		checkAfterKill(t, folder, acknowledged)
	}
	checkFile(t, folder)
	t.Logf("%d transactions acknowledged over %d kills", len(acknowledged), killRounds)
}

// runAndKill kills the writing program when it has acknowledged so many
// transactions, in the middle of whatever it is doing then, and gives all it
// acknowledged.
func runAndKill(t *testing.T, folder string, after int) []string {
	t.Helper()
	program := exec.Command(os.Args[0])
	program.Env = append(os.Environ(), killFolder+"="+folder)
	program.Stderr = os.Stderr
	out, err := program.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	var names []string
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadString('\n')
		if err == io.EOF {
			break // what has no end of line was being written
		}
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, strings.TrimSuffix(line, "\n"))
		if len(names) == after {
			if err := program.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := program.Wait(); err == nil || len(names) < after {
		t.Fatalf("the program ended by itself after %d transactions: %v", len(names), err)
	}
	return names
}

func checkAfterKill(t *testing.T, folder string, acknowledged map[string]bool) {
	t.Helper()
	ctx := t.Context()
	e, err := embedded.Open(ctx, folder, embedded.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	err = e.View(ctx, func(r driver.Reader) error {
		there, err := transactions(ctx, r)
		if err != nil {
			return err
		}
		for name := range acknowledged {
			if there[name] == 0 {
				t.Errorf("transaction %s was acknowledged and is lost", name)
			}
		}
		for name, n := range there {
			if n != together {
				t.Errorf("transaction %s is there in part: %d documents of %d", name, n, together)
			}
			found, err := r.Count(ctx, search.Query{Type: "Consent", Clauses: []search.Clause{{
				Param: "transaction", Op: search.Token, Values: []search.Value{{System: "system of " + name, Value: name}},
			}}})
			if err != nil || found != together {
				t.Errorf("transaction %s is found by its entries %d times: %v", name, found, err)
			}
		}
		shared, err := r.Get(ctx, sharedKey)
		if err != nil || shared.Version != uint64(len(there)) {
			t.Errorf("%d transactions made version %d of the shared document: %v", len(there), shared.Version, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// transactions counts the documents of each transaction that is there.
func transactions(ctx context.Context, r driver.Reader) (map[string]int, error) {
	there := map[string]int{}
	for d, err := range r.Find(ctx, search.Query{Type: "Consent"}, driver.Whole) {
		if err != nil {
			return nil, err
		}
		name := d.Key.ID[:strings.LastIndexByte(d.Key.ID, '-')]
		if string(d.Body) != strings.Repeat(name, 300) {
			return nil, fmt.Errorf("the body of %s is not what was written", d.Key.ID)
		}
		there[name]++
	}
	return there, nil
}

func checkFile(t *testing.T, folder string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(folder, "tahto.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var verdict string
	if err := db.QueryRow("PRAGMA integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
		t.Errorf("SQLite finds the file not in order: %s %v", verdict, err)
	}
}
