package main

import (
	"fmt"
	"net/url"
	"os"
	"sync/atomic"
	"testing"

	"tahto/storage/mongo/mongotest"
)

// testEngine is an engine that tests of the program run on.
type testEngine struct {
	args     func(testing.TB) []string // the flags that choose it, empty each time
	oneByOne bool                      // it takes no transactions of several resources
}

// testEngines are those that are always there, and the MongoDB that
// TAHTO_TEST_MONGODB names, with TAHTO_TEST_STANDALONE if it is no replica set.
func testEngines(t testing.TB) map[string]testEngine {
	engines := map[string]testEngine{
		"Embedded": {args: func(testing.TB) []string { return nil }},
		"MongoDBInMemory": {args: func(t testing.TB) []string {
			return []string{"-mongo", mongotest.Start(t, mongotest.Options{}).URI()}
		}},
	}
	uri := os.Getenv("TAHTO_TEST_MONGODB")
	if uri == "" {
		return engines
	}
	if os.Getenv("TAHTO_TEST_STANDALONE") != "" {
		engines["Standalone"] = testEngine{oneByOne: true, args: func(t testing.TB) []string {
			return []string{"-mongo", freshDatabase(t, uri), "-mongo-standalone"}
		}}
		return engines
	}
	engines["MongoDB"] = testEngine{args: func(t testing.TB) []string { return []string{"-mongo", freshDatabase(t, uri)} }}
	return engines
}

var databases atomic.Int64

// freshDatabase puts the name of a new database into the URI.
func freshDatabase(t testing.TB, uri string) string {
	t.Helper()
	u, err := url.Parse(uri)
	if err != nil {
		t.Fatal("TAHTO_TEST_MONGODB is no URI; name one host of the set, with replicaSet")
	}
	u.Path = fmt.Sprintf("/tahto-server-test-%d-%d", os.Getpid(), databases.Add(1))
	return u.String()
}
