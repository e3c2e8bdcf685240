package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"
)

func TestSmallHeapsGatherGarbageUpToTheFloor(t *testing.T) {
	cases := []struct {
		name string
		live uint64
		want int
	}{
		{"nothing yet", 0, 5000},
		{"a server without a cache", 12 << 20, 800},
		{"as much as the floor", heapFloor, 100},
		{"a full cache", 4 * heapFloor, 100},
	}
	for _, c := range cases {
		if got := collectAt(c.live); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

func TestCollectorIsAdjustedAfterEachCollection(t *testing.T) {
	t.Setenv("GOGC", "")
	before := debug.SetGCPercent(100)
	t.Cleanup(func() { debug.SetGCPercent(before) })
	relaxCollector()
	for round := range 3 {
		const upset = 77
		debug.SetGCPercent(upset)
		for collections := 0; percent() == upset; collections++ {
			if collections == 1000 {
				t.Fatalf("round %d: nothing was adjusted after %d collections", round, collections)
			}
			runtime.GC()
			runtime.Gosched()
		}
	}
}

func percent() uint64 {
	sample := []metrics.Sample{{Name: "/gc/gogc:percent"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
