package mongo_test

import (
	"os"
	"strconv"
	"testing"

	"tahto/storage/mongo"
	"tahto/storage/mongo/mongotest"
	"tahto/storage/storagetest"
)

// BenchmarkEngine measures what the embedded engine's benchmark does, on the
// MongoDB that TAHTO_TEST_MONGODB names, with as many persons as
// TAHTO_BENCH_PERSONS says, or 1,000. Without a MongoDB it measures the way of a
// command through driver and protocol, with a few persons in a MongoDB in memory
// that reads all it has for each query.
func BenchmarkEngine(b *testing.B) {
	uri, persons := os.Getenv("TAHTO_TEST_MONGODB"), 1_000
	if uri == "" {
		uri, persons = mongotest.Start(b, mongotest.Options{}).URI(), 20
	}
	if text := os.Getenv("TAHTO_BENCH_PERSONS"); text != "" {
		var err error
		if persons, err = strconv.Atoi(text); err != nil {
			b.Fatal(err)
		}
	}
	d := &databases{uri: uri, options: mongo.Options{}}
	storagetest.Benchmark(b, storagetest.Harness{Open: d.open}, persons)
}
