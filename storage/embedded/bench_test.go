package embedded_test

import (
	"fmt"
	"os"
	"strconv"
	"testing"

	"tahto/storage/storagetest"
)

// BenchmarkEngine measures at 1,000 persons and at as many as
// TAHTO_BENCH_PERSONS says, 10,000 if it says nothing; 100,000 take some
// minutes to load.
func BenchmarkEngine(b *testing.B) {
	most := 10_000
	if text := os.Getenv("TAHTO_BENCH_PERSONS"); text != "" {
		var err error
		if most, err = strconv.Atoi(text); err != nil {
			b.Fatal(err)
		}
	}
	for _, persons := range []int{1_000, most} {
		b.Run(fmt.Sprintf("persons=%d", persons), func(b *testing.B) {
			f := folders{}
			storagetest.Benchmark(b, storagetest.Harness{Open: f.open}, persons)
		})
	}
}
