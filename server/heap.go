package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// heapFloor is how much garbage may gather before it is collected, in bytes,
// while the heap is small. The server's lasting heap is a few megabytes until
// its cache fills, and one call with a thousand items makes as much garbage: at
// Go's default the collector would run for every such call.
const heapFloor = 96 << 20

// pulse is an object that nobody needs: it is cleaned up at the next collection.
// It is as large as a pointer, since smaller ones share a block with others and
// may live as long as they do (runtime.AddCleanup).
type pulse struct{ _ *byte }

// relaxCollector keeps the collector from running before so much garbage has
// gathered as the floor says, or as the heap is large, whichever is more. It
// does nothing if the operator has set GOGC.
func relaxCollector() {
	if os.Getenv("GOGC") != "" {
		return
	}
	adjustCollector(struct{}{})
}

// adjustCollector adjusts the collector to the heap as it is, now and after each
// collection to come.
func adjustCollector(struct{}) {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	debug.SetGCPercent(collectAt(live[0].Value.Uint64()))
	runtime.AddCleanup(&pulse{}, adjustCollector, struct{}{})
}

// collectAt is the GOGC for a heap of that many live bytes.
func collectAt(live uint64) int {
	const least, most = 100, 5000
	return int(min(most, max(least, 100*heapFloor/max(1, live))))
}
