package mongo_test

import (
	"cmp"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tahto/storage/driver"
	"tahto/storage/mongo"
	"tahto/storage/mongo/mongotest"
	"tahto/storage/storagetest"
)

// databases gives each engine of a test a database of its own in one MongoDB.
type databases struct {
	uri     string
	options mongo.Options
	mu      sync.Mutex
	names   map[driver.Engine]string
}

// opened counts them, so that no two tests share one.
var opened atomic.Int64

func (d *databases) open(t testing.TB) driver.Engine {
	return d.at(t, fmt.Sprintf("tahto-test-%d-%d", os.Getpid(), opened.Add(1)))
}

func (d *databases) at(t testing.TB, name string) driver.Engine {
	t.Helper()
	e, err := mongo.Open(t.Context(), withDatabase(t, d.uri, name), d.options)
	if err != nil {
		t.Fatal(err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.names == nil {
		d.names = map[driver.Engine]string{}
	}
	d.names[e] = name
	return e
}

func (d *databases) reopen(t testing.TB, e driver.Engine) driver.Engine {
	t.Helper()
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	d.mu.Lock()
	name := d.names[e]
	d.mu.Unlock()
	return d.at(t, name)
}

// withDatabase puts the name of a database into a URI.
func withDatabase(t testing.TB, uri, name string) string {
	t.Helper()
	scheme, rest, ok := strings.Cut(uri, "://")
	hosts, query, _ := strings.Cut(rest, "?")
	hosts, _, _ = strings.Cut(hosts, "/")
	if !ok {
		t.Fatalf("the test's MongoDB is no URI")
	}
	return scheme + "://" + hosts + "/" + url.PathEscape(name) + "?" + query
}

func (d *databases) harness() storagetest.Harness {
	return storagetest.Harness{Open: d.open, Reopen: d.reopen}
}

// TestReplicaSetKeepsTheContract, and asks nothing that no index is made for.
func TestReplicaSetKeepsTheContract(t *testing.T) {
	t.Parallel()
	s, r := mongotest.Start(t, mongotest.Options{}), &recorder{}
	storagetest.Run(t, (&databases{uri: s.URI(), options: mongo.Options{Sent: r.sent}}).harness())
	r.checkIndexes(t, s)
}

// TestWalksGiveWhatIsGathered looks for everything with an engine that gathers
// next to nothing, as it does when there is too much.
func TestWalksGiveWhatIsGathered(t *testing.T) {
	t.Parallel()
	s, r := mongotest.Start(t, mongotest.Options{}), &recorder{}
	h := (&databases{uri: s.URI(), options: mongo.Options{Gather: 1, Sent: r.sent}}).harness()
	h.Only = []string{"Find", "Paging"}
	storagetest.Run(t, h)
	r.checkIndexes(t, s)
}

// TestShardedClusterKeepsTheContract in what is another way there: its queries
// are a replica set's.
func TestShardedClusterKeepsTheContract(t *testing.T) {
	t.Parallel()
	h := (&databases{uri: mongotest.Start(t, mongotest.Options{Sharded: true}).URI()}).harness()
	h.Only = []string{"Versions", "Conflicts", "Atomicity", "Snapshots", "Past", "Durability"}
	storagetest.Run(t, h)
}

// TestStandaloneServerKeepsWhatItCan: without transactions and snapshots.
func TestStandaloneServerKeepsWhatItCan(t *testing.T) {
	t.Parallel()
	const noTransactions = "a standalone server has no transactions"
	const noSnapshots = "a standalone server has no snapshots: each read sees what is newest"
	d := &databases{uri: mongotest.Start(t, mongotest.Options{Standalone: true}).URI(), options: mongo.Options{Standalone: true}}
	h := d.harness()
	h.OneDocument = true
	h.Except = map[string]string{
		"Versions/AWriterSeesWhatItWrote":             noTransactions,
		"Conflicts/AGuardAfterTheLastWriteCounts":     noTransactions,
		"Atomicity/AFailingUpdateLeavesNothing":       noTransactions,
		"Snapshots/AViewSeesOneStateWhileOthersWrite": noSnapshots,
		"Snapshots/AViewNeverSeesHalfATransaction":    noSnapshots,
	}
	h.Only = []string{"Versions", "Conflicts", "Atomicity", "Snapshots", "Past", "Durability"}
	storagetest.Run(t, h)
}

// TestMongoDBKeepsTheContract runs on the MongoDB that TAHTO_TEST_MONGODB names,
// in databases that it makes and leaves, and lets it explain each query.
func TestMongoDBKeepsTheContract(t *testing.T) {
	uri := os.Getenv("TAHTO_TEST_MONGODB")
	if uri == "" || os.Getenv("TAHTO_TEST_STANDALONE") != "" {
		t.Skip("TAHTO_TEST_MONGODB names no replica set or sharded cluster")
	}
	r := &recorder{}
	storagetest.Run(t, (&databases{uri: uri, options: mongo.Options{Sent: r.sent}}).harness())
	h := (&databases{uri: uri, options: mongo.Options{Gather: 1, Sent: r.sent}}).harness()
	h.Only = []string{"Find", "Paging"}
	storagetest.Run(t, h)
	r.explainAll(t, uri)
}

// engine is one engine on a double, with a patience that tests can wait for.
func engine(t testing.TB, s *mongotest.Server, o mongo.Options) *mongo.Engine {
	t.Helper()
	o.Patience = cmp.Or(o.Patience, 2*time.Second)
	e, err := mongo.Open(t.Context(), s.URI(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}
