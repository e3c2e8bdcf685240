package main

import (
	"fmt"
	"sync/atomic"
	"testing"

	"tahto/storage/driver"
	"tahto/storage/mongo"
	"tahto/storage/storagetest"
)

// Why a promise can't be kept on FerretDB.
const (
	noTransactions = "a standalone server has no transactions"
	noSnapshots    = "a standalone server has no snapshots: each read sees what is newest"
	noSwap         = "FerretDB's compare-and-set is not atomic, so what races on one document proves nothing"
	noIndexes      = "FerretDB reads all documents for each query, so some thousand take too long"
)

var exceptions = map[string]string{
	"Versions/AWriterSeesWhatItWrote":                  noTransactions,
	"Conflicts/AGuardAfterTheLastWriteCounts":          noTransactions,
	"Atomicity/AFailingUpdateLeavesNothing":            noTransactions,
	"Model/RandomTransactionsGiveWhatAMapGives":        noTransactions,
	"Snapshots/AViewSeesOneStateWhileOthersWrite":      noSnapshots,
	"Snapshots/AViewNeverSeesHalfATransaction":         noSnapshots,
	"Conflicts/RacingAppendsMakeOneVersionEach":        noSwap,
	"Conflicts/RacingAppendsOfOneVersionLetOneThrough": noSwap,
	"Find/ManyDocumentsAreFoundLikeFew":                noIndexes,
}

func TestEngineKeepsItsContract(t *testing.T) {
	databases := newDatabases(t)
	storagetest.Run(t, storagetest.Harness{
		Open:        func(t testing.TB) driver.Engine { return databases.open(t, mongo.Options{}) },
		Reopen:      databases.reopen,
		OneDocument: true, Except: exceptions,
	})
}

// TestPagesAreWalkedAsTheyAreGathered runs what reads page by page with an engine
// that gathers next to nothing, as it does when there is too much.
func TestPagesAreWalkedAsTheyAreGathered(t *testing.T) {
	databases := newDatabases(t)
	storagetest.Run(t, storagetest.Harness{
		Open:        func(t testing.TB) driver.Engine { return databases.open(t, mongo.Options{Gather: 1}) },
		OneDocument: true, Except: exceptions, Only: []string{"Paging"},
	})
}

// databases are those of one FerretDB: each engine has its own.
type databases struct {
	uri  string
	n    atomic.Int64
	name map[driver.Engine]string
}

func newDatabases(t *testing.T) *databases {
	t.Helper()
	uri, err := start(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return &databases{uri: uri, name: map[driver.Engine]string{}}
}

func (d *databases) open(t testing.TB, o mongo.Options) driver.Engine {
	return d.at(t, fmt.Sprintf("test%d", d.n.Add(1)), o)
}

func (d *databases) at(t testing.TB, name string, o mongo.Options) driver.Engine {
	t.Helper()
	o.Standalone = true
	e, err := mongo.Open(t.Context(), d.uri+name, o)
	if err != nil {
		t.Fatal(err)
	}
	d.name[e] = name
	return e
}

func (d *databases) reopen(t testing.TB, e driver.Engine) driver.Engine {
	t.Helper()
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	return d.at(t, d.name[e], mongo.Options{})
}
