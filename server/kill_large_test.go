package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"tahto/storage/mongo/mongotest"
)

// killedPairs are how many pairs the transactions have during which the server
// is killed, and killedWithin how long after they are sent, at most: about as
// long as one takes.
const (
	killedPairs  = 200
	killedWithin = 150 * time.Millisecond
)

// TestKilledServerHasLargeTransactionsWhollyOrNot kills the program in the middle
// of large transactions, of such as are waited for and of such as are not, and
// sends them again: each is there wholly or not at all, and in the end once, and
// whoever was answered is answered alike.
func TestKilledServerHasLargeTransactionsWhollyOrNot(t *testing.T) {
	t.Run("Embedded", func(t *testing.T) { killInTransactions(t, func() {}) })
	t.Run("MongoDBInMemory", func(t *testing.T) {
		db := mongotest.Start(t, mongotest.Options{})
		// MongoDB ends what a client has left open after a minute
		// (transactionLifetimeLimitSeconds), or when the primary changes.
		killInTransactions(t, func() { db.StepDown(time.Millisecond) }, "-mongo", db.URI())
	})
}

func killInTransactions(t *testing.T, endLeftOpen func(), engine ...string) {
	args := append(engine, "-addr", "127.0.0.1:0", "-data", filepath.Join(t.TempDir(), "data"), "-base", publicBase)
	kept := 0
	for round := range killRounds {
		server := spawn(t, "program", args...)
		sent := submission(fmt.Sprint("round-", round), pairsOf(fmt.Sprint("round", round), killedPairs, round%2 == 0, false)...)
		header := http.Header{"Content-Type": {"application/fhir+json"}}
		if round%3 == 2 {
			header["Prefer"] = []string{"respond-async"}
		}
		answered := sendUntilKilled(server, header, sent)
		endLeftOpen()
		server = spawn(t, "program", args...)
		there := stored(t, server.base, "Consent") - round*killedPairs
		if there != 0 && there != killedPairs {
			t.Fatalf("round %d: %d of %d pairs are there", round, there, killedPairs)
		}
		kept += there / killedPairs
		if answered.status == http.StatusAccepted {
			path := answered.header.Get("Content-Location")[len(publicBase):]
			if got, err := send(http.MethodGet, server.base+path, nil, nil); err != nil || got.status != http.StatusNotFound {
				t.Errorf("round %d: the status is %d, %v", round, got.status, err)
			}
		}
		if answered.status == http.StatusOK && there == 0 {
			t.Errorf("round %d was answered and is not there", round)
		}
		checkSentAgain(t, server, sent, answered)
		for _, resourceType := range []string{"Consent", "Provenance"} {
			checkStored(t, server.base, resourceType, (round+1)*killedPairs)
		}
		server.kill()
	}
	t.Logf("%d rounds, %d were kept when the server was killed", killRounds, kept)
}

// sendUntilKilled sends a Bundle, kills the server some time later, and gives
// what was answered before; the zero answer if nothing was, or not all of it.
func sendUntilKilled(server *child, header http.Header, sent []byte) answer {
	over := make(chan answer, 1)
	go func() {
		got, err := send(http.MethodPost, server.base, header, sent)
		if err != nil {
			got = answer{}
		}
		over <- got
	}()
	<-time.After(rand.N(killedWithin))
	server.kill()
	return <-over
}

// checkSentAgain sends the same twice more.
func checkSentAgain(t *testing.T, server *child, sent []byte, answered answer) {
	t.Helper()
	if answered.status != http.StatusOK {
		answered = sentWhole(t, server, sent)
	}
	if got := sentWhole(t, server, sent); !bytes.Equal(got.body, answered.body) {
		t.Errorf("sent again it is answered otherwise:\n%.300s\n%.300s", got.body, answered.body)
	}
}

func sentWhole(t *testing.T, server *child, sent []byte) answer {
	t.Helper()
	got, err := send(http.MethodPost, server.base, fhirHeader, sent)
	if err != nil || got.status != http.StatusOK {
		t.Fatalf("status %d, %v: %s", got.status, err, got.body)
	}
	return got
}
