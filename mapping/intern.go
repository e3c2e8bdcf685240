package mapping

import (
	"strings"
	"sync"
)

// Bounds of the table of shared strings: there are some tens of thousands of
// social and health care organisations in Finland, and who sends junk shall
// not fill the memory with it.
const (
	maxShared       = 1 << 16
	maxSharedLength = 128
)

// shared holds one copy of the strings that come again and again: code
// systems, organisations, service tasks. A server keeps the declarations of
// hundreds of thousands of people, and most of them name the same few.
var shared sync.Map // string to the same string

var sharedCount struct {
	sync.Mutex
	n int
}

// intern gives an equal string that shares no memory with the resource it came
// from, and is the same for all that ask for it.
func intern(s string) string {
	if s == "" {
		return ""
	}
	if known, found := shared.Load(s); found {
		return known.(string)
	}
	own := strings.Clone(s)
	if len(s) > maxSharedLength {
		return own
	}
	sharedCount.Lock()
	defer sharedCount.Unlock()
	if sharedCount.n >= maxShared {
		return own
	}
	known, found := shared.LoadOrStore(own, own)
	if !found {
		sharedCount.n++
	}
	return known.(string)
}
