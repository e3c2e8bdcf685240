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

// pulse is an object that nobody needs: its finalizer runs once a collection.
type pulse struct{ next *pulse }

// relaxCollector keeps the collector from running before so much garbage has
// gathered as the floor says, or as the heap is large, whichever is more. It
// does nothing if the operator has set GOGC.
func relaxCollector() {
	if os.Getenv("GOGC") != "" {
		return
	}
	adjustCollector(nil)
}

func adjustCollector(*pulse) {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	debug.SetGCPercent(collectAt(live[0].Value.Uint64()))
	runtime.SetFinalizer(&pulse{}, adjustCollector)
}

// collectAt is the GOGC for a heap of that many live bytes.
func collectAt(live uint64) int {
	const least, most = 100, 5000
	return int(min(most, max(least, 100*heapFloor/max(1, live))))
}
