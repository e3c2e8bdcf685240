package main

import "testing"

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
